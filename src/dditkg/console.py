"""What the verbs share: where their words come from and how their answers are written."""

from __future__ import annotations

import argparse
import csv
import io
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dditkg.errors import BadFile, NotFound, WrongUse
from dditkg.settings import Settings

if TYPE_CHECKING:
    from dditkg.crosswalk import Crosswalk
    from dditkg.dataset import Content
    from dditkg.questions import Question
    from dditkg.search import Index
    from dditkg.store import Table

    Verbs = argparse._SubParsersAction["Parser"]

ROW_FORMATS = ("table", "csv", "tsv", "json", "md")
GRAPH_FORMATS = ("ttl", "jsonld", "nt", "rdfxml")


class Parser(argparse.ArgumentParser):
    """A parser whose arguments may be added by `late`, once it is used: where loading them takes long."""

    late: Callable[[Parser], None] | None = None

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        late, self.late = self.late, None
        if late is not None:
            late(self)
        return super().parse_known_args(args, namespace)


def content(path: Path | None) -> Content:
    """The files of the project in a folder, or found upwards, with our rules where it has none."""
    from dditkg.dataset import content_of, find_root, installed_root

    root = (path or find_root(Path.cwd())).resolve()
    return content_of(root, None if (root / "shapes").is_dir() else installed_root())


def offer_added(verb: argparse.ArgumentParser) -> None:
    """Let a verb take files of the user's own beside the dataset."""
    verb.add_argument(
        "--add",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="a file or folder of your own to read beside the rest, once for each; default: what DDITKG_ADD names",
    )


def added(arguments: argparse.Namespace) -> list[Path]:
    """The files that a verb is to read beside the dataset: those of --add, else those that the environment names.

    Raises NotFound for one that is not there, WrongUse when the dataset is somebody else's.
    """
    from dditkg.dataset import files_in

    if getattr(arguments, "endpoint", None) or getattr(arguments, "data", None):
        if arguments.add:
            raise WrongUse("--add goes with the dataset of this installation, not with --endpoint or --data.")
        return []
    named = [Path(part) for part in os.environ.get("DDITKG_ADD", "").split(os.pathsep) if part]
    try:
        return files_in(arguments.add or named)
    except NotFound as error:
        raise NotFound(error.message if arguments.add else f"DDITKG_ADD: {error.message}") from error


def index(endpoint: str | None = None, added: Sequence[Path] = ()) -> Index:
    from dditkg.dataset import open_dataset, open_endpoint
    from dditkg.search import index

    return index(open_endpoint(endpoint, Settings.query_seconds) if endpoint else open_dataset(added=added))


def walk(arguments: argparse.Namespace) -> tuple[Index, Crosswalk]:
    """The labels and the mappings of the content, and of the files that are added to it."""
    from dditkg.crosswalk import crosswalk

    labels = index(added=added(arguments))
    return labels, crosswalk(labels.dataset)


def all_questions() -> dict[str, Question]:
    from dditkg.dataset import installed_questions
    from dditkg.questions import read_questions

    return read_questions(installed_questions())


def values(pairs: Sequence[str]) -> dict[str, str]:
    values = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise WrongUse(f"“{pair}” is not of the form NAME=VALUE, such as skill=data-matching.")
        values[name] = value
    return values


def query_text(given: str) -> str:
    if given == "-":
        return _decoded(sys.stdin.buffer.read(), "Standard input")
    path = Path(given)
    try:
        is_file = "{" not in given and path.is_file()
    except OSError:
        is_file = False
    if is_file:
        return _decoded(path.read_bytes(), given)
    if "{" not in given:
        raise BadFile(f"{given}: there is no such file, and it is not a query.")
    return given


def _decoded(body: bytes, name: str) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise BadFile(f"{name} is not UTF-8: byte {error.start} cannot be read.") from error


def text_table(headings: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """Cells as a table that fits the terminal."""
    from dditkg import rows

    return rows.aligned(headings, lines, width())


def width() -> int:
    """How many columns of text the terminal has, or a file gets."""
    return shutil.get_terminal_size((100, 24)).columns if sys.stdout.isatty() else 140


def rows_of(table: Table, wanted: str, index: Index) -> str:
    from dditkg import rows

    if wanted == "md":
        return rows.as_markdown(table, index.short)
    return rows.as_text(table, width(), index.short)


def write(body: bytes) -> None:
    sys.stdout.flush()
    sys.stdout.buffer.write(body if body.endswith(b"\n") else body + b"\n")
    sys.stdout.buffer.flush()


def write_csv(headings: Sequence[str], lines: Sequence[Sequence[str]]) -> None:
    output = io.StringIO(newline="")
    csv.writer(output).writerows([headings, *lines])
    write(output.getvalue().encode())


def write_markdown(headings: Sequence[str], lines: Sequence[Sequence[str]]) -> None:
    write("\n".join(markdown(headings, lines)).encode())


def markdown(headings: Sequence[str], lines: Sequence[Sequence[str]]) -> list[str]:
    """The lines of a table."""
    shown = [[cell.replace("|", "\\|") for cell in line] for line in (headings, *lines)]
    first, *others = ["| " + " | ".join(line) + " |" for line in shown]
    return [first, "|" + "---|" * len(headings), *others]
