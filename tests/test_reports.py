"""The reports: each template is found, renders on any dataset, and says what the questions answer."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
from content import whole_dataset

from dditkg import sssom
from dditkg.dataset import build, content_of
from dditkg.errors import NotFound
from dditkg.questions import read_questions
from dditkg.reports import Answer, report, reports
from dditkg.search import Index, index
from dditkg.store import Table

ROOT = Path(__file__).parents[1]
REAL = content_of(ROOT)
QUESTIONS = read_questions(REAL.questions)


@pytest.fixture(scope="module")
def real() -> Index:
    return index(whole_dataset())


@pytest.fixture(scope="module")
def world() -> Index:
    return index(build(content_of(ROOT / "tests/world", ROOT)))


def test_every_template_is_a_report_that_says_what_it_is() -> None:
    templates = {path.name.removesuffix(".md.j2") for path in (ROOT / "queries/reports").iterdir()}
    assert set(reports()) == templates >= {"coverage"}
    assert all(summary.endswith(".") for summary in reports().values())


@pytest.mark.parametrize("name", reports())
def test_a_report_is_whole_on_any_dataset(name: str, real: Index, world: Index) -> None:
    for names in (real, world):
        text = report(name, names, QUESTIONS)
        assert text.startswith("# ")
        assert "Undefined" not in text
        assert "None of" not in text
        assert "https://w3id.org" not in text


def test_crosswalk_on_the_lighthouse(world: Index) -> None:
    text = report("crosswalk", world, QUESTIONS)
    assert "| Skills | Beacon, the list of lighthouse work | The lighthouse keepers | 9 | 7 | 1 | 1 | 17 | 5 |" in text
    assert "| Roles of the lighthouse to Beacon | 4 | 1 | 1 | 1 | 0 | 0 | 0 | 1 |" in text
    assert "| 0.95 | 0.85 | 0.7 | 0.5 | 0.3 | not stated | reviewed | unreviewed |" in text
    assert "| Skills of the lighthouse to Beacon | 12 | 1 |" in text
    assert "In all 37 rows" in text


def test_crosswalk_tells_published_rows_and_counts_every_row(real: Index) -> None:
    text = report("crosswalk", real, QUESTIONS)
    rows = sum(len(sssom.read(path).rows) for path in REAL.mappings)
    assert f"In all {rows} rows" in text
    assert (
        "| International Standard Classification of Occupations 2008 | European Commission | 186 | 186 | 0 | 0 |"
        in text
    )


def test_coverage_on_the_lighthouse(world: Index) -> None:
    text = report("coverage", world, QUESTIONS)
    assert "| in all | capability |  | 3 | 60 | false |" in text
    assert "Nothing: each capability has a role" in text
    assert (
        "| Landing stores | Mending the lamp | skills | 7 | 9 | 0.78 | Four keepers do everything on the rock. |"
        in text
    )
    assert "signs of good" in text


def test_the_content_has_what_the_project_set_out_to_have(real: Index) -> None:
    """Every count by domain, in all and as the fewest in one capability."""
    rows = Answer(real.dataset.store.select(QUESTIONS["how-much-is-in-the-model"].text))
    assert len(rows.where(met=True).rows.rows) >= 32
    assert rows.where(met=False).rows.rows == ()


def test_an_unknown_report_is_named_with_those_there_are(world: Index) -> None:
    with pytest.raises(NotFound, match="coverage"):
        report("coverge", world, QUESTIONS)


def test_an_answer_is_narrowed_by_value_and_by_column() -> None:
    one, two = ox.Literal("a", language="en"), ox.Literal("b", language="en")
    number = ox.Literal("0", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#integer"))
    rows = Answer(Table(("thing", "thingLabel", "n"), ((one, one, number), (two, two, None), (two, one, None))))
    assert rows.where(n=0).values("thingLabel") == ["a"]
    assert rows.columns(["thing"]).rows.columns == ("thing", "thingLabel")
    assert len(rows.columns(["n"]).rows.rows) == 2
