"""How often `dditkg suggest` finds again what a row says when that row is hidden.

For each unit of ours and each framework that it has rows to, its rows there are hidden, and the candidates are ranked
with what is left; then all rows between the two frameworks are hidden. The weights were fitted to half of the units:
unless --all is given, only the others are counted.
"""

from __future__ import annotations

import argparse
import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from dditkg.crosswalk import (
    OURS,
    RELATIONS,
    Crosswalk,
    Link,
    Material,
    Signals,
    candidates,
    comparable,
    crosswalk,
    material,
)
from dditkg.crosswalk.signals import Hidden
from dditkg.dataset import open_dataset
from dditkg.meaning import Meanings

FIRST = (1, 5, 10)
BANDS = (0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.01)
SURER = frozenset(RELATIONS) - {"related"}


@dataclass
class Tally:
    """Rows sought, and how many of them stood among the first so many candidates."""

    rows: int = 0
    among: Counter[int] = field(default_factory=Counter)

    def count(self, place: int | None) -> None:
        self.rows += 1
        self.among.update(most for most in FIRST if place is not None and place < most)

    def cells(self) -> str:
        return " | ".join([f"{self.rows:,}", *(f"{100 * self.among[most] / self.rows:.0f}" for most in FIRST)])


@dataclass(frozen=True)
class Trial:
    """One unit against one framework: the relations of its hidden rows, and where each target came out."""

    framework: str
    rows: Mapping[str, str]  # target → relation
    places: Mapping[str, int]
    scores: Mapping[str, float]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--all", action="store_true", help="count the units that the weights were fitted to, too")
    parser.add_argument("--meaning", action="store_true", help="with the language model of the extra “meaning”; slow")
    arguments = parser.parse_args()
    model = Meanings() if arguments.meaning else None
    walk = crosswalk(open_dataset())
    own = list(trials(material(walk, model), arguments.all, of_unit))
    cold = list(trials(material(walk, model), arguments.all, of_pair))
    print(f"{len(own):,} units with rows, each once for every framework. Per cent of rows whose target is found:\n")
    table(
        "what is hidden", {"the unit's rows to the framework": counted(own), "all rows between the two": counted(cold)}
    )
    table("relation", {name: counted(own, lambda _, relation, name=name: relation == name) for name in RELATIONS})
    best = Tally()
    for trial in own:
        best.count(min((trial.places[iri] for iri in trial.rows if iri in trial.places), default=None))
    table("of each unit", {"the best placed of its targets": best})
    frameworks = sorted({trial.framework for trial in own})
    table("framework", {name: counted(own, lambda f, _, name=name: f == name) for name in frameworks})
    bands(own)
    return 0


def trials(held: Material, everything: bool, hides: Callable[[str, str, str, Crosswalk], Hidden]) -> Iterator[Trial]:
    walk = held.walk
    for (source, target), links in sorted(walk.pairs().items()):
        rows: dict[str, dict[str, str]] = defaultdict(dict)
        kinds = comparable(walk, source, target) if source != target else {}
        for link in links:
            if link.row and not link.denied and link.subject in kinds and (everything or is_test(link.subject)):
                rows[link.subject][link.object] = link.relation
        if not rows or source != OURS:
            continue
        signals = Signals(held, {i: walk.units.by_iri[i] for t in kinds.values() for i in t}.values())
        for iri, known in rows.items():
            ranked = candidates(signals, walk.units.by_iri[iri], kinds[iri], hides(iri, source, target, walk))
            places = {one.target.iri: place for place, one in enumerate(ranked)}
            yield Trial(target, known, places, {one.target.iri: one.score for one in ranked})


def of_unit(iri: str, _: str, target: str, walk: Crosswalk) -> Hidden:
    by_iri = walk.units.by_iri

    def hidden(link: Link) -> bool:
        ends = {link.subject: link.object, link.object: link.subject}
        return iri in ends and by_iri[ends[iri]].framework == target

    return hidden


def of_pair(_: str, source: str, target: str, walk: Crosswalk) -> Hidden:
    by_iri = walk.units.by_iri
    return lambda link: {by_iri[link.subject].framework, by_iri[link.object].framework} == {source, target}


def is_test(iri: str) -> bool:
    """Whether a unit is of the half that the weights were not fitted to."""
    return hashlib.sha1(iri.encode()).digest()[-1] % 2 == 1


def counted(found: list[Trial], wanted: Callable[[str, str], bool] = lambda *_: True) -> Tally:
    tally = Tally()
    for trial in found:
        for target, relation in trial.rows.items():
            if wanted(trial.framework, relation):
                tally.count(trial.places.get(target))
    return tally


def table(heading: str, rows: Mapping[str, Tally]) -> None:
    print(f"| {heading} | rows | first {' | first '.join(map(str, FIRST))} |")
    print("|---|" + "---:|" * (1 + len(FIRST)))
    print(*(f"| {name} | {tally.cells()} |" for name, tally in rows.items() if tally.rows), sep="\n", end="\n\n")


def bands(found: list[Trial]) -> None:
    """What share of the candidates in each band of scores a row relates."""
    print("| score | candidates | related by a row, % | and not as related only, % |\n|---|---:|---:|---:|")
    for low, high in pairwise(BANDS):
        rows = [
            trial.rows.get(iri, "") for trial in found for iri, score in trial.scores.items() if low <= score < high
        ]
        shares = (100 * sum(map(bool, rows)) / len(rows), 100 * sum(row in SURER for row in rows) / len(rows))
        print(
            f"| {low:g} to {min(high, 1):g} | {len(rows):,} | " + " | ".join(f"{share:.0f}" for share in shares) + " |"
        )


if __name__ == "__main__":
    raise SystemExit(main())
