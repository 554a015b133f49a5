"""The joint between frameworks: any unit of any of them, and what it corresponds to in another."""

from dditkg.crosswalk.forms import PAIR_COLUMNS, Forms
from dditkg.crosswalk.links import Link
from dditkg.crosswalk.lists import COLUMNS, Translated, chain, columns, levels, meant, sure, translate
from dditkg.crosswalk.pair import STATES, Filter, Pair, pair
from dditkg.crosswalk.units import OURS, Framework, Unit
from dditkg.crosswalk.walk import Answer, Crosswalk, Match, best, crosswalk
from dditkg.sssom import RELATIONS

__all__ = [
    "COLUMNS",
    "OURS",
    "PAIR_COLUMNS",
    "RELATIONS",
    "STATES",
    "Answer",
    "Crosswalk",
    "Filter",
    "Forms",
    "Framework",
    "Link",
    "Match",
    "Pair",
    "Translated",
    "Unit",
    "best",
    "chain",
    "columns",
    "crosswalk",
    "levels",
    "meant",
    "pair",
    "sure",
    "translate",
]
