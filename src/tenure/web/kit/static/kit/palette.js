// The palette: Ctrl K anywhere, type, arrows, Enter. Without JavaScript its buttons are links to the page "Go to".
const WAIT = 120; // milliseconds after the last key before the server is asked

export function watchPalette() {
  const dialog = document.getElementById("palette");
  if (!dialog) return;
  const input = dialog.querySelector("input");
  const list = dialog.querySelector('[role="listbox"]');
  let options = [];
  let chosen = -1;
  let asked = 0;
  let timer;

  const choose = (index) => {
    chosen = options.length ? (index + options.length) % options.length : -1;
    options.forEach((option, at) => option.setAttribute("aria-selected", at === chosen));
    if (chosen < 0) input.removeAttribute("aria-activedescendant");
    else {
      input.setAttribute("aria-activedescendant", options[chosen].id);
      options[chosen].scrollIntoView({ block: "nearest" });
    }
  };

  const fill = async () => {
    const mine = ++asked;
    const answer = await fetch(`${dialog.dataset.source}?part=1&q=${encodeURIComponent(input.value)}`);
    if (mine !== asked || !answer.ok) return; // a later question has been asked meanwhile
    if (answer.redirected) return location.reload(); // the session has ended
    const found = new DOMParser().parseFromString(await answer.text(), "text/html");
    options = [...found.querySelectorAll("a")].map((link, at) => {
      link.id = `palette-place-${at}`;
      link.tabIndex = -1;
      link.setAttribute("role", "option");
      return link;
    });
    list.replaceChildren(...options);
    if (!options.length) {
      const none = document.createElement("p");
      none.className = "none";
      none.textContent = list.dataset.none;
      list.append(none);
    }
    choose(0);
  };

  const open = () => {
    if (dialog.open) return;
    input.value = "";
    dialog.showModal();
    fill();
  };

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      if (dialog.open) dialog.close();
      else open();
    }
  });
  for (const link of document.querySelectorAll("[data-palette]")) {
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      open();
    });
  }
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(fill, WAIT);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") choose(chosen + 1);
    else if (event.key === "ArrowUp") choose(chosen - 1);
    else if (event.key === "Enter") options[chosen]?.click();
    else return;
    event.preventDefault();
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close(); // beside it
  });
}
