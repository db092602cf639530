// What ECharts draws for each kind of chart: axes that start at zero for bars, units on the axes, direct labels.

const NARROW = 480;
const LIMIT_DASHES = ["dashed", "solid"];
// Marks of series that stand side by side, in their order.
const SHAPES = ["circle", "diamond", "triangle", "rect"];
// How these lines look in a legend.
const LINES = {
  solid: "path://M0 4h24v1H0z",
  bold: "path://M0 3.5h24v2H0z",
  dashed: "path://M0 4h6v1H0zM9 4h6v1H9zM18 4h6v1h-6z",
};

export function options(spec, look, written, width) {
  return { ...common(look), ...kinds[spec.kind](spec, look, written, width) };
}

function common(look) {
  return {
    animation: false,
    textStyle: { fontFamily: look.font, fontSize: 12, color: look.muted },
    grid: { left: 0, right: 8, top: 36, bottom: 6, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
  };
}

// HTML tooltips would need inline styles, which the content security policy forbids.
function tooltip(look, trigger, formatter) {
  return {
    trigger,
    renderMode: "richText",
    confine: true,
    backgroundColor: look.card,
    borderColor: look.line,
    padding: [8, 10],
    textStyle: { color: look.text, fontFamily: look.font, fontSize: 12.5 },
    axisPointer: { type: "line", lineStyle: { color: look.line } },
    formatter,
  };
}

// A legend that needs several lines takes them from the drawing.
function below(look, names, width) {
  if (names.length < 2) return { ...common(look).grid, top: 12 };
  const lines = Math.ceil(names.reduce((sum, name) => sum + name.length * 6.6 + 34, 0) / Math.max(width, 1));
  return { ...common(look).grid, top: 16 + 20 * lines };
}

function legend(look, names, dashed = []) {
  return {
    show: names.length > 1,
    data: names.map((name) => ({ name, icon: dashed.includes(name) ? LINES.dashed : "roundRect" })),
    left: 0,
    top: 0,
    itemWidth: 10,
    itemHeight: 10,
    itemGap: 14,
    textStyle: { color: look.muted, fontFamily: look.font },
  };
}

function categories(look, data, more = {}) {
  return {
    type: "category",
    data,
    axisTick: { show: false },
    axisLine: { lineStyle: { color: look.line } },
    axisLabel: { color: look.muted, hideOverlap: true },
    ...more,
  };
}

// Moments that are to be known of stand as thin lines with their numbers; what they say stands below the chart.
function flagged(spec, look) {
  if (!spec.flags?.length) return [];
  const numbers = new Map();
  for (const flag of spec.flags) numbers.set(flag.at, [...(numbers.get(flag.at) ?? []), flag.number]);
  return [
    {
      name: "",
      type: "line",
      data: spec.categories.map(() => null),
      symbol: "none",
      tooltip: { show: false },
      markLine: {
        silent: true,
        symbol: "none",
        lineStyle: { color: look.text, width: 1, type: [2, 3] },
        label: {
          position: "end", distance: 2, fontFamily: look.font, fontSize: 10, fontWeight: 600, color: look.card, backgroundColor: look.text,
          padding: [2, 5], borderRadius: 8, formatter: ({ name }) => name,
        },
        data: [...numbers].map(([at, of]) => ({ xAxis: at, name: of.join(" ") })),
      },
    },
  ];
}

function values(look, written, more = {}) {
  return {
    type: "value",
    splitNumber: 4,
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: { color: look.muted, formatter: written.axis },
    splitLine: { lineStyle: { color: look.line, type: "dashed" } },
    ...more,
  };
}

const kinds = {
  lines(spec, look, written, width) {
    const names = spec.series.map((one) => one.name);
    const room = width > NARROW ? Math.min(150, Math.max(...names.map((name) => name.length)) * 6.8 + 12) : 0;
    const direct = names.length > 1 && room > 0 && apart(spec.series);
    const series = [];
    for (const one of spec.series) {
      const colour = look.tones[one.tone];
      if (one.low.length) series.push(...band(one, colour));
      series.push({
        name: one.name,
        type: "line",
        data: one.values,
        symbol: "circle",
        symbolSize: 5,
        showSymbol: one.values.length <= 14 && !one.dashed,
        lineStyle: { color: colour, width: one.dashed ? 1.5 : 2, type: one.dashed ? "dashed" : "solid" },
        itemStyle: { color: colour },
        endLabel: direct
          ? { show: true, formatter: "{a}", color: colour, fontFamily: look.font, width: room - 8, overflow: "truncate" }
          : undefined,
      });
    }
    return {
      grid: direct ? { ...below(look, [], width), right: room } : below(look, names, width),
      legend: legend(look, direct ? [] : names, spec.series.filter((one) => one.dashed).map((one) => one.name)),
      tooltip: tooltip(look, "axis", (points) => said(points, spec, written)),
      xAxis: categories(look, spec.categories, { boundaryGap: false }),
      yAxis: values(look, written, { scale: !spec.from_zero }),
      series: [...series, ...flagged(spec, look)],
    };
  },

  flow(spec, look, written, width) {
    const last = Math.max(...spec.nodes.map((node) => node.layer));
    const name = (at) => spec.nodes[Number(at)].name;
    const room = Math.max(56, width / (last + 1) - (width > NARROW ? 60 : 44));
    return {
      tooltip: tooltip(look, "item", ({ dataType, data, value }) =>
        dataType === "edge" ? `${name(data.source)} → ${name(data.target)}  ${written.exact(value)}` : `${name(data.name)}  ${written.exact(value)}`,
      ),
      series: [
        {
          type: "sankey",
          left: 0,
          right: 0,
          top: 8,
          bottom: 8,
          nodeWidth: 8,
          nodeGap: 18,
          draggable: false,
          emphasis: { focus: "adjacency" },
          label: { ...clear(look), color: look.text, fontFamily: look.font, fontSize: 12, width: room, overflow: "truncate", formatter: ({ data }) => name(data.name) },
          data: spec.nodes.map((node, at) => ({
            name: String(at),
            depth: node.layer,
            itemStyle: { color: look.tones[node.tone], borderWidth: 0 },
            label: { position: node.layer === last ? "left" : "right" },
          })),
          links: spec.links.map((link) => ({
            source: String(link.source),
            target: String(link.target),
            value: link.amount,
            lineStyle: { color: look.tones[spec.nodes[link.target].tone], opacity: 0.28 },
          })),
        },
      ],
    };
  },

  estimates(spec, look, written, width) {
    const names = spec.series.map((one) => one.name);
    const last = spec.categories.length - 0.5;
    const turned = (at, value) => (spec.across ? [value, at] : [at, value]);
    const rule = (ends, style) => ({
      type: "line", data: ends, symbol: "none", silent: true, tooltip: { show: false }, lineStyle: { color: look.muted, width: 1, ...style },
    });
    const series = [];
    if (spec.level !== null) series.push(rule([turned(-0.5, spec.level), turned(last, spec.level)], { type: "solid" }));
    const shown = spec.series.flatMap((one) => [...one.values, ...one.low, ...one.high]).filter((value) => value !== null);
    for (const [place, one] of spec.series.entries()) {
      const colour = look.tones[one.tone];
      // One line for all intervals, broken between them; its points are their ends.
      const ends = one.values.flatMap((_value, n) =>
        [one.low[n], one.high[n], null].map((end) => turned(n, end ?? null)));
      series.push({
        ...rule(ends, { color: colour, width: 1.5 }),
        symbol: "rect",
        symbolSize: spec.across ? [1.5, 9] : [9, 1.5],
        showSymbol: true,
        itemStyle: { color: colour },
      });
      series.push({
        name: one.name,
        type: "scatter",
        symbol: SHAPES[place % SHAPES.length], // told apart without colours, too
        symbolSize: place ? 11 : 9,
        itemStyle: { color: colour },
        data: one.values.map((value, n) => ({ value: turned(n, value), at: n })).filter((dot) => one.values[dot.at] !== null),
      });
    }
    if (spec.began !== null) {
      const edge = [Math.min(...shown, spec.level ?? Infinity), Math.max(...shown, spec.level ?? -Infinity)];
      series.push(rule(edge.map((end) => turned(spec.began - 0.5, end)), { type: "dashed" }));
    }
    const along = {
      type: "value",
      min: -0.5,
      max: last,
      interval: 0.5, // so that categories, at whole numbers, have a tick
      inverse: spec.across,
      axisTick: { show: false },
      axisLine: { show: !spec.across, onZero: false, lineStyle: { color: look.line } },
      axisLabel: { color: spec.across ? look.text : look.muted, formatter: (at) => spec.categories[at] ?? "", hideOverlap: true },
      splitLine: { show: false },
      ...(spec.category_name ? { name: spec.category_name, nameLocation: "middle", nameGap: 28, nameTextStyle: { color: look.muted } } : {}),
    };
    const level = values(look, written, { scale: true });
    const base = below(look, spec.across ? [] : names, width);
    return {
      grid: { ...base, ...(spec.across ? { right: 24 } : {}), ...(spec.category_name ? { bottom: 26 } : {}) },
      legend: { ...legend(look, spec.across ? [] : names), selectedMode: false },
      tooltip: tooltip(look, "item", ({ data, seriesName }) => {
        const one = spec.series.find((each) => each.name === seriesName);
        return said([{ dataIndex: data.at }], { ...spec, series: [one] }, written);
      }),
      xAxis: spec.across ? level : along,
      yAxis: spec.across ? along : level,
      series,
    };
  },

  bars(spec, look, written, width) {
    const names = spec.series.map((one) => one.name);
    return {
      grid: below(look, names, width),
      legend: legend(look, names),
      tooltip: tooltip(look, "axis", (points) => said(points, spec, written)),
      xAxis: categories(look, spec.categories, { axisLine: { onZero: true, lineStyle: { color: look.line } } }),
      yAxis: values(look, written),
      series: [
        ...spec.series.map((one) => ({
          name: one.name,
          type: "bar",
          stack: "all",
          barMaxWidth: 28,
          data: one.values,
          itemStyle: { color: look.tones[one.tone], borderRadius: 2, borderColor: look.card, borderWidth: 0.5 },
        })),
        ...flagged(spec, look),
      ],
    };
  },

  waterfall(spec, look, written, width) {
    let level = 0;
    const base = [];
    const seen = [];
    for (const step of spec.steps) {
      const before = step.level ? 0 : level;
      level = step.level ? step.amount : level + step.amount;
      base.push(Math.min(before, level));
      seen.push({
        value: Math.abs(level - before),
        itemStyle: { color: look.tones[step.tone], borderRadius: 2 },
        label: { position: step.amount < 0 && !step.level ? "bottom" : "top" },
      });
    }
    const cramped = width < spec.steps.length * 80;
    const longest = Math.max(...spec.steps.map((step) => step.name.length));
    const turned = width - 48 < spec.steps.length * longest * 5.3;
    const highest = Math.max(...seen.map((bar, n) => base[n] + bar.value));
    const label = (point) => {
      const step = spec.steps[point.dataIndex];
      if (cramped && Math.abs(step.amount) < highest * 0.01) return ""; // its neighbours need the room; the table has it
      return (step.level || step.amount <= 0 ? "" : "+") + (cramped ? written.brief : written.axis)(step.amount);
    };
    return {
      grid: { ...common(look).grid, top: 24 },
      tooltip: tooltip(look, "item", (point) => {
        const step = spec.steps[point.dataIndex];
        return `${step.name}\n${written.exact(step.amount)}`;
      }),
      xAxis: categories(look, spec.steps.map((step) => step.name), {
        axisLabel: { color: look.muted, interval: 0, rotate: turned ? 35 : 0, fontSize: cramped ? 11 : 12 },
      }),
      yAxis: values(look, written, { min: 0 }),
      series: [
        { type: "bar", stack: "all", data: base, itemStyle: { color: "transparent" }, silent: true, tooltip: { show: false } },
        {
          type: "bar",
          stack: "all",
          barMaxWidth: 56,
          data: seen,
          label: { show: true, formatter: label, color: look.text, fontFamily: look.font, fontSize: 11 },
          labelLayout: { hideOverlap: true },
        },
      ],
    };
  },

  cascade(spec, look, written, width) {
    let level = 0;
    const base = [];
    const plus = [];
    const minus = [];
    for (const step of spec.steps) {
      const before = step.level ? 0 : level;
      level = step.level ? step.amount : level + step.amount;
      const [low, high] = [Math.min(before, level), Math.max(before, level)];
      // Bars of one sign are stacked on each other: what lies on both sides of nothing is a bar on each.
      base.push(low > 0 ? low : high < 0 ? high : 0);
      const drawn = (value) => ({ value, itemStyle: { color: look.tones[step.tone], borderRadius: 2 } });
      plus.push(drawn(high > 0 ? high - Math.max(low, 0) : 0));
      minus.push(drawn(low < 0 ? low - Math.min(high, 0) : 0));
    }
    const told = (step) => (step.level || step.amount <= 0 ? "" : "+") + written.exact(step.amount);
    const bar = { type: "bar", stack: "all", barMaxWidth: 18 };
    return {
      grid: { ...common(look).grid, top: 4, right: 12 },
      tooltip: tooltip(look, "item", (point) => `${spec.steps[point.dataIndex].name}\n${told(spec.steps[point.dataIndex])}`),
      xAxis: values(look, written),
      yAxis: categories(look, spec.steps.map((step) => step.name), {
        inverse: true,
        axisLine: { show: false },
        axisLabel: {
          color: look.text,
          interval: 0,
          width: width > NARROW ? 190 : 130,
          overflow: "truncate",
          // What it adds stands beside its name, where no bar is in the way.
          formatter: (name, n) => `${name}  {amount|${told(spec.steps[n])}}`,
          rich: { amount: { color: look.muted, fontFamily: look.font } },
        },
      }),
      series: [
        { ...bar, data: base, itemStyle: { color: "transparent" }, silent: true, tooltip: { show: false } },
        { ...bar, data: plus },
        { ...bar, data: minus },
      ],
    };
  },

  heat(spec, look, written, width) {
    const cells = [];
    spec.values.forEach((row, y) =>
      row.forEach((value, x) => {
        if (value === null) return;
        const [colour, ink] = shade((value - spec.low) / (spec.high - spec.low || 1), look);
        cells.push({
          value: [x, y, value],
          itemStyle: { color: colour, borderColor: look.card, borderWidth: 1.5, borderRadius: 3 },
          label: { show: width > spec.columns.length * 27, color: ink, fontSize: 10.5, formatter: written.exact(value).replace(/[\s\u00a0\u202f]?%/, "") },
        });
      }),
    );
    return {
      grid: { ...common(look).grid, top: 8 },
      tooltip: tooltip(look, "item", ({ value: [x, y, value] }) =>
        `${spec.rows[y]} · ${spec.columns[x]}\n${written.exact(value)}`),
      xAxis: categories(look, spec.columns, { splitLine: { show: false }, axisLine: { show: false } }),
      yAxis: categories(look, spec.rows, { inverse: true, axisLine: { show: false } }),
      series: [{ type: "heatmap", data: cells, emphasis: { disabled: true } }],
    };
  },

  funnel(spec, look, written, width) {
    const inks = { "": look.muted, noted: look.text, outside: look.accent, good: look.good, bad: look.bad };
    const sizes = spec.limits[0].sizes;
    const shown = [...spec.points.map((point) => point.rate), ...spec.limits.flatMap((limit) => [...limit.low, ...limit.high])];
    const [first, last] = [sizes[0], sizes.at(-1)];
    const dots = spec.points.map((point) => ({
      name: point.name,
      value: [point.size, point.rate],
      // Who rests on few is a ring: it weighs less.
      itemStyle: point.small
        ? { color: look.card, borderColor: inks[point.mark], borderWidth: 1.5 }
        : { color: inks[point.mark], borderColor: look.card, borderWidth: 1, opacity: 1 },
      label: {
        ...clear(look),
        show: point.mark !== "",
        position: point.size > first + (last - first) * 0.6 ? "left" : "right",
        color: inks[point.mark],
        fontFamily: look.font,
        fontSize: 12,
        formatter: "{b}",
      },
    }));
    const line = (name, data, style) => ({
      name,
      type: "line",
      data,
      symbol: "none",
      silent: true,
      lineStyle: { color: look.muted, width: 1, ...style },
      itemStyle: { color: look.muted },
    });
    const limits = spec.limits.flatMap((limit, n) =>
      [limit.low, limit.high].map((ends) =>
        line(limit.name, limit.sizes.map((size, k) => [size, ends[k]]), { type: LIMIT_DASHES[n % LIMIT_DASHES.length] })),
    );
    const meanName = `${spec.mean_name} ${written.exact(spec.mean)}`;
    const mean = line(meanName, [[first, spec.mean], [last, spec.mean]], { color: look.text, type: "solid", width: 1.2 });
    const names = [meanName, ...spec.limits.map((limit) => limit.name)];
    const icons = [LINES.bold, ...spec.limits.map((_limit, n) => LINES[LIMIT_DASHES[n % LIMIT_DASHES.length]])];
    return {
      grid: { ...below(look, names, width), bottom: 26 },
      // Lines are lines in the legend too, and the mean is told there, where nothing cuts it off.
      legend: { ...legend(look, names), data: names.map((name, n) => ({ name, icon: icons[n] })), itemWidth: 24, itemHeight: 8, selectedMode: false },
      tooltip: tooltip(look, "item", ({ name, value }) =>
        `${name}\n${written.exact(value[1])} · ${spec.size_name} ${plainNumber(value[0])}`),
      xAxis: {
        type: "value",
        name: spec.size_name,
        nameLocation: "middle",
        nameGap: 28,
        nameTextStyle: { color: look.muted },
        min: first,
        max: last,
        minInterval: 1,
        axisLine: { lineStyle: { color: look.line } },
        axisTick: { show: false },
        axisLabel: { color: look.muted, hideOverlap: true, showMinLabel: false, showMaxLabel: false },
        splitLine: { show: false },
      },
      yAxis: values(look, written, wholeAxis(spec, shown)),
      series: [...limits, mean, { type: "scatter", symbolSize: 9, data: dots, z: 5, labelLayout: { moveOverlap: "shiftY" } }],
    };
  },

  distribution(spec, look, written) {
    return {
      grid: { ...common(look).grid, top: 12 },
      tooltip: tooltip(look, "item", ({ name, value }) => `${name}\n${spec.size_name}: ${written.exact(value)}`),
      xAxis: categories(look, spec.classes),
      yAxis: values(look, written, { minInterval: 1 }),
      series: [
        {
          type: "bar",
          barCategoryGap: "8%",
          data: spec.counts,
          itemStyle: { color: look.tones[spec.tone], borderRadius: [2, 2, 0, 0] },
        },
      ],
    };
  },
};

// Words that lie over lines are read all the same.
function clear(look) {
  return { textBorderColor: look.card, textBorderWidth: 3 };
}

// The interval of a line: an invisible line at its low ends, and the distance to the high ends stacked on it.
function band(one, colour) {
  const stack = `band of ${one.name}`;
  const line = { type: "line", stack, symbol: "none", silent: true, lineStyle: { opacity: 0 }, tooltip: { show: false } };
  const height = one.high.map((high, n) => (high === null || one.low[n] === null ? null : high - one.low[n]));
  return [
    { ...line, data: one.low, stackStrategy: "all" },
    { ...line, data: height, stackStrategy: "all", areaStyle: { color: colour, opacity: 0.14 } },
  ];
}

function said(points, spec, written) {
  const at = points[0].dataIndex;
  const rows = spec.series.map((one) => {
    const value = written.exact(one.values[at]);
    const known = one.low?.length && one.low[at] !== null;
    const interval = known ? ` (${written.exact(one.low[at])} – ${written.exact(one.high[at])})` : "";
    return spec.series.length > 1 ? `${one.name}  ${value}${interval}` : `${value}${interval}`;
  });
  return [spec.categories[at], ...rows].join("\n");
}

function plainNumber(value) {
  return new Intl.NumberFormat(document.documentElement.lang || undefined, { maximumFractionDigits: 1 }).format(value);
}

// Whether names at the ends of the lines would not lie over each other.
function apart(series) {
  const ends = series.map((one) => one.values.at(-1));
  if (ends.some((end) => end === null)) return false;
  const all = series.flatMap((one) => [...one.values, ...one.low, ...one.high]).filter((value) => value !== null);
  const least = (Math.max(...all) - Math.min(...all)) * 0.07;
  return ends.sort((a, b) => a - b).every((end, n) => n === 0 || end - ends[n - 1] >= least);
}

// Shares from hardly any to nearly all have the whole axis; others the part that ECharts chooses.
function wholeAxis(spec, shown) {
  if (spec.scale.style !== "percent" || Math.max(...shown) <= 0.9 || Math.min(...shown) >= 0.3) return { scale: true };
  return { min: 0, max: 1, interval: 0.2 };
}

// Between three colours; the ink is whichever of black and white reads better on it.
function shade(share, look) {
  const s = Math.min(1, Math.max(0, share));
  const [from, to, at] = s < 0.5 ? [look["heat-1"], look["heat-2"], s * 2] : [look["heat-2"], look["heat-3"], s * 2 - 1];
  const a = rgb(from);
  const b = rgb(to);
  const mixed = a.map((part, n) => Math.round(part + (b[n] - part) * at));
  const ink = contrast(mixed, [255, 255, 255]) > contrast(mixed, [27, 28, 30]) ? "#fff" : "#1b1c1e";
  return [`rgb(${mixed.join(",")})`, ink];
}

function rgb(text) {
  return text.match(/[\d.]+/g).slice(0, 3).map(Number);
}

function contrast(one, other) {
  const light = (colour) => {
    const [r, g, b] = colour.map((part) => {
      const c = part / 255;
      return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [high, low] = [light(one), light(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}
