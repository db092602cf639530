// The palette: Ctrl K anywhere, type, arrows, Enter. Without JavaScript its buttons are links to the page of search, which
// finds the same.
const WAIT = 120; // milliseconds after the last key before the server is asked

export function watchPalette() {
  const dialog = document.getElementById("palette");
  if (dialog) new Palette(dialog).watch();
}

class Palette {
  constructor(dialog) {
    this.dialog = dialog;
    this.input = dialog.querySelector("input");
    this.list = dialog.querySelector('[role="listbox"]');
    this.told = dialog.querySelector('[role="status"]');
    this.options = [];
    this.chosen = -1;
    this.found = null; // what the options were found for
    this.goes = false; // Enter was pressed before they were there
  }

  watch() {
    document.addEventListener("keydown", (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.key.toLowerCase() !== "k") return;
      event.preventDefault();
      if (this.dialog.open) this.dialog.close();
      else this.open();
    });
    document.addEventListener("click", (event) => {
      if (!event.target.closest("[data-palette]") || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.open();
    });
    this.input.addEventListener("input", () => this.wait());
    this.input.addEventListener("keydown", (event) => this.press(event));
    this.list.addEventListener("pointermove", (event) => {
      const at = this.options.indexOf(event.target.closest('[role="option"]'));
      if (at >= 0 && at !== this.chosen) this.choose(at);
    });
    this.list.addEventListener("click", (event) => {
      if (!event.ctrlKey && !event.metaKey && !event.shiftKey && event.target.closest('[role="option"]')) this.dialog.close();
    });
    this.dialog.addEventListener("click", (event) => {
      if (event.target === this.dialog) this.dialog.close(); // beside it
    });
    this.dialog.addEventListener("close", () => this.stop());
  }

  open() {
    if (this.dialog.open) return;
    this.input.value = "";
    this.dialog.showModal();
    this.ask();
  }

  stop() {
    clearTimeout(this.timer);
    this.request?.abort();
    this.goes = false;
  }

  wait() {
    this.stop();
    this.timer = setTimeout(() => this.ask(), WAIT);
  }

  press(event) {
    if (event.isComposing) return;
    if (event.key === "ArrowDown") this.choose(this.chosen + 1);
    else if (event.key === "ArrowUp") this.choose(this.chosen - 1);
    else if (event.key === "Enter") this.go();
    else return;
    event.preventDefault();
  }

  // To what was found for these words, never for those before them.
  go() {
    if (this.found === this.input.value) return this.options[this.chosen]?.click();
    this.stop();
    this.ask();
    this.goes = true;
  }

  async ask() {
    const words = this.input.value;
    const request = (this.request = new AbortController());
    const address = `${this.dialog.dataset.source}?part=1&q=${encodeURIComponent(words)}`;
    try {
      const answer = await fetch(address, { signal: request.signal });
      const text = await answer.text();
      if (request.signal.aborted) return;
      if (answer.redirected) return location.reload(); // the session has ended
      if (!answer.ok) throw new Error(answer.statusText);
      this.fill(new DOMParser().parseFromString(text, "text/html"));
    } catch {
      if (request.signal.aborted) return; // another letter has been typed
      this.list.replaceChildren();
      this.told.textContent = this.told.dataset.failed;
    }
    this.found = words;
    this.options = [...this.list.querySelectorAll('[role="option"]')];
    this.options.forEach((option, at) => (option.id = `palette-option-${at}`));
    this.input.setAttribute("aria-expanded", this.options.length > 0);
    this.choose(0);
    if (this.goes) this.options[this.chosen]?.click();
    this.goes = false;
  }

  fill(found) {
    this.list.replaceChildren(...found.querySelector("[data-options]").childNodes);
    this.told.replaceChildren(...found.querySelector("[data-told]").childNodes);
    this.list.scrollTop = 0;
  }

  choose(at) {
    this.chosen = this.options.length ? (at + this.options.length) % this.options.length : -1;
    this.options.forEach((option, each) => option.setAttribute("aria-selected", each === this.chosen));
    const option = this.options[this.chosen];
    if (option) this.input.setAttribute("aria-activedescendant", option.id);
    else this.input.removeAttribute("aria-activedescendant");
    option?.scrollIntoView({ block: "nearest" });
  }
}
