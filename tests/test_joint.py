"""Mapping rows against the dataset: each fault is said once, at its row, with what to do."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from content import whole_dataset

from dditkg import joint, sssom
from dditkg.checks import check
from dditkg.dataset import build, content_of
from dditkg.finding import Finding

ROOT = Path(__file__).parents[1]
ROLES = "data/mappings/role--beacon.sssom.tsv"
SKILLS = "data/mappings/skill--beacon.sssom.tsv"
BEACON = "data/frameworks/beacon.ttl"


@pytest.fixture
def lighthouse(tmp_path: Path) -> Path:
    """A copy of the test dataset that may be spoilt."""
    return shutil.copytree(ROOT / "tests/world", tmp_path / "lighthouse")


def spoil(root: Path, file: str, old: str, new: str) -> int:
    """Replace the one place where `old` stands. Returns its line."""
    path = root / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return text.count("\n", 0, text.index(old)) + 1


def judged(root: Path) -> tuple[Finding, ...]:
    content = content_of(root, ROOT)
    return check(content, build(content)).findings


def the_one(findings: tuple[Finding, ...]) -> Finding:
    assert len(findings) == 1, "\n".join(map(str, findings))
    return findings[0]


def labelled(root: Path, file: str, end: str, labels: dict[str, str]) -> None:
    """Add a column of labels to a mapping file: for each identifier the one given, else none."""
    lines = (root / file).read_text(encoding="utf-8").splitlines()
    table = next(i for i, line in enumerate(lines) if not line.startswith("#"))
    place = lines[table].split("\t").index(f"{end}_id")
    lines[table] += f"\t{end}_label"
    for i in range(table + 1, len(lines)):
        lines[i] += "\t" + labels.get(lines[i].split("\t")[place], "")
    (root / file).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


# Each rule, alone -----------------------------------------------------------------------------------------------------

BREAKING: list[tuple[str, str, str, str, str]] = [
    (
        "object",
        SKILLS,
        "\tbeacon:skill/lamp-care\t",
        "\tbeacon:skill/lamp-carre\t",
        "beacon:skill/lamp-carre is not a unit of BEACON. Near: beacon:skill/lamp-care.",
    ),
    (
        "object",  # of another kind than its address says
        SKILLS,
        "beacon:skill/weather-lore",
        "beacon:skil/weather-lore",
        "beacon:skil/weather-lore is not a unit of BEACON. Near: beacon:skill/weather-lore.",
    ),
    (
        "object",  # like nothing at all
        ROLES,
        "beacon:role/tender",
        "beacon:role/astronomer",
        "beacon:role/astronomer is not a unit of BEACON. Correct it, or write sssom:NoTermFound if there is none.",
    ),
    (
        "object",  # in a row that says “not so”
        SKILLS,
        "Not\tbeacon:skill/optics",
        "Not\tbeacon:skill/optic",
        "beacon:skill/optic is not a unit of BEACON. Near: beacon:skill/optics.",
    ),
    (
        "object",  # not a unit, though something is said of it
        ROLES,
        "beacon:role/tender",
        "dditkg:ontology",
        "dditkg:ontology is not a unit of BEACON. Correct it, or write sssom:NoTermFound if there is none.",
    ),
    (
        "subject",
        SKILLS,
        "skill:rope-work\t",
        "skill:ropework\t",
        "skill:ropework is not a unit of this model. Near: skill:rope-work.",
    ),
    (
        "subject",
        SKILLS,
        "skill-level:lamp-tending--expert",
        "skill-level:lamp-tending--experts",
        "skill-level:lamp-tending--experts is not a unit of this model. "
        "Near: skill-level:lamp-tending--expert, skill-level:lamp-tending--awareness, "
        "skill-level:lamp-tending--practitioner.",
    ),
    (
        "subject",  # of a row that says “not so”
        SKILLS,
        "skill:signal-reading",
        "skill:signals-reading",
        "skill:signals-reading is not a unit of this model. Near: skill:signal-reading.",
    ),
    (
        "kind",
        ROLES,
        "beacon:role/tender",
        "beacon:skill/seamanship",
        "role:boat-hand is a role and beacon:skill/seamanship is a framework skill, so skos:broadMatch cannot hold. "
        "Use skos:relatedMatch with confidence 0.3, or choose a unit of the same kind.",
    ),
    (
        "kind",
        SKILLS,
        "beacon:skill/weather-lore",
        "beacon:role/keeper",
        "skill:weather-reading is a skill and beacon:role/keeper is a framework role, so skos:exactMatch cannot hold. "
        "Use skos:relatedMatch with confidence 0.3, or choose a unit of the same kind.",
    ),
    (
        "kind",
        SKILLS,
        "skill:rowing\t",
        "dditkg:capability/mending-the-lamp\t",
        "dditkg:capability/mending-the-lamp is a capability and beacon:skill/seamanship is a framework skill, so "
        "skos:broadMatch cannot hold. Use skos:relatedMatch with confidence 0.3, or choose a unit of the same kind.",
    ),
    (
        "retired",
        SKILLS,
        "closeMatch\t\tbeacon:skill/optics",
        "closeMatch\t\tbeacon:skill/candle-making",
        "beacon:skill/candle-making is retired. "
        "It was replaced by beacon:skill/lamp-care (Lamp care): map to that if the meaning still fits.",
    ),
    (
        "retired",
        SKILLS,
        "Not\tbeacon:skill/optics",
        "Not\tbeacon:skill/candle-making",
        "beacon:skill/candle-making is retired. "
        "It was replaced by beacon:skill/lamp-care (Lamp care): map to that if the meaning still fits.",
    ),
    (
        "source",
        ROLES,
        "#object_source: dditkg:framework/beacon",
        "#object_source: dditkg:framework/becon",
        "object_source is dditkg:framework/becon, which is not in this dataset. "
        "Near: dditkg:framework/beacon. Mend it or add it.",
    ),
    (
        "source",
        SKILLS,
        "#subject_source: dditkg:scheme/skill",
        "#subject_source: dditkg:scheme/skills",
        "subject_source is dditkg:scheme/skills, which is not in this dataset. Mend it or add it.",
    ),
    (
        "edition",
        SKILLS,
        '#object_source_version: "3"',
        '#object_source_version: "2"',
        "object_source_version is 2, but the edition of BEACON held here is 3. "
        "Look at the rows again, then name this edition.",
    ),
    (
        "author",
        ROLES,
        "dditkg:agent/project\t0.5",
        "dditkg:agent/project|dditkg:agent/harbor-board\t0.5",
        "author_id is dditkg:agent/harbor-board, of which nothing is known here. "
        "Correct it, or describe the organisation in data/agents.ttl.",
    ),
    # The row alone decides these; the words are tested in test_sssom.
    ("exact-sure", ROLES, "\t0.85\t", "\t0.7\t", "skos:exactMatch with confidence 0.7: "),
    ("related-sure", SKILLS, "\t0.3\t", "\t0.5\t", "skos:relatedMatch with confidence 0.5: "),
    ("reviewer", SKILLS, "example:person/ada-lantern", "dditkg:agent/project", "reviewer_id is this project itself"),
    # A misspelt relation stands in no file but this: no rule on the graph says it again.
    ("predicate", SKILLS, "skos:narrowMatch", "skos:narowMatch", "The relation “skos:narowMatch” is not used here."),
    ("predicate", SKILLS, "skos:narrowMatch", "skos:narrower", "The relation “skos:narrower” is not used here."),
    ("predicate", SKILLS, "skos:narrowMatch", "dditkg:ontology/like", "The relation “dditkg:ontology/like” is not u"),
    # Two exact matches, or two relations of one pair, are said at the row.
    ("one-target", SKILLS, "skill:rope-work\tskos:broadMatch", "skill:lamp-tending\tskos:exactMatch", "skill:lamp-te"),
    (
        "clash",
        SKILLS,
        "skill:rowing\tskos:broadMatch\t\tbeacon:skill/seamanship",
        "skill:lamp-tending\tskos:relatedMatch\t\tbeacon:skill/lamp-care",
        "Line 26 relates the same two as skos:exactMatch.",
    ),
]


@pytest.mark.parametrize(
    ("rule", "file", "old", "new", "words"), BREAKING, ids=[f"{b[0]}-{b[3].strip()}" for b in BREAKING]
)
def test_each_fault_is_said_once_at_its_line(
    lighthouse: Path, rule: str, file: str, old: str, new: str, words: str
) -> None:
    line = spoil(lighthouse, file, old, new)
    if rule in ("one-target", "clash"):  # what is written there must be sure, or unsure, enough
        path = lighthouse / file
        lines = path.read_text(encoding="utf-8").splitlines()
        lines[line - 1] = lines[line - 1].replace("\t0.5\t", {"clash": "\t0.3\t"}.get(rule, "\t0.85\t"))
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    finding = the_one(judged(lighthouse))
    assert (finding.file, finding.line, finding.rule) == (file, line, f"Mapping-{rule}")
    assert finding.severity == ("warning" if rule == "edition" else "violation")
    if rule in {name.removeprefix("Mapping-") for name in joint.RULES}:
        assert finding.message == words
    else:
        assert finding.message.startswith(words)


@pytest.mark.parametrize(("file", "end"), [(SKILLS, "subject"), (SKILLS, "object"), (ROLES, "object")])
def test_a_label_is_the_name_in_the_dataset(lighthouse: Path, file: str, end: str) -> None:
    row = {SKILLS: "skill:lamp-tending\t", ROLES: "role:boat-hand\t"}[file]
    right = {
        "skill:lamp-tending": "Lamp tending",
        "skill:gull-scaring": "Gull scaring",
        "beacon:skill/lamp-care": "Lamp care",
        "beacon:role/tender": "Tender",
        "sssom:NoTermFound": "(none)",
    }
    labelled(lighthouse, file, end, right)
    assert judged(lighthouse) == ()
    path = lighthouse / file
    lines = path.read_text(encoding="utf-8").splitlines()
    (line,) = (i for i, text in enumerate(lines) if text.startswith(row))
    name = lines[line].rpartition("\t")[2]
    lines[line] = lines[line].removesuffix(name) + "Tender care"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    unit = next(unit for unit, label in right.items() if label == name)
    assert str(the_one(judged(lighthouse))) == (
        f"{file}:{line + 1}  Mapping-label  {end}_label is “Tender care”, but {unit} is called “{name}”. "
        f"Correct the label, or {end}_id if another unit is meant."
    )


def test_every_rule_has_a_breaking_example() -> None:
    assert {f"Mapping-{rule}" for rule, *_ in BREAKING} - set(sssom.RULES) | {"Mapping-label", "Mapping-newer"} == set(
        joint.RULES
    )
    assert not set(joint.RULES) & set(sssom.RULES)
    for text in joint.RULES.values():
        assert re.fullmatch(r"[A-Z].+\.", text)


# What is known and not known ------------------------------------------------------------------------------------------


def test_where_no_successor_is_known_the_reason_is_told(lighthouse: Path) -> None:
    spoil(lighthouse, BEACON, "    dcterms:isReplacedBy beacon-skill:lamp-care ;\n", "")
    line = spoil(lighthouse, SKILLS, "closeMatch\t\tbeacon:skill/optics", "closeMatch\t\tbeacon:skill/candle-making")
    assert str(the_one(judged(lighthouse))) == (
        f"{SKILLS}:{line}  Mapping-retired  beacon:skill/candle-making is retired. Removed in edition 3. "
        "Nothing is known to have replaced it: map to a unit in use, or to sssom:NoTermFound."
    )


def test_a_set_to_a_framework_that_a_newer_edition_replaced_is_told(lighthouse: Path) -> None:
    text = (lighthouse / BEACON).read_text(encoding="utf-8").replace("beacon", "beacon-4").replace("Beacon", "Beacon 4")
    (lighthouse / "data/frameworks/beacon-4.ttl").write_text(text.replace("BEACON", "BEACON-4"), encoding="utf-8")
    newer = '    dcat:version "3" ;\n    dcterms:isReplacedBy <https://w3id.org/dditkg/framework/beacon-4> ;\n'
    spoil(lighthouse, BEACON, '    dcat:version "3" ;\n', newer)
    findings = [finding for finding in judged(lighthouse) if finding.rule == "Mapping-newer"]
    sets = sorted(path.name for path in (lighthouse / "data/mappings").iterdir() if "beacon" in path.name)
    assert len(sets) >= 3
    assert [(finding.file.rpartition("/")[2], finding.severity) for finding in findings] == [
        (name, "warning") for name in sets
    ]
    assert findings[1].message.startswith("object_source is dditkg:framework/beacon, which ")
    assert findings[1].message.endswith("has replaced. Look at the rows again, in a set for that edition.")


def test_a_framework_that_names_no_edition_is_not_asked_for_one(lighthouse: Path) -> None:
    spoil(lighthouse, BEACON, '    dcat:version "3" ;\n', "")
    assert {finding.rule for finding in judged(lighthouse)} == {"Framework-edition"}


def test_an_edition_that_rows_name_is_judged_at_the_rows(lighthouse: Path) -> None:
    path = lighthouse / ROLES
    lines = path.read_text(encoding="utf-8").splitlines()
    table = next(i for i, line in enumerate(lines) if not line.startswith("#"))
    lines[table:] = [
        f"{line}\t{'object_source_version' if i == 0 else 2 + i % 2}" for i, line in enumerate(lines[table:])
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    findings = judged(lighthouse)
    assert [(f.line, f.rule, f.severity) for f in findings] == [
        (table + 1 + i, "Mapping-edition", "warning") for i in (2, 4)
    ]


def test_a_role_and_a_skill_may_be_related(lighthouse: Path) -> None:
    spoil(lighthouse, SKILLS, "skill:oil-measuring\tskos:relatedMatch\t\tbeacon:skill/stock-books", "XX")
    spoil(lighthouse, SKILLS, "XX", "skill:oil-measuring\tskos:relatedMatch\t\tbeacon:role/keeper")
    assert judged(lighthouse) == ()


def test_a_row_may_say_that_a_role_is_not_a_skill(lighthouse: Path) -> None:
    spoil(lighthouse, SKILLS, "Not\tbeacon:skill/optics", "Not\tbeacon:role/keeper")
    assert judged(lighthouse) == ()


def test_a_heading_may_gather_things_of_any_kind(lighthouse: Path) -> None:
    spoil(lighthouse, ROLES, "beacon:role/tender", "beacon:group/water")
    assert judged(lighthouse) == ()


def test_a_link_in_turtle_that_leads_nowhere_is_still_found_there(lighthouse: Path) -> None:
    """Both say the same wrong name; each is told at its own place."""
    row = spoil(lighthouse, SKILLS, "\tbeacon:skill/lamp-care\t", "\tbeacon:skill/lamp-carre\t")
    link = spoil(lighthouse, BEACON, "isReplacedBy beacon-skill:lamp-care ;", "isReplacedBy beacon-skill:lamp-carre ;")
    spoil(lighthouse, SKILLS, "beacon:skill/lamp-carre", "beacon:skill/lamp-carry")
    assert [(f.file, f.line, f.rule) for f in judged(lighthouse)] == [
        (BEACON, link, "Link-described"),
        (SKILLS, row, "Mapping-object"),
    ]


# What is clean --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("root", "sets", "rows"), [(ROOT, 3, 60), (ROOT / "tests/world", 2, 16)])
def test_our_own_rows_agree_with_the_dataset(root: Path, sets: int, rows: int) -> None:
    content = content_of(root, ROOT)
    held = joint.prepare(build(content))
    mappings = [sssom.read(path) for path in content.mappings]
    assert len(mappings) >= sets
    assert sum(len(ms.rows) for ms in mappings) >= rows
    assert [str(finding) for ms in mappings for finding in joint.findings(ms, held)] == []


def test_the_real_edition_and_the_real_names_are_judged() -> None:
    """The rules find something when a real row is spoilt, so that they are not blind to GDaD."""
    held = joint.prepare(whole_dataset())
    ms = sssom.read(ROOT / "data/mappings/skill--gdad.sssom.tsv")
    row = next(row for row in ms.rows if row.object == "gdad:skill/data-modelling")

    def said(**cells: str) -> list[str]:
        spoilt = sssom.Row(row.line, {**row.cells, **cells})
        changed = sssom.MappingSet(ms.path, ms.metadata, ms.columns, (spoilt,), ms.lines, ms.table_line)
        return [finding.message for finding in joint.findings(changed, held)]

    assert said() == []
    (message,) = said(object_id="gdad:skill/data-modeling")
    assert message.startswith("gdad:skill/data-modeling is not a unit of GDaD. Near: gdad:skill/data-modelling")
    (message,) = said(object_label="Data modeling")
    assert "gdad:skill/data-modelling is called “Data modelling”" in message
    (message,) = said(object_source_version="2025-01-01")
    assert "the edition of GDaD held here is 2026-10-06" in message
