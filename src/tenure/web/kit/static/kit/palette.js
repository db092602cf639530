// The palette: Ctrl K anywhere, type, arrows, Enter. Without JavaScript its buttons are links to the page of search, which
// finds the same.
const WAIT = 120; // milliseconds after the last key before the server is asked
const PATIENCE = 400; // before it is said that accounts are still being searched

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
    this.asked = null; // the words for which answers are under way
    this.found = null; // those for which the options were found
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
    clearTimeout(this.patience);
    this.request?.abort();
    this.asked = null;
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
    if (this.found === this.input.value && this.options.length) return this.options[this.chosen].click();
    if (this.asked !== this.input.value) {
      this.stop();
      this.ask();
    }
    this.goes = true;
  }

  // Accounts come after the rest, which they shall not keep waiting, and below it, so that nothing moves.
  async ask() {
    const words = (this.asked = this.input.value);
    const request = (this.request = new AbortController());
    const parts = words.trim() ? ["names", "accounts"] : ["names"];
    const answers = parts.map((part) => this.answer(words, part, request.signal));
    for (const each of answers) each.catch(() => {}); // told below, in their order
    let note = null;
    try {
      for (const [at, each] of answers.entries()) {
        const found = await each;
        if (request.signal.aborted) return;
        note = found.querySelector("[data-note]") ?? note;
        this.fill(found, at === 0);
        this.found = words;
        clearTimeout(this.patience);
        if (at + 1 < answers.length) {
          this.tell("");
          this.patience = setTimeout(() => this.tell("waiting"), PATIENCE);
        } else this.tell(note ? "note" : this.options.length ? "" : "nothing", note);
      }
    } catch {
      if (request.signal.aborted) return; // another letter has been typed
      clearTimeout(this.patience);
      if (this.found !== words) this.fill(document.createDocumentFragment(), true);
      this.tell("failed");
    }
    this.asked = null;
    if (this.goes) this.options[this.chosen]?.click();
    this.goes = false;
  }

  async answer(words, part, signal) {
    const answer = await fetch(`${this.dialog.dataset.source}?part=${part}&q=${encodeURIComponent(words)}`, { signal });
    const text = await answer.text();
    if (answer.redirected) location.reload(); // the session has ended
    if (!answer.ok) throw new Error(answer.statusText);
    return new DOMParser().parseFromString(text, "text/html");
  }

  fill(found, anew) {
    const groups = found.querySelectorAll('[role="group"]');
    if (anew) this.list.replaceChildren(...groups);
    else this.list.append(...groups);
    this.options = [...this.list.querySelectorAll('[role="option"]')];
    this.options.forEach((option, at) => (option.id = `palette-option-${at}`));
    this.input.setAttribute("aria-expanded", this.options.length > 0);
    if (anew) this.list.parentElement.scrollTop = 0;
    this.choose(anew || this.chosen < 0 ? 0 : this.chosen);
  }

  tell(what, note) {
    for (const each of this.told.children) each.hidden = each.dataset.told !== what;
    if (note) this.told.querySelector('[data-told="note"]').replaceChildren(note.textContent);
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
