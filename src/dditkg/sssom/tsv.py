"""SSSOM TSV: a YAML header of `#` lines, then a table with one mapping a line. Read, and written in one form."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any

import yaml

from dditkg.errors import BadFile
from dditkg.sssom.mapping_set import MappingSet, Row
from dditkg.sssom.slots import ALWAYS, COLUMNS


class _Loader(yaml.BaseLoader):
    """YAML in which every scalar is text and no key stands twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.MarkedYAMLError(problem=f"the key “{key.value}” stands twice", problem_mark=key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


class _Dumper(yaml.SafeDumper):
    """YAML in plain style where possible, else in double quotes; no anchors."""

    def choose_scalar_style(self) -> str:
        style = super().choose_scalar_style()
        return '"' if style == "'" else str(style)

    def ignore_aliases(self, data: object) -> bool:
        return True


def read(path: Path, refuse: Callable[[int, BadFile], None] | None = None, header: Path | None = None) -> MappingSet:
    """A mapping set with its rows in the order of the file; its header may be a YAML file of its own.

    Raises BadFile with file and line for what cannot be read at all: not UTF-8, a byte order mark, no header, a
    header that is not YAML, no table, a row with too many or too few cells, a quote that is not closed. Given `refuse`,
    it gets the line and the error of each such row, which is passed over.
    """
    lines = _lines(path)
    end = next((i for i, line in enumerate(lines) if not line.startswith("#")), len(lines))
    if end == 0 and header is None:
        raise BadFile(f"{path}:1  There is no header. Begin with lines such as “#mapping_set_id: …”.")
    within = [line[1:] for line in lines[:end]]
    metadata, places = _header(path, within) if header is None else _header(header, _lines(header))
    table = [(number, line) for number, line in enumerate(lines[end:], start=end + 1) if line]
    if not table:
        raise BadFile(f"{path}:{end}  There is no table under the header. Add a line of column names.")
    columns = tuple(_cells(path, *table[0]))
    for column in columns:
        if not column or columns.count(column) > 1:
            raise BadFile(f"{path}:{table[0][0]}  The column “{column}” has no name or stands twice.")
    rows = []
    for number, line in table[1:]:
        try:
            cells = _cells(path, number, line)
            if len(cells) != len(columns):
                raise BadFile(f"{path}:{number}  The row has {len(cells)} cells, the table {len(columns)} columns.")
        except BadFile as error:
            if refuse is None:
                raise
            refuse(number, error)
            continue
        rows.append(Row(number, {name: cell for name, cell in zip(columns, cells, strict=True) if cell}))
    return MappingSet(path, metadata, columns, tuple(rows), places, table[0][0])


def write(mapping_set: MappingSet) -> str:
    """The canonical text: sorted header, columns in the standard's order without empty ones, sorted rows.

    Raises BadFile for a cell with a tab or a line break.
    """
    metadata = {key: value for key, value in mapping_set.metadata.items() if value not in (None, "", [], {})}
    header = yaml.dump(
        metadata, Dumper=_Dumper, default_flow_style=False, allow_unicode=True, sort_keys=True, width=10**9
    )
    rank = {name: i for i, name in enumerate(COLUMNS)}
    columns = sorted(mapping_set.filled.union(ALWAYS), key=lambda name: (rank.get(name, len(rank)), name))
    table = []
    for row in mapping_set.rows:
        for name, cell in row.cells.items():
            if any(mark in cell for mark in "\t\n\r"):
                raise BadFile(
                    f"{mapping_set.path}:{row.line}  The cell “{name}” holds a tab or a line break. "
                    "Write it on one line."
                )
        key = (row.subject, row.predicate, row.object)
        table.append((key, "\t".join(_quoted(row.cells.get(name, "")) for name in columns)))
    body = [line for _, line in sorted(table)]
    return "".join(f"{line}\n" for line in (*(f"#{h}" for h in header.splitlines()), "\t".join(columns), *body))


def formatted(path: Path) -> str:
    """The canonical text of a file. Raises BadFile for what `read` refuses and for a comment in the header."""
    mapping_set = read(path)
    for number, line in enumerate(_lines(path), start=1):
        if not line.startswith("#"):
            break
        if line[1:].lstrip().startswith("#"):
            raise BadFile(f"{path}:{number}  A comment would be lost. Write it in the slot “comment” or remove it.")
    return write(mapping_set)


def _lines(path: Path) -> list[str]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadFile(f"{path}: {error.strerror or error}.") from error
    if data.startswith(b"\xef\xbb\xbf"):
        raise BadFile(f"{path}:1  The file starts with a byte order mark. Save it as plain UTF-8.")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadFile(f"{path}:{line}  The file is not UTF-8 here. Save it as UTF-8.") from error
    return [line.removesuffix("\r") for line in text.split("\n")]


def _header(path: Path, lines: list[str]) -> tuple[dict[str, object], dict[str, int]]:
    text = "\n".join(lines)
    try:
        loader = _Loader(text)
        root = loader.get_single_node()
        metadata = loader.construct_document(root) if root else None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise BadFile(f"{path}:{line}  The header is not YAML: {error.problem or error.context}.") from error
    except yaml.YAMLError as error:
        raise BadFile(f"{path}:1  The header is not YAML: {' '.join(str(error).split())}.") from error
    if not isinstance(metadata, dict) or not isinstance(root, yaml.MappingNode):
        raise BadFile(f"{path}:1  The header is not a list of “key: value” lines.")
    places = {}
    for key, value in root.value:
        places[key.value] = key.start_mark.line + 1
        if key.value == "curie_map":
            if not isinstance(value, yaml.MappingNode) or not all(
                isinstance(namespace, yaml.ScalarNode) for _, namespace in value.value
            ):
                raise BadFile(f"{path}:{places[key.value]}  curie_map is not a list of “prefix: address” lines.")
            places.update({f"curie_map.{prefix.value}": prefix.start_mark.line + 1 for prefix, _ in value.value})
    return metadata, places


def _cells(path: Path, number: int, line: str) -> list[str]:
    cells = line.split("\t")
    for i, cell in enumerate(cells):
        if cell.startswith('"'):
            inner = cell[1:-1]
            if len(cell) < 2 or not cell.endswith('"') or '"' in inner.replace('""', ""):
                raise BadFile(
                    f"{path}:{number}  A quoted cell does not end where it should. Double the quotes inside it; "
                    "a cell cannot hold a tab or a line break."
                )
            cells[i] = inner.replace('""', '"')
    return cells


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if '"' in cell else cell
