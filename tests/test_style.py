"""The rules of style: each fires on words that break it and on nothing else, and an exemption must be needed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from dditkg import style
from dditkg.checks import check
from dditkg.dataset import Content, build, content_of
from dditkg.finding import Finding
from dditkg.importers import texts
from dditkg.intake import Intake
from dditkg.wording import alike, run_hash, runs, sentences, words

ROOT = Path(__file__).parents[1]
WORLD = content_of(ROOT / "tests/world", ROOT)
PREFIXES = """
@prefix dd: <https://w3id.org/dditkg/ontology/> .
@prefix exemption: <https://w3id.org/dditkg/exemption/> .
@prefix skill: <https://w3id.org/dditkg/skill/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix way-of-working: <https://w3id.org/dditkg/way-of-working/> .
"""
HABIT = 'way-of-working:bell a dd:WayOfWorking ; skos:prefLabel "Bell at four"@en ; dd:firstStep "Ring."@en ; {} .'


def habit(definition: str, fits_when: str = "Fog comes in.") -> str:
    return HABIT.format(f'skos:definition "{definition}"@en ; dd:fitsWhen "{fits_when}"@en')


def found(tmp_path: Path, turtle: str, world: Content = WORLD) -> list[Finding]:
    """What is said of the lighthouse when it also says this."""
    path = tmp_path / "said.ttl"
    path.write_text(PREFIXES + turtle, encoding="utf-8")
    content = replace(world, turtle=(*world.turtle, path))
    report = check(content, build(content))
    return [finding for finding in report.findings if finding.rule.startswith("Style-")]


GOOD = "A keeper rings the bell each hour so that a boat in fog hears the rock."


def repeated() -> str:
    """A run of six words in the definitions of four skills."""
    ends = ("brass plates", "copper pans", "window frames", "stair treads")
    return "".join(
        f'skill:scrub-{i} a dd:Skill ; skos:prefLabel "Scrub {i}"@en ; dd:howToGrow "Scrub."@en ;'
        f' skos:definition "Rubbing with sand and cold water {end} {rest}"@en .\n'
        for i, (end, rest) in enumerate(
            zip(
                ends,
                (
                    "until the inspector can see his own face.",
                    "after the cook has burnt the porridge again.",
                    "where gulls have been at work all spring.",
                    "before visitors climb up to look around.",
                ),
                strict=True,
            )
        )
    )


BROKEN = {
    "Style-alike": [
        habit("Two keepers are awake together each time that the glass falls."),
    ],
    "Style-definition-length": [habit("A keeper rings a bell."), habit(" ".join([GOOD] * 3))],
    "Style-definition-start": [habit("Bell at four means that a keeper rings it in every fog, day or night.")],
    "Style-filler": [habit(GOOD, "A robust bell hangs there."), habit(GOOD.replace("so that", "to ensure that"))],
    "Style-repeated-run": [repeated()],
    "Style-short-form": [habit(GOOD.replace("bell", "FRP bell"))],
    "Style-sentence-length": [habit(GOOD, "Fog comes in " + "and the wind drops " * 6 + "at last.")],
}


@pytest.mark.parametrize(("rule", "turtle"), [(rule, turtle) for rule, cases in BROKEN.items() for turtle in cases])
def test_words_that_break_a_rule_are_named(rule: str, turtle: str, tmp_path: Path) -> None:
    said = found(tmp_path, turtle)
    assert [finding.rule for finding in said] == [rule]
    assert said[0].severity == "violation"
    assert said[0].line > 1
    assert "https://" not in said[0].message


def test_good_words_break_none(tmp_path: Path) -> None:
    assert found(tmp_path, habit(GOOD)) == []


def test_every_rule_is_tried() -> None:
    assert set(BROKEN) | {"Style-copied-run"} == set(style.RULES)


# Copies of published texts --------------------------------------------------------------------------------------------


PUBLISHED = "The horn is to be sounded, at all hours, once in every minute while fog lasts; and the log signed."


def world_that_knows(tmp_path: Path, published: str) -> Content:
    """The lighthouse, with a published text recorded as hashes."""
    text = tmp_path / "handbook.txt"
    text.write_text(published, encoding="utf-8")
    root = tmp_path / "root"
    said = texts.run(text, root / "data/source-runs/handbook.runs", Intake())
    assert "13 runs of 8 words" in said
    return replace(WORLD, root=root)


def test_a_copied_sentence_is_found_and_the_hashes_do_not_tell_it(tmp_path: Path) -> None:
    world = world_that_knows(tmp_path, PUBLISHED)
    copied = habit("A keeper knows that the horn is to be sounded at all hours, once an hour.")
    said = found(tmp_path, copied, world)
    assert [finding.rule for finding in said] == ["Style-copied-run"]
    assert "the horn is to be sounded at all" in said[0].message
    assert found(tmp_path, habit("A keeper knows that the horn is to be sounded when fog comes in."), world) == []
    kept = b"".join(path.read_bytes() for path in (tmp_path / "root").rglob("*.runs"))
    assert len(kept) == 13 * 5
    assert b"horn" not in kept


def test_a_recorded_text_can_be_recorded_again(tmp_path: Path) -> None:
    target = tmp_path / "a.runs"
    (tmp_path / "a.csv").write_text("name,text\nx,one two three four five six seven eight nine\n", encoding="utf-8")
    texts.run(tmp_path, target, Intake())
    once = target.read_bytes()
    texts.run(tmp_path, target, Intake())
    assert target.read_bytes() == once
    assert run_hash("one two three four five six seven eight") in {once[i : i + 5] for i in range(0, len(once), 5)}


# Exemptions -----------------------------------------------------------------------------------------------------------


def exemption(rule: str) -> str:
    return (
        f'exemption:bell a dd:Exemption ; skos:prefLabel "Bell"@en ; dd:exempts way-of-working:bell ;'
        f' dd:fromRule "{rule}" ; dd:reason "It is old."@en .'
    )


def test_an_exemption_lifts_its_rule_and_no_other(tmp_path: Path) -> None:
    short = habit("A keeper rings a bell.")
    assert found(tmp_path, short + exemption("Style-definition-length")) == []
    said = found(tmp_path, short + exemption("Style-filler"))
    assert sorted(finding.rule for finding in said) == ["Style-definition-length", "Style-exemption"]


def test_an_exemption_that_is_not_needed_is_named(tmp_path: Path) -> None:
    said = found(tmp_path, habit(GOOD) + exemption("Style-filler"))
    assert [(finding.rule, finding.severity) for finding in said] == [("Style-exemption", "violation")]


# The wording underneath -----------------------------------------------------------------------------------------------


def test_sentences_end_where_a_reader_ends_them() -> None:
    assert len(sentences("One is done. Two begins! “Three”? Four.")) == 4
    assert len(sentences("Version 1.2 costs £3.50 a month.")) == 1


def test_words_are_counted_without_punctuation() -> None:
    assert words("It's 1,200 – or “25-word” sentences.") == ["it's", "1,200", "or", "25-word", "sentences"]


def test_runs_are_all_there_and_in_order() -> None:
    assert list(runs("a b c d", 3)) == ["a b c", "b c d"]
    assert list(runs("a b", 3)) == []


def test_likeness_counts_shared_words_in_any_order() -> None:
    stated = ["Keepers polish the lens every morning", "Every morning the keepers polish the lens", "Boats come in"]
    assert [(one, other) for one, other, _ in alike(stated, 80)] == [(0, 1)]
