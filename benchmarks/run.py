"""Measures, side by side in one run: `python benchmarks/run.py` for everything, or name the parts.

With every part it writes benchmarks/RESULTS.md; with some it prints the same tables. What it starts it ends, and
what it writes on the way it removes, unless --keep names a folder for the data.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

import cold_start
import growth
import http_load
import results
from load import require_wrk
from results import Figures
from vocabularies import require_vocabularies

PARTS = ("http", "documents", "runaway", "start", "growth")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; default: all")
    parser.add_argument("--seconds", type=float, default=3, help="of each run, at least 1 (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="runs for each figure (default: %(default)s)")
    parser.add_argument("--triples", type=int, default=1_000_000, help="for the queries (default: %(default)s)")
    parser.add_argument("--connections", type=int, nargs="+", default=[1, 16, 64])
    parser.add_argument("--sizes", type=int, nargs="+", default=list(growth.SIZES), help="for growth")
    parser.add_argument("--check-seconds", type=float, default=600, help="longest check; 0 for none (%(default)s)")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="where to make the data, and leave it")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the page here, whatever the parts")
    arguments = parser.parse_args()
    parts = arguments.parts or list(PARTS)
    if unknown := set(parts) - set(PARTS):
        parser.error(f"no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    require_wrk()
    require_vocabularies()
    if arguments.keep:
        arguments.keep.mkdir(parents=True, exist_ok=True)
        text = measured(arguments, parts, arguments.keep)
    else:
        with tempfile.TemporaryDirectory(prefix="dditkg-bench-") as folder:
            text = measured(arguments, parts, Path(folder))
    target = arguments.write or (results.PAGE if not arguments.parts else None)
    if target:
        target.write_text(text, encoding="utf-8")
        print(f"{target}: written")
    else:
        print(text)
    return 0


def measured(arguments: argparse.Namespace, parts: list[str], folder: Path) -> str:
    """The page of results of the parts that are asked for."""
    begun = time.monotonic()

    def say(what: str) -> None:
        print(f"{time.monotonic() - begun:6.0f} s  {what}", file=sys.stderr, flush=True)

    say(f"load averages {', '.join(f'{value:.1f}' for value in os.getloadavg())}")
    connections = tuple(arguments.connections)
    plan = http_load.Plan(folder, arguments.triples, arguments.seconds, arguments.rounds, connections, say)
    figures = Figures(
        requests=http_load.measure(plan) if "http" in parts else {},
        documents=http_load.measure_documents(plan) if "documents" in parts else {},
        runaway=http_load.measure_beside_runaway(plan) if "runaway" in parts else {},
        cold=_cold(arguments.rounds) if "start" in parts else {},
        growth=growth.measure(plan, tuple(arguments.sizes), arguments.check_seconds) if "growth" in parts else [],
    )
    return results.page(figures, arguments.triples, arguments.seconds, arguments.rounds)


def _cold(rounds: int) -> dict[str, list[float]]:
    """Seconds from nothing to a first answer, in turns."""
    found: dict[str, list[float]] = {}
    for _ in range(max(3, rounds)):
        for what, (path, accept) in cold_start.ASKED.items():
            found.setdefault(what, []).append(cold_start.first_answer(sys.executable, path, accept))
        found.setdefault(f"{cold_start.YARDSTICK}, for comparison", []).append(cold_start.imported(sys.executable))
    return found


if __name__ == "__main__":
    sys.exit(main())
