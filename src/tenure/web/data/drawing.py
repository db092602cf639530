"""The picture of what came in: sources, the tables they filled, and what became of the rows."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from tenure.web.kit import formats
from tenure.web.kit.charts import Chart, Flow, Link, Node, Scale, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tenure.engine.verbs.flow import Stream
    from tenure.web.kit.charts import Tone

#: Sources and tables that are drawn by name; more of them lie over each other.
_MOST = 8


def drawn(streams: Sequence[Stream]) -> Chart | None:
    """The flow of some hours; None where nothing came."""
    if not streams:
        return None
    sources = _named([(stream.source, stream.read) for stream in streams])
    tables = _named([(stream.table, stream.read) for stream in streams])
    first: dict[tuple[str, str], int] = defaultdict(int)
    second: dict[tuple[str, str], int] = defaultdict(int)
    for stream in streams:
        table = tables[stream.table]
        first[sources[stream.source], table] += stream.read
        for name, count in fates(stream):
            second[table, name] += count
    tones: dict[str, Tone] = {_("New"): "good", _("Changed"): "fifth", _("Known already"): "muted", _("Refused"): "bad"}
    ends = [name for name in tones if any(to == name and count for (_table, to), count in second.items())]
    layers = (tuple(dict.fromkeys(sources.values())), tuple(dict.fromkeys(tables.values())), tuple(ends))
    nodes = tuple(
        Node(name, layer, tones.get(name, "muted") if layer == 2 else "new" if layer == 0 else "expansion")
        for layer, names in enumerate(layers)
        for name in names
    )  # fmt: skip
    place = {(node.layer, node.name): at for at, node in enumerate(nodes)}
    links = tuple(
        Link(place[layer, one], place[layer + 1, other], float(count))
        for layer, pairs in enumerate((first, second))
        for (one, other), count in pairs.items()
        if count
    )
    return Flow(_says(streams), _table(streams), Scale("number", 0), nodes, links)


def fates(stream: Stream) -> tuple[tuple[str, int], ...]:
    """What became of the rows of a stream, in words."""
    return (
        (_("New"), stream.loaded), (_("Changed"), stream.superseded), (_("Known already"), stream.unchanged),
        (_("Refused"), stream.rejected),
    )  # fmt: skip


def _named(sizes: Sequence[tuple[str, int]]) -> dict[str, str]:
    """The names under which things are drawn: the largest by their own, the others together."""
    sums: dict[str, int] = defaultdict(int)
    for name, size in sizes:
        sums[name] += size
    ranked = sorted(sums, key=lambda name: (-sums[name], name))
    if len(ranked) <= _MOST:
        return {name: name for name in ranked}
    return {name: name if at < _MOST - 1 else _("others") for at, name in enumerate(ranked)}


def _says(streams: Sequence[Stream]) -> str:
    read, refused = sum(stream.read for stream in streams), sum(stream.rejected for stream in streams)
    return _("%(read)s rows came from %(sources)s sources for %(tables)s tables; %(refused)s were refused.") % {
        "read": formats.number(read), "sources": formats.number(len({stream.source for stream in streams})),
        "tables": formats.number(len({stream.table for stream in streams})), "refused": formats.number(refused),
    }  # fmt: skip


def _table(streams: Sequence[Stream]) -> Table:
    columns = (_("Source"), _("Table"), _("Received"), *(name for name, _count in fates(streams[0])))
    return Table(
        columns,
        tuple(
            (
                stream.source,
                stream.table,
                formats.number(stream.read),
                *(formats.number(count) for _name, count in fates(stream)),
            )
            for stream in streams
        ),
    )
