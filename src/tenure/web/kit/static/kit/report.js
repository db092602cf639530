// What a page of figures offers beside them: its link to share, paper, and choices that show at once what they change.
// What needs a script is only shown by it.
for (const each of document.querySelectorAll("[data-copy-link], [data-print]")) each.hidden = false;
document.addEventListener("contentchange", () => {
  for (const each of document.querySelectorAll("[data-copy-link], [data-print]")) each.hidden = false;
});

document.addEventListener("click", async (event) => {
  const copy = event.target.closest("[data-copy-link]");
  if (copy) {
    const words = copy.querySelector("span");
    const before = words.textContent;
    await navigator.clipboard.writeText(location.href.split("#")[0]);
    words.textContent = copy.dataset.copied;
    setTimeout(() => (words.textContent = before), 2000);
  }
  if (event.target.closest("[data-print]")) print();
});

document.addEventListener("change", (event) => event.target.closest("form[data-submits]")?.requestSubmit());
