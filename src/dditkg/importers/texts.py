"""Published texts, recorded as hashes of their runs of words, so that a copied sentence is found without keeping any.

Source: any text, CSV, TSV, Markdown or HTML file, or all of them in a folder.
"""

from __future__ import annotations

import html
import re
from pathlib import Path

from dditkg.errors import NotFound, WrongUse
from dditkg.wording import run_hash, runs

SUMMARY = "hashes of the runs of words in published texts, by which check finds a copied sentence"

_READ = frozenset({".txt", ".csv", ".tsv", ".md", ".html", ".json"})
_TAG = re.compile(r"<[^>]+>")
_CELL = re.compile(r"[\n\t|]|,(?=\S)|\":")  # a run does not go on from one cell or line to the next


def run(source: Path, target: Path) -> str:
    """Record the texts of a file or folder. Returns what was recorded. Raises NotFound and WrongUse."""
    from dditkg.style import COPIED_RUN  # which reads much that no other verb needs

    if target.suffix != ".runs":
        raise WrongUse(f"{target}: the hashes of texts are kept in a file that ends in .runs.")
    found = [source] if source.is_file() else sorted(p for p in source.rglob("*") if p.suffix in _READ)
    if not found:
        raise NotFound(f"{source}: there is no text, CSV, TSV, Markdown, HTML or JSON file.")
    hashes = {
        run_hash(run)
        for path in found
        for cell in _CELL.split(html.unescape(_TAG.sub("\n", path.read_text(encoding="utf-8", errors="replace"))))
        for run in runs(cell, COPIED_RUN)
    }
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(b"".join(sorted(hashes)))
    return f"{target}: {len(hashes)} runs of {COPIED_RUN} words, from {len(found)} file{'s' * (len(found) != 1)}."
