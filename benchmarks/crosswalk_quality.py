"""Quality of the mapping rows, held against crosswalks that others published and that were not used to write them.

    python benchmarks/crosswalk_quality.py                     prints the tables
    python benchmarks/crosswalk_quality.py --write FILE        puts them into FILE, between its two marks
    python benchmarks/crosswalk_quality.py --disagreements     our rows that a published crosswalk does not support

The method, and how to read the tables: docs/crosswalk-quality.md. Every figure is counted anew from data/mappings.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from agreement import CLAIMS, Bench
from quality_tables import SURE, every_verdict, tables

from dditkg.crosswalk import crosswalk
from dditkg.dataset import open_dataset

BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, metavar="FOLDER", help="another project's folder; default: this one's")
    parser.add_argument("--write", type=Path, metavar="FILE", help="where the tables go, between their marks")
    parser.add_argument("--disagreements", action="store_true", help="list rows that find no support, the surest first")
    arguments = parser.parse_args()
    bench = Bench(crosswalk(open_dataset(arguments.data)))
    if not bench.published:
        raise SystemExit("No mapping set joins two outside frameworks, so there is nothing to measure against.")
    if arguments.disagreements:
        print(*disagreements(bench), sep="\n")
    elif arguments.write:
        write(arguments.write, "\n".join(tables(bench)))
        print(f"{arguments.write}: written")
    else:
        print(*tables(bench), sep="\n")
    return 0


def write(page: Path, figures: str) -> None:
    """Put the tables between the marks of a page. Ends with a sentence where it has no marks."""
    before, begin, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise SystemExit(f"{page} lacks the lines {BEGIN} and {END}, between which the tables go. Add them.")
    page.write_text(f"{before}{BEGIN}\n{figures}\n{END}{after}", encoding="utf-8")


def disagreements(bench: Bench) -> Iterator[str]:
    """Our rows that claim something and find no support by way of an exact or close row, the surest first."""
    named = bench.walk.units.by_iri
    found = [v for v in every_verdict(bench, SURE) if v.row.relation in CLAIMS and not v.supported[0]]
    for verdict in sorted(found, key=lambda v: (bool(v.supported[1]), -v.row.confidence, v.row.subject)):
        row = verdict.row
        ways = "; ".join(f"{way.relation} {named[way.object].label} ({way.confidence:g})" for way in verdict.ways)
        given = ", ".join(sorted(f"{named[iri].code} {named[iri].label}".strip() for iri in verdict.given))
        near = "same group" if verdict.supported[1] else "another group"
        yield f"{named[row.subject].label}: {row.relation} {named[row.object].code} {named[row.object].label}"
        yield f"    ({row.confidence:g}; {near}) but {verdict.by}, by way of {ways}, gives {given}"


if __name__ == "__main__":
    raise SystemExit(main())
