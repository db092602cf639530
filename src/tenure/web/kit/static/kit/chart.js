// Draws every chart of a page, and again when the theme or the width changes.
// Colours come from the style sheet's tokens, numbers are written in the page's locale.

import { init } from "./vendor/echarts.js";
import { options } from "./chart_kinds.js";
import { written } from "./chart_written.js";

const drawn = new Map();

function theme() {
  const style = getComputedStyle(document.documentElement);
  // light-dark() is only resolved where a property uses it, so each token is read through one.
  const probe = document.createElement("i");
  probe.hidden = true;
  document.body.append(probe);
  const colour = (name) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const names = ["text", "muted", "line", "card", "accent", "good", "warn", "bad", "heat-1", "heat-2", "heat-3"];
  const found = Object.fromEntries(names.map((name) => [name, colour(name)]));
  found.tones = Object.fromEntries(
    ["new", "expansion", "contraction", "churn", "fifth", "sixth"].map((name, n) => [name, colour(`series-${n + 1}`)]),
  );
  for (const name of ["muted", "good", "warn", "bad"]) found.tones[name] = found[name];
  found.font = getComputedStyle(document.body).fontFamily || style.fontFamily;
  probe.remove();
  return found;
}

function draw(place, look) {
  const spec = JSON.parse(place.dataset.chart);
  let chart = drawn.get(place);
  if (!chart) {
    chart = init(place, null, { renderer: "svg" });
    drawn.set(place, chart);
  }
  chart.setOption(options(spec, look, written(spec.scale, document.documentElement.lang || undefined), place.clientWidth), { notMerge: true });
  chart.off("click");
  if (spec.links) chart.on("click", (point) => follow(spec, point));
}

// What is drawn leads where its cell in the table leads.
function follow(spec, { dataIndex, seriesName, value }) {
  const named = spec.series ? spec.series.findIndex((one) => one.name === seriesName) + 1 : 1;
  const [row, column] = spec.kind === "heat" ? [value[1], value[0] + 1] : [dataIndex, named];
  const link = spec.links[row]?.[column];
  if (link) location.assign(link);
}

function drawAll() {
  const look = theme();
  for (const place of document.querySelectorAll("[data-chart]")) {
    draw(place, look);
    sizes.observe(place);
  }
}

const sizes = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const chart = drawn.get(target);
    if (!chart || !target.clientWidth || chart.getWidth() === target.clientWidth) continue;
    chart.resize();
    draw(target, theme());
  }
});

drawAll();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawAll());
document.addEventListener("themechange", () => drawAll());

function redraw() {
  for (const [place, chart] of drawn) {
    if (place.isConnected) continue;
    sizes.unobserve(place);
    chart.dispose();
    drawn.delete(place);
  }
  drawAll();
}

document.addEventListener("contentchange", redraw);
document.addEventListener("htmx:after:swap", redraw); // of a part that came later
// Paper is light and has a width of its own: drawn for it, and again for the screen afterwards.
matchMedia("print").addEventListener("change", () => {
  for (const chart of drawn.values()) chart.resize();
  drawAll();
});
