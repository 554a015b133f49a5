"""Judges this project with a file of further triples beside its own, and prints what that took as JSON."""

from __future__ import annotations

import dataclasses
import json
import resource
import sys
import time
from pathlib import Path

from dditkg.checks import check
from dditkg.dataset import build, content_of


def main(further: str) -> None:
    content = content_of(Path(__file__).parents[1])
    content = dataclasses.replace(content, turtle=(*content.turtle, Path(further)))
    dataset = build(content)
    start = time.perf_counter()
    report = check(content, dataset)
    seconds = time.perf_counter() - start
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "megabytes": megabytes, "findings": len(report.findings)}))


if __name__ == "__main__":
    main(sys.argv[1])
