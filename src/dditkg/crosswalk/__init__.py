"""The joint between frameworks: any unit of any of them, and what it corresponds to in another."""

from dditkg.crosswalk import review
from dditkg.crosswalk.compare import ONLY, Comparison, compare
from dditkg.crosswalk.exchange import Exchange
from dditkg.crosswalk.forms import PAIR_COLUMNS, Forms
from dditkg.crosswalk.links import Link
from dditkg.crosswalk.lists import (
    ALREADY_THERE,
    COLUMNS,
    Translated,
    chain,
    columns,
    levels,
    meant,
    note,
    one_meant,
    step,
    sure,
    translate,
)
from dditkg.crosswalk.nearest import Near, Nearest, Neighbours
from dditkg.crosswalk.needs import Need, Needs, Role, read_needs, roles_meant
from dditkg.crosswalk.pair import Filter, Pair, pair
from dditkg.crosswalk.signals import SIGNALS, Material, Signals, material
from dditkg.crosswalk.stale import Stale, stale
from dditkg.crosswalk.suggest import Candidate, Suggestions, candidates, comparable, suggest
from dditkg.crosswalk.tables import COMPUTED, FLAT, MEANINGS, NEAREST_COLUMNS, OUTSIDE, Tables, explained, named, span
from dditkg.crosswalk.ties import VERDICTS, Tie, Ties
from dditkg.crosswalk.told import told
from dditkg.crosswalk.units import OURS, Framework, Unit
from dditkg.crosswalk.walk import STATES, Answer, Crosswalk, Match, best, crosswalk, ordered
from dditkg.sssom import RELATIONS

__all__ = [
    "ALREADY_THERE",
    "COLUMNS",
    "COMPUTED",
    "FLAT",
    "MEANINGS",
    "NEAREST_COLUMNS",
    "ONLY",
    "OURS",
    "OUTSIDE",
    "PAIR_COLUMNS",
    "RELATIONS",
    "SIGNALS",
    "STATES",
    "VERDICTS",
    "Answer",
    "Candidate",
    "Comparison",
    "Crosswalk",
    "Exchange",
    "Filter",
    "Forms",
    "Framework",
    "Link",
    "Match",
    "Material",
    "Near",
    "Nearest",
    "Need",
    "Needs",
    "Neighbours",
    "Pair",
    "Role",
    "Signals",
    "Stale",
    "Suggestions",
    "Tables",
    "Tie",
    "Ties",
    "Translated",
    "Unit",
    "best",
    "candidates",
    "chain",
    "columns",
    "comparable",
    "compare",
    "crosswalk",
    "explained",
    "levels",
    "material",
    "meant",
    "named",
    "note",
    "one_meant",
    "ordered",
    "pair",
    "read_needs",
    "review",
    "roles_meant",
    "span",
    "stale",
    "step",
    "suggest",
    "sure",
    "told",
    "translate",
]
