"""dditkg: an open knowledge graph of digital, data and innovation capabilities.

    from dditkg import ask, open_dataset, sparql

    sparql("SELECT …")                                      # rows; a pandas frame where pandas is installed
    ask("roles-that-need-a-skill", skill="data-matching")   # one of the named questions
    open_dataset("path/to/project").store                   # another project's content

Everything works offline. Errors are DditkgError, each with a sentence for people.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from dditkg import dataset as _dataset
from dditkg.dataset import Dataset
from dditkg.errors import BadContent, BadFile, BadQuery, DditkgError, NotAcceptable, NotFound, WrongUse
from dditkg.store import Table

__all__ = [
    "BadContent",
    "BadFile",
    "BadQuery",
    "Dataset",
    "DditkgError",
    "NotAcceptable",
    "NotFound",
    "Table",
    "WrongUse",
    "ask",
    "open_dataset",
    "sparql",
]


def open_dataset(folder: str | Path | None = None, add: Iterable[str | Path] = ()) -> Dataset:
    """The dataset of a project folder, or of this installation, with files of one's own read beside it.

    Raises NotFound, BadFile or BadContent.
    """
    added = _dataset.files_in([Path(path) for path in add])
    return _dataset.open_dataset(Path(folder) if folder is not None else None, added)


def sparql(query: str, dataset: Dataset | None = None) -> Any:
    """The answer to a SPARQL query, evaluated in this process without a time limit.

    SELECT gives a pandas DataFrame where pandas is installed, else a Table; ASK gives a bool; CONSTRUCT and
    DESCRIBE give Turtle as text. Numbers are numbers, dates and addresses are text, unbound is None.
    Raises BadQuery.
    """
    from dditkg import formats
    from dditkg.store import terms_of

    output = io.BytesIO()
    chosen = (dataset or _installed()).store.evaluate(query, lambda offered: offered[0], output)
    if chosen is not formats.SPARQL_JSON:
        return output.getvalue().decode()
    table = terms_of(output.getvalue())
    return _frame(table) if isinstance(table, Table) else table


def ask(question: str, dataset: Dataset | None = None, **values: str) -> Any:
    """The rows that answer a named question, in the form that `sparql` gives.

    Values are names, short forms or addresses: skill="Data modelling", skill="gdad:data-modelling"; "*" for any.
    Raises NotFound for an unknown question or name, WrongUse for a parameter that the question has not.
    """
    from dditkg.questions import find_question, read_questions
    from dditkg.search import index

    chosen = dataset or _installed()
    found = find_question(read_questions(_dataset.installed_questions()), question)
    return _frame(chosen.store.select(found.bound(values, index(chosen).resolve)))


@cache
def _installed() -> Dataset:
    return open_dataset()


def _frame(table: Table) -> Any:
    try:
        import pandas
    except ImportError:
        return table
    from dditkg.rows import plain

    return pandas.DataFrame(plain(table), columns=list(table.columns))
