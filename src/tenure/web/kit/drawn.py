"""Charts drawn on the server, for paper and for files: by the same library and the same options as on a page.

It needs the extra ``pdf``, which brings a machine for JavaScript.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tenure.core.errors import UnavailableError
from tenure.web.kit.charts import Chart
from tenure.web.kit.reading import current

_STATIC = Path(__file__).resolve().parent / "static" / "kit"
_SCRIPTS = ("vendor/echarts.js", "chart_kinds.js", "chart_written.js")
_FONT = "Inter, sans-serif"
#: Milliseconds that one drawing may take.
_PATIENCE = 20_000
#: An arc without a radius, as of a bar that is hardly there: it is a line, which WeasyPrint takes for one to somewhere else.
_NO_ARC = re.compile(r"A0 0 0 [01] [01] (-?[\d.]+ -?[\d.]+)")
_DRAW = """(given) => {
  const chart = init(null, null, { renderer: "svg", ssr: true, width: given.width, height: given.height });
  chart.setOption(options(given.spec, given.look, written(given.spec.scale, given.locale), given.width));
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}"""


def needs(name: str) -> UnavailableError:
    """The error where a package of the extra is missing."""
    fix = "Whoever runs Tenure installs the extra: pip install 'tenure[pdf]'. CSV, XLSX and tables need nothing."
    return UnavailableError(f"Drawing and PDF need {name}, which is not installed.", code="no_pdf", fix=fix)


def is_there() -> bool:
    """Whether charts can be drawn here."""
    from importlib.util import find_spec

    return find_spec("py_mini_racer") is not None


class Drawer:
    """Draws charts, until the end of the block. Raises ``UnavailableError`` where the extra is missing."""

    def __init__(self) -> None:
        try:
            from py_mini_racer import MiniRacer
        except ImportError:
            raise needs("mini-racer") from None
        self._machine: Any = MiniRacer()

    def __enter__(self) -> Self:
        for name in _SCRIPTS:
            self._machine.eval(_plain((_STATIC / name).read_text(encoding="utf-8")))
        self._machine.eval(f"globalThis.draw = {_DRAW};")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._machine.close()  # it keeps threads, which the program would wait for at its end

    def svg(self, chart: Chart, width: int, height: int) -> str:
        """The drawing on a light ground, so many pixels wide and high, its numbers written for who reads it."""
        given = {
            "spec": json.loads(chart.spec()), "look": look(), "width": width, "height": height,
            "locale": str(current().locale).replace("_", "-"),
        }  # fmt: skip
        drawing = str(self._machine.eval(f"draw({json.dumps(given)})", timeout=_PATIENCE))
        return _NO_ARC.sub(r"L\1", drawing)


@cache
def look() -> dict[str, Any]:
    """The colours of the light theme, as the style sheet has them."""
    sheet = (_STATIC / "tenure.css").read_text(encoding="utf-8")
    tokens = dict(re.findall(r"--([\w-]+): light-dark\((#\w+), #\w+\)", sheet))
    names = ("text", "muted", "line", "card", "accent", "good", "warn", "bad", "heat-1", "heat-2", "heat-3")
    found: dict[str, Any] = {name: tokens[name] for name in names}
    for name in names[-3:]:  # colours are mixed of these, by their parts, as a browser tells them
        found[name] = f"rgb({', '.join(str(int(found[name][place : place + 2], 16)) for place in (1, 3, 5))})"
    tones = ("new", "expansion", "contraction", "churn", "fifth", "sixth")
    found["tones"] = {name: tokens[f"series-{place}"] for place, name in enumerate(tones, 1)}
    found["tones"] |= {name: tokens[name] for name in ("muted", "good", "warn", "bad")}
    found["font"] = _FONT
    return found


def pdf(html: str, sheet: str) -> bytes:
    """A PDF of HTML with a style sheet. Nothing is fetched from anywhere but our own fonts.

    Raises ``UnavailableError`` where the extra, or the library that it stands on, is missing.
    """
    try:
        from weasyprint import CSS, HTML
        from weasyprint.text.fonts import FontConfiguration
        from weasyprint.urls import URLFetcher, URLFetcherResponse
    except (ImportError, OSError):  # Pango is a library of the system's
        raise needs("WeasyPrint (with Pango)") from None

    class Ours(URLFetcher):  # type: ignore[misc]  # WeasyPrint has no types
        def fetch(self, url: str, headers: Any = None) -> Any:  # noqa: ARG002 - as WeasyPrint calls it
            place = Path(url.removeprefix("file://"))
            if place.parent != _STATIC / "fonts":
                raise ValueError("Nothing is fetched.")
            return URLFetcherResponse(url, place.read_bytes(), {"Content-Type": "font/woff2"})

    fonts, ours, base = FontConfiguration(), Ours(), f"{_STATIC.as_uri()}/"
    styles = [CSS(string=text, font_config=fonts, url_fetcher=ours, base_url=base) for text in (_FACE, sheet)]
    return bytes(HTML(string=html, url_fetcher=ours).write_pdf(stylesheets=styles, font_config=fonts))


_FACE = '@font-face { font-family: Inter; src: url("fonts/inter-latin.woff2"); }'


def _plain(module: str) -> str:
    """A module of ours as a script: what it gives out becomes global, as what it takes in is."""
    text = re.sub(r"^import .*?;$", "", module, flags=re.MULTILINE)
    text = re.sub(r"export\{(\w+) as (\w+)\};?\s*$", r"globalThis.\2=\1;", text)
    text = re.sub(r"^export function (\w+)", r"globalThis.\1 = \1;\nfunction \1", text, flags=re.MULTILINE)
    return f"(function(){{{text}\n}})();"
