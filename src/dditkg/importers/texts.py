"""Published texts, recorded as hashes of their runs of words, so that a copied sentence is found without keeping any.

Source: any text, CSV, TSV, Markdown or HTML file, or all of them in a folder.
"""

from __future__ import annotations

import html
import re
from pathlib import Path

from dditkg import disk
from dditkg.errors import BadFile, NotFound, WrongUse
from dditkg.intake import Intake
from dditkg.wording import run_hash, runs

SUMMARY = "hashes of the runs of words in published texts, by which check finds a copied sentence"

_READ = frozenset({".txt", ".csv", ".tsv", ".md", ".html", ".json"})
_TAG = re.compile(r"<[^>]+>")
_CELL = re.compile(r"[\n\t|]|,(?=\S)|\":")  # a run does not go on from one cell or line to the next


def run(source: Path, target: Path, intake: Intake) -> str:
    """Record the texts of a file or folder. Returns what was recorded. Raises NotFound, BadFile and WrongUse."""
    from dditkg.style import COPIED_RUN  # which reads much that no other verb needs

    if target.suffix != ".runs":
        raise WrongUse(f"{target}: the hashes of texts are kept in a file that ends in .runs.")
    found = [source] if source.is_file() else sorted(p for p in source.rglob("*") if p.suffix in _READ)
    if not found:
        raise NotFound(f"{source}: there is no text, CSV, TSV, Markdown, HTML or JSON file.")
    intake.what = "files"
    hashes: set[bytes] = set()
    for path in intake.meter.over(found, "files", len(found)):
        with intake.one(str(path)):
            cells = _CELL.split(html.unescape(_TAG.sub("\n", _text(path))))
            hashes |= {run_hash(run) for cell in cells for run in runs(cell, COPIED_RUN)}
    intake.require_some(source)
    target.parent.mkdir(parents=True, exist_ok=True)
    disk.replace(target, b"".join(sorted(hashes)))
    return f"Wrote {target}: {len(hashes):,} runs of {COPIED_RUN} words."


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise BadFile(f"{error.strerror or error}.") from error
