"""What has happened to queries, in numbers: for /metrics, and nothing about who asked or what."""

from __future__ import annotations

import bisect
from collections import Counter
from collections.abc import Iterable, Mapping

from dditkg.errors import DditkgError

_BOUNDS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)


class Tally:
    """Counts since the web process started."""

    def __init__(self) -> None:
        self._outcomes: Counter[str] = Counter()
        self._lookups: Counter[str] = Counter()
        self._took = [0] * (len(_BOUNDS) + 1)
        self._seconds = 0.0

    def count(self, outcome: str) -> None:
        self._outcomes[outcome] += 1
        if outcome == "from cache":
            self._lookups["hit"] += 1

    def miss(self) -> None:
        self._lookups["miss"] += 1

    def refuse(self, error: DditkgError) -> None:
        """Count a refusal under the name of its limit, or of its kind where no limit was reached."""
        self.count(f"refused: {error.details.get('limit', error.title.lower())}")

    def spend(self, seconds: float) -> None:
        """Count the time that a worker was busy with a query."""
        self._took[bisect.bisect_left(_BOUNDS, seconds)] += 1
        self._seconds += seconds

    def text(self, census: Mapping[str, int], cache: Mapping[str, int]) -> str:
        """All of it in the text format of Prometheus, with what the workers do and how full the cache is."""
        total, buckets = 0, []
        for bound, number in zip((*map(str, _BOUNDS), "+Inf"), self._took, strict=True):
            total += number
            buckets.append((f'_bucket{{le="{bound}"}}', total))
        seconds = [*buckets, ("_sum", round(self._seconds, 6)), ("_count", total)]
        workers = {state: number for state, number in census.items() if state != "waiting"}
        return "".join(
            (
                _family("queries_total", "counter", "Queries by outcome.", _labelled("outcome", self._outcomes)),
                _family("query_seconds", "histogram", "Time that workers were busy with queries.", seconds),
                _family("workers", "gauge", "Query processes by what they do.", _labelled("state", workers)),
                _family(
                    "queries_waiting", "gauge", "Queries that wait for a worker.", [("", census.get("waiting", 0))]
                ),
                _family("cache_lookups_total", "counter", "Looks for an answer.", _labelled("result", self._lookups)),
                *(_family(f"cache_{name}", "gauge", f"Answers kept: {name}.", [("", n)]) for name, n in cache.items()),
            )
        )


def _labelled(label: str, values: Mapping[str, int]) -> list[tuple[str, float]]:
    return [(f'{{{label}="{name}"}}', number) for name, number in sorted(values.items())]


def _family(name: str, kind: str, meaning: str, samples: Iterable[tuple[str, float]]) -> str:
    name = f"dditkg_{name}"
    lines = [f"# HELP {name} {meaning}", f"# TYPE {name} {kind}", *(f"{name}{rest} {value}" for rest, value in samples)]
    return "\n".join(lines) + "\n"
