// Tiles that are drawn to another place. The buttons beside each tile do the same without a mouse.

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

// The drawing of the server as an image: twice as many pixels as it has, on white.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-png]");
  if (!button) return;
  button.disabled = true;
  const image = new Image();
  image.src = button.dataset.png;
  try {
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [image.naturalWidth * 2, image.naturalHeight * 2];
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = button.dataset.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  } finally {
    button.disabled = false;
  }
});
