// Puts the content of a page that was fetched again in place of what is shown, as if it had always been there: focus,
// scrolling and what was unfolded stay. Scripts hear of it by the event "contentchange".

// Whether anything was put in place: of what reads the same nothing is touched.
export function swap(page) {
  const main = document.getElementById("content");
  const next = document.importNode(page.getElementById("content"), true);
  if (told(main) === told(next)) return false;
  const at = [scrollX, scrollY];
  const open = named(main, "details[open]");
  const moved = [...named(main, ".scroll, .chart-table > div")].map(([name, each]) => [name, each.scrollLeft, each.scrollTop]);
  const focused = main.contains(document.activeElement) && document.activeElement !== main ? document.activeElement : null;
  const focus = focused && [...named(main, focused.localName)].find(([, each]) => each === focused)?.[0];
  // What a part showed stands there until it has come again: the page below it stays where it is.
  for (const part of next.querySelectorAll("[data-part][id]")) {
    const shown = main.querySelector(`#${CSS.escape(part.id)}`);
    if (shown) part.replaceChildren(...shown.childNodes);
  }
  next.querySelector(".messages")?.prepend(...(main.querySelector(".messages")?.childNodes ?? []));
  main.replaceChildren(...next.childNodes);
  document.title = page.title;
  for (const [name, each] of named(main, "details")) each.open = open.has(name);
  const places = named(main, ".scroll, .chart-table > div");
  for (const [name, left, top] of moved) places.get(name)?.scrollTo({ left, top, behavior: "instant" });
  window.htmx?.process(main);
  document.dispatchEvent(new CustomEvent("contentchange"));
  if (focused) (named(main, focused.localName).get(focus) ?? main).focus({ preventScroll: true });
  scrollTo({ left: at[0], top: at[1], behavior: "instant" });
  return true;
}

// What a page tells: its words, its places to go to, and what its charts are drawn from.
function told(main) {
  const copy = main.cloneNode(true);
  for (const chart of copy.querySelectorAll("[data-chart]")) chart.textContent = chart.dataset.chart;
  for (const link of copy.querySelectorAll("a[href]")) link.append(link.getAttribute("href"));
  copy.querySelector(".messages")?.remove();
  for (const part of copy.querySelectorAll("[data-part]")) part.textContent = ""; // it comes by an address of its own
  return copy.textContent.replace(/\s+/g, " ");
}

// Elements by a name under which they are found again in a later state of the page: what they are, where they stand and
// what they lead to; those that are alike by their order.
function named(main, selector) {
  const found = new Map();
  for (const each of main.querySelectorAll(selector)) {
    const heading = each.closest("section, article, form")?.querySelector("h2, legend")?.textContent ?? "";
    const own = each.id || ["href", "name", "aria-label"].map((name) => each.getAttribute(name)).find(Boolean);
    const name = `${each.localName} ${heading.trim()} ${own || each.querySelector("summary")?.textContent || each.className}`;
    let key = name;
    for (let more = 2; found.has(key); more += 1) key = `${name} ${more}`;
    found.set(key, each);
  }
  return found;
}
