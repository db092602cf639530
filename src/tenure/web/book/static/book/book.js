// The list by keyboard: arrows move, x selects, e edits, Enter opens. Editing happens in a dialog over the list; menus close
// when one looks elsewhere. All of it works as links and forms, too.
const AT = "tenure-at"; // the account that one was at, for when the list comes back

const rows = () => [...document.querySelectorAll("table[data-keys] tbody tr")];
const current = () => document.querySelector("table[data-keys] tr.at");
const idOf = (row) => row?.querySelector("th a")?.getAttribute("href") ?? "";

function goTo(row, scroll = true) {
  const on = current()?.querySelector("td.on");
  const place = on?.cellIndex;
  on?.classList.remove("on");
  current()?.classList.remove("at");
  if (!row) return;
  if (place) row.cells[place]?.classList.add("on");
  row.classList.add("at");
  const link = row.querySelector("th a");
  link.focus({ preventScroll: true });
  if (scroll) row.scrollIntoView({ block: "nearest" });
}

function move(by) {
  const all = rows();
  const place = all.indexOf(current());
  goTo(all[place < 0 ? 0 : Math.min(Math.max(place + by, 0), all.length - 1)]);
}

function count() {
  const form = document.getElementById("selection");
  if (!form) return;
  const boxes = [...form.querySelectorAll("tbody input[name=account]")];
  const chosen = boxes.filter((box) => box.checked).length;
  const place = form.querySelector("[data-count]");
  if (place) place.textContent = chosen;
  const all = form.querySelector("[data-all]");
  if (all) {
    all.checked = chosen > 0 && chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
  }
}

async function edit(address) {
  const row = current();
  if (row) sessionStorage.setItem(AT, idOf(row));
  const back = new URLSearchParams(location.search).toString();
  const answer = await fetch(`${address}&back=${encodeURIComponent(back)}`, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return location.assign(address);
  const dialog = document.createElement("dialog");
  dialog.className = "editor";
  dialog.innerHTML = await answer.text();
  dialog.setAttribute("aria-label", dialog.querySelector("h2")?.textContent.trim() ?? "");
  dialog.addEventListener("close", () => {
    dialog.remove();
    goTo(row, false);
  });
  document.body.append(dialog);
  dialog.showModal();
  dialog.querySelector("select, textarea, input:not([type=hidden])")?.focus();
}

// The cells of a row that can be edited; the one that the arrows chose is edited with e, or else the first.
const cells = (row) => [...(row?.querySelectorAll("td[data-edit]") ?? [])].filter((cell) => cell.offsetParent);
const chosen = (row) => row?.querySelector("td.on") ?? cells(row)[0];

function choose(by) {
  const all = cells(current());
  const place = all.findIndex((cell) => cell.classList.contains("on"));
  const next = all[place < 0 ? 0 : Math.min(Math.max(place + by, 0), all.length - 1)];
  all[place]?.classList.remove("on");
  next?.classList.add("on");
  next?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.target.closest("input:not([type=checkbox]), select, textarea, summary, [contenteditable]")) return;
  if (!document.querySelector("table[data-keys]")) return;
  const steps = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 };
  const sides = { ArrowRight: 1, ArrowLeft: -1 };
  if (event.key in steps) move(steps[event.key]);
  else if (event.key in sides && current()) choose(sides[event.key]);
  else if (event.key === "x" && current()) {
    const box = current().querySelector("input[name=account]");
    if (!box) return;
    box.checked = !box.checked;
    count();
  } else if (event.key === "e" && chosen(current())) edit(chosen(current()).dataset.edit);
  else return;
  event.preventDefault();
});

document.addEventListener("click", (event) => {
  const pencil = event.target.closest("a.edit");
  if (pencil && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    goTo(pencil.closest("tr"), false);
    edit(pencil.getAttribute("href"));
    return;
  }
  const dialog = event.target.closest("dialog.editor");
  if (dialog && (event.target === dialog || event.target.closest("[data-close]"))) dialog.close();
});

document.addEventListener("change", (event) => {
  const all = event.target.closest("[data-all]");
  if (all) for (const box of all.form.querySelectorAll("tbody input[name=account]")) box.checked = all.checked;
  if (event.target.closest("#selection")) count();
});

// What was typed into the search since the page came goes along wherever one goes from here.
const asking = () => document.querySelector("form[data-keeps-address]");

document.addEventListener("click", (event) => {
  const link = event.target.closest(".book a[href^='?'], .menu a[href*='?']");
  const form = asking();
  if (!link || !form || link.closest("#list")) return;
  const to = new URL(link.href);
  if (to.searchParams.has("view") && !to.searchParams.has("status")) return; // another view, as it was saved
  const typed = form.elements.q.value;
  if (typed) to.searchParams.set("q", typed);
  else to.searchParams.delete("q");
  to.searchParams.set("status", form.elements.status.value);
  link.href = to.href;
}, true);

document.addEventListener("formdata", (event) => {
  const form = asking();
  if (!form || event.target === form || !event.target.closest(".menu")) return;
  event.formData.set("q", form.elements.q.value);
  event.formData.set("status", form.elements.status.value);
});

function comeBack() {
  const at = sessionStorage.getItem(AT);
  if (!at) return;
  sessionStorage.removeItem(AT);
  goTo(rows().find((row) => idOf(row) === at));
}

document.addEventListener("contentchange", count);
document.addEventListener("htmx:after:swap", count);
count();
comeBack();
