"""Rows for people and programs: a table in the terminal, Markdown, plain JSON."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Sequence

import pyoxigraph as ox

from dditkg.store import Table

Shorten = Callable[[str], str]
_GAP = "  "
_LEAST = 8


def plain(table: Table) -> list[dict[str, object]]:
    """Rows as JSON values: numbers as numbers, everything else as text, unbound as null."""
    return [dict(zip(table.columns, (plain_value(term) for term in row), strict=True)) for row in table.rows]


def plain_value(term: object) -> object:
    """A term as a JSON value."""
    if term is None:
        return None
    if isinstance(term, ox.Literal):
        name = term.datatype.value.rpartition("#")[2]
        if name == "integer":
            return int(term.value)
        if name in ("decimal", "double", "float"):
            return float(term.value)
        if name == "boolean":
            return term.value == "true"
    return str(getattr(term, "value", term))


def as_json(table: Table) -> str:
    return json.dumps(plain(table), ensure_ascii=False, indent=1)


def as_text(table: Table, width: int, shorten: Shorten) -> str:
    """A table that fits a terminal of that many columns: long cells are folded, addresses written short."""
    columns, rows = _shown(table, shorten)
    if not rows:
        return "No rows."
    widths = _fit([[heading, *cells] for heading, cells in zip(columns, zip(*rows, strict=True), strict=True)], width)
    lines = [_line(columns, widths), _line(["─" * w for w in widths], widths)]
    for row in rows:
        folded = [textwrap.wrap(cell, w) or [""] for cell, w in zip(row, widths, strict=True)]
        for i in range(max(map(len, folded))):
            lines.append(_line([part[i] if i < len(part) else "" for part in folded], widths))
    lines.append(f"{len(rows)} row{'' if len(rows) == 1 else 's'}.")
    return "\n".join(lines)


def as_markdown(table: Table, shorten: Shorten) -> str:
    columns, rows = _shown(table, shorten)
    escaped = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in escaped])


def _shown(table: Table, shorten: Shorten) -> tuple[list[str], list[list[str]]]:
    columns = list(table.columns)
    return columns, [[_cell(term, shorten) for term in row] for row in table.rows]


def _cell(term: object, shorten: Shorten) -> str:
    if term is None:
        return ""
    text = str(getattr(term, "value", term))
    return shorten(text) if isinstance(term, ox.NamedNode) else " ".join(text.split())


def _fit(columns: Sequence[Sequence[str]], width: int) -> list[int]:
    """Column widths that sum to the terminal's: the widest give way first, none below a readable least."""
    widths = [max(map(len, column)) for column in columns]
    room = max(width - len(_GAP) * (len(widths) - 1), _LEAST * len(widths))
    while sum(widths) > room and max(widths) > _LEAST:
        widths[widths.index(max(widths))] -= 1
    return widths


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return _GAP.join(cell.ljust(w) for cell, w in zip(cells, widths, strict=True)).rstrip()
