// An open page follows the figures: the server says a word for their state, and where it is not the page's own any more,
// the page is fetched again and its content put in place. Where that would disturb, a bar offers it.
import { swap } from "./swap.js";

const SPREAD = 2000; // milliseconds over which pages ask, so that not all do at once
const GAP = 5000; // between two fetches
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 60000;
const HEADERS = { "X-Unattended": "1" }; // nobody has asked: it shall not keep a session alive

export function followFigures() {
  const { live, word } = document.body.dataset;
  if (live && (word || document.querySelector("[data-post]"))) new Following(live, word).begin();
}

class Following {
  constructor(address, word) {
    this.address = address;
    this.shown = word; // what the page shows; nothing where it shows no figures
    this.latest = word; // what the server has last said
    this.wait = FIRST_WAIT;
    this.fetched = -GAP;
    this.news = document.getElementById("news");
  }

  begin() {
    document.addEventListener("visibilitychange", () => (document.hidden ? this.rest() : this.open(true)));
    addEventListener("pagehide", () => this.rest());
    addEventListener("pageshow", (event) => event.persisted && this.open(true));
    this.open(false);
  }

  rest() {
    this.close();
    clearTimeout(this.opening);
    clearTimeout(this.fetching);
    this.opening = this.fetching = undefined;
  }

  close() {
    this.source?.close();
    this.source = undefined;
  }

  // Whether the session still stands is asked first: an EventSource would complain of the page of log-in.
  async open(ask) {
    if (document.hidden || this.source || this.asking) return;
    if (ask) {
      this.asking = true;
      const answer = await fetch(this.address, { method: "HEAD", redirect: "manual", headers: HEADERS }).catch(() => null);
      this.asking = false;
      if (document.hidden) return;
      if (answer && !answer.ok && answer.status < 500) return; // logged out (a redirect has the status 0), or kept out
      if (!answer?.ok) return this.later();
    }
    this.source = new EventSource(this.address);
    this.source.addEventListener("message", (event) => {
      this.wait = FIRST_WAIT;
      this.latest = event.data;
      this.consider();
    });
    this.source.addEventListener("post", tellPost);
    if (ask) this.source.addEventListener("open", tellPost, { once: true }); // what came while nobody listened
    this.source.addEventListener("over", () => this.close()); // until the page is looked at again
    this.source.addEventListener("error", () => {
      this.close();
      this.later();
    });
  }

  later() {
    clearTimeout(this.opening);
    this.opening = setTimeout(() => this.open(true), this.longer());
  }

  longer() {
    const wait = this.wait * (0.5 + Math.random());
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
    return wait;
  }

  consider() {
    if (!this.shown || this.latest === this.shown || this.fetching || document.hidden) return;
    const due = Math.max(this.fetched + GAP - performance.now(), 0) + Math.random() * SPREAD;
    this.fetching = setTimeout(() => this.refresh(), due);
  }

  async refresh() {
    if (isUnderway()) return this.again();
    if (isBusy()) return this.offer();
    const meant = this.latest;
    const answer = await fetch(location.href, { redirect: "manual", headers: HEADERS }).catch(() => null);
    const text = answer?.ok ? await answer.text().catch(() => null) : null;
    this.fetched = performance.now();
    if (!this.fetching) return; // the page was hidden meanwhile
    this.fetching = undefined;
    if (answer?.type === "opaqueredirect") return this.rest();
    if (text === null) {
      if (answer && answer.status < 500) return this.offer();
      return this.again(this.longer());
    }
    this.show(new DOMParser().parseFromString(text, "text/html"));
    if (this.latest !== meant) this.consider();
  }

  again(wait = FIRST_WAIT) {
    this.fetching = setTimeout(() => this.refresh(), wait);
  }

  show(page) {
    if (isUnderway()) return this.again();
    if (isBusy() || !page.body.dataset.word || assets(page) !== assets(document)) return this.offer();
    this.shown = page.body.dataset.word;
    this.wait = FIRST_WAIT;
    this.news.querySelector(".news-bar").hidden = true;
    if (swap(page)) this.say(this.news.dataset.updated);
  }

  offer() {
    this.fetching = undefined;
    const bar = this.news.querySelector(".news-bar");
    bar.querySelector("a").href = location.href.split("#")[0];
    bar.hidden = false;
  }

  say(text) {
    const place = this.news.querySelector(".unseen");
    place.textContent = "";
    setTimeout(() => (place.textContent = text), 100); // said again, though it is the same
  }
}

// Something of the person's own has changed: a job, a notice. The parts that show it ask for themselves anew.
function tellPost() {
  document.body.dispatchEvent(new CustomEvent("post"));
}

// Whether something was asked for that would come into a page that is gone meanwhile; parts are asked for again by theirs.
function isUnderway() {
  return document.querySelector("#content .htmx-request:not([data-part])") !== null;
}

// A list's filters are in the address, and come back with the page; anything else that was filled in would be lost, and
// so would a form that was opened within the page.
function isBusy() {
  const main = document.getElementById("content");
  const selected = getSelection();
  return (
    document.querySelector("dialog[open], #content [data-opened]") !== null ||
    main.querySelector(":is(input:not([type=checkbox], [type=radio]), textarea, select):focus") !== null ||
    (selected && !selected.isCollapsed && selected.containsNode(main, true)) ||
    [...main.querySelectorAll("form:not([data-keeps-address]) :is(input, textarea, select)")].some(isChanged)
  );
}

function isChanged(field) {
  if (field.type === "hidden") return false;
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  if (!field.options) return field.value !== field.defaultValue;
  const given = [...field.options];
  const first = given.some((option) => option.defaultSelected) ? null : given[0]; // what a browser selects by itself
  return given.some((option) => option.selected !== (option.defaultSelected || option === first));
}

// Another version of the program would not look right in the sheets and scripts of this one.
function assets(page) {
  return [...page.head.querySelectorAll("script[src], link[rel=stylesheet]")]
    .map((each) => each.getAttribute("src") ?? each.getAttribute("href"))
    .join(" ");
}
