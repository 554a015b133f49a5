"""Rows for people and programs: a table in the terminal, Markdown, plain JSON."""

from __future__ import annotations

import contextlib
import json
import math
import textwrap
from collections.abc import Callable, Iterator, Sequence

import pyoxigraph as ox

from dditkg.store import Table

Shorten = Callable[[str], str]
_GAP = "  "
_READABLE = 18  # columns of text: a narrower cell breaks words


def plain(table: Table) -> list[dict[str, object]]:
    """Rows as JSON values: numbers as numbers, everything else as text, unbound as null."""
    return [dict(zip(table.columns, (plain_value(term) for term in row), strict=True)) for row in table.rows]


def plain_value(term: object) -> object:
    """A term as a JSON value."""
    if term is None:
        return None
    if isinstance(term, ox.Literal):
        name = term.datatype.value.rpartition("#")[2]
        with contextlib.suppress(ValueError):  # a number that is none stays as it is written
            if name == "integer":
                return int(term.value)
            if name in ("decimal", "double", "float") and math.isfinite(number := float(term.value)):
                return number
        if name == "boolean":
            return term.value == "true"
    return str(getattr(term, "value", term))


def as_json(table: Table) -> str:
    return json.dumps(plain(table), ensure_ascii=False, indent=1)


def as_text(table: Table, width: int, shorten: Shorten) -> str:
    """A table that fits a terminal of that many columns: things by name, long cells folded.

    A table with more columns than fit is written as one block a row.
    """
    return aligned(*_shown(table, shorten), width)


def aligned(columns: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> str:
    """The same for cells that are text already."""
    if not rows:
        return "No rows."
    count = f"{len(rows)} row{'' if len(rows) == 1 else 's'}."
    if not columns:
        return count
    widest = [max(map(len, column)) for column in zip(columns, *rows, strict=True)]
    if sum(min(w, _READABLE) + len(_GAP) for w in widest) > width:
        return "\n".join([*_blocks(columns, rows, width), count])
    widths = _fit(widest, width)
    lines = [_line(columns, widths), _line(["─" * w for w in widths], widths)]
    for row in rows:
        folded = [textwrap.wrap(cell, w) or [""] for cell, w in zip(row, widths, strict=True)]
        for i in range(max(map(len, folded))):
            lines.append(_line([part[i] if i < len(part) else "" for part in folded], widths))
    return "\n".join([*lines, count])


def _blocks(columns: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> Iterator[str]:
    margin = max(map(len, columns)) + len(_GAP)
    for row in rows:
        for column, cell in zip(columns, row, strict=True):
            folded = textwrap.wrap(cell, max(width - margin, _READABLE))
            for i, part in enumerate(folded):
                yield f"{column if i == 0 else '':<{margin}}{part}"
        yield ""


def as_markdown(table: Table, shorten: Shorten) -> str:
    columns, rows = _shown(table, shorten)
    escaped = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in escaped])


def _shown(table: Table, shorten: Shorten) -> tuple[list[str], list[list[str]]]:
    """Columns and cells for people: a thing is shown by its label where the table has one."""
    labels = {name: name + "Label" for name in table.columns if name + "Label" in table.columns}
    columns = [name for name in table.columns if name not in labels.values()]
    places = [(table.columns.index(labels.get(name, name)), table.columns.index(name)) for name in columns]
    rows = [
        [_cell(row[label] if row[label] is not None else row[thing], shorten) for label, thing in places]
        for row in table.rows
    ]
    return columns, rows


def _cell(term: object, shorten: Shorten) -> str:
    if term is None:
        return ""
    text = str(getattr(term, "value", term))
    return shorten(text) if isinstance(term, ox.NamedNode) else " ".join(text.split())


def _fit(widest: Sequence[int], width: int) -> list[int]:
    """Column widths that sum to the terminal's: the widest give way first."""
    widths = list(widest)
    room = width - len(_GAP) * (len(widths) - 1)
    while sum(widths) > room and max(widths) > 1:
        widths[widths.index(max(widths))] -= 1
    return widths


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return _GAP.join(cell.ljust(w) for cell, w in zip(cells, widths, strict=True)).rstrip()
