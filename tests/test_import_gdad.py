"""The GDaD importer: the committed downloads give the committed Turtle, and a bad row is named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

from dditkg.errors import BadFile
from dditkg.importers import gdad
from dditkg.intake import Intake
from dditkg.terms import DD, OWL, RDF, SKOS

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "data/frameworks/gdad"
TARGET = ROOT / "data/frameworks/gdad.ttl"
IRI = "https://w3id.org/dditkg/framework/gdad"

ROLES = (
    "Role Family,Role,Role Description,Role Level,Role Level Description,"
    "Skill Name,Skill Description,Skill Level,Skill Level Description,Role Type\n"
    'Data,Data baker,"Bakes.\n\nYou will:\n- bake",Junior data baker,"Starts.",Kneading,"Is,\nmore",Awareness,x,\n'
    "Data,Data baker,,Data baker,,Kneading,,Expert,,\n"
    "Chief,Chief baker,,NOT IN USE,NOT IN USE,Leading bakers,,NOT IN USE,NOT IN USE,Senior Civil Service\n"
)
SKILLS = (
    "Skill Name,Skill Description,Awareness,Working,Practitioner,Expert,Roles that require Skill\n"
    'Kneading,Is,"You can:\n- knead",This skill level is currently not defined.,IN USE,IN USE,Data baker\n'
    "Leading bakers,Leads,,,,,Chief baker\n"
    "Resting,,NOT IN USE,NOT IN USE,NOT IN USE,NOT IN USE,\n"
)
CHANGES = (
    "Timestamp,Page,Change note\n"
    '2026-02-01,Homepage,"[Data baker](/role/data-baker) is new.\n- and more"\n'
    "2026-01-31,Kneading,Previously 'Working dough'.\n"
    "2026-01-30T09:00:00,Proving,Removed from the Skills A to Z.\n"
    ",Kneading,First published.\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in (("roles.csv", ROLES), ("skills.csv", SKILLS), ("changelog.csv", CHANGES)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture(scope="module")
def real() -> set[ox.Triple]:
    return set(gdad.triples(gdad.read(SOURCE, Intake())))


def held(path: Path) -> set[ox.Triple]:
    return {quad.triple for quad in ox.parse(path.read_bytes(), format=ox.RdfFormat.TURTLE)}


def objects(triples: set[ox.Triple], subject: str, predicate: str) -> set[str]:
    return {
        t.object.value
        for t in triples
        if t.subject == ox.NamedNode(f"{IRI}{subject}") and t.predicate.value == predicate
    }


def test_the_committed_turtle_is_what_the_committed_downloads_give(tmp_path: Path) -> None:
    intake = Intake()
    said = gdad.run(SOURCE, tmp_path / "gdad.ttl", intake)
    assert (tmp_path / "gdad.ttl").read_bytes() == TARGET.read_bytes()
    assert intake.closing.startswith("2,064 rows in, ")
    assert "0 refused" in intake.closing
    assert "duplicate rows" not in intake.closing
    assert "186 skills and 6 retired ones, 1,833 needs with a level and 28 without" in said


def test_the_turtle_holds_exactly_the_triples(real: set[ox.Triple]) -> None:
    assert held(TARGET) == real


def test_numbers_of_the_edition(real: set[ox.Triple]) -> None:
    types = Counter(t.object.value for t in real if t.predicate.value == RDF + "type")
    assert {kind.removeprefix(DD): n for kind, n in types.items() if kind.startswith(DD)} == {
        "Framework": 1,
        "FrameworkGroup": 8,
        "FrameworkRole": 53,
        "FrameworkRoleLevel": 206,
        "FrameworkSkill": 164 + 22 + 6,
        "FrameworkSkillLevel": 4 * 164,
        "FrameworkLevel": 4,
    }
    uses = Counter(t.predicate.value for t in real)
    assert uses[DD + "requires"] == 1833
    assert uses[DD + "requiresSkill"] == 28
    assert uses[OWL + "deprecated"] == uses[DD + "deprecationReason"] == 6
    assert uses[SKOS + "altLabel"] == 2 + 9 + 1
    with_levels = {t.object for t in real if t.predicate.value == DD + "skill"}
    assert len(with_levels) == 164
    seniors = {t.subject for t in real if t.predicate.value == DD + "requiresSkill"}
    assert len(seniors) == 4


def test_every_need_and_link_points_at_something_typed(real: set[ox.Triple]) -> None:
    typed = {t.subject for t in real if t.predicate.value == RDF + "type"}
    links = {DD + name for name in ("requires", "requiresSkill", "rungOf", "skill", "level")} | {SKOS + "broader"}
    checked = [t for t in real if t.predicate.value in links]
    assert len(checked) == 1833 + 28 + 206 + 656 + 656 + 53
    assert [t for t in checked if t.object not in typed] == []


def test_ranks_count_from_the_most_junior(real: set[ox.Triple]) -> None:
    role = "/role-level/accessibility-specialist--"
    assert objects(real, f"{role}junior-accessibility-specialist", DD + "rank") == {"1"}
    assert objects(real, f"{role}accessibility-specialist", DD + "rank") == {"2"}
    assert objects(real, "/level/expert", DD + "rank") == {"4"}


def test_previous_names_and_retired_skills(real: set[ox.Triple]) -> None:
    skill = "/skill/user-experience-insight-analysis"
    assert objects(real, skill, SKOS + "altLabel") == {"User experience analysis"}
    assert objects(real, "/skill/user-focus-content-design", DD + "deprecationReason") == {
        "Removed on 29 May 2026. In the edition of 27 August 2025, not in that of 6 October 2026."
    }


def test_reads_the_owners_own_form(folder: Path) -> None:
    """Prose over several lines, empty cells for skills without levels, levels without text, time stamps."""
    intake = Intake()
    content = gdad.read(folder, intake)
    assert content.role_levels == {
        "Data baker": {"Junior data baker": {"Kneading": "awareness"}, "Data baker": {"Kneading": "expert"}}
    }
    assert content.senior_skills == {"Chief baker": ["Leading bakers"]}
    assert content.skills == {"Kneading": gdad.LEVELS, "Leading bakers": (), "Resting": ()}
    assert content.previous == {"Kneading": ["Working dough"]}
    assert content.retired == {"Proving": "Removed on 30 January 2026."}
    assert content.edition.isoformat() == "2026-02-01"
    assert intake.left_out == {"change notes that are not about a name": 2}


def test_byte_order_mark_windows_line_ends_and_spaces_change_nothing(folder: Path, tmp_path: Path) -> None:
    plain = set(gdad.triples(gdad.read(folder, Intake())))
    for name in ("roles.csv", "skills.csv", "changelog.csv"):
        text = (folder / name).read_text(encoding="utf-8")
        text = text.replace("Kneading", "Kneading ").replace("Data baker,", "Data baker\u00a0,").replace("\n", "\r\n")
        (folder / name).write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert set(gdad.triples(gdad.read(folder, Intake()))) == plain


def test_duplicates_are_counted_and_left_out(folder: Path) -> None:
    plain = set(gdad.triples(gdad.read(folder, Intake())))
    for name in ("roles.csv", "skills.csv", "changelog.csv"):
        text = (folder / name).read_text(encoding="utf-8")
        last_two = text[text.index("\n") + 1 :]
        (folder / name).write_text(text + last_two, encoding="utf-8")
    intake = Intake()
    gdad.run(folder, folder / "out.ttl", intake)
    assert "10 duplicate rows" in intake.closing
    assert held(folder / "out.ttl") == plain


def add(file: str, row: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        with (folder / file).open("a", encoding="utf-8") as stream:
            stream.write(row + "\n")

    return change


def swap(file: str, old: str, new: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new), encoding="utf-8")

    return change


BROKEN = [
    (swap("roles.csv", "Role Level,", "Grade,"), "roles.csv, row 1: the column “Role Level” is missing"),
    (swap("skills.csv", "Expert", "Master"), "skills.csv, row 1: the column “Expert” is missing"),
    (swap("changelog.csv", "Page", "Site"), "changelog.csv, row 1: the column “Page” is missing"),
    (add("roles.csv", "Data,Data baker,,Data baker,,Kneading,,Guru,,"), "roles.csv, row 5: the skill level “Guru”"),
    (add("roles.csv", "Data,,,Data baker,,Kneading,,Expert,,"), "roles.csv, row 5: “Role” is empty"),
    (add("roles.csv", ",Data baker,,Data baker,,Kneading,,Expert,,"), "roles.csv, row 5: “Role Family” is empty"),
    (add("roles.csv", "Data,Data baker,,,,Kneading,,Expert,,"), "roles.csv, row 5: “Role Level” is empty"),
    (add("roles.csv", "Data,Data baker,,Data baker,,,,Expert,,"), "roles.csv, row 5: “Skill Name” is empty"),
    (add("roles.csv", "Data,Data baker,,Data baker,,Kneading,,,,"), "roles.csv, row 5: “Skill Level” is empty"),
    (add("roles.csv", "Data,Data baker,,Data baker,,Icing,,Expert,,"), "row 5: the skill “Icing” is not in skills.csv"),
    (
        add("roles.csv", "Data,Data baker,,Data baker,,Resting,,Expert,,"),
        "roles.csv, row 5: the skill “Resting” has no levels",
    ),
    (swap("skills.csv", "not defined.,IN USE,IN USE", "not defined.,IN USE,"), "row 3: the skill “Kneading” has no le"),
    (add("roles.csv", "Data,Data baker,,Data baker,,Kneading,,Working,,"), "row 5: “Data baker” needs “Kneading” at"),
    (add("roles.csv", "Chief,Data baker,,Data baker,,Kneading,,Expert,,"), "row 5: the role “Data baker” stands under"),
    (add("roles.csv", "Data,Data baker,,Data baker,,Kneading,,Expert,,Boss"), "row 5: the role type “Boss” is unknown"),
    (add("roles.csv", "Data,A,,NOT IN USE,,Kneading,,NOT IN USE,,"), "row 5: “NOT IN USE” as role level and the role"),
    (
        add("roles.csv", "Data,A,,NOT IN USE,,Kneading,,Expert,,Senior Civil Service"),
        "roles.csv, row 5: a role without levels cannot need “Kneading” at “Expert”",
    ),
    (
        add("roles.csv", "Data,Data baker,,NOT IN USE,,Kneading,,NOT IN USE,,Senior Civil Service"),
        "roles.csv, row 5: the role “Data baker” has levels in an earlier row",
    ),
    (
        add("roles.csv", "Chief,Chief baker,,Deputy,,Kneading,,Expert,,"),
        "roles.csv, row 5: the role “Chief baker” has no levels in an earlier row",
    ),
    (add("roles.csv", "Data,Data baker"), "roles.csv, row 5: there are 2 cells where the header has 10"),
    (add("roles.csv", 'Data,"Data" baker,,a,,Kneading,,Expert,,'), "roles.csv, row 5: "),
    (add("skills.csv", ",,IN USE,IN USE,IN USE,IN USE,"), "skills.csv, row 5: “Skill Name” is empty"),
    (add("skills.csv", "Resting,,IN USE,IN USE,IN USE,IN USE,"), "skills.csv, row 5: the skill “Resting” stands in"),
    (add("skills.csv", "RESTING!,,,,,,"), "row 5: among the skills, “RESTING!” and “Resting” give the same IRI"),
    (add("changelog.csv", "soon,Kneading,First published."), "changelog.csv, row 6: “soon” is not a date"),
    (add("changelog.csv", "2026-01-01,Icing,Previously 'Frosting'."), "changelog.csv, row 6: “Icing” is neither"),
    (
        add("changelog.csv", "2026-01-01,Resting,Removed from the Skills A to Z."),
        "changelog.csv, row 6: the skill “Resting” is in skills.csv",
    ),
    (add("changelog.csv", ",Icing,Removed from the Skills A to Z."), "changelog.csv, row 6: a removal needs"),
    (
        lambda f: (f / "changelog.csv").write_text("Timestamp,Page,Change note\n"),
        "changelog.csv, row 1: no row has a d",
    ),
    (lambda f: (f / "roles.csv").write_text(""), "roles.csv, row 1: the file is empty"),
    (lambda f: (f / "roles.csv").write_bytes(ROLES.encode("utf-16")), "roles.csv: byte 0 is not UTF-8"),
    (lambda f: (f / "skills.csv").unlink(), "skills.csv: No such file"),
]


@pytest.mark.parametrize(("change", "complaint"), BROKEN, ids=[c for _, c in BROKEN])
def test_a_bad_row_is_named_and_nothing_is_written(
    folder: Path, change: Callable[[Path], None], complaint: str
) -> None:
    change(folder)
    target = folder / "out.ttl"
    target.write_text("as it was", encoding="utf-8")
    with pytest.raises(BadFile) as caught:
        gdad.run(folder, target, Intake())
    assert complaint in caught.value.message
    assert target.read_text(encoding="utf-8") == "as it was"
    assert list(folder.glob("*.part")) == []


@pytest.mark.parametrize(
    "bad",
    [
        ("roles.csv", "Data,Data baker,,Data baker,,Kneading,,Guru,,"),
        ("roles.csv", "Data,Data baker,,Data baker,,Icing,,Expert,,"),
        ("roles.csv", "New,New baker,,NOT IN USE,,Kneading,,Expert,,Senior Civil Service"),
        ("roles.csv", "Data,Data baker"),
        ("skills.csv", "RESTING!,,,,,,"),
        ("changelog.csv", "2026-01-01,Resting,Removed from the Skills A to Z."),
    ],
    ids=str,
)
def test_without_a_bad_row_the_rest_is_as_it_would_be(folder: Path, bad: tuple[str, str]) -> None:
    gdad.run(folder, folder / "plain.ttl", Intake())
    add(*bad)(folder)
    intake = Intake(keep_going=True)
    gdad.run(folder, folder / "out.ttl", intake)
    assert held(folder / "out.ttl") == held(folder / "plain.ttl")
    assert len(intake.refused) == 1
    assert bad[0] in intake.refused[0]
    assert intake.closing == "11 rows in, 8 out, 1 refused; left out: 2 change notes that are not about a name."


def test_a_target_that_cannot_be_written_is_named(folder: Path) -> None:
    with pytest.raises(BadFile, match=r"nowhere/out\.ttl: No such file"):
        gdad.run(folder, folder / "nowhere/out.ttl", Intake())
    (folder / "taken").mkdir()
    with pytest.raises(BadFile, match="taken: "):
        gdad.run(folder, folder / "taken", Intake())
    assert list(folder.glob("*.part")) == []
