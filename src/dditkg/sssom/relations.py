"""The five relations by their short names, and what follows from two of them in a row."""

from __future__ import annotations

from collections.abc import Mapping

#: From the surest to the loosest; the names of SKOS without “Match”.
RELATIONS = ("exact", "close", "broad", "narrow", "related")
#: What a relation is when it is read from the other end, where that is not itself.
BACKWARDS = {"broad": "narrow", "narrow": "broad"}
#: What follows from one relation and then another. All that is not here claims nothing.
CHAINED: Mapping[tuple[str, str], str] = {
    **{("exact", relation): relation for relation in ("exact", "broad", "narrow")},
    **{(relation, "exact"): relation for relation in ("broad", "narrow")},
    ("broad", "broad"): "broad",
    ("narrow", "narrow"): "narrow",
}
#: The longest chain that is made.
MOST_STEPS = 3
