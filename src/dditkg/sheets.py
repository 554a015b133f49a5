"""Spreadsheets in (openpyxl) and CSV: rows of text under their headings, with the row numbers that people see."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import openpyxl

from dditkg.errors import BadFile, TooLarge

MOST_ROWS = 20_000


@dataclass(frozen=True)
class Row:
    """One row: its number in the sheet, 1 for the first, and its cells as text by heading in lower case."""

    number: int
    cells: dict[str, str]


def rows(path: Path, sheet: str = "", most: int = MOST_ROWS) -> list[Row]:
    """The rows of a CSV or tab-separated file, or of a sheet of an .xlsx file, under the first with two cells filled.

    The sheet is the first, or the first whose name holds the given words in whatever case. Raises BadFile for what is
    neither, has no such sheet or no headings, TooLarge for more than `most` rows.
    """
    lines = list(_lines(path, sheet, most))
    heading = next((i for i, line in enumerate(lines) if sum(map(bool, line)) > 1), None)
    if heading is None:
        raise BadFile(f"{path}: there is no row of headings.")
    names = [name.casefold() for name in lines[heading]]
    found = []
    for number, line in enumerate(lines[heading + 1 :], heading + 2):
        if any(line):
            cells = {name: cell for name, cell in zip(names, line, strict=False) if name}
            found.append(Row(number, cells))
    return found


def _lines(path: Path, sheet: str, most: int) -> Iterator[list[str]]:
    lines = _workbook(path, sheet) if path.suffix.casefold() in (".xlsx", ".xlsm") else _csv(path)
    for number, line in enumerate(lines, 1):
        if number > most:
            raise TooLarge(f"{path} has more than {most:,} rows. Split it.")
        yield [" ".join(cell.split()) for cell in line]


def _workbook(path: Path, sheet: str) -> Iterator[list[str]]:
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        found = [held for held in book.worksheets if sheet.casefold() in held.title.casefold()]
        if not found:
            raise BadFile(f"{path}: no sheet is called “{sheet}”. It has {', '.join(book.sheetnames)}.")
        for line in found[0].iter_rows(values_only=True):
            yield ["" if cell is None else str(cell) for cell in line]
    except BadFile:
        raise
    except Exception as error:  # a broken workbook fails in as many ways as it has parts
        raise BadFile(f"{path}: this is not a workbook that can be read ({error}).") from error


def _csv(path: Path) -> Iterator[list[str]]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadFile(f"{path} is not UTF-8: byte {error.start} cannot be read. Save it as “CSV UTF-8”.") from error
    lines = io.StringIO(text, newline="")
    try:
        if path.suffix.casefold() in (".tsv", ".txt"):  # as databases write them: no quotes around cells
            yield from csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        else:
            yield from csv.reader(lines)
    except csv.Error as error:
        raise BadFile(f"{path}: {error}.") from error
