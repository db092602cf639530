// How a chart's numbers are written in a locale: exactly, on an axis, and where there is hardly any room.

export function written(scale, locale) {
  const whole = {
    number: {},
    percent: { style: "percent" },
    currency: { style: "currency", currency: scale.currency, currencyDisplay: "narrowSymbol" },
  }[scale.style];
  const digits = { minimumFractionDigits: scale.digits, maximumFractionDigits: scale.digits };
  const exact = new Intl.NumberFormat(locale, { ...whole, ...digits });
  const short = new Intl.NumberFormat(locale, { ...whole, notation: "compact", maximumFractionDigits: 1 });
  const small = new Intl.NumberFormat(locale, { ...whole, maximumSignificantDigits: 2 }); // 0.05 and 0.1 are not both 0.1
  const plain = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  return {
    // For labels with hardly any room: no unit, and thousands and millions by their sign.
    brief: (value) => {
      const [size, sign] = Math.abs(value) >= 1e6 ? [1e6, "M"] : Math.abs(value) >= 1e3 ? [1e3, "k"] : [1, ""];
      return plain.format(value / size) + sign;
    },
    exact: (value) => (value === null || value === undefined ? "–" : exact.format(value)),
    axis: (value) => {
      if (Math.abs(value) < (scale.style === "percent" ? 0.01 : 1)) return small.format(value);
      return scale.style === "percent" ? exactShare(locale, value) : short.format(value);
    },
  };
}

function exactShare(locale, value) {
  return new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 }).format(value);
}
