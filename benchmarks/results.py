"""The page of results: what was measured, side by side, and whether it is what is required."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from growth import Step
from http_load import Case, Measured
from load import Load
from machine import busy, commit, machine

PAGE = Path(__file__).with_name("RESULTS.md")
OURS, MEMORY, DISK, PEER = "dditkg", "oxigraph in memory", "oxigraph read-only", "rdflib-endpoint"


@dataclass(frozen=True)
class Figures:
    """All that one run has found; None or empty for a part that was left out."""

    requests: Measured
    documents: Measured
    runaway: Measured
    cold: dict[str, list[float]]
    growth: Sequence[Step]


def page(figures: Figures, triples: int, seconds: float, rounds: int) -> str:
    """The whole page as Markdown."""
    lines = [
        "# Results",
        "",
        f"Written by `make bench` on {datetime.now(UTC):%Y-%m-%d %H:%M} UTC at commit {commit()}, on {machine()}.",
        f"Load averages when it ended: {busy()}. The load generator runs on the same processors as what it measures.",
        f"Each figure is the median of {rounds} runs of {seconds:g} seconds, with the lowest and highest in brackets;",
        "the servers take turns. Compare figures of one run only: read differences under a quarter as equal.",
        "",
    ]
    for part in (_required, _throughput, _latency, _documents, _runaway, _cold, _growth):
        if table := part(figures):
            lines += [*table, ""]
    return "\n".join(lines).replace("{triples}", f"{triples:,}").rstrip() + "\n"


# Tables of requests


def _spread(values: Sequence[float], digits: int = 0) -> str:
    low, middle, high = (f"{f(values):,.{digits}f}" for f in (min, statistics.median, max))
    return f"{middle} ({low}–{high})"


def _cells(measured: Measured, value: Callable[[Load], float], digits: int) -> Iterator[str]:
    names = list(dict.fromkeys(case.server for case in measured))
    yield "| query | texts | connections | " + " | ".join(names) + " |"
    yield "|---|---|---:|" + "---:|" * len(names)
    rows = dict.fromkeys((case.query, case.texts, case.connections) for case in measured)
    for query, texts, connections in rows:
        cells = []
        for name in names:
            runs = measured[Case(query, texts, connections, name)]
            failed = sum(run.failed for run in runs)
            answered = any(run.rate for run in runs)
            cell = _spread([value(run) for run in runs], digits) if answered else "no answer"
            cells.append(cell + (f", {failed} failed" if failed else ""))
        yield f"| {query} | {texts} | {connections} | " + " | ".join(cells) + " |"


def _throughput(figures: Figures) -> list[str]:
    if not figures.requests:
        return []
    title = "## Answers a second over HTTP, {triples} triples"
    return [title, "", *_cells(figures.requests, lambda run: run.rate, 0), "", *_ratios(figures.requests)]


def _latency(figures: Figures) -> list[str]:
    if not figures.requests:
        return []
    return [
        "## Milliseconds to an answer, half of them (p50)",
        "",
        *_cells(figures.requests, lambda run: run.p50, 2),
        "",
        "## Milliseconds to an answer, all but one in a hundred (p99)",
        "",
        *_cells(figures.requests, lambda run: run.p99, 2),
    ]


def _ratios(measured: Measured) -> Iterator[str]:
    yield "Ours as a multiple of each of the others:"
    yield ""
    yield "| query | texts | connections | × oxigraph in memory | × oxigraph read-only | × rdflib-endpoint |"
    yield "|---|---|---:|---:|---:|---:|"
    for query, texts, connections in dict.fromkeys((c.query, c.texts, c.connections) for c in measured):
        ratios = (_ratio(measured, query, texts, connections, other) for other in (MEMORY, DISK, PEER))
        shown = " | ".join("–" if ratio is None else f"{ratio:.2f}" for ratio in ratios)
        yield f"| {query} | {texts} | {connections} | {shown} |"


def _ratio(measured: Measured, query: str, texts: str, connections: int, other: str) -> float | None:
    """Ours against another's, medians of answers a second; None where the other gave no answer or was not asked."""
    mine, theirs = (measured.get(Case(query, texts, connections, name)) for name in (OURS, other))
    if not mine or not theirs or not (rate := statistics.median(run.rate for run in theirs)):
        return None
    return statistics.median(run.rate for run in mine) / rate


def _documents(figures: Figures) -> list[str]:
    if not figures.documents:
        return []
    return ["## JSON-LD of a role, answers a second", "", *_cells(figures.documents, lambda run: run.rate, 0)]


def _runaway(figures: Figures) -> list[str]:
    if not figures.runaway:
        return []
    return [
        "## Point queries beside a query without end, p99 in milliseconds",
        "",
        "One connection, new texts. “No answer” is a server that answers nobody until the long query is done.",
        "",
        *_cells(figures.runaway, lambda run: run.p99, 2),
    ]


def _cold(figures: Figures) -> list[str]:
    if not figures.cold:
        return []
    rows = [f"| {what} | {_spread(values, 2)} |" for what, values in figures.cold.items()]
    return ["## Cold start, seconds, this dataset", "", "| from nothing to | seconds |", "|---|---:|", *rows]


def _growth(figures: Figures) -> list[str]:
    if not figures.growth:
        return []
    rows = []
    for step in figures.growth:
        check = "stopped" if step.check_seconds is None else f"{step.check_seconds:.1f}"
        held = "–" if step.check_megabytes is None else f"{step.check_megabytes:,.0f}"
        rows.append(
            f"| {step.triples:,} | {step.start_seconds:.1f} | {step.megabytes:,.0f} | {step.point_ms:.2f} "
            f"| {step.mapping_ms:.2f} | {check} | {held} |"
        )
    return [
        "## Growth",
        "",
        "Start: from nothing to the first right answer. Memory: all processes together after the queries.",
        "",
        "| triples | start, s | memory, MB | point, ms | mappings, ms | check, s | memory of the check, MB |",
        "|---:|---:|---:|---:|---:|---:|---:|",
        *rows,
        "",
        *_curve(figures.growth),
    ]


def _curve(steps: Sequence[Step]) -> list[str]:
    """How many times as much as at the first size; a line as steep as that of the triples is linear."""
    first = steps[0]
    lines = {
        "triples": [step.triples / first.triples for step in steps],
        "start": [step.start_seconds / first.start_seconds for step in steps],
        "memory": [step.megabytes / first.megabytes for step in steps],
        "point": [step.point_ms / first.point_ms for step in steps],
        "mappings": [step.mapping_ms / first.mapping_ms for step in steps],
    }
    if all(step.check_seconds for step in steps):
        lines["check"] = [(step.check_seconds or 0) / (first.check_seconds or 1) for step in steps]
    names = ", ".join(f'"{step.triples:,}"' for step in steps)
    return [
        "```mermaid",
        "xychart-beta",
        f'  title "Times as much as at the first size: {", ".join(lines)}"',
        f"  x-axis [{names}]",
        *(f"  line [{', '.join(f'{value:.2f}' for value in values)}]" for values in lines.values()),
        "```",
    ]


# What is required


def _required(figures: Figures) -> list[str]:
    rows = []

    def row(what: str, found: float | None, limit: float, least: bool, unit: str = "") -> None:
        if found is None:
            return
        met = found >= limit if least else found <= limit
        bound = "at least" if least else "at most"
        rows.append(f"| {what} | {bound} {limit:,g}{unit} | {found:,.2f}{unit} | {'yes' if met else '**no**'} |")

    for query in ("point", "role-skills"):
        new_share = 0.3 if query == "point" else 0.45
        for other in (MEMORY, DISK):
            for texts, share in (("repeated", 0.7), ("new", new_share)):
                ratio = _ratio(figures.requests, query, texts, 16, other)
                row(f"{query}, {texts} texts, 16 connections, × {other}", ratio, share, True)
        for texts, times in (("repeated", 8), ("new", 5)):
            row(
                f"{query}, {texts} texts, 16 connections, × {PEER}",
                _ratio(figures.requests, query, texts, 16, PEER),
                times,
                True,
            )
    rates = [
        statistics.median(run.rate for run in runs) for case, runs in figures.documents.items() if case.connections > 1
    ]
    row("JSON-LD of a role", max(rates, default=None), 8000, True, " a second")
    beside = figures.runaway.get(Case("point", "beside a runaway", 1, OURS))
    row("point p99 beside a runaway", beside and statistics.median(run.p99 for run in beside), 10, False, " ms")
    cold = figures.cold.get("SPARQL point query")
    row("cold start", cold and statistics.median(cold), 0.8, False, " s")
    big = next((step for step in figures.growth if step.triples >= 5_000_000), None)
    row("5 M triples answering", big and big.start_seconds, 25, False, " s")
    row("5 M triples, all processes", big and big.megabytes, 3072, False, " MB")
    return ["## Required", "", "| what | required | found | met |", "|---|---|---:|---|", *rows] if rows else []
