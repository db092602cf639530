// The address of a list follows its filters, so that what is seen can be shared, kept and gone back to.
const READY = 300; // milliseconds after loading, by which htmx listens

function keepAddress(form) {
  const told = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ""));
  history.replaceState(null, "", told.size ? `?${told}` : location.pathname);
}

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-keeps-address]");
  if (form) keepAddress(form);
});

// What was typed before the scripts were there counts too.
function catchUp() {
  for (const box of document.querySelectorAll("form[data-keeps-address] input[type=search]")) {
    if (box.value === box.defaultValue) continue;
    keepAddress(box.form);
    box.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

addEventListener("load", () => setTimeout(catchUp, READY));
