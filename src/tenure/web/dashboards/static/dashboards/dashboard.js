// Tiles that are drawn to another place, and menus that close. The buttons beside each tile do the same without a mouse.

let drawn = null;

document.addEventListener("dragstart", (event) => {
  drawn = event.target.closest?.("[data-arrange] .tile");
  if (drawn) event.dataTransfer.effectAllowed = "move";
});

document.addEventListener("dragover", (event) => {
  const over = drawn && event.target.closest("[data-arrange] .tile");
  for (const each of document.querySelectorAll(".tile.over")) each.classList.toggle("over", each === over);
  if (!over || over === drawn) return;
  event.preventDefault();
  over.classList.add("over");
});

document.addEventListener("drop", async (event) => {
  const over = drawn && event.target.closest("[data-arrange] .tile");
  if (!over || over === drawn) return;
  event.preventDefault();
  over.classList.remove("over");
  const tiles = [...over.parentElement.children];
  const to = tiles.indexOf(over);
  const moved = drawn;
  if (to < tiles.indexOf(moved)) over.before(moved);
  else over.after(moved);
  const form = new FormData(moved.querySelector("form.arrange"));
  form.set("what", "to");
  form.set("to", String(to));
  const answer = await fetch(moved.dataset.move, { method: "POST", body: form }).catch(() => null);
  if (!answer?.ok) location.reload(); // what is shown shall be what is kept
});

document.addEventListener("dragend", () => (drawn = null));

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});
