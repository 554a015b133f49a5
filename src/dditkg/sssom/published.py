"""What a set must keep to whose rows another publisher asserts: theirs to state, and never mixed with ours."""

from __future__ import annotations

from collections.abc import Iterator

from dditkg.sssom.mapping_set import MappingSet
from dditkg.sssom.slots import SEMAPV
from dditkg.terms import is_iri

#: Every rule and what it asks for.
RULES = {
    "Mapping-published-alone": "Rows that another publisher asserts stand in a set of their own.",
    "Mapping-published-confidence": "A row that another publisher asserts has no confidence of ours.",
    "Mapping-published-source": "A set that another publisher asserts names the table that it is from.",
    "Mapping-unspecified": "This project says what its own rows rest on.",
}
_UNSPECIFIED = SEMAPV + "UnspecifiedMatching"


def published_rules(ms: MappingSet) -> Iterator[tuple[int, str, str]]:
    """What breaks these rules, as line, rule and message."""
    theirs = [row for row in ms.rows if ms.is_published(row)]
    ours = [row for row in ms.rows if row.values("author_id") and not ms.is_published(row)]
    for row in ours:
        if ms.expanded(row.cells.get("mapping_justification", "")) == _UNSPECIFIED:
            said = "semapv:UnspecifiedMatching is for what another publisher asserts without saying how it was made."
            yield row.line, "unspecified", f"{said} Say what the row rests on; see docs/method.md."
    if not theirs:
        return
    if ours:
        said = f"The row is not by {theirs[0].cells['author_id']}, as line {theirs[0].line} is."
        yield ours[0].line, "published-alone", f"{said} Put it into another set: each has its own licence and source."
    for row in theirs:
        if row.cells.get("confidence"):
            said = f"{row.cells['author_id']} asserts the row, so the confidence cannot be ours."
            yield row.line, "published-confidence", f"{said} Leave it empty; what the publisher says goes to comment."
    sources = ms.values("mapping_set_source")
    if not sources or not all(map(is_iri, sources)):
        line = ms.lines.get("mapping_set_source", 1)
        yield line, "published-source", "mapping_set_source is not the web address of the publisher's table. Write it."
