"""The command line: what it prints, in which form, and how it says no."""

from __future__ import annotations

import csv
import io
import json
import os
import shlex
import subprocess
import time
from pathlib import Path

import pyoxigraph as ox
import pytest
from serving import command

from dditkg.cli import main
from dditkg.rows import as_text, plain
from dditkg.store import Table

# Without end and without much memory.
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a a ?b . ?c a ?d . ?e a ?f . ?g a ?h }"
ROWS = "SELECT ?s ?label { ?s <http://www.w3.org/2004/02/skos/core#prefLabel> ?label } ORDER BY ?s ?label LIMIT 3"
GRAPH = "CONSTRUCT { ?s a ?o } WHERE { ?s a ?o } LIMIT 3"
RECORD_MATCHING = "https://w3id.org/dditkg/capability/record-matching"
SYNTAX = {
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "rdfxml": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
}


def said(*arguments: str, stdin: bytes = b"") -> tuple[int, str, str]:
    """Exit code, output and complaint of a command run as a person runs it."""
    ended = subprocess.run(command(*arguments), input=stdin, capture_output=True, timeout=60)
    return ended.returncode, ended.stdout.decode(), ended.stderr.decode()


def fine(*arguments: str) -> str:
    code, out, complaint = said(*arguments)
    assert (code, complaint) == (0, "")
    assert out.endswith("\n")
    return out


# Questions ------------------------------------------------------------------------------------------------------------


def test_a_question_in_every_form() -> None:
    ask = ("ask", "ways-to-get-a-capability", "capability=record matching")
    rows = json.loads(fine(*ask, "-f", "json"))
    assert rows
    assert rows[0]["capability"] == RECORD_MATCHING
    table = list(csv.DictReader(io.StringIO(fine(*ask, "-f", "csv"))))
    assert table == [{k: "" if v is None else str(v) for k, v in row.items()} for row in rows]
    lines = fine(*ask, "-f", "tsv").splitlines()
    assert lines[0].split("\t") == [f"?{name}" for name in rows[0]]
    assert len(lines) == len(rows) + 1
    markdown = fine(*ask, "-f", "md").splitlines()
    assert len(markdown) == len(rows) + 2
    assert len({line.replace("\\|", "").count("|") for line in markdown}) == 1
    text = fine(*ask)
    assert text.splitlines()[0].endswith("?")
    assert text.splitlines()[-1] == f"{len(rows)} rows."
    assert fine(*ask, "-f", "table") == text
    assert max(map(len, text.splitlines()[1:])) <= 140


def test_an_answer_without_rows_says_so() -> None:
    assert fine("sparql", "SELECT ?s { ?s <http://example.org/none> ?o }") == "No rows.\n"
    assert json.loads(fine("ask", "case-studies", "capability=data-integration", "-f", "json")) is not None


def test_questions_are_listed_in_every_form() -> None:
    listed = json.loads(fine("questions", "-f", "json"))
    assert len(listed) > 10
    for question in listed:
        assert question["summary"].endswith("?")
        assert question["decision"]
        assert all(parameter["example"] for parameter in question["parameters"])
    text, markdown = fine("questions"), fine("questions", "-f", "md")
    for question in listed:
        assert question["name"] in text
        assert question["summary"] in text
        assert f"**{question['summary']}**" in markdown


def test_what_the_list_of_questions_shows_can_be_run() -> None:
    shown = [line.split("`")[1] for line in fine("questions", "-f", "md").splitlines()]
    assert len(shown) > 10
    for line in shown:
        verb, *arguments = shlex.split(line)
        assert verb == "dditkg"
        assert main([*arguments, "-f", "csv"]) == 0


# Queries of one's own -------------------------------------------------------------------------------------------------


def test_rows_in_every_form(tmp_path: Path) -> None:
    bindings = json.loads(fine("sparql", ROWS, "-f", "json"))["results"]["bindings"]
    assert len(bindings) == 3
    assert len(list(csv.DictReader(io.StringIO(fine("sparql", ROWS, "-f", "csv"))))) == 3
    assert len(fine("sparql", ROWS, "-f", "tsv").splitlines()) == 4
    assert isinstance(
        ox.parse_query_results(fine("sparql", ROWS, "-f", "xml"), format=ox.QueryResultsFormat.XML), object
    )
    assert fine("sparql", ROWS).endswith("3 rows.\n")
    assert fine("sparql", ROWS, "-f", "md").startswith("| s | label |\n|---|---|\n")
    file = tmp_path / "query.rq"
    file.write_text(ROWS, encoding="utf-8")
    assert fine("sparql", str(file)) == fine("sparql", ROWS)
    assert said("sparql", "-", stdin=ROWS.encode())[1] == fine("sparql", ROWS)


@pytest.mark.parametrize("form", SYNTAX)
def test_graphs_in_every_form(form: str) -> None:
    assert len(list(ox.parse(fine("sparql", GRAPH, "-f", form), format=SYNTAX[form]))) == 3


def test_a_graph_without_a_form_is_turtle() -> None:
    assert len(list(ox.parse(fine("sparql", GRAPH), format=ox.RdfFormat.TURTLE))) == 3


def test_yes_and_no() -> None:
    assert fine("sparql", "ASK {}") == "yes\n"
    assert fine("sparql", "ASK { FILTER(false) }") == "no\n"
    assert json.loads(fine("sparql", "ASK {}", "-f", "json"))["boolean"] is True


@pytest.mark.parametrize("query", ["SELECT * {}", "SELECT ?nothing {}", "SELECT * { VALUES () { () () } }"])
def test_rows_without_columns_are_counted(query: str) -> None:
    assert fine("sparql", query).splitlines()[-1] in ("1 row.", "2 rows.")


# One thing ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["record matching", "record-matching", "capability:record-matching", RECORD_MATCHING])
def test_a_thing_by_any_name(name: str) -> None:
    text = fine("show", name)
    assert text.startswith(f"Record matching\n  {RECORD_MATCHING}\n")
    assert "deliveredBy\n" in text
    assert "[role:data-engineer]" in text


@pytest.mark.parametrize("form", ["ttl", "nt", "rdfxml"])
def test_a_thing_in_every_form(form: str) -> None:
    triples = list(ox.parse(fine("show", "record-matching", "-f", form), format=SYNTAX[form]))
    assert any(triple.subject == ox.NamedNode(RECORD_MATCHING) for triple in triples)
    for form in ("json", "jsonld"):
        assert json.loads(fine("show", "record-matching", "-f", form))["id"] == RECORD_MATCHING


# How it says no -------------------------------------------------------------------------------------------------------

REFUSALS = [
    (["ask", "case-study"], 1, "There is no question “case-study”. Near: case-studies"),
    (["ask", "case-studies", "capability=record-matchin"], 1, "Near: capability:record-matching"),
    (["ask", "case-studies", "capability=capability:nothing"], 1, "Nothing here is called “capability:nothing”"),
    (["ask", "case-studies", "capability=nope:x"], 2, "No prefix “nope:” is declared. Known: "),
    (["ask", "case-studies", "capability=Accessibility: awareness"], 2, "means several things: gdad-skill-level:acc"),
    (["ask", "case-studies", "wrong=x"], 2, "has no parameter “wrong”. It has: capability"),
    (["ask", "case-studies", "capability"], 2, "is not of the form NAME=VALUE"),
    (["ask", "case-studies", "=x"], 2, "is not of the form NAME=VALUE"),
    (["ask", "case-studies", 'capability=http://x/> } {"'], 1, "Nothing here is called"),
    (["show", "data matchin"], 1, "Near: skill:data-matching"),
    (["show", "gdad:data-modellin"], 1, "gdad-skill:data-modelling"),
    (["show", "nope:x"], 2, "No prefix “nope:” is declared"),
    (["show", "software testing"], 2, "means several things: capability:software-testing"),
    (["show", "http://example.org/elsewhere"], 1, "Nothing here is called"),
    (["show", ""], 1, "Nothing here is called"),
    (["sparql", "SELECT * { ?s ?p }"], 2, "cannot be read"),
    (["sparql", "SELECT * { ?s nope:p ?o }"], 2, "The prefix “nope:” at line 1 is not declared"),
    (["sparql", "SELECT * { ?s ?p"], 2, "cannot be read at line 1, column 17"),
    (["sparql", "DELETE WHERE { ?s ?p ?o }"], 2, "Nothing can be changed here"),
    (["sparql", "SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }"], 2, "Federation is switched off"),
    (["sparql", "SELECT * { " + "{" * 5000 + "}" * 5000 + " }"], 2, ""),
    (["sparql", "missing.rq"], 1, "missing.rq: there is no such file"),
    (["sparql", "a" * 5000], 1, "there is no such file"),
    (["sparql", "tests"], 1, "there is no such file"),
    (["sparql", "ASK {}", "--timeout", "0"], 2, "--timeout takes seconds"),
    (["sparql", "ASK {}", "--timeout", "-1"], 2, "--timeout takes seconds"),
    (["sparql", "ASK {}", "--timeout", "nan"], 2, "--timeout takes seconds"),
    (["sparql", "ASK {}", "--timeout", "1e9"], 2, "--timeout takes seconds"),
    (["sparql", "ASK {}", "-f", "csv"], 2, "application/sparql-results+json"),
    (["sparql", GRAPH, "-f", "csv"], 2, "text/turtle"),
    (["sparql", ROWS, "-f", "ttl"], 2, "text/csv"),
    (["sparql", ENDLESS, "--timeout", "1"], 1, "stopped after 1 second"),
]


@pytest.mark.parametrize(("arguments", "code", "says"), REFUSALS, ids=[" ".join(a)[:50] for a, _, _ in REFUSALS])
def test_a_refusal_is_one_sentence(arguments: list[str], code: int, says: str) -> None:
    started = time.monotonic()
    ended, out, complaint = said(*arguments)
    assert time.monotonic() - started < 8
    assert (ended, out) == (code, "")
    assert complaint.startswith("dditkg: ")
    assert complaint.count("\n") == 1
    assert complaint.rstrip().endswith((".", "?"))
    assert says in complaint
    assert "Traceback" not in complaint


def test_what_is_not_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "latin.rq"
    file.write_bytes("# café\nASK {}".encode("latin-1"))
    assert said("sparql", str(file)) == (1, "", f"dditkg: {file} is not UTF-8: byte 5 cannot be read.\n")
    assert said("sparql", "-", stdin=b"\xff") == (
        1,
        "",
        "dditkg: Standard input is not UTF-8: byte 0 cannot be read.\n",
    )


@pytest.mark.parametrize(
    "arguments",
    [[], ["nope"], ["ask"], ["sparql"], ["show"], ["ask", "case-studies", "-f", "yaml"], ["serve", "--port", "x"]],
)
def test_wrong_use_shows_the_usage(arguments: list[str]) -> None:
    code, out, complaint = said(*arguments)
    assert (code, out) == (2, "")
    assert complaint.startswith("usage: dditkg")
    assert "Traceback" not in complaint


@pytest.mark.parametrize("arguments", [["--help"], ["ask", "--help"], ["sparql", "-h"], ["serve", "-h"]])
def test_help_is_there(arguments: list[str]) -> None:
    assert "usage: dditkg" in fine(*arguments)


# Pipes and disks ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ["questions"],
        ["ask", "counterparts"],
        ["ask", "counterparts", "-f", "csv"],
        ["show", "scheme/skill", "-f", "nt"],
        ["sparql", "SELECT * { ?s ?p ?o } LIMIT 5000", "-f", "csv"],
        ["sparql", "SELECT * { ?s ?p ?o } LIMIT 5000"],
    ],
)
def test_a_reader_that_has_had_enough_is_no_failure(arguments: list[str]) -> None:
    process = subprocess.Popen(command(*arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline()
    process.stdout.close()
    complaint = process.stderr.read()
    process.stderr.close()
    assert (process.wait(30), complaint) == (0, b"")


def test_a_full_disk_is_said() -> None:
    with open("/dev/full", "wb") as full:
        ended = subprocess.run(command("show", "record-matching", "-f", "nt"), stdout=full, stderr=subprocess.PIPE)
    assert ended.returncode != 0
    assert b"No space left" in ended.stderr
    assert b"Traceback" not in ended.stderr


def test_output_is_utf_8_wherever_it_goes() -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    row = command("sparql", 'SELECT ("café → 日本" AS ?x) {}')
    ended = subprocess.run(row, capture_output=True, env=environment, timeout=60)
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert "café → 日本" in ended.stdout.decode()


# Rows -----------------------------------------------------------------------------------------------------------------


def table(*terms: object) -> Table:
    return Table(tuple(f"c{i}" for i in range(len(terms))), (tuple(terms),))  # type: ignore[arg-type]


def test_numbers_are_numbers_and_what_is_none_stays_text() -> None:
    xsd = "http://www.w3.org/2001/XMLSchema#"
    literals = [("5", "integer"), ("2.5", "decimal"), ("1e3", "double"), ("true", "boolean"), ("2020", "gYear")]
    odd = [("five", "integer"), ("", "decimal"), ("NaN", "double"), ("INF", "float")]
    terms = [ox.Literal(value, datatype=ox.NamedNode(xsd + name)) for value, name in (*literals, *odd)]
    row = plain(table(*terms, None, ox.NamedNode("http://example.org/"), ox.Literal("x", language="en")))[0]
    assert list(row.values()) == [
        *(5, 2.5, 1000.0, True, "2020", "five", "", "NaN", "INF", None, "http://example.org/", "x")
    ]
    json.dumps(row, allow_nan=False)


@pytest.mark.parametrize("width", [10, 20, 40, 80, 200])
def test_a_table_keeps_every_word_at_any_width(width: int) -> None:
    words = "the quick brown fox jumps over the lazy dog"
    text = as_text(table(ox.Literal(words), ox.NamedNode("http://example.org/"), None), width, lambda iri: "ex:")
    assert set(words.split()) <= set(text.split())
    assert text.endswith("1 row.")


def test_python_can_call_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["questions"]) == 0
    assert capsys.readouterr().out
    assert main(["show", "nothing at all"]) == 1
    assert "Nothing here is called" in capsys.readouterr().err
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
