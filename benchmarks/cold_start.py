"""Cold start: seconds from starting `dditkg serve` to the first correct answer, with the whole dataset.

Each figure comes from services that are started from nothing, one for one answer, so that no answer profits from
another. The rounds take turns between what is compared. What the web framework alone costs to import on this machine,
in the same rounds, is the yardstick.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import defaultdict
from datetime import date
from pathlib import Path

QUERY = Path(__file__).with_suffix(".rq").read_text(encoding="utf-8")
ASKED = {
    "SPARQL point query": ("/sparql?" + urllib.parse.urlencode({"query": QUERY}), "application/sparql-results+json"),
    "capability page": ("/capability/record-matching", "text/html"),
}
YARDSTICK = "import starlette.applications"
ANSWER = "Record matching"
MOST_SECONDS = 0.8
PATIENCE_SECONDS = 30.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=5, help="starts per figure (default: %(default)s)")
    parser.add_argument("--installed", metavar="PYTHON", help="the python of an environment that holds the wheel")
    arguments = parser.parse_args()
    pythons = {"checkout": sys.executable} | ({"wheel": arguments.installed} if arguments.installed else {})
    seconds: dict[tuple[str, str], list[float]] = defaultdict(list)
    for _ in range(arguments.times):
        for name, python in pythons.items():
            seconds[name, YARDSTICK].append(imported(python))
            for what, (path, accept) in ASKED.items():
                seconds[name, what].append(first_answer(python, path, accept))
    print(f"{date.today()}, {platform.system()} {platform.machine()}, {os.cpu_count()} processors, ", end="")
    print(f"Python {platform.python_version()}, {arguments.times} starts per figure, seconds\n")
    print(f"{'':10}{'first answer to':22}{'median':>8}{'min':>8}{'max':>8}{'× the framework':>20}")
    for (name, what), values in seconds.items():
        median, yardstick = statistics.median(values), statistics.median(seconds[name, YARDSTICK])
        print(f"{name:10}{what:22}{median:8.2f}{min(values):8.2f}{max(values):8.2f}{median / yardstick:20.1f}")
    slow = [key for key, values in seconds.items() if statistics.median(values) >= MOST_SECONDS]
    print(f"\nUnder {MOST_SECONDS} s: {'no: ' + ', '.join(' '.join(key) for key in slow) if slow else 'yes'}")
    return 1 if slow else 0


def imported(python: str) -> float:
    """Seconds that Python takes for the yardstick alone."""
    with tempfile.TemporaryDirectory() as elsewhere:
        start = time.perf_counter()
        subprocess.run([python, "-c", YARDSTICK], cwd=elsewhere, env=environment(), check=True)
        return time.perf_counter() - start


def first_answer(python: str, path: str, accept: str) -> float:
    """Seconds from the start of a service to its first right answer. Raises TimeoutError when there is none."""
    command = [python, "-m", "dditkg.cli", "serve", "--port", "0"]
    with tempfile.TemporaryDirectory() as elsewhere:
        start = time.perf_counter()
        process = subprocess.Popen(command, cwd=elsewhere, env=environment(), stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        try:
            address = process.stdout.readline().removeprefix("dditkg: ").strip()
            request = urllib.request.Request(address + path, headers={"Accept": accept})
            while time.perf_counter() - start < PATIENCE_SECONDS:
                try:
                    with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
                        right = ANSWER in answer.read().decode()
                except urllib.error.URLError:
                    right = False
                if right:
                    return time.perf_counter() - start
                time.sleep(0.005)
            raise TimeoutError(f"No right answer from {path} in {PATIENCE_SECONDS} seconds.")
        finally:
            process.terminate()
            process.wait(PATIENCE_SECONDS)
            process.stdout.close()


def environment() -> dict[str, str]:
    """The surroundings without what would change what Python imports."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


if __name__ == "__main__":
    sys.exit(main())
