"""The slides as a file that PowerPoint and its kin open: texts, tables and charts are their own, and can be changed there."""

from __future__ import annotations

import io
import re
from functools import cache
from typing import Any

from tenure.web.decks import layout
from tenure.web.decks.layout import Bar, Box, Drawing, Leaf, Rows, Words
from tenure.web.decks.slides import Deck
from tenure.web.kit import drawn
from tenure.web.kit.charts import Bars, Chart, Lines, Scale

TYPE = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
_FONT = "Arial"  # every machine has it, or one as wide
#: The only title of the layout that all slides are made by.
_TITLE_ONLY = 5
#: By the names in the theme of a file, the colours of ours.
_THEME = {
    "dk2": "text", "accent1": "new", "accent2": "expansion", "accent3": "contraction", "accent4": "churn", "accent5": "fifth",
    "accent6": "sixth", "hlink": "accent", "folHlink": "muted",
}  # fmt: skip
_PANEL = "F4F5F3"


def presentation(deck: Deck, leaves: tuple[Leaf, ...]) -> bytes:
    """The file."""
    from pptx import Presentation
    from pptx.util import Inches

    whole = Presentation()
    whole.slide_width, whole.slide_height = Inches(layout.WIDTH), Inches(layout.HEIGHT)
    whole.core_properties.title, whole.core_properties.author = deck.name, "Tenure"
    _dye(whole)
    for leaf in leaves:
        slide = whole.slides.add_slide(whole.slide_layouts[_TITLE_ONLY])
        for box in leaf.boxes:
            _DRAWS[type(box)](slide, box)
    file = io.BytesIO()
    whole.save(file)
    return file.getvalue()


def _tone(name: str) -> Any:
    return _colour(_hex(name))


def _colour(code: str) -> Any:
    from pptx.dml.color import RGBColor

    made: Any = RGBColor  # the library is typed in part
    return made.from_string(code)


@cache
def _hex(name: str) -> str:
    look = drawn.look()
    found: str = look["tones"].get(name) or look[name]
    plain = found.removeprefix("#")
    return ("".join(sign * 2 for sign in plain) if len(plain) == 3 else plain).upper()


def _dye(whole: Any) -> None:
    """Give the file's theme our colours and font, so that what is added to it later looks alike."""
    from pptx.opc.constants import RELATIONSHIP_TYPE

    theme = whole.slide_master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    text = theme.blob.decode("utf-8")
    for name, ours in _THEME.items():
        text = re.sub(
            rf"(<a:{name}>).*?(</a:{name}>)", rf'\g<1><a:srgbClr val="{_hex(ours)}"/>\g<2>', text, flags=re.DOTALL
        )
    theme._blob = re.sub(r'(<a:latin typeface=")[^"]+', rf"\g<1>{_FONT}", text).encode("utf-8")  # noqa: SLF001 - it has no other way


def _place(box: Box) -> tuple[Any, Any, Any, Any]:
    from pptx.util import Inches

    return Inches(box.x), Inches(box.y), Inches(box.w), Inches(box.h)


def _words(slide: Any, box: Words) -> None:
    from pptx.enum.shapes import MSO_SHAPE

    if box.title:
        shape = slide.shapes.title
        shape.left, shape.top, shape.width, shape.height = _place(box)
    elif box.panel:
        shape = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, *_place(box))
        shape.fill.solid()
        shape.fill.fore_color.rgb = _colour(_PANEL)
        _flatten(shape)
    else:
        shape = slide.shapes.add_textbox(*_place(box))
    _fill(shape.text_frame, box)


def _fill(frame: Any, box: Words) -> None:
    from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
    from pptx.util import Inches, Pt

    frame.word_wrap, frame.auto_size, frame.vertical_anchor = True, MSO_AUTO_SIZE.NONE, MSO_ANCHOR.TOP
    edge = Inches(layout.PANEL if box.panel else 0)
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = edge
    for place, one in enumerate(box.paragraphs):
        paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
        paragraph.alignment = PP_ALIGN.RIGHT if box.end else PP_ALIGN.LEFT
        paragraph.space_before, paragraph.space_after = Pt(0), Pt(one.after * 72)
        run = paragraph.add_run()
        run.text = one.text
        run.font.name, run.font.size, run.font.bold, run.font.color.rgb = _FONT, Pt(one.size), one.bold, _tone(one.tone)
        if one.bullet:
            _point(paragraph)


def _point(paragraph: Any) -> None:
    """Make a paragraph a point of a list."""
    properties = paragraph._p.get_or_add_pPr()  # noqa: SLF001 - the library has no points
    properties.set("marL", "285750")
    properties.set("indent", "-285750")
    properties.append(_element("buFont", typeface=_FONT))
    properties.append(_element("buChar", char="•"))


def _element(name: str, **attributes: str) -> Any:
    """An element of a drawing, of which the library knows nothing."""
    from pptx.oxml.xmlchemy import OxmlElement

    made: Any = OxmlElement(f"a:{name}")
    for attribute, value in attributes.items():
        made.set(attribute, value)
    return made


def _flatten(shape: Any) -> None:
    """Take from a shape the line and shadow that the theme would give it."""
    shape.line.fill.background()
    element = shape._element  # noqa: SLF001 - the library has no styles
    element.remove(element.find("{*}style"))


def _bar(slide: Any, box: Bar) -> None:
    from pptx.enum.shapes import MSO_SHAPE

    shape = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, *_place(box))
    shape.fill.solid()
    shape.fill.fore_color.rgb = _tone("accent")
    _flatten(shape)
    _named(shape, "", "")


def _named(shape: Any, name: str, says: str) -> None:
    """Say what a shape shows to whoever does not see it; an empty sentence: it only decorates."""
    properties = shape._element.xpath("./*/p:cNvPr")[0]  # noqa: SLF001 - the library has no alternative texts
    properties.set("descr", says)
    if name:
        properties.set("name", name)


def _rows(slide: Any, box: Rows) -> None:
    from pptx.util import Inches

    grid = box.grid
    frame = slide.shapes.add_table(len(grid.rows) + 1, len(grid.columns), *_place(box))
    _named(frame, "", ", ".join(filter(None, grid.columns)))
    table = frame.table
    properties = table._tbl.tblPr  # noqa: SLF001 - the style is nowhere else to be had
    properties.find("{*}tableStyleId").text = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # no style, no grid
    table.horz_banding = False
    for place, width in enumerate(box.widths):
        table.columns[place].width = Inches(width)
    for line, height in enumerate(box.heights):
        table.rows[line].height = Inches(height)
        for place, text in enumerate(grid.rows[line - 1] if line else grid.columns):
            _cell(table.cell(line, place), text, size=layout.SMALL if line == 0 else box.size, head=line == 0,
                  end=place in grid.numeric, first=place == 0)  # fmt: skip


def _cell(cell: Any, text: str, *, size: float, head: bool, end: bool, first: bool) -> None:
    from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
    from pptx.util import Inches, Pt

    cell.margin_left = cell.margin_right = Inches(layout.CELL_SIDE)
    cell.margin_top = cell.margin_bottom = Inches(layout.CELL_TOP)
    cell.vertical_anchor = MSO_ANCHOR.TOP
    paragraph = cell.text_frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.RIGHT if end else PP_ALIGN.LEFT
    run = paragraph.add_run()
    run.text = text
    run.font.name, run.font.size = _FONT, Pt(size)
    run.font.bold, run.font.color.rgb = first and not head, _tone("muted" if head else "text")
    _underline(cell)


def _underline(cell: Any) -> None:
    """A hairline below a cell."""
    properties = cell._tc.get_or_add_tcPr()  # noqa: SLF001 - the library has no lines of cells
    line, fill = _element("lnB", w="9525", cap="flat", cmpd="sng", algn="ctr"), _element("solidFill")
    fill.append(_element("srgbClr", val=_hex("line")))
    line.append(fill)
    properties.append(line)


def _drawing(slide: Any, box: Drawing) -> None:
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE

    shown = box.chart
    assert isinstance(shown, Lines | Bars)
    made: Any = CategoryChartData
    data = made(number_format=_format(shown.scale))
    data.categories = shown.categories
    for one in shown.series:
        data.add_series(one.name, one.values)
    kind = XL_CHART_TYPE.LINE_MARKERS if isinstance(shown, Lines) else XL_CHART_TYPE.COLUMN_STACKED
    frame = slide.shapes.add_chart(kind, *_place(box), data)
    _named(frame, box.heading, shown.says)
    _dress(frame.chart, box.heading, shown)


def _format(scale: Scale) -> str:
    plain = "#,##0" + (f".{'0' * scale.digits}" if scale.digits else "")
    return f"{plain}%" if scale.style == "percent" else plain


def _dress(chart: Any, heading: str, shown: Chart) -> None:
    """A chart in our colours: its title, quiet axes, a legend where there is more than one colour."""
    from pptx.enum.chart import XL_LEGEND_POSITION
    from pptx.util import Pt

    assert isinstance(shown, Lines | Bars)
    chart.font.name, chart.font.size, chart.font.color.rgb = _FONT, Pt(layout.SMALL), _tone("muted")
    chart.has_title = True
    title = chart.chart_title.text_frame
    title.text = heading
    font = title.paragraphs[0].runs[0].font
    font.size, font.bold, font.color.rgb = Pt(layout.CELL), True, _tone("text")
    chart.has_legend = len(shown.series) > 1
    if chart.has_legend:
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    values, months = chart.value_axis, chart.category_axis
    values.minimum_scale, values.major_gridlines.format.line.color.rgb = 0, _tone("line")
    values.format.line.fill.background()
    values.tick_labels.number_format, values.tick_labels.number_format_is_linked = _format(shown.scale), False
    values.has_minor_gridlines = months.has_major_gridlines = False
    months.format.line.color.rgb = _tone("line")
    for series, one in zip(chart.plots[0].series, shown.series, strict=True):
        _paint(series, one.tone, is_line=isinstance(shown, Lines))
    if isinstance(shown, Bars):
        chart.plots[0].gap_width, chart.plots[0].overlap = 150, 100


def _paint(series: Any, tone: str, *, is_line: bool) -> None:
    from pptx.enum.chart import XL_MARKER_STYLE
    from pptx.util import Pt

    if not is_line:
        series.format.fill.solid()
        series.format.fill.fore_color.rgb = _tone(tone)
        return
    series.smooth = False
    series.format.line.color.rgb, series.format.line.width = _tone(tone), Pt(2.25)
    series.marker.style, series.marker.size = XL_MARKER_STYLE.CIRCLE, 6
    series.marker.format.fill.solid()
    series.marker.format.fill.fore_color.rgb = _tone(tone)
    series.marker.format.line.color.rgb = _tone(tone)


_DRAWS: dict[type[Box], Any] = {Words: _words, Bar: _bar, Rows: _rows, Drawing: _drawing}
