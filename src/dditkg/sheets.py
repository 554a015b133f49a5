"""Spreadsheets (openpyxl) and CSV, in and out: rows of text under their headings, with the row numbers people see."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from dditkg import disk
from dditkg.errors import BadFile, TooLarge

MOST_ROWS = 20_000
_WIDEST = 60


@dataclass(frozen=True)
class Row:
    """One row: its number in the sheet, 1 for the first, and its cells as text by heading in lower case."""

    number: int
    cells: dict[str, str]
    beyond: int = 0  # filled cells past the last heading, as an unquoted comma makes them

    def filled(self, column: str) -> str:
        """The cell of a column. Raises BadFile for one that is missing or empty, and for a row with too many cells."""
        if self.beyond:
            raise BadFile(f"there are {self.beyond} cells more than headings. Quote the cell that holds a comma.")
        found = self.cells.get(column.casefold(), "")
        if not found:
            raise BadFile(f"“{column}” is empty.")
        return found


def rows(path: Path, sheet: str = "", most: int = MOST_ROWS, needed: Sequence[str] = ()) -> list[Row]:
    """The rows of a CSV or tab-separated file, or of a sheet of an .xlsx file, under the first with two cells filled.

    The sheet is the first, or the first whose name holds the given words in whatever case. Raises BadFile for what is
    neither, has no such sheet, no headings or a needed one not, TooLarge for more than `most` rows.
    """
    lines = list(_lines(path, sheet, most))
    heading = next((i for i, line in enumerate(lines) if sum(map(bool, line)) > 1), None)
    if heading is None:
        raise BadFile(f"{path}: there is no row of headings.")
    names = [name.casefold() for name in lines[heading]]
    for column in needed:
        if column.casefold() not in names:
            raise BadFile(_no_column(path, column, lines[heading]))
    found = []
    for number, line in enumerate(lines[heading + 1 :], heading + 2):
        if any(line):
            cells = {name: cell for name, cell in zip(names, line, strict=False) if name}
            found.append(Row(number, cells, 0 if is_workbook(path) else sum(map(bool, line[len(names) :]))))
    return found


@dataclass(frozen=True)
class Sheet:
    """A table as it stands: its headings, and every row below them, empty ones too, as wide as the headings."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    first: int  # the number of the first of the rows, as people see it

    def column(self, name: str, path: Path) -> int:
        """Where a heading stands, whatever its case. Raises BadFile naming those there are."""
        wanted = name.strip().casefold()
        for place, heading in enumerate(self.headings):
            if heading.casefold() == wanted:
                return place
        raise BadFile(_no_column(path, name, self.headings))


def table(path: Path, sheet: str = "", most: int = MOST_ROWS) -> Sheet:
    """A whole table, with what `rows` leaves out: empty rows and the spelling of headings. Raises what `rows` raises.

    A table of one column has its heading in the first row that is not empty.
    """
    lines = list(_lines(path, sheet, most))
    least = 2 if any(sum(map(bool, line)) > 1 for line in lines) else 1
    start = next((i for i, line in enumerate(lines) if sum(map(bool, line)) >= least), None)
    if start is None:
        raise BadFile(f"{path}: there is no row of headings.")
    width = max(map(len, lines[start:]))
    headings, *below = [(*line, *[""] * (width - len(line))) for line in lines[start:]]
    return Sheet(headings, tuple(below), start + 2)


def _no_column(path: Path, name: str, headings: Sequence[str]) -> str:
    return f"{path}: no column is called “{name}”. There are: {', '.join(filter(None, headings))}."


def write(path: Path, headings: Sequence[str], below: Iterable[Sequence[str]]) -> None:
    """A table as .xlsx, .csv or .tsv, whole or not at all. Raises BadFile for another suffix.

    Cells are text: what begins with “=” is no formula.
    """
    suffix = path.suffix.casefold()
    if suffix not in (".xlsx", ".csv", ".tsv"):
        raise BadFile(f"{path}: “{path.suffix}” cannot be written. Name a file that ends in .xlsx, .csv or .tsv.")
    with disk.part(path) as part:
        if suffix == ".xlsx":
            _write_workbook(part, [headings, *below])
        else:
            with part.open("w", encoding="utf-8-sig" if suffix == ".csv" else "utf-8", newline="") as file:
                csv.writer(file, delimiter="," if suffix == ".csv" else "\t").writerows([headings, *below])


def _write_workbook(path: Path, lines: Sequence[Sequence[str]]) -> None:
    import openpyxl  # here and below, not above: it takes longer to load than most commands to answer
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.worksheet import Worksheet

    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for number, line in enumerate(lines, 1):
        for place, text in enumerate(line, 1):
            cell = sheet.cell(number, place, ILLEGAL_CHARACTERS_RE.sub("", text))
            cell.data_type = "s"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.font = Font(bold=number == 1)
    for place, column in enumerate(zip(*lines, strict=True), 1):
        widest = max(len(text) for text in column)
        sheet.column_dimensions[get_column_letter(place)].width = min(max(widest + 2, 8), _WIDEST)
    sheet.freeze_panes = "A2"
    book.save(path)


def is_workbook(path: Path) -> bool:
    """True for a file that has sheets."""
    return path.suffix.casefold() in (".xlsx", ".xlsm")


def _lines(path: Path, sheet: str, most: int) -> Iterator[list[str]]:
    lines = _workbook(path, sheet) if is_workbook(path) else _csv(path)
    for number, line in enumerate(lines, 1):
        if number > most:
            raise TooLarge(f"{path} has more than {most:,} rows. Split it.")
        yield [" ".join(cell.split()) for cell in line]


def _workbook(path: Path, sheet: str) -> Iterator[list[str]]:
    import openpyxl
    from openpyxl.utils.escape import unescape

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        found = [held for held in book.worksheets if sheet.casefold() in held.title.casefold()]
        if not found:
            raise BadFile(f"{path}: no sheet is called “{sheet}”. It has {', '.join(book.sheetnames)}.")
        for line in found[0].iter_rows(values_only=True):
            yield ["" if cell is None else unescape(str(cell)) for cell in line]
    except BadFile:
        raise
    except OSError as error:
        raise BadFile(f"{path}: {error.strerror or error}.") from error
    except Exception as error:  # a broken workbook fails in as many ways as it has parts
        raise BadFile(f"{path}: this is not a workbook that can be read ({error}).") from error


def _csv(path: Path) -> Iterator[list[str]]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise BadFile(f"{path}: {error.strerror or error}.") from error
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
