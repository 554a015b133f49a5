"""The joint between frameworks: any unit of any of them, and what it corresponds to in another."""

from dditkg.crosswalk import review
from dditkg.crosswalk.forms import PAIR_COLUMNS, Forms
from dditkg.crosswalk.links import Link
from dditkg.crosswalk.lists import COLUMNS, Translated, chain, columns, levels, meant, sure, translate
from dditkg.crosswalk.pair import STATES, Filter, Pair, pair
from dditkg.crosswalk.signals import SIGNALS, Material, Signals, material
from dditkg.crosswalk.stale import Stale, stale
from dditkg.crosswalk.suggest import Candidate, Suggestions, candidates, comparable, suggest
from dditkg.crosswalk.units import OURS, Framework, Unit
from dditkg.crosswalk.walk import Answer, Crosswalk, Match, best, crosswalk
from dditkg.sssom import RELATIONS

__all__ = [
    "COLUMNS",
    "OURS",
    "PAIR_COLUMNS",
    "RELATIONS",
    "SIGNALS",
    "STATES",
    "Answer",
    "Candidate",
    "Crosswalk",
    "Filter",
    "Forms",
    "Framework",
    "Link",
    "Match",
    "Material",
    "Pair",
    "Signals",
    "Stale",
    "Suggestions",
    "Translated",
    "Unit",
    "best",
    "candidates",
    "chain",
    "columns",
    "comparable",
    "crosswalk",
    "levels",
    "material",
    "meant",
    "pair",
    "review",
    "stale",
    "suggest",
    "sure",
    "translate",
]
