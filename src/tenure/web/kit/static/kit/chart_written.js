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
  const plain = new Intl.NumberFormat(locale, { notation: "compact", maximumFractionDigits: 1 });
  return {
    // For labels with hardly any room: no unit.
    brief: (value) => signed(plain.format(value)),
    exact: (value) => (value === null || value === undefined ? "–" : signed(exact.format(value))),
    axis: (value) => {
      if (Math.abs(value) < (scale.style === "percent" ? 0.01 : 1)) return signed(small.format(value));
      return signed(scale.style === "percent" ? exactShare(locale, value) : short.format(value));
    },
  };
}

// The sign of what is below nothing is a minus, as in the tables, no hyphen.
function signed(text) {
  return text.replace("-", "−");
}

function exactShare(locale, value) {
  return new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 }).format(value);
}
