"""Asking: the named questions, SPARQL of one's own, names, single things."""

from __future__ import annotations

import argparse
import dataclasses
from typing import TYPE_CHECKING

from dditkg import console
from dditkg.errors import NotFound, WrongUse
from dditkg.settings import Settings

if TYPE_CHECKING:
    from dditkg.console import Verbs

_LONGEST_SECONDS = 3600


def add(verbs: Verbs) -> None:
    """Add these verbs to the command line."""
    ask = verbs.add_parser("ask", help="answer one of the named questions: dditkg ask NAME skill=data-matching")
    ask.add_argument("question", help="a name from `dditkg questions`")
    ask.add_argument("values", nargs="*", metavar="NAME=VALUE", help="what is asked about; `*` for any")
    ask.add_argument("-f", "--format", choices=console.ROW_FORMATS, default="table")
    ask.add_argument("--endpoint", metavar="URL", help="ask the SPARQL endpoint that holds the dataset instead")
    console.offer_added(ask)
    ask.set_defaults(run=_ask)

    listing = verbs.add_parser("questions", help="list the questions and what each helps to decide")
    listing.add_argument("-f", "--format", choices=("table", "json", "md"), default="table")
    listing.set_defaults(run=_questions)

    sparql = verbs.add_parser("sparql", help="answer a SPARQL query of your own")
    sparql.add_argument("query", help="the query, a file that holds it, or - for standard input")
    sparql.add_argument("-f", "--format", choices=(*console.ROW_FORMATS[:-1], "xml", "md", *console.GRAPH_FORMATS))
    sparql.add_argument("--timeout", type=float, default=Settings.query_seconds, help="seconds (default: %(default)s)")
    console.offer_added(sparql)
    sparql.set_defaults(run=_sparql)

    find = verbs.add_parser("find", help="find things by the words in their names: dditkg find user design")
    find.add_argument("words", nargs="+")
    console.offer_added(find)
    find.set_defaults(run=_find)

    show = verbs.add_parser("show", help="show one thing: dditkg show data-matching, dditkg show gdad:data-modelling")
    show.add_argument("name", help="a name, a short form such as skill:data-matching, or an address")
    show.add_argument("-f", "--format", choices=("text", "json", *console.GRAPH_FORMATS), default="text")
    console.offer_added(show)
    show.set_defaults(run=_show)


def _ask(arguments: argparse.Namespace) -> int:
    from dditkg import rows
    from dditkg.formats import CSV, TSV
    from dditkg.questions import find_question
    from dditkg.store import answer_bytes

    index = console.index(arguments.endpoint, console.added(arguments))
    question = find_question(console.all_questions(), arguments.question)
    values = console.values(arguments.values)
    query = question.bound(values, index.resolve)
    if arguments.format in ("csv", "tsv"):
        console.write(answer_bytes(index.dataset.store, query, {"csv": CSV, "tsv": TSV}[arguments.format]))
        return 0
    table = index.dataset.store.select(query)
    if arguments.format == "table":
        print(question.summary)
        for parameter in question.parameters:
            print(f"  {parameter.name}: {values.get(parameter.name) or parameter.example}")
        if not table.rows:
            print(question.empty)
    print(rows.as_json(table) if arguments.format == "json" else console.rows_of(table, arguments.format, index))
    return 0


def _questions(arguments: argparse.Namespace) -> int:
    import json

    listed = console.all_questions().values()
    if arguments.format == "json":
        print(json.dumps([question.about() for question in listed], ensure_ascii=False, indent=1))
        return 0
    for question in listed:
        parameters = " ".join(f"{p.name}={p.example}" for p in question.parameters)
        if arguments.format == "md":
            print(f"- **{question.summary}** `{f'dditkg ask {question.name} {parameters}'.rstrip()}`")
        else:
            print(f"{question.name} {parameters}\n    {question.summary}\n    Helps to decide: {question.decision}")
    return 0


def _sparql(arguments: argparse.Namespace) -> int:
    from dditkg import formats
    from dditkg.sandbox import ask_once
    from dditkg.store import Table, terms_of

    if not 0 < arguments.timeout <= _LONGEST_SECONDS:
        raise WrongUse(f"--timeout takes seconds, more than 0 and at most {_LONGEST_SECONDS}.")
    index = console.index(added=console.added(arguments))
    settings = dataclasses.replace(Settings(), query_seconds=arguments.timeout)
    wanted = arguments.format or "table"
    named = formats.by_name(wanted, (*formats.RESULT_FORMATS, *formats.GRAPH_FORMATS))
    as_table = wanted in ("table", "md")
    # A table is made from SPARQL JSON; an answer that is a graph comes as Turtle.
    accept = "application/sparql-results+json, text/turtle;q=0.5" if as_table or named is None else named.media_type
    answer = ask_once(index.dataset.local, console.query_text(arguments.query), accept, settings)
    if not as_table or not answer.content_type.startswith(formats.SPARQL_JSON.media_type):
        console.write(answer.body)
        return 0
    table = terms_of(answer.body)
    print(console.rows_of(table, wanted, index) if isinstance(table, Table) else "yes" if table else "no")
    return 0


def _find(arguments: argparse.Namespace) -> int:
    typed = " ".join(arguments.words)
    index = console.index(added=console.added(arguments))
    found = index.find(typed)
    if not found:
        raise NotFound(f"Nothing here has a name like “{typed}”. `dditkg questions` lists what can be asked.")
    for iri in found:
        print(f"{index.label(iri)}  [{index.short(iri)}]")
    return 0


def _show(arguments: argparse.Namespace) -> int:
    from dditkg import formats
    from dditkg.documents import CONTEXT_PATH, Documents
    from dditkg.outline import outline
    from dditkg.terms import BASE

    index = console.index(added=console.added(arguments))
    iri = index.resolve(arguments.name)
    documents = Documents(index.dataset, BASE.rstrip("/") + CONTEXT_PATH)
    if arguments.format == "text":
        print(outline(documents.plain(iri), index))
    else:
        wanted = formats.by_name(arguments.format, formats.DOCUMENT_FORMATS)
        assert wanted is not None
        console.write(documents.render(iri, wanted))
    return 0
