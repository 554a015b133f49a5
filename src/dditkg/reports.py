"""Reports: Markdown templates in queries/reports/ that ask the named questions and set the answers out as tables."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import jinja2

from dditkg.dataset import installed_root
from dditkg.errors import NotFound
from dditkg.questions import Question, find_question
from dditkg.rows import as_markdown, plain
from dditkg.search import Index
from dditkg.store import Table

_SUFFIX = ".md.j2"
_HUMP = re.compile(r"(?<=[a-z])[A-Z]")  # signsOfGood: signs of good
_SUMMARY = re.compile(r"\{#-? summary: (.+?) -?#\}")


@dataclass(frozen=True)
class Answer:
    """The rows of one question, to be narrowed down."""

    rows: Table

    def where(self, **wanted: object) -> Answer:
        """The rows in which each named column has the given value."""
        kept = zip(self.rows.rows, plain(self.rows), strict=True)
        rows = tuple(row for row, said in kept if all(said[name] == value for name, value in wanted.items()))
        return Answer(Table(self.rows.columns, rows))

    def values(self, column: str) -> list[object]:
        return [row[column] for row in plain(self.rows)]

    def columns(self, only: Sequence[str]) -> Answer:
        """Some columns, each with its name column, and each row once."""
        names = [name for name in self.rows.columns if name.removesuffix("Label") in only]
        places = [self.rows.columns.index(name) for name in names]
        rows = dict.fromkeys(tuple(row[place] for place in places) for row in self.rows.rows)
        return Answer(Table(tuple(names), tuple(rows)))


def reports() -> dict[str, str]:
    """The name of each report of this installation, and what it says."""
    found = {}
    for path in sorted((installed_root() / "queries/reports").glob(f"*{_SUFFIX}")):
        said = _SUMMARY.match(path.read_text(encoding="utf-8"))
        found[path.name.removesuffix(_SUFFIX)] = said[1] if said else ""
    return found


def report(name: str, index: Index, questions: Mapping[str, Question]) -> str:
    """One report as Markdown. Raises NotFound, naming those there are."""
    if name not in reports():
        raise NotFound(f"There is no report “{name}”. There is: {', '.join(reports())}.")

    def ask(question: str, **values: str) -> Answer:
        query = find_question(questions, question).bound(values, index.resolve)
        return Answer(index.dataset.store.select(query))

    def table(answer: Answer, only: Sequence[str] = ()) -> str:
        shown = answer.columns(only) if only else answer
        if not shown.rows.rows:
            return ""
        headings, _, body = as_markdown(shown.rows, index.short).partition("\n")
        return _HUMP.sub(lambda hump: f" {hump[0].lower()}", headings) + "\n" + body

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(installed_root() / "queries/reports")),
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # Markdown, not HTML
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    version = f"Release {index.dataset.version}."
    return environment.get_template(name + _SUFFIX).render(ask=ask, table=table, dataset=version)
