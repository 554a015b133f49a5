"""The joint between frameworks: any unit of any of them, and what it corresponds to in another."""

from dditkg.crosswalk import review
from dditkg.crosswalk.exchange import Exchange
from dditkg.crosswalk.forms import PAIR_COLUMNS, Forms
from dditkg.crosswalk.links import Link
from dditkg.crosswalk.lists import COLUMNS, Translated, chain, columns, levels, meant, note, step, sure, translate
from dditkg.crosswalk.pair import Filter, Pair, pair
from dditkg.crosswalk.signals import SIGNALS, Material, Signals, material
from dditkg.crosswalk.stale import Stale, stale
from dditkg.crosswalk.suggest import Candidate, Suggestions, candidates, comparable, suggest
from dditkg.crosswalk.told import told
from dditkg.crosswalk.units import OURS, Framework, Unit
from dditkg.crosswalk.walk import STATES, Answer, Crosswalk, Match, best, crosswalk, ordered
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
    "Exchange",
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
    "note",
    "ordered",
    "pair",
    "review",
    "stale",
    "step",
    "suggest",
    "sure",
    "told",
    "translate",
]
