"""An open knowledge graph of the digital, data and innovation capabilities of an organisation."""

from __future__ import annotations

import argparse
import dataclasses
import gc
import io
import pkgutil
import shutil
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from dditkg.errors import BadFile, DditkgError, NotFound, WrongUse
from dditkg.settings import Settings, limits

if TYPE_CHECKING:
    import socket

    from dditkg.dataset import Content
    from dditkg.questions import Question
    from dditkg.search import Index
    from dditkg.store import Table

_ROW_FORMATS = ("table", "csv", "tsv", "json", "md")
_LONGEST_SECONDS = 3600
_GRAPH_FORMATS = ("ttl", "jsonld", "nt", "rdfxml")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Returns the exit code: 0 fine, 1 a finding or failure, 2 wrong use."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # wherever it goes: labels hold characters that few old encodings have
            stream.reconfigure(encoding="utf-8")
    arguments = _parser().parse_args(argv)
    try:
        return int(arguments.run(arguments))
    except DditkgError as error:
        print(f"dditkg: {error.message}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        sys.stderr.close()  # the reader has had enough, as with `| head`
        return 0
    except OSError as error:  # a disk that is full, a folder that may not be read
        print(f"dditkg: {error}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="dditkg", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="COMMAND")

    ask = verbs.add_parser("ask", help="answer one of the named questions: dditkg ask NAME skill=data-matching")
    ask.add_argument("question", help="a name from `dditkg questions`")
    ask.add_argument("values", nargs="*", metavar="NAME=VALUE", help="what is asked about; `*` for any")
    ask.add_argument("-f", "--format", choices=_ROW_FORMATS, default="table")
    ask.add_argument("--endpoint", metavar="URL", help="ask the SPARQL endpoint that holds the dataset instead")
    ask.set_defaults(run=_ask)

    listing = verbs.add_parser("questions", help="list the questions and what each helps to decide")
    listing.add_argument("-f", "--format", choices=("table", "json", "md"), default="table")
    listing.set_defaults(run=_questions)

    sparql = verbs.add_parser("sparql", help="answer a SPARQL query of your own")
    sparql.add_argument("query", help="the query, a file that holds it, or - for standard input")
    sparql.add_argument("-f", "--format", choices=(*_ROW_FORMATS[:-1], "xml", "md", *_GRAPH_FORMATS))
    sparql.add_argument("--timeout", type=float, default=Settings.query_seconds, help="seconds (default: %(default)s)")
    sparql.set_defaults(run=_sparql)

    find = verbs.add_parser("find", help="find things by the words in their names: dditkg find user design")
    find.add_argument("words", nargs="+")
    find.set_defaults(run=_find)

    show = verbs.add_parser("show", help="show one thing: dditkg show data-matching, dditkg show gdad:data-modelling")
    show.add_argument("name", help="a name, a short form such as skill:data-matching, or an address")
    show.add_argument("-f", "--format", choices=("text", "json", *_GRAPH_FORMATS), default="text")
    show.set_defaults(run=_show)

    serve = verbs.add_parser("serve", help="serve pages, linked data and a SPARQL endpoint")
    serve.add_argument("--host", default=Settings.host, help="address to listen at (default: %(default)s)")
    serve.add_argument("--port", type=int, default=Settings.port, help="port; 0 for any (default: %(default)s)")
    serve.add_argument("--base", help="address that people use, when it differs from the one listened at")
    source = serve.add_mutually_exclusive_group()
    source.add_argument("--data", nargs="+", type=Path, metavar="FILE", help="serve these files instead")
    source.add_argument("--endpoint", metavar="URL", help="serve what the SPARQL endpoint of another engine holds")
    serve.add_argument("--limit", nargs="+", default=[], metavar="NAME=VALUE", help="limits, such as query_seconds=5")
    serve.set_defaults(run=_serve)

    check = verbs.add_parser("check", help="judge the content by every rule")
    check.add_argument("path", nargs="?", type=Path, help="a folder with ontology/ and data/; default: found upwards")
    check.add_argument("--strict", action="store_true", help="warnings count too")
    check.add_argument("-f", "--format", choices=("text", "json"), default="text")
    check.set_defaults(run=_check)

    report = verbs.add_parser("report", help="write a report as Markdown; without a name, list those there are")
    report.add_argument("name", nargs="?", help="such as coverage")
    report.add_argument("-o", "--output", type=Path, metavar="FILE", help="where to write it; default: here")
    report.set_defaults(run=_report)

    reasoned = verbs.add_parser("reason", help="look for contradictions under OWL (needs the extra “reason” and Java)")
    reasoned.add_argument(
        "path", nargs="?", type=Path, help="a folder with ontology/ and data/; default: found upwards"
    )
    reasoned.set_defaults(run=_reason)

    fmt = verbs.add_parser("fmt", help="write Turtle and mapping files in the canonical form")
    fmt.add_argument("paths", nargs="*", type=Path, help="files or folders; default: the whole project")
    fmt.add_argument("--check", action="store_true", help="change nothing; name the files that differ and exit 1")
    fmt.set_defaults(run=_fmt)

    imports = verbs.add_parser("import", help="turn an outside framework's files into ours")
    formats = imports.add_subparsers(dest="format", required=True, metavar="FORMAT")
    for module in _importers():
        importer = formats.add_parser(module, help=import_module(f"dditkg.importers.{module}").SUMMARY)
        importer.add_argument("source", type=Path, help="the folder or file to read")
        importer.add_argument("target", type=Path, help="the Turtle file to write")
        importer.set_defaults(run=_import, importer=module)
    return parser


def _importers() -> list[str]:
    import dditkg.importers

    return sorted(module.name for module in pkgutil.iter_modules(dditkg.importers.__path__))


def _ask(arguments: argparse.Namespace) -> int:
    from dditkg import rows
    from dditkg.formats import CSV, TSV
    from dditkg.questions import find_question
    from dditkg.store import answer_bytes

    index = _index(arguments.endpoint)
    question = find_question(_all_questions(), arguments.question)
    values = _values(arguments.values)
    query = question.bound(values, index.resolve)
    if arguments.format in ("csv", "tsv"):
        _write(answer_bytes(index.dataset.store, query, {"csv": CSV, "tsv": TSV}[arguments.format]))
        return 0
    table = index.dataset.store.select(query)
    if arguments.format == "table":
        print(question.summary)
        for parameter in question.parameters:
            print(f"  {parameter.name}: {values.get(parameter.name) or parameter.example}")
        if not table.rows:
            print(question.empty)
    print(rows.as_json(table) if arguments.format == "json" else _rows(table, arguments.format, index))
    return 0


def _questions(arguments: argparse.Namespace) -> int:
    import json

    listed = _all_questions().values()
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
    index = _index()
    settings = dataclasses.replace(Settings(), query_seconds=arguments.timeout)
    wanted = arguments.format or "table"
    named = formats.by_name(wanted, (*formats.RESULT_FORMATS, *formats.GRAPH_FORMATS))
    as_table = wanted in ("table", "md")
    # A table is made from SPARQL JSON; an answer that is a graph comes as Turtle.
    accept = "application/sparql-results+json, text/turtle;q=0.5" if as_table or named is None else named.media_type
    answer = ask_once(index.dataset.local, _query_text(arguments.query), accept, settings)
    if not as_table or not answer.content_type.startswith(formats.SPARQL_JSON.media_type):
        _write(answer.body)
        return 0
    table = terms_of(answer.body)
    print(_rows(table, wanted, index) if isinstance(table, Table) else "yes" if table else "no")
    return 0


def _find(arguments: argparse.Namespace) -> int:
    typed = " ".join(arguments.words)
    index = _index()
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

    index = _index()
    iri = index.resolve(arguments.name)
    documents = Documents(index.dataset, BASE.rstrip("/") + CONTEXT_PATH)
    if arguments.format == "text":
        print(outline(documents.plain(iri), index))
    else:
        wanted = formats.by_name(arguments.format, formats.DOCUMENT_FORMATS)
        assert wanted is not None
        _write(documents.render(iri, wanted))
    return 0


def _serve(arguments: argparse.Namespace) -> int:
    gc.disable()  # all that is loaded here is kept: looking for garbage among it would be a tenth of the start
    from dditkg.dataset import open_dataset, open_files
    from dditkg.http import app, site
    from dditkg.sandbox import listen, serve
    from dditkg.terms import is_iri

    if not 0 <= arguments.port < 65536:
        raise WrongUse(f"There is no port {arguments.port}. Ports run from 1 to 65535; 0 takes any that is free.")
    if arguments.base is not None and not is_iri(arguments.base):
        raise WrongUse(f"--base needs a whole address, such as https://example.org. It was “{arguments.base}”.")
    settings = Settings(host=arguments.host, port=arguments.port, base=arguments.base, **limits(arguments.limit))
    listening = listen(settings)
    settings = dataclasses.replace(settings, port=listening.getsockname()[1])
    print(f"dditkg: {dataclasses.replace(settings, base=None).address}", flush=True)
    if settings.base:
        print(f"dditkg: links lead to {settings.address}", flush=True)
    if arguments.endpoint:
        _serve_endpoint(arguments.endpoint, settings, listening)
        return 0
    dataset = open_files(arguments.data) if arguments.data else open_dataset()
    prepared = site.prepare(dataset, _all_questions(), settings)
    gc.enable()
    serve(dataset.local, lambda bound, pool: app.run(prepared, bound, pool), settings, listening)
    return 0


def _serve_endpoint(url: str, settings: Settings, listening: socket.socket) -> None:
    """Serve what another engine holds, in this one process, until SIGTERM."""
    from dditkg.dataset import open_endpoint
    from dditkg.http import app, site
    from dditkg.http.relay import Relay
    from dditkg.remote import RemoteStore

    dataset = open_endpoint(url, settings.query_seconds)
    assert isinstance(dataset.store, RemoteStore)
    prepared = site.prepare(dataset, _all_questions(), settings)
    gc.enable()
    print(f"dditkg: release {dataset.version} is at {url}, whose own limits apply to /sparql", flush=True)
    app.run(prepared, listening, Relay(url, dataset.store.most_rows, settings))


def _check(arguments: argparse.Namespace) -> int:
    from dditkg.checks import judge

    report = judge(_content(arguments.path))
    if arguments.format == "json":
        print(report.as_json())
    else:
        for finding in report.findings:
            note = "" if finding.severity == "violation" else f" ({finding.severity})"
            print(f"{finding}{note}")
        print(report.closing)
    return 0 if report.passed(arguments.strict) else 1


def _report(arguments: argparse.Namespace) -> int:
    from dditkg.reports import report, reports

    if arguments.name is None:
        for name, summary in reports().items():
            print(f"{name}\n    {summary}")
        return 0
    text = report(arguments.name, _index(), _all_questions())
    if arguments.output is None:
        _write(text.encode())
    else:
        arguments.output.write_text(text, encoding="utf-8")
        print(f"{arguments.output}: written")
    return 0


def _reason(arguments: argparse.Namespace) -> int:
    from dditkg.reasoning import reason

    print(f"Consistent: {reason(_content(arguments.path)):,} triples under OWL, read by HermiT.")
    return 0


def _fmt(arguments: argparse.Namespace) -> int:
    from dditkg.dataset import find_root
    from dditkg.form import format_files

    paths = arguments.paths or [find_root(Path.cwd())]
    changed, seen = format_files(paths, write=not arguments.check)
    for path in changed:
        print(f"{path}: {'not in the canonical form' if arguments.check else 'written'}")
    verb = "differ" if arguments.check else "changed"
    print(f"{seen} files, {len(changed)} {verb}.")
    return 1 if arguments.check and changed else 0


def _import(arguments: argparse.Namespace) -> int:
    print(import_module(f"dditkg.importers.{arguments.importer}").run(arguments.source, arguments.target))
    return 0


def _content(path: Path | None) -> Content:
    """The files of the project in a folder, or found upwards, with our rules where it has none."""
    from dditkg.dataset import content_of, find_root, installed_root

    root = (path or find_root(Path.cwd())).resolve()
    return content_of(root, None if (root / "shapes").is_dir() else installed_root())


def _index(endpoint: str | None = None) -> Index:
    from dditkg.dataset import open_dataset, open_endpoint
    from dditkg.search import index

    return index(open_endpoint(endpoint, Settings.query_seconds) if endpoint else open_dataset())


def _all_questions() -> dict[str, Question]:
    from dditkg.dataset import installed_questions
    from dditkg.questions import read_questions

    return read_questions(installed_questions())


def _values(pairs: Sequence[str]) -> dict[str, str]:
    values = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise WrongUse(f"“{pair}” is not of the form NAME=VALUE, such as skill=data-matching.")
        values[name] = value
    return values


def _query_text(given: str) -> str:
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


def _rows(table: Table, wanted: str, index: Index) -> str:
    from dditkg import rows

    if wanted == "md":
        return rows.as_markdown(table, index.short)
    width = shutil.get_terminal_size((100, 24)).columns if sys.stdout.isatty() else 140
    return rows.as_text(table, width, index.short)


def _write(body: bytes) -> None:
    sys.stdout.flush()
    sys.stdout.buffer.write(body if body.endswith(b"\n") else body + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    sys.exit(main())
