// The day by keyboard: j and k move, d is done, s later, h hand over, o opens, u takes back. Buttons do the same.
const day = () => document.querySelector("[data-day]");
const items = () => [...day().querySelectorAll("[data-item]")];
let place = -1; // of the line that was acted on, whose place another takes

function move(by) {
  const all = items();
  const at = all.findIndex((item) => item.contains(document.activeElement));
  all[Math.min(Math.max(at + by, 0), all.length - 1)]?.focus();
}

function unfold(item, name) {
  const menu = item?.querySelector(name);
  if (!menu) return;
  menu.open = true;
  menu.querySelector("button, select, input:not([type=hidden])")?.focus();
}

const ACTS = {
  j: () => move(1),
  k: () => move(-1),
  d: (item) => item?.querySelector("[data-done]").click(),
  s: (item) => unfold(item, "[data-later]"),
  h: (item) => unfold(item, "[data-more]"),
  o: (item) => item?.querySelector("[data-open]").click(),
  u: () => day().querySelector("[data-undo]")?.click(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !day()) return;
  if (document.querySelector("dialog[open]") || document.activeElement.matches("input, select, textarea")) return;
  const act = ACTS[event.key];
  if (!act) return;
  event.preventDefault();
  act(document.activeElement.closest("[data-item]"));
});

document.addEventListener("submit", (event) => {
  const item = event.target.closest("[data-item]");
  place = item ? items().indexOf(item) : place;
}, true);

// The list came anew: whoever acted goes on where she was.
new MutationObserver(() => {
  if (place < 0) return;
  const all = items();
  all[Math.min(place, all.length - 1)]?.focus({ preventScroll: true });
  place = -1;
}).observe(day(), { childList: true });
