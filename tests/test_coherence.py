"""What mapping sets say together: each rule fires alone, at the row to look at, and a coherent web breaks none.

The lighthouse gets a second framework, Pharos, which is Beacon under another name, so that there are ways round.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from content import whole_dataset

from dditkg import coherence, joint, sssom
from dditkg.checks import check
from dditkg.dataset import build, content_of
from dditkg.finding import Finding

ROOT = Path(__file__).parents[1]
SOURCES = {"skill": "scheme/skill", "role": "scheme/role", "beacon": "framework/beacon", "pharos": "framework/pharos"}
EDITIONS = {"skill": "2026-11", "role": "2026-11", "beacon": '"3"', "pharos": '"3"'}
LIGHT = {"beacon--pharos": ("beacon:skill/lamp-care exact pharos:skill/lamp-care",)}
SEA = {"beacon--pharos": ("beacon:skill/seamanship broad pharos:skill/seamanship",)}
SURE = {"exact": "0.85", "related": "0.3"}

#: Rule, sets to add, in which of them the finding stands and at which of its rows, and how it ends.
BREAKING = [
    (
        "closure-clash",
        {**LIGHT, "skill--pharos": ("skill:lamp-tending related pharos:skill/lamp-care",)},
        ("skill--pharos", 0),
        "skos:relatedMatch cannot hold where the two are the same: Lamp tending (this model) → exact → Lamp care "
        "(BEACON) → exact → Lamp care (PHAROS). Correct this row or one of those.",
    ),
    (
        "closure-clash",  # the other way round, and by another relation
        {**LIGHT, "pharos--skill": ("pharos:skill/lamp-care narrow skill:lamp-tending",)},
        ("pharos--skill", 0),
        "Correct this row or one of those.",
    ),
    (
        "closure-exact",
        {**LIGHT, "skill--pharos": ("skill:oil-measuring exact pharos:skill/lamp-care",)},
        ("beacon--pharos", 0),
        "Two units of one list are made the same: Lamp tending (this model) → exact → Lamp care (BEACON) → exact → "
        "Lamp care (PHAROS) → exact → Oil measuring (this model). Make one of these rows a close match.",
    ),
    (
        "closure-exact",  # two rows in two files, read in one direction
        {"beacon--skill": ("beacon:skill/lamp-care exact skill:oil-measuring",)},
        ("beacon--skill", 0),
        "Oil measuring (this model). Make one of these rows a close match.",
    ),
    (
        "closure-kind",
        {
            "beacon--pharos": ("beacon:skill/seamanship exact pharos:group/water",),
            "pharos--role": ("pharos:group/water exact role:boat-hand",),
        },
        ("beacon--pharos", 0),
        "Make one of these rows a related match with confidence 0.3.",
    ),
    (
        "cycle",
        {**SEA, "pharos--skill": ("pharos:skill/seamanship broad skill:rope-work",)},
        ("beacon--pharos", 0),
        "Correct one of the rows.",
    ),
    (
        "cycle",  # closed by what is the same, and written downwards
        {
            "beacon--pharos": (
                "beacon:skill/lamp-care exact pharos:skill/lamp-care",
                "beacon:skill/optics narrow pharos:skill/lamp-care",
            ),
            "skill--pharos": ("skill:lamp-tending narrow pharos:skill/optics",),
            "pharos--beacon": ("pharos:skill/optics narrow beacon:skill/optics",),
        },
        ("beacon--pharos", 1),
        "Correct one of the rows.",
    ),
    (
        "contradicts",
        {**SEA, "skill--pharos": ("skill:rope-work related pharos:skill/seamanship",)},
        ("skill--pharos", 0),
        "The row says that the two are only related, but other rows make it broad: Rope work (this model) → broad → "
        "Seamanship (BEACON) → broad → Seamanship (PHAROS). Look again at this row and those.",
    ),
    (
        "contradicts",
        {**SEA, "skill--pharos": ("skill:rope-work Not-broad pharos:skill/seamanship",)},
        ("skill--pharos", 0),
        "Look again at this row and those.",
    ),
    (
        "contradicts",
        {**SEA, "skill--pharos": ("skill:rope-work exact sssom:NoTermFound",)},
        ("skill--pharos", 0),
        "Look again at this row and those.",
    ),
]


def written(root: Path, name: str, rows: tuple[str, ...]) -> None:
    """A mapping set by this project."""
    near, far = name.split("--")
    kinds = "".join(f"#  {kind}: https://w3id.org/dditkg/{kind}/\n" for kind in ("role", "skill"))
    header = (
        "#creator_id:\n#- dditkg:agent/project\n#curie_map:\n"
        "#  beacon: https://w3id.org/dditkg/framework/beacon/\n#  dditkg: https://w3id.org/dditkg/\n"
        f"#  pharos: https://w3id.org/dditkg/framework/pharos/\n{kinds}"
        '#license: https://creativecommons.org/licenses/by/4.0/\n#mapping_date: "2026-11-25"\n'
        f"#mapping_set_description: From {near} to {far}.\n"
        f"#mapping_set_id: https://w3id.org/dditkg/mapping-set/{name}\n#mapping_set_title: {near} to {far}\n"
        f"#mapping_set_version: 2026-11\n#object_source: dditkg:{SOURCES[far]}\n"
        f'#object_source_version: {EDITIONS[far]}\n#publication_date: "2026-11-25"\n#sssom_version: "1.1"\n'
        f"#subject_source: dditkg:{SOURCES[near]}\n#subject_source_version: {EDITIONS[near]}\n"
    )
    names = "subject_id predicate_id predicate_modifier object_id mapping_justification author_id confidence comment"
    lines = [names.replace(" ", "\t")]
    for row in rows:
        subject, relation, target = row.split()
        negated, _, relation = relation.rpartition("-")
        basis = "semapv:BackgroundKnowledgeBasedMatching\tdditkg:agent/project"
        sure = SURE.get(relation, "0.5")
        lines.append(f"{subject}\tskos:{relation}Match\t{negated}\t{target}\t{basis}\t{sure}\tBoth are of the sea.")
    (root / f"data/mappings/{name}.sssom.tsv").write_text(header + "\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture
def coast(tmp_path: Path) -> Path:
    """A copy of the lighthouse with Pharos."""
    root = shutil.copytree(ROOT / "tests/world", tmp_path / "coast")
    text = (root / "data/frameworks/beacon.ttl").read_text(encoding="utf-8")
    text = text.replace("beacon", "pharos").replace("Beacon", "Pharos").replace("BEACON", "PHAROS")
    (root / "data/frameworks/pharos.ttl").write_text(text, encoding="utf-8")
    return root


def together(root: Path) -> list[Finding]:
    content = content_of(root, ROOT)
    sets = [sssom.read(path) for path in content.mappings]
    return coherence.findings(sets, joint.prepare(build(content)))


def line_of(root: Path, name: str, row: int) -> tuple[str, int]:
    path = root / f"data/mappings/{name}.sssom.tsv"
    return path.as_posix(), sssom.read(path).rows[row].line


@pytest.mark.parametrize(
    ("rule", "sets", "place", "words"), BREAKING, ids=[f"{b[0]}-{place}" for place, b in enumerate(BREAKING)]
)
def test_each_rule_fires_once_at_the_row_to_look_at(
    coast: Path, rule: str, sets: dict[str, tuple[str, ...]], place: tuple[str, int], words: str
) -> None:
    for name, rows in sets.items():
        written(coast, name, rows)
    (finding,) = together(coast)
    assert finding.rule == f"Mapping-{rule}"
    assert (finding.file, finding.line) == line_of(coast, *place)
    assert finding.severity == ("warning" if rule == "contradicts" else "violation")
    assert finding.message.endswith(words)


@pytest.mark.parametrize("rule", sorted(coherence.RULES))
def test_no_other_rule_says_it_again(coast: Path, rule: str) -> None:
    sets = next(sets for name, sets, *_ in BREAKING if f"Mapping-{name}" == rule)
    for name, rows in sets.items():
        written(coast, name, rows)
    content = content_of(coast, ROOT)
    (finding,) = check(content, build(content)).findings
    assert finding.rule == rule


def test_every_rule_has_a_breaking_example() -> None:
    assert {f"Mapping-{rule}" for rule, *_ in BREAKING} == set(coherence.RULES)
    assert not set(coherence.RULES) & {*sssom.RULES, *joint.RULES}
    assert all(re.fullmatch(r"[A-Z“].+\.", text) for text in coherence.RULES.values())


def test_what_one_row_or_one_set_shows_is_left_to_its_own_rules(coast: Path) -> None:
    written(
        coast, "skill--pharos", ("skill:rowing exact pharos:skill/optics", "skill:rope-work exact pharos:skill/optics")
    )
    written(coast, "beacon--pharos", ("beacon:skill/lamp-care exact pharos:skill/lamp-care",))
    written(coast, "pharos--beacon", ("pharos:skill/lamp-care related beacon:skill/lamp-care",))
    assert together(coast) == []


def test_a_web_that_agrees_breaks_nothing(coast: Path) -> None:
    written(coast, "beacon--pharos", (*LIGHT["beacon--pharos"], *SEA["beacon--pharos"]))
    rows = (
        "skill:lamp-tending exact pharos:skill/lamp-care",
        "skill:rope-work broad pharos:skill/seamanship",
        "skill:rowing close pharos:skill/seamanship",
        "skill:gull-scaring exact sssom:NoTermFound",
        "skill:signal-reading Not-exact pharos:skill/lamp-care",
    )
    written(coast, "skill--pharos", rows)
    assert together(coast) == []


def test_our_own_row_is_to_be_looked_at_before_one_of_another_publisher(coast: Path) -> None:
    written(coast, "beacon--pharos", LIGHT["beacon--pharos"])
    written(coast, "skill--pharos", ("skill:oil-measuring exact pharos:skill/lamp-care",))
    path = coast / "data/mappings/beacon--pharos.sssom.tsv"
    text = path.read_text(encoding="utf-8").replace("dditkg:agent/project\t0.85", "dditkg:agent/harbour-board\t")
    path.write_text(text, encoding="utf-8")
    (finding,) = together(coast)
    assert (finding.file, finding.line) == line_of(coast, "skill--pharos", 0)


def test_the_real_rows_agree_with_each_other_and_are_seen() -> None:
    content = content_of(ROOT)
    held = joint.prepare(whole_dataset())
    sets = [sssom.read(path) for path in content.mappings]
    assert [str(finding) for finding in coherence.findings(sets, held)] == []
    ms = next(ms for ms in sets if ms.name == "role--isco-08")
    row = next(row for row in ms.rows if row.object == "esco-isco:C2621" and row.predicate == "skos:broadMatch")
    spoilt = sssom.Row(row.line, {**row.cells, "predicate_id": "skos:relatedMatch", "confidence": "0.3"})
    rows = tuple(spoilt if each is row else each for each in ms.rows)
    changed = sssom.MappingSet(ms.path, ms.metadata, ms.columns, rows, ms.lines, ms.table_line)
    found = coherence.findings([changed if each is ms else each for each in sets], held)
    assert [(finding.rule, finding.line) for finding in found] == [("Mapping-contradicts", row.line)]
