// Makes and shows passkeys. A form with data-passkey is filled in by the browser's own dialogue, and sent.

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

function read(options) {
  const whole = JSON.parse(options);
  whole.challenge = bytes(whole.challenge);
  if (whole.user) whole.user.id = bytes(whole.user.id);
  for (const list of ["allowCredentials", "excludeCredentials"]) {
    if (whole[list]) whole[list] = whole[list].map((one) => ({ ...one, id: bytes(one.id) }));
  }
  return whole;
}

function written(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  const { id, type, rawId } = credential;
  return JSON.stringify({ id, type, rawId: text(rawId), response, clientExtensionResults: {} });
}

async function options(form) {
  if (form.dataset.options) return form.dataset.options;
  const headers = { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value };
  const answer = await fetch(form.dataset.optionsFrom, { method: "POST", headers });
  if (!answer.ok) throw new Error("no options");
  return answer.text();
}

async function ask(form) {
  const refused = form.querySelector("[role=alert]");
  refused.hidden = true;
  try {
    const publicKey = read(await options(form));
    form.elements.credential.value = written(await navigator.credentials[form.dataset.passkey]({ publicKey }));
    form.submit();
  } catch {
    refused.hidden = false;
  }
}

for (const form of document.querySelectorAll("[data-passkey]")) {
  if (!window.PublicKeyCredential) continue;
  form.hidden = false;
  form.querySelector("button").addEventListener("click", () => ask(form));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask(form);
  });
}
