"""How many people organisations give to each capability, from a spreadsheet: figures about our capabilities.

Source: columns capability, average staff, and a year; description, technologies and benefits are kept as a note. This
is the shape of the London Office of Technology and Innovation's published model, whose figures are not held here.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

import pyoxigraph as ox

from dditkg import disk
from dditkg.dataset import open_dataset
from dditkg.errors import BadFile
from dditkg.intake import Intake
from dditkg.search import Index, index
from dditkg.sheets import Row, rows
from dditkg.terms import BASE, DCTERMS, DD, RDF, SKOS, XSD, slug
from dditkg.turtle import write

SUMMARY = (
    "average staff by capability, from a spreadsheet (capability, description, staff, technologies, benefits, year)"
)

#: What a heading must contain to be each of the columns.
_COLUMNS = {
    "capability": ("capability",),
    "staff": ("staff", "fte", "people"),
    "year": ("year", "date"),
    "description": ("description",),
    "technologies": ("technolog",),
    "benefits": ("benefit",),
}
_NEEDED = ("capability", "staff", "year")
_NOTES = {"description": "Described there as", "technologies": "Technologies named", "benefits": "Benefits named"}
_CAPABILITY = "capability:record-matching"


def run(source: Path, target: Path, intake: Intake) -> str:
    """Write the figures of a spreadsheet as Turtle, and say what came out.

    Raises BadFile when a needed column is missing or no row can be used; then nothing is written.
    """
    names = index(open_dataset())
    read = rows(source)
    headings = list(dict.fromkeys(name for row in read for name in row.cells))
    columns = {c: next((h for h in headings if any(word in h for word in words)), "") for c, words in _COLUMNS.items()}
    if missing := [column for column in _NEEDED if not columns[column]]:
        raise BadFile(
            f"{source}: no column for {', '.join(missing)}. The headings are: {', '.join(headings) or 'none'}."
        )
    sheet = ox.NamedNode(f"{BASE}source/{slug(source.stem)}")
    triples = _source(sheet, source)
    used: dict[object, int] = {}
    for row in intake.over(read, source):
        with intake.row(source, row.number):
            figure = _figure(row, columns, names, sheet)
            first = used.setdefault(figure[0].subject, row.number)
            if first != row.number:
                raise BadFile(f"“{row.cells[columns['capability']]}” stands in row {first} already.")
            triples += figure
    intake.require_some(source)
    target.parent.mkdir(parents=True, exist_ok=True)
    disk.replace(target, write(triples, names.dataset.prefixes.table).encode())
    intake.notes.append("Give the source its publisher and page.")
    return f"Wrote {target}: average staff for {len(used)} capabilities."


def _figure(row: Row, columns: dict[str, str], names: Index, sheet: ox.NamedNode) -> list[ox.Triple]:
    """One row as a figure. Raises NotFound for a capability that is none of ours, BadFile for a bad number."""
    said = {column: row.cells.get(heading, "") for column, heading in columns.items()}
    capability = names.resolve(said["capability"], _CAPABILITY)
    if not capability.startswith(f"{BASE}capability/"):
        raise BadFile(f"“{said['capability']}” is not a capability of this model.")
    figure = ox.NamedNode(f"{BASE}figure/staff-for-{capability.rpartition('/')[2]}-{sheet.value.rpartition('/')[2]}")
    year = re.search(r"\b(19|20)\d\d\b", said["year"])
    if not year:
        raise BadFile(f"“{said['year']}” is not a year.")
    note = " ".join(f"{_NOTES[c]}: {said[c].rstrip('.')}." for c in _NOTES if said[c])
    values: list[tuple[str, ox.NamedNode | ox.Literal]] = [
        (RDF + "type", ox.NamedNode(DD + "Figure")),
        (SKOS + "prefLabel", ox.Literal(f"Average staff for {names.label(capability)}", language="en")),
        (DD + "about", ox.NamedNode(capability)),
        (DD + "amount", ox.Literal(_number(said["staff"]), datatype=ox.NamedNode(XSD + "decimal"))),
        (DD + "unit", ox.Literal("full-time equivalent staff", language="en")),
        (DD + "scope", ox.Literal("The average over the organisations in the spreadsheet", language="en")),
        (DD + "topic", ox.Literal("workforce")),
        (DD + "evidenceGrade", ox.NamedNode(f"{BASE}evidence-grade/self-report")),
        (DCTERMS + "date", ox.Literal(year[0], datatype=ox.NamedNode(XSD + "gYear"))),
        (DCTERMS + "source", sheet),
    ]
    if note:
        values.append((SKOS + "editorialNote", ox.Literal(note, language="en")))
    return [ox.Triple(figure, ox.NamedNode(predicate), value) for predicate, value in values]


def _number(text: str) -> str:
    try:
        number = Decimal(text.replace(",", ""))
    except InvalidOperation as error:
        raise BadFile(f"“{text}” is not a number of staff.") from error
    if not number.is_finite() or number < 0:
        raise BadFile(f"“{text}” is not a number of staff.")
    return f"{number:f}".rstrip("0").rstrip(".") if "." in f"{number:f}" else f"{number:f}"


def _source(sheet: ox.NamedNode, path: Path) -> list[ox.Triple]:
    today = date.today().isoformat()
    return [
        ox.Triple(sheet, ox.NamedNode(RDF + "type"), ox.NamedNode(DD + "Source")),
        ox.Triple(sheet, ox.NamedNode(SKOS + "prefLabel"), ox.Literal(path.stem, language="en")),
        ox.Triple(sheet, ox.NamedNode(DD + "sourceType"), ox.Literal("spreadsheet")),
        ox.Triple(
            sheet, ox.NamedNode(DCTERMS + "rights"), ox.Literal("None stated; ask its makers before passing it on.")
        ),
        ox.Triple(sheet, ox.NamedNode(DD + "dateRead"), ox.Literal(today, datatype=ox.NamedNode(XSD + "date"))),
        ox.Triple(
            sheet,
            ox.NamedNode(DD + "qualityNote"),
            ox.Literal("Averages as its makers report them; how they were counted is not stated.", language="en"),
        ),
    ]
