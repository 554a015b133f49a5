"""Any mapping set in SSSOM TSV, written in our canonical form: what it says stays as its makers said it.

The header may stand in the file or in a YAML file beside it. Author, licence and confidence are kept. A row that has no
RDF form, and so could not be loaded, is refused; what else our rules would object to is told, and written all the same.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from pathlib import Path

from dditkg import disk, sssom
from dditkg.dataset import content_of, installed_root, prefixes_of
from dditkg.errors import BadFile, WrongUse
from dditkg.finding import Finding
from dditkg.intake import Intake
from dditkg.sssom import MappingSet, Row

SUMMARY = "any mapping set in SSSOM TSV, brought into the canonical form with its author and licence"

_SUFFIX = ".sssom.tsv"
_SOURCES = ("subject_source", "subject_source_version", "object_source", "object_source_version")


def run(source: Path, target: Path, intake: Intake) -> str:
    """Read the mapping set, write `target`, and say what came out. Raises BadFile with file and row, and WrongUse."""
    if not target.name.endswith(_SUFFIX):
        raise WrongUse(f"{target}: a mapping set is kept in a file that ends in {_SUFFIX}.")
    found = replace(read(source, intake), path=target)
    intake.require_some(source)
    disk.replace(target, sssom.write(found).encode())
    written = sssom.read(target)
    intake.notes += _objections(sssom.findings(written, prefixes_of(content_of(installed_root()))))
    return f"Wrote {target}: {len(found.rows):,} mappings, under {_terms(found)}."


def read(path: Path, intake: Intake) -> MappingSet:
    """The set with the rows that can be loaded. Raises BadFile with file and row."""

    def refuse(line: int, error: BadFile) -> None:
        with intake.one(f"{path}, row {line}"):
            raise BadFile(error.message.removeprefix(f"{path}:{line}  "))

    found = _condensed(sssom.read(path, refuse, _header(path)))
    sssom.triples(replace(found, rows=()))  # raises for a header that could not be loaded
    rows: list[Row] = []
    for row in intake.over(found.rows, path):
        with intake.one(f"{path}, row {row.line}"):
            try:
                list(sssom.row_triples(found, row))
            except BadFile as error:
                raise BadFile(error.message.removeprefix(f"{path}:{row.line}  ")) from error
            rows.append(row)
    return replace(found, rows=tuple(rows))


def _header(path: Path) -> Path | None:
    """The YAML file beside a table that begins without a header."""
    if disk.text(path).startswith("#"):
        return None
    stem = path.name.removesuffix(".tsv").removesuffix(".sssom")
    names = (f"{stem}.sssom.yml", f"{stem}.sssom.yaml", f"{stem}.yml", f"{stem}.yaml")
    return next((path.with_name(name) for name in names if path.with_name(name).is_file()), None)


def _condensed(found: MappingSet) -> MappingSet:
    """The set with what every row says of its sources said once, in the header."""
    shared = {}
    for slot in _SOURCES:
        values = {row.cells.get(slot, "") for row in found.rows}
        if slot not in found.metadata and len(values) == 1 and "" not in values:
            shared[slot] = values.pop()
    rows = tuple(Row(row.line, {n: cell for n, cell in row.cells.items() if n not in shared}) for row in found.rows)
    columns = tuple(column for column in found.columns if column not in shared)
    return replace(found, metadata={**found.metadata, **shared}, rows=rows, columns=columns)


def _terms(found: MappingSet) -> str:
    authors = {author for row in found.rows for author in row.values("author_id")} or set(found.values("creator_id"))
    by = f" by {', '.join(sorted(authors))}" if 0 < len(authors) <= 3 else f" by {len(authors)} authors" * bool(authors)
    return f"{''.join(found.values('license')) or 'no licence that is named'},{by or ' by nobody who is named'}"


def _objections(findings: list[Finding]) -> list[str]:
    """What the rules of this project find, once for each rule, with the first line that it is about."""
    by_rule: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        by_rule[finding.rule].append(finding)
    if not by_rule:
        return ["`dditkg check` would have nothing to say of it."]
    told = [
        f"  {rule}, {len(found):,} ×, first in line {found[0].line}: {found[0].message}"
        for rule, found in by_rule.items()
    ]
    return ["It is kept as its makers wrote it. `dditkg check` would object to:", *told]
