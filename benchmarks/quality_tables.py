"""The tables of docs/crosswalk-quality.md, counted from the rows of a dataset."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime

from agreement import CLAIMS, GRAINS, Bench, Verdict
from composition import CHAIN, LEAD, Composed, from_ours, through_ours
from machine import commit
from shares import share

from dditkg.crosswalk import RELATIONS, Link

SURE, WIDER, RELATED = ("exact", "close"), ("broad", "narrow"), ("related",)
_CONFIDENCES = ("0.95", "0.85", "0.7", "0.5", "0.3")
_CLAIMING = "all that claim"
_BINS = (("0.5 and more", 0.5, 1.01), ("0.3 to under 0.5", 0.3, 0.5), ("under 0.3", 0.0, 0.3))


def tables(bench: Bench) -> Iterator[str]:
    """All of them as Markdown."""
    claiming = every_verdict(bench, CLAIMS)
    yield f"Counted on {datetime.now(UTC):%Y-%m-%d} at commit {commit('data', 'benchmarks', 'src', 'queries')}."
    yield from _measures(bench, claiming)
    yield from _precision(claiming)
    yield from _by_value("relation", RELATIONS, claiming, lambda row: row.relation)
    yield from _by_value("confidence", _CONFIDENCES, claiming, _confidence)
    yield from _by_way(claiming, every_verdict(bench, RELATED))
    yield from _recall(bench)
    yield from _composition(bench)


def every_verdict(bench: Bench, through: Iterable[str]) -> list[Verdict]:
    """Each of our rows, held against each published crosswalk that can judge it, from both its ends."""
    ways = tuple(through)
    return [v for by in bench.published for end in (by.target, by.source) for v in bench.verdicts(by, end, ways)]


def _table(title: str, *headings: str, text: int) -> Iterator[str]:
    """The head of a table whose first columns hold text and whose others hold figures."""
    yield from ("", f"### {title}", "", f"| {' | '.join(headings)} |")
    yield "|" + "---|" * text + "---:|" * (len(headings) - text)


def _row(*cells: object) -> str:
    return f"| {' | '.join(f'{cell:,}' if isinstance(cell, int) else str(cell) for cell in cells)} |"


def _measures(bench: Bench, verdicts: Sequence[Verdict]) -> Iterator[str]:
    headings = ("pairs held", "units from", "units to", "for one unit")
    yield from _table("1. The measures", "published set", "from", "to", *headings, text=3)
    for by in bench.published:
        ends = len({row.subject for row in by.rows}), len({row.object for row in by.rows})
        yield _row(by.name, by.source, by.target, len(by.rows), *ends, f"{len(by.rows) / ends[0]:.1f}")
    judged = {verdict.row.row for verdict in verdicts}
    ours = [link for unit in bench.ours for link in bench.walk.links.outgoing[unit.iri] if link.row and not link.denied]
    yield ""
    yield f"They can judge {len(judged):,} of our {len({link.row for link in ours}):,} rows between two units."
    yield ""
    yield from (
        f"Unit and groups of {end}: {', '.join(word for word in words if word)}."
        for end, words in GRAINS.items()
        if any(verdict.end == end for verdict in verdicts)
    )


def _precision(verdicts: Sequence[Verdict]) -> Iterator[str]:
    headings = ("same unit", "by chance", "same group", "by chance", "group above")
    yield from _table("2. Precision", "our rows to", "judged by", "that", "judged", *headings, text=3)
    for end, by in dict.fromkeys((verdict.end, verdict.by) for verdict in verdicts):
        for name, relations in (("claim", CLAIMS), ("only relate", RELATED)):
            of = [v for v in verdicts if (v.end, v.by) == (end, by) and v.row.relation in relations]
            if of:
                cells = [cell for place in (0, 1) for cell in (_supported(of, place), _chance(of, place))]
                yield _row(end, by, name, len(of), *cells, _supported(of, 2))


def _by_value(
    name: str, values: Sequence[str], verdicts: Sequence[Verdict], of: Callable[[Link], str]
) -> Iterator[str]:
    number = {"relation": 3, "confidence": 4}[name]
    headings = ("same unit, by one measure at least", "by every measure", "same group, by one at least")
    yield from _table(f"{number}. Precision by {name}", "our rows to", name, "judged", *headings, text=2)
    for end in ("", *dict.fromkeys(verdict.end for verdict in verdicts)):
        for value in (*values, _CLAIMING):
            rows: dict[str, list[Verdict]] = defaultdict(list)
            for verdict in verdicts:
                fits = verdict.row.relation in CLAIMS if value == _CLAIMING else of(verdict.row) == value
                if fits and verdict.end == (end or verdict.end):
                    rows[verdict.row.row].append(verdict)
            if rows:
                cells = (
                    share(any(v.supported[0] for v in found) for found in rows.values()),
                    share(all(v.supported[0] for v in found) for found in rows.values()),
                    share(
                        None if found[0].supported[1] is None else any(v.supported[1] for v in found)
                        for found in rows.values()
                    ),
                )
                yield _row(end or "**all**", value, len(rows), *cells)


def _confidence(row: Link) -> str:
    return f"{row.confidence:g}"


def _by_way(claiming: Sequence[Verdict], related: Sequence[Verdict]) -> Iterator[str]:
    title = "5. Our rows that claim, by the relation of the other row of the triangle"
    yield from _table(title, "our rows to", "judged by", "other row", "judged", "same unit", "same group", text=3)
    for end, by in dict.fromkeys((verdict.end, verdict.by) for verdict in claiming):
        for name, found, keep in (
            ("exact or close", claiming, SURE),
            ("broad or narrow", claiming, WIDER),
            ("related", related, RELATED),
        ):
            of = [
                v
                for v in found
                if (v.end, v.by) == (end, by) and v.row.relation in CLAIMS and all(w.relation in keep for w in v.ways)
            ]
            if of:
                yield _row(end, by, name, len(of), _supported(of, 0), _supported(of, 1))


def _supported(verdicts: Iterable[Verdict], place: int) -> str:
    return share(verdict.supported[place] for verdict in verdicts)


def _chance(verdicts: Iterable[Verdict], place: int) -> str:
    judged = [verdict.chance[place] for verdict in verdicts if verdict.supported[place] is not None]
    return f"{100 * sum(judged) / len(judged):.0f}%" if judged else "–"


def _recall(bench: Bench) -> Iterator[str]:
    headings = (
        "pairs given",
        "same unit, claimed",
        "same unit, any row",
        "same group, claimed",
        "units with one claimed",
    )
    yield from _table("6. Recall", "to", "given by", "by way of our rows", *headings, text=3)
    for by in bench.published:
        implied = list(bench.implied(by))
        kept: list[tuple[str, set[tuple[str, str]]]] = [
            (_CLAIMING, {(way.subject, target) for way, target in implied}),
            *((name, {(w.subject, t) for w, t in implied if w.relation == name}) for name in CLAIMS),
            *(
                (f"at {known}", {(w.subject, t) for w, t in implied if _confidence(w) == known})
                for known in _CONFIDENCES
            ),
        ]
        for name, of in kept:
            if of:
                units: dict[str, bool] = {}
                for unit, target in of:
                    units[unit] = bool(bench.held(unit, target, 0, CLAIMS)) or units.get(unit, False)
                had = (
                    share(bench.held(*pair, 0, CLAIMS) for pair in of),
                    share(bench.held(*pair, 0) for pair in of),
                    share(bench.held(*pair, 1, CLAIMS) for pair in of),
                    share(units.values()),
                )
                yield _row(by.target, by.name, name, len(of), *had)


def _composition(bench: Bench) -> Iterator[str]:
    headings = ("right: same unit", "same group", "group above", "recall: same unit", "same group")
    yield from _table("7. Composition", "way", "made", "units asked", "how many", *headings, text=2)
    ends = dict.fromkeys(end for by in bench.published for end in (by.target, by.source))
    done = [
        *(from_ours(bench, end) for end in ends if bench.sets_to(end)),
        *(through_ours(bench, by) for by in bench.published if bench.sets_to(by.source) and bench.sets_to(by.target)),
    ]
    for found in done:
        for kind in (CHAIN, LEAD):
            of = [made for made in found.made if made.kind == kind]
            recall = [share(places[place] for places in found.found[kind]) for place in (0, 1)]
            yield _row(
                found.name, f"{kind}s", found.asked, len(of), *(_right(of, place) for place in range(3)), *recall
            )
    chains = [made for found in done for made in found.made if made.kind == CHAIN]
    if chains:
        counted = ("how many", "right: same unit", "same group", "same unit, another relation")
        yield from _table("8. Chains by relation and confidence", "chains that say", *counted, text=1)
        for name, of in (
            *((relation, [c for c in chains if c.relation == relation]) for relation in CLAIMS),
            *((f"confidence {name}", [c for c in chains if low <= c.confidence < high]) for name, low, high in _BINS),
        ):
            if of:
                other = sum(bool(c.relations) and c.relation not in c.relations for c in of)
                yield _row(name, len(of), _right(of, 0), _right(of, 1), other)


def _right(made: Iterable[Composed], place: int) -> str:
    return share(one.supported[place] for one in made)
