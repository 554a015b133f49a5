"""How many rows a written answer has. The engine writes without counting, and reading its rows in Python is slow."""

from __future__ import annotations

import csv
import io

import pyoxigraph as ox

from dditkg import formats
from dditkg.errors import TooLarge
from dditkg.formats import Format

# What stands between two rows, or closes each. In JSON and CSV it may also stand inside a value.
_MARKS: dict[Format, tuple[bytes, ...]] = {
    formats.SPARQL_JSON: (b"},{",),
    formats.SPARQL_XML: (b"</result>", b"<result/>"),
    formats.CSV: (b"\r\n",),
    formats.TSV: (b"\n",),
}


def exceed(most: int, body: bytes, written: Format) -> bool:
    """Whether a table has more than `most` rows. A graph has no rows: its size in bytes is its only limit."""
    marks = _MARKS.get(written)
    if marks is None or sum(map(body.count, marks)) < most:
        return False
    return _count(body, written) > most


def _count(body: bytes, written: Format) -> int:
    if written is formats.CSV:
        csv.field_size_limit(len(body) + 1)
        return sum(1 for _ in csv.reader(io.StringIO(body.decode(), newline=""))) - 1
    if written is formats.SPARQL_JSON:
        results = ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON)
        return sum(1 for _ in results) if isinstance(results, ox.QuerySolutions) else 0
    return sum(map(body.count, _MARKS[written])) - (written is formats.TSV)  # which has a line of names


def too_many(most: int) -> TooLarge:
    return TooLarge(
        f"The answer has more than {most} rows, the limit for one answer; nothing of it was sent. "
        "Add LIMIT and OFFSET, count instead of listing, or take the files of the release.",
        limit="answer_rows",
        allowed=most,
    )
