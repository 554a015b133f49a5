"""The questions: each runs as it stands, answers what it says, and binds whatever is typed as one term.

A golden answer is `tests/questions/<question>.csv`: the answer on the test world. Each parameter in turn is set to a
thing of the example's class: the first by address, ours before others', of those whose answer fills most columns.
Write them with `python tests/test_questions.py [question …]`, then read what changed.
"""

from __future__ import annotations

import contextlib
import functools
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from content import whole_dataset
from engines import merged
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rdflib.plugins.sparql import prepareQuery

from dditkg import formats
from dditkg.dataset import Dataset, build, content_of
from dditkg.errors import BadContent, BadFile, DditkgError, NotFound, WrongUse
from dditkg.questions import Question, find_question, read_question, read_questions
from dditkg.search import Index, index
from dditkg.store import LocalStore, Table, answer_bytes
from dditkg.terms import BASE, OWL, RDF, RDFS, SKOS, SSSOM

ROOT = Path(__file__).parents[1]
GOLDEN = ROOT / "tests/questions"
REAL = content_of(ROOT)
WORLD = content_of(ROOT / "tests/world", ROOT)
QUESTIONS = read_questions(REAL.questions)
PARAMETERS = [(q.name, p.name) for q in QUESTIONS.values() for p in q.parameters]
USERS = {"analyst", "developer", "framework-owner", "leader", "researcher"}
SLOWEST = 1.0
NOTHING = "https://example.org/nothing"
A = ox.NamedNode(RDF + "type")

each_question = pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)


@pytest.fixture(scope="module")
def real() -> Dataset:
    return whole_dataset()


@pytest.fixture(scope="module")
def world() -> Dataset:
    return build(WORLD)


@pytest.fixture(scope="module")
def open_table(real: Dataset) -> Callable[[str], Table]:
    """What the question of a name answers about everything, asked once."""
    return functools.cache(lambda name: real.store.select(open_everywhere(QUESTIONS[name])))


@pytest.fixture(scope="module")
def in_the_world(real: Dataset, world: Dataset) -> Callable[[str], dict[str, str]]:
    """The values that the question of a name has in its golden answer, looked for once."""
    return functools.cache(lambda name: world_values(QUESTIONS[name], real, world))


@pytest.fixture(scope="module")
def bilingual(world: Dataset) -> LocalStore:
    """The world in which each thing has a second name."""
    welsh = [
        ox.Quad(quad.subject, quad.predicate, ox.Literal(f"{quad.object.value} (cy)", language="cy"))
        for name in (SKOS + "prefLabel", RDFS + "label")
        for quad in world.store.triples(None, ox.NamedNode(name))
        if isinstance(quad.object, ox.Literal)
    ]
    assert len(welsh) > 100
    return with_more(world, welsh)


def as_typed(typed: str, like: str) -> str:
    """A resolver for whole addresses."""
    return typed


def bound(question: Question, **values: str) -> str:
    return question.bound(values, as_typed)


def open_everywhere(question: Question) -> str:
    """The query with no parameter given."""
    return bound(question, **{p.name: "*" for p in question.parameters if not p.needed})


def candidates(question: Question, name: str, real: Dataset, world: Dataset) -> list[str]:
    """Things of the world of the same class as the example of a parameter, which is a thing of the real data."""
    parameter = next(p for p in question.parameters if p.name == name)
    address = question.default_iri(parameter)
    assert address, f"{question.name}: no test values for a {parameter.kind} yet"
    classes = real.store.objects(ox.NamedNode(address), RDF + "type")
    assert classes, f"{question.name}: the example {parameter.example} is nothing in the real data"
    narrowest = min(classes, key=lambda c: len(real.store.incoming(c, A)))
    found = [q.subject.value for q in world.store.incoming(narrowest, A) if isinstance(q.subject, ox.NamedNode)]
    return sorted(found, key=lambda iri: (not iri.startswith(BASE), iri))


def filled(table: Table) -> int:
    """In how many columns a row says something."""
    return sum(any(row[place] is not None for row in table.rows) for place in range(len(table.columns)))


def world_values(question: Question, real: Dataset, world: Dataset) -> dict[str, str]:
    """For each parameter in turn the first candidate of those whose answer fills most columns."""
    values = {p.name: "*" for p in question.parameters}
    for name in values:
        values[name] = max(
            candidates(question, name, real, world),
            key=lambda choice: filled(world.store.select(bound(question, **{**values, name: choice}))),
        )
    return values


def answer(question: Question, values: dict[str, str], world: Dataset) -> str:
    query = bound(question, **values)
    return answer_bytes(world.store, query, formats.CSV).decode().replace("\r\n", "\n")


def texts(rows: Iterable[Iterable[object]]) -> list[tuple[str | None, ...]]:
    """Rows of either engine as plain strings: rdflib's terms are strings, the other's carry one."""
    return [
        tuple(None if t is None else str(t) if isinstance(t, str) else str(getattr(t, "value", t)) for t in row)
        for row in rows
    ]


def with_more(dataset: Dataset, quads: Iterable[ox.Quad]) -> LocalStore:
    return LocalStore([*dataset.store.engine, *quads], union=dataset.local.union)


# What is there


def test_every_question_has_one_golden_answer() -> None:
    assert len(QUESTIONS) >= 18
    assert {path.stem for path in GOLDEN.iterdir()} == set(QUESTIONS)


def test_each_user_has_questions_and_each_question_one_user() -> None:
    assert {q.tags[0] for q in QUESTIONS.values()} == USERS


@pytest.mark.parametrize("what", ["summary", "decision", "description"])
def test_no_two_questions_say_the_same(what: str) -> None:
    assert [text for text, n in Counter(getattr(q, what) for q in QUESTIONS.values()).items() if n > 1] == []


@each_question
def test_form(question: Question, real: Dataset) -> None:
    assert question.summary.endswith("?")
    assert question.decision.endswith(".")
    assert question.description.endswith(".")
    body = question.text.partition("\nSELECT")[2]
    assert body, "a question is a SELECT"
    assert re.search(r"^ORDER BY ", body, re.MULTILINE)
    assert not re.search(r"\b(LIMIT|OFFSET|SERVICE|FROM)\b", body)
    assert ("GRAPH" in body) == (question.name == "where-a-statement-comes-from")
    assert dict(question.prefixes) == {p: real.prefixes.table.get(p) for p in question.prefixes}
    unused = [p for p in question.prefixes if not re.search(rf"(?<![\w-]){p}:\w", body)]
    assert unused == []


def test_every_term_of_the_ontology_is_used_in_a_question(real: Dataset) -> None:
    kinds = [ox.NamedNode(OWL + k) for k in ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty")]
    declared = {str(q.subject.value) for kind in kinds for q in real.store.incoming(kind, A)}
    assert len(declared) >= 110
    used: set[str] = set()
    for question in QUESTIONS.values():
        # The parsed query names only what it asks for, not its comments or prefixes.
        used |= set(re.findall(r"https?:[^\s'\"<>()|]+", repr(prepareQuery(question.text).algebra)))
    assert sorted(declared - used) == []


# Answers


@each_question
def test_expectation_holds_on_the_real_data(question: Question, real: Dataset) -> None:
    rows = len(real.store.select(question.text).rows)
    if question.expect == "empty":
        assert rows == 0
    else:
        assert rows >= int(question.expect.removeprefix("at-least ") if " " in question.expect else 1)


@each_question
def test_fast_on_the_real_data(question: Question, real: Dataset) -> None:
    def taken() -> float:
        start = time.perf_counter()
        answer_bytes(real.store, question.text, formats.CSV)
        return time.perf_counter() - start

    assert min(taken() for _ in range(3)) < SLOWEST


@each_question
def test_golden_answer(question: Question, in_the_world: Callable[[str], dict[str, str]], world: Dataset) -> None:
    assert answer(question, in_the_world(question.name), world) == (GOLDEN / f"{question.name}.csv").read_text(
        encoding="utf-8"
    )


@each_question
def test_golden_answer_is_not_empty(question: Question) -> None:
    assert len((GOLDEN / f"{question.name}.csv").read_text(encoding="utf-8").splitlines()) > 1


@each_question
def test_every_address_has_its_name(question: Question, open_table: Callable[[str], Table]) -> None:
    table = open_table(question.name)
    for column, name in enumerate(table.columns):
        if any(isinstance(row[column], ox.NamedNode) for row in table.rows):
            assert name + "Label" in table.columns
        if name.endswith("Label"):
            languages = {row[column].language for row in table.rows if isinstance(row[column], ox.Literal)}
            assert languages <= {"en"}, f"{name} is in {languages}"


@each_question
def test_rows_are_distinct_and_their_order_total(question: Question, open_table: Callable[[str], Table]) -> None:
    table = open_table(question.name)
    assert len(set(table.rows)) == len(table.rows)
    keys = [k for k in re.findall(r"\?(\w+)", question.text.rpartition("ORDER BY")[2]) if k in table.columns]
    places = [table.columns.index(key) for key in keys]
    assert len({tuple(row[place] for place in places) for row in table.rows}) == len(table.rows)


@each_question
def test_names_in_a_second_language_repeat_no_row(question: Question, world: Dataset, bilingual: LocalStore) -> None:
    query = open_everywhere(question)
    assert bilingual.select(query).rows == world.store.select(query).rows


# Parameters


@each_question
def test_nothing_given_leaves_nothing_out(
    question: Question, real: Dataset, open_table: Callable[[str], Table]
) -> None:
    default = len(real.store.select(question.text).rows)
    for parameter in question.parameters:
        if parameter.needed:
            with pytest.raises(WrongUse, match=f"needs one {parameter.name}"):
                bound(question, **{parameter.name: "*"})
        elif len(question.parameters) > 1:
            assert len(real.store.select(bound(question, **{parameter.name: "*"})).rows) >= default
    assert len(open_table(question.name).rows) >= default


@pytest.mark.parametrize(("name", "parameter"), PARAMETERS, ids=lambda value: value)
def test_another_value_gives_another_answer(
    name: str, parameter: str, in_the_world: Callable[[str], dict[str, str]], real: Dataset, world: Dataset
) -> None:
    question, values = QUESTIONS[name], in_the_world(name)
    choices = candidates(question, parameter, real, world)
    if len(choices) == 1:
        choices.append(NOTHING)  # the world has one framework: a stranger must be told from it
    answers = {world.store.select(bound(question, **{**values, parameter: choice})).rows for choice in choices}
    assert len(answers) > 1


@each_question
def test_an_example_is_known_by_what_people_type(question: Question, real: Dataset) -> None:
    names = index(real)
    for parameter in question.parameters:
        address = question.default_iri(parameter)
        assert address
        for typed in (address, parameter.example, address.rpartition("/")[2]):
            assert f"{{ <{address}> }}" in question.bound({parameter.name: typed}, names.resolve)


def test_what_is_off_is_said_in_a_sentence(real: Dataset) -> None:
    resolve = index(real).resolve
    question = QUESTIONS["roles-that-need-a-skill"]
    cases: list[tuple[type[DditkgError], dict[str, str], str]] = [
        (WrongUse, {"skil": "data-modelling"}, "skill"),
        (WrongUse, {"skill": "nobody:data-modelling"}, "nobody"),
        (NotFound, {"skill": "skill:no-such-skill"}, "no-such-skill"),
        (NotFound, {"skill": "Data modeling"}, "skill:data-modelling"),
        (NotFound, {"level": "https://example.org/level"}, "https://example.org/level"),
    ]
    for kind, values, named in cases:
        with pytest.raises(kind) as caught:
            question.bound(values, resolve)
        assert named in caught.value.message
        assert caught.value.message.endswith(".")
    with pytest.raises(NotFound, match="skills-most-roles-share"):
        find_question(QUESTIONS, "skills most roles")


# A second engine


@pytest.fixture(scope="module")
def second(world: Dataset) -> Iterator[rdflib.Dataset]:
    kept = rdflib.NORMALIZE_LITERALS
    rdflib.NORMALIZE_LITERALS = False
    dataset = rdflib.Dataset()
    dataset.parse(data="".join(f"{quad} .\n" for quad in merged(world.local)), format="nquads")
    yield dataset
    rdflib.NORMALIZE_LITERALS = kept


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
@each_question
def test_rdflib_answers_the_same(
    question: Question, in_the_world: Callable[[str], dict[str, str]], world: Dataset, second: rdflib.Dataset
) -> None:
    query = bound(question, **in_the_world(question.name))
    assert Counter(texts(second.query(query))) == Counter(texts(world.store.select(query).rows))


# What went stale


def changed(world: Dataset, drop: ox.Triple, add: ox.Triple) -> LocalStore:
    kept = [quad for quad in world.local.engine if quad.triple != drop]
    assert len(kept) < len(world.local.engine)
    return LocalStore([*kept, ox.Quad(add.subject, add.predicate, add.object)], union=world.local.union)


def column(table: Table, name: str) -> list[str | None]:
    place = table.columns.index(name)
    return [row[place] for row in texts(table.rows)]


def test_a_set_made_against_another_edition_is_behind(world: Dataset) -> None:
    query = QUESTIONS["frameworks-held"].text
    assert set(column(world.store.select(query), "behind")) == {"false"}
    made = (ox.NamedNode(BASE + "mapping-set/role--beacon"), ox.NamedNode(SSSOM + "object_source_version"))
    older = changed(world, ox.Triple(*made, ox.Literal("3")), ox.Triple(*made, ox.Literal("2")))
    assert column(older.select(query), "behind").count("true") == 1


def test_a_mapping_that_leads_to_a_retired_unit_is_counted(world: Dataset) -> None:
    question = QUESTIONS["retired-and-changed"]
    query = bound(question, list=BASE + "framework/beacon")
    assert column(world.store.select(query), "mappings") == ["0"]
    row = ox.NamedNode(BASE + "mapping/test/0000000000")
    retired = ox.NamedNode(BASE + "framework/beacon/skill/candle-making")
    stale = with_more(
        world,
        [
            ox.Quad(row, A, ox.NamedNode(SSSOM + "Mapping")),
            ox.Quad(row, ox.NamedNode(OWL + "annotatedTarget"), retired),
        ],
    )
    assert column(stale.select(query), "mappings") == ["1"]


def test_a_level_of_another_ladder_is_never_compared(world: Dataset) -> None:
    question = QUESTIONS["roles-that-need-a-skill"]
    theirs = {"skill": BASE + "skill/lamp-tending", "level": BASE + "framework/beacon/level/helper"}
    assert world.store.select(bound(question, **theirs)).rows == ()


# Binding


def synthetic(tmp_path_factory: pytest.TempPathFactory, line: str) -> Question:
    head = "#+ summary: S?\n#+ description: D.\n#+ tags: analyst\n#+ decision: Which.\n#+ expect: rows\n"
    body = f"PREFIX skill: <{BASE}skill/>\nSELECT ?x ?y\nWHERE {{\n  {line}\n  VALUES ?y {{ 1 2 }}\n}}\nORDER BY ?y\n"
    path = tmp_path_factory.mktemp("questions") / "synthetic.rq"
    path.write_text(head + body, encoding="utf-8")
    return read_question(path)


@pytest.fixture(scope="module")
def by_text(tmp_path_factory: pytest.TempPathFactory) -> Question:
    return synthetic(tmp_path_factory, 'VALUES ?x { "a \\" } quote" }')


@pytest.fixture(scope="module")
def by_address(tmp_path_factory: pytest.TempPathFactory) -> Question:
    return synthetic(tmp_path_factory, "VALUES ?x { skill:rowing }")


@pytest.fixture(scope="module")
def by_number(tmp_path_factory: pytest.TempPathFactory) -> Question:
    return synthetic(tmp_path_factory, "VALUES ?x { 3 }")


ATTEMPTS = (
    '" } UNION { ?s ?p ?o } #',
    "x> } UNION { ?s ?p ?o } #",
    "skill:rowing } UNION { ?s ?p ?o",
    "https://example.org/> } ; DROP ALL #",
    "https://example.org/a b",
    "https://example.org/\\u003E } #",
    "\\u0022 } #",
    '\\" } #',
    "\\",
    '"""',
    "'''",
    "\n} ORDER BY ?x\r\n#",
    "UNDEF",
    "{ }",
    "\\1\\g<0>",
    "\x00",
    "\ud800",
    "3 } UNION { ?s ?p ?o",
    "٣",
    "1e9",
    "3\n",
)
TEXT = st.one_of(st.text(), st.sampled_from(ATTEMPTS), st.text(alphabet="\\\"'<>{}\n\r u0Ee ?#:/@^."))
ADDRESS = st.one_of(TEXT, TEXT.map("https://example.org/{}".format))
NUMBER = st.one_of(TEXT, st.integers().map(str))


def given_a_value(typed: str) -> bool:
    """True for what is not “the example” or “any”."""
    return typed not in ("", "*")


def only_value(question: Question, typed: str, values_of: LocalStore) -> object | None:
    """The one value that a query of two rows asks about, or None where it was refused."""
    try:
        query = question.bound({"x": typed}, as_typed)
    except WrongUse:
        return None
    rows = values_of.select(query).rows
    assert [str(row[1].value) for row in rows if isinstance(row[1], ox.Literal)] == ["1", "2"]
    assert rows[0][0] == rows[1][0]
    return rows[0][0]


EMPTY = LocalStore()


@settings(max_examples=300)
@given(typed=TEXT.filter(given_a_value))
@example(typed="\ud800")
def test_any_text_is_one_literal(by_text: Question, typed: str) -> None:
    value = only_value(by_text, typed, EMPTY)
    assert value == ox.Literal(typed) if value is not None else re.search("[\ud800-\udfff]", typed)


@settings(max_examples=300)
@given(typed=ADDRESS.filter(given_a_value))
def test_any_address_is_one_node_or_refused(by_address: Question, typed: str) -> None:
    value = only_value(by_address, typed, EMPTY)
    assert value is None or value == ox.NamedNode(typed)


@settings(max_examples=200)
@given(typed=NUMBER.filter(given_a_value))
def test_any_number_is_one_number_or_refused(by_number: Question, typed: str) -> None:
    value = only_value(by_number, typed, EMPTY)
    assert value is None or (isinstance(value, ox.Literal) and int(value.value) == int(typed))


@settings(max_examples=200)
@given(typed=TEXT.filter(given_a_value))
def test_whatever_is_typed_for_a_name_is_resolved_or_refused(typed: str, by_address: Question, names: Index) -> None:
    with contextlib.suppress(DditkgError):
        query = by_address.bound({"x": typed}, names.resolve)
        assert len(EMPTY.select(query).rows) == 2


@pytest.fixture(scope="module")
def names(world: Dataset) -> Index:
    return index(world)


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=ascii)
@each_question
def test_no_question_changes_its_shape(question: Question, attempt: str, names: Index) -> None:
    for parameter in question.parameters:
        with pytest.raises(DditkgError):
            question.bound({parameter.name: attempt}, names.resolve)


def test_a_number_is_a_whole_number(by_number: Question) -> None:
    assert "VALUES ?x { 7 }" in bound(by_number, x="7")
    with pytest.raises(WrongUse, match="whole number"):
        bound(by_number, x="seven")


def test_nothing_typed_leaves_the_example(by_address: Question) -> None:
    assert bound(by_address) == bound(by_address, x="") == by_address.text
    assert "VALUES ?x { UNDEF }" in bound(by_address, x="*")


# Reading a file


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("SELECT * { }", "#+ summary"),
        ("#+ summary: S?\n#+ description: D.\n#+ tags: analyst\n#+ decision: W.\n#+ expect: some\n", "expect must be"),
        ("VALUES ?x { UNDEF }", "UNDEF"),
        ("VALUES ?x { nobody:known }", "nobody:known"),
        ("VALUES ?x { 1 }\n  VALUES ?x { 2 }", "two examples"),
    ],
)
def test_a_broken_question_is_named(tmp_path_factory: pytest.TempPathFactory, text: str, complaint: str) -> None:
    if text.startswith("VALUES"):
        with pytest.raises(BadFile, match=re.escape(complaint)) as caught:
            synthetic(tmp_path_factory, text)
        assert re.search(r"synthetic\.rq:\d+ ", caught.value.message)
        return
    path = tmp_path_factory.mktemp("broken") / "broken.rq"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadFile, match=re.escape(complaint)):
        read_question(path)


def test_several_terms_are_no_parameter(tmp_path_factory: pytest.TempPathFactory) -> None:
    question = synthetic(tmp_path_factory, "VALUES ?x { skill:rowing skill:signal-reading }")
    assert question.parameters == ()


def test_an_address_may_be_an_example(tmp_path_factory: pytest.TempPathFactory) -> None:
    question = synthetic(tmp_path_factory, "VALUES ?x { <https://example.org/a> }")
    assert [(p.kind, p.example) for p in question.parameters] == [("address", "<https://example.org/a>")]
    assert question.default_iri(question.parameters[0]) == "https://example.org/a"


def test_the_same_parameter_twice_is_bound_twice(tmp_path_factory: pytest.TempPathFactory) -> None:
    question = synthetic(tmp_path_factory, "VALUES ?x { 1 }\n  VALUES ?x { 1 }")
    assert len(question.parameters) == 1
    assert bound(question, x="5").count("{ 5 }") == 2


def test_no_question_at_all_is_an_error() -> None:
    with pytest.raises(BadContent, match="No question"):
        read_questions([])


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    of_everything, of_the_world = whole_dataset(), build(WORLD)
    for question in QUESTIONS.values():
        if question.name in sys.argv[1:] or not sys.argv[1:]:
            golden = answer(question, world_values(question, of_everything, of_the_world), of_the_world)
            (GOLDEN / f"{question.name}.csv").write_text(golden, encoding="utf-8")
