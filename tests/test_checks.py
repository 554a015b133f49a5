"""A check: what a finding says, where it points, and what the command answers."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from dditkg import coherence, joint, sssom, style
from dditkg.checks import FILE_RULES, Report, check
from dditkg.cli import main
from dditkg.dataset import build, content_of
from dditkg.errors import BadContent, BadFile
from dditkg.finding import SEVERITIES, Finding
from dditkg.shapes import read_shapes

ROOT = Path(__file__).parents[1]
FORM = re.compile(r"(?P<file>[\w./-]+):(?P<line>[1-9][0-9]*)  (?P<rule>[A-Z][\w-]+)  (?P<message>.+[.…])")

Copy = Callable[..., Path]


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


def line_of(root: Path, file: str, start: str) -> int:
    """The line that begins with these words."""
    lines = (root / file).read_text(encoding="utf-8").splitlines()
    return 1 + next(i for i, line in enumerate(lines) if line.startswith(start))


def judged(root: Path) -> tuple[Finding, ...]:
    content = content_of(root, ROOT)
    return check(content, build(content)).findings


def the_one(findings: tuple[Finding, ...]) -> Finding:
    assert len(findings) == 1, "\n".join(map(str, findings))
    return findings[0]


# Where a finding points -----------------------------------------------------------------------------------------------


def test_a_missing_definition_is_found_at_its_subject(lighthouse: Path) -> None:
    spoil(
        lighthouse,
        "data/roles.ttl",
        '    skos:definition "Counts what is landed, gives it out and says when more is needed."@en ;\n',
        "",
    )
    finding = the_one(judged(lighthouse))
    assert str(finding) == (
        f"data/roles.ttl:{line_of(lighthouse, 'data/roles.ttl', 'role:storekeeper')}  Role-definition  "
        'Storekeeper has no purpose. Add skos:definition "…"@en.'
    )
    assert finding.severity == "violation"


def test_what_a_finding_costs_does_not_grow_with_the_graph(lighthouse: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def count(graph: object) -> int:
        raise AssertionError("every triple is counted")

    monkeypatch.setattr("pyshacl.graph_abstraction.OxigraphDataGraph.__len__", count)
    test_a_missing_definition_is_found_at_its_subject(lighthouse)


def test_a_wrong_value_is_found_at_its_line(lighthouse: Path) -> None:
    line = spoil(lighthouse, "data/capabilities.ttl", "activity:count-the-casks ;", "activity:count-the-cask ;")
    finding = next(f for f in judged(lighthouse) if f.rule == "Link-consistsOf-kind")
    assert (finding.file, finding.line) == ("data/capabilities.ttl", line)
    assert finding.message.startswith("Landing stores has dd:consistsOf to something that is not an activity.")
    assert finding.message.endswith("It leads to activity:count-the-cask.")


def test_a_value_in_a_wrong_language_is_found_at_its_line(lighthouse: Path) -> None:
    line = spoil(lighthouse, "data/skills.ttl", '"Rowing"@en ;', '"Rowing"@en ;\n    skos:prefLabel "Ramer"@fr ;')
    finding = next(f for f in judged(lighthouse) if f.rule == "ModelUnit-label-language")
    assert (finding.file, finding.line) == ("data/skills.ttl", line + 1)


def test_a_term_with_a_typo_is_found_where_it_is_used(lighthouse: Path) -> None:
    line = spoil(lighthouse, "data/model.ttl", "    dd:rank 4 ;", "    dd:rang 4 ;\n    dd:rank 4 ;")
    finding = the_one(judged(lighthouse))
    assert (finding.file, finding.line, finding.rule) == ("data/model.ttl", line, "Term-declared")
    assert finding.message == (
        "dd:rang is used, but the ontology does not declare it. Declare it in ontology/ or look for a typo."
    )


def test_a_link_to_nothing_is_found_where_it_is_written(lighthouse: Path) -> None:
    line = spoil(
        lighthouse, "data/skills.ttl", "dcterms:isReplacedBy skill:lamp-tending", "dcterms:isReplacedBy skill:lamp"
    )
    finding = the_one(judged(lighthouse))
    assert (finding.file, finding.line, finding.rule) == ("data/skills.ttl", line, "Link-described")
    assert "is linked to from Candle dipping" in finding.message


def test_a_derived_thing_is_found_at_what_it_comes_from(lighthouse: Path) -> None:
    """Without a name for a level, each pair with it has none either; the pair itself is in no file."""
    spoil(lighthouse, "data/frameworks/beacon.ttl", '    skos:prefLabel "Stock books"@en ;\n', "")
    findings = judged(lighthouse)
    assert {f.rule for f in findings} == {"FrameworkUnit-label"}
    assert {f.line for f in findings} == {
        line_of(lighthouse, "data/frameworks/beacon.ttl", start)
        for start in (
            "beacon-skill:stock-books",
            "beacon-skill-level:stock-books--hand",
            "beacon-skill-level:stock-books--helper",
            "beacon-skill-level:stock-books--master",
        )
    }
    (lighthouse / "data/skills.ttl").write_text(
        (lighthouse / "data/skills.ttl")
        .read_text(encoding="utf-8")
        .replace('skos:prefLabel "Signal reading"@en', "a dd:Skill"),
        encoding="utf-8",
    )
    line = line_of(lighthouse, "data/skills.ttl", "skill:signal-reading")
    pairs = [f for f in judged(lighthouse) if f.rule == "ModelUnit-label" and "signal-reading" in f.message]
    assert len(pairs) == 5
    assert {(finding.file, finding.line) for finding in pairs} == {("data/skills.ttl", line)}


def test_a_blank_node_does_not_stop_the_check(lighthouse: Path) -> None:
    spoil(lighthouse, "data/capabilities.ttl", "activity:count-the-casks ;", "[ a dd:Activity ] ;")
    finding = next(f for f in judged(lighthouse) if f.rule == "ModelUnit-label")
    assert finding.file == "data/capabilities.ttl"


def test_mapping_rows_are_judged_at_their_lines(lighthouse: Path) -> None:
    file = "data/mappings/skill--beacon.sssom.tsv"
    line = spoil(lighthouse, file, "\t0.95\t", "\t0.96\t")
    finding = the_one(judged(lighthouse))
    assert (finding.file, finding.line, finding.rule) == (file, line, "Mapping-confidence")


def test_names_stand_in_messages_for_addresses(lighthouse: Path) -> None:
    spoil(
        lighthouse,
        "data/roles.ttl",
        "skill-level:rowing--practitioner ;",
        "skill-level:rowing--expert , skill-level:rowing--working ;",
    )
    finding = the_one(judged(lighthouse))
    assert finding.message == "Boat hand needs Rowing at two levels. Keep the higher."


# Prefixes and empty files ---------------------------------------------------------------------------------------------


def test_a_prefix_that_means_something_else_is_found_at_its_line(lighthouse: Path) -> None:
    line = spoil(
        lighthouse,
        "data/sources.ttl",
        "@prefix schema: <https://schema.org/> .",
        "@prefix schema: <http://schema.org/> .",
    )
    finding = next(f for f in judged(lighthouse) if f.rule == "Prefix-agreement")
    assert (finding.file, finding.line, finding.severity) == ("data/sources.ttl", line, "violation")
    assert finding.message == (
        "The prefix “schema:” for <http://schema.org/> stands for <https://schema.org/> everywhere else. "
        "Use the table's, or declare it with sh:declare."
    )


def test_a_prefix_that_nobody_declared_is_found_at_its_line(lighthouse: Path) -> None:
    line = spoil(
        lighthouse, "data/sources.ttl", "@prefix skos:", "@prefix sea: <https://example.org/sea/> .\n@prefix skos:"
    )
    finding = the_one(judged(lighthouse))
    assert (finding.file, finding.line, finding.rule) == ("data/sources.ttl", line, "Prefix-agreement")
    assert "“sea:” for <https://example.org/sea/> is not in the table of prefixes" in finding.message


@pytest.mark.parametrize("kind", ["derive", "questions"])
def test_a_query_keeps_to_the_prefixes_too(lighthouse: Path, tmp_path: Path, kind: str) -> None:
    def judged_with(query: Path) -> tuple[Finding, ...]:
        query.write_text(
            "#+ summary: Nothing.\nPREFIX skos: <https://example.org/skos#>\n"
            "CONSTRUCT { ?s skos:a ?o } WHERE { ?s skos:nothing ?o }\n",
            encoding="utf-8",
        )
        content = content_of(lighthouse, ROOT)
        content = replace(content, **{kind: (*getattr(content, kind), query)})
        return check(content, build(content)).findings

    finding = the_one(judged_with(lighthouse / "90-query.rq"))
    assert (finding.file, finding.line, finding.rule) == ("90-query.rq", 2, "Prefix-agreement")
    # A query of the installation may speak of frameworks that this project does not hold.
    assert judged_with(tmp_path / "90-query.rq") == ()


def test_a_file_that_says_nothing_is_found(lighthouse: Path) -> None:
    (lighthouse / "data/empty.ttl").write_text("", encoding="utf-8")
    assert (
        str(the_one(judged(lighthouse))) == "data/empty.ttl:1  File-empty  The file says nothing. Fill it or remove it."
    )


# The report -----------------------------------------------------------------------------------------------------------


def test_findings_are_sorted_and_said_once(lighthouse: Path) -> None:
    for file in ("data/roles.ttl", "data/parts.ttl"):
        path = lighthouse / file
        path.write_text(re.sub(r"    skos:definition .*\n", "", path.read_text(encoding="utf-8")), encoding="utf-8")
    findings = judged(lighthouse)
    assert len(findings) > 12
    assert list(findings) == sorted(findings, key=lambda f: (f.file, f.line, f.rule, f.message))
    assert len(set(findings)) == len(findings)
    for finding in findings:
        assert FORM.fullmatch(str(finding)), finding
        assert finding.severity in SEVERITIES


def test_the_closing_line_counts() -> None:
    def report(*severities: str) -> Report:
        return Report(tuple(Finding("a.ttl", 1, "Rule-x", s, "is off.") for s in severities), rules=9, files=3)

    assert report().closing == "Checked 3 files against 9 rules: 0 violations, 0 warnings."
    assert report("violation", "warning").closing == "Checked 3 files against 9 rules: 1 violation, 1 warning."
    assert report("warning", "warning").closing == "Checked 3 files against 9 rules: 0 violations, 2 warnings."
    assert report("warning", "info").passed()
    assert not report("warning").passed(strict=True)
    assert report("info").passed(strict=True)
    assert not report("violation").passed()


def test_all_rules_are_counted() -> None:
    content = content_of(ROOT / "tests/world", ROOT)
    dataset = build(content)
    shapes = read_shapes(content, dataset)
    report = check(content, dataset)
    by_name = [
        *shapes.rules,
        *sssom.RULES,
        *joint.RULES,
        *coherence.RULES,
        *style.RULES,
        style.EXEMPTION_RULE,
        *FILE_RULES,
    ]
    assert report.rules == len(by_name) == len(set(by_name))
    assert report.whole
    assert report.files == len([*content.authored, *content.shapes, *content.derive, *content.questions])


def test_a_broken_file_is_one_sentence(lighthouse: Path) -> None:
    line = spoil(lighthouse, "data/model.ttl", "    dd:rank 4 ;", "    dd:rank 4 4x ;")
    with pytest.raises(BadFile) as caught:
        build(content_of(lighthouse, ROOT))
    assert caught.value.message.startswith(f"{lighthouse}/data/model.ttl:{line}  ")
    assert "\n" not in caught.value.message


# The command ----------------------------------------------------------------------------------------------------------


def warned(root: Path) -> None:
    (root / "data/alone.ttl").write_text(
        "@prefix activity: <https://w3id.org/dditkg/activity/> .\n"
        "@prefix dd: <https://w3id.org/dditkg/ontology/> .\n"
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n\n"
        'activity:hum\n    a dd:Activity ;\n    skos:prefLabel "Hum"@en ; dd:step 1 ;\n.\n',
        encoding="utf-8",
    )


def test_check_passes_with_0(lighthouse: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(lighthouse)]) == 0
    assert main(["check", "--strict", str(lighthouse)]) == 0
    out, err = capsys.readouterr()
    assert re.fullmatch(r"(Checked \d+ files against \d+ rules: 0 violations, 0 warnings\.\n){2}", out)
    assert err == ""


def test_check_fails_with_1_and_prints_findings(lighthouse: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spoil(
        lighthouse,
        "data/parts.ttl",
        '    dd:direction "lower" ;\n    dd:howCounted "From the log',
        '    dd:howCounted "From the log',
    )
    assert main(["check", str(lighthouse)]) == 1
    lines = capsys.readouterr().out.splitlines()
    found = FORM.fullmatch(lines[0])
    assert found
    assert found["file"] == "data/parts.ttl"
    assert int(found["line"]) == line_of(lighthouse, "data/parts.ttl", "measure:dark-hours")
    assert found["rule"] == "Measure-direction"
    assert lines[1:] == [lines[-1]]
    assert lines[-1].endswith("rules: 1 violation, 0 warnings.")


def test_a_warning_fails_only_when_strict(lighthouse: Path, capsys: pytest.CaptureFixture[str]) -> None:
    warned(lighthouse)
    assert main(["check", str(lighthouse)]) == 0
    first = capsys.readouterr().out.splitlines()[0]
    assert first.startswith("data/alone.ttl:5  Unit-used  Hum is linked to by nothing")
    assert first.endswith(" (warning)")
    assert main(["check", "--strict", str(lighthouse)]) == 1


def test_json_holds_the_same(lighthouse: Path, capsys: pytest.CaptureFixture[str]) -> None:
    warned(lighthouse)
    assert main(["check", "--format", "json", str(lighthouse)]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["closing"].endswith("0 violations, 1 warning.")
    assert document["findings"] == [
        {
            "file": "data/alone.ttl",
            "line": 5,
            "rule": "Unit-used",
            "severity": "warning",
            "message": "Hum is linked to by nothing and links to nothing. Put it to use or remove it.",
        }
    ]
    assert main(["check", "--strict", "-f", "json", str(lighthouse)]) == 1


def test_the_project_is_found_from_inside(
    lighthouse: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (lighthouse / "ontology").mkdir(exist_ok=True)
    monkeypatch.chdir(lighthouse / "data")
    assert main(["check"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("Checked ")


def test_no_project_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["check"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert re.fullmatch(r"dditkg: No folder with ontology/ and data/ here or above .+\. Name one\.\n", err)
    assert main(["check", str(tmp_path / "nowhere")]) == 1
    assert re.fullmatch(r"dditkg: .+data is not there\. .+\.\n", capsys.readouterr().err)


@pytest.mark.parametrize(
    ("file", "text", "line"),
    [
        ("data/model.ttl", "@prefix dd: <https://w3id.org/dditkg/ontology/> .\n\ndd:a dd:b zz:c .\n", 3),
        ("data/mappings/skill--beacon.sssom.tsv", "no header\n", 1),
    ],
)
def test_a_broken_file_is_a_sentence_and_1(
    lighthouse: Path, capsys: pytest.CaptureFixture[str], file: str, text: str, line: int
) -> None:
    (lighthouse / file).write_text(text, encoding="utf-8")
    assert main(["check", str(lighthouse)]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"dditkg: {file}:{line}  ")
    assert err.count("\n") == 1
    assert err.endswith(".\n")


@pytest.mark.parametrize(
    ("old", "new", "line_is_the_tables", "finding"),
    [
        (
            "subject_id\t",
            "subject\t",
            True,
            "Mapping-column-required  The table has no column subject_id. Rename “subje",
        ),
        (
            "skos:exactMatch\tbeacon:role-level",
            "exactMatch\tbeacon:role-level",
            False,
            "Mapping-curie  predicate_id is",
        ),
        ("skos:exactMatch\tbeacon:role-level", "sko:exactMatch\tbeacon:role-level", False, "Mapping-prefix-declared  "),
        ("0.85\tBoth answer", "high\tBoth answer", False, "Mapping-confidence  confidence is “high”."),
        ("dditkg:agent/project\t0.85", "Jane Smith\t0.85", False, "Mapping-curie  author_id is “Jane Smith”, which is"),
    ],
)
def test_rows_that_cannot_be_loaded_are_findings(
    lighthouse: Path,
    capsys: pytest.CaptureFixture[str],
    old: str,
    new: str,
    line_is_the_tables: bool,
    finding: str,
) -> None:
    file = "data/mappings/role--beacon.sssom.tsv"
    line = spoil(lighthouse, file, old, new)
    assert line == line_of(lighthouse, file, new if line_is_the_tables else "role:head-keeper")
    assert main(["check", str(lighthouse)]) == 1
    out, err = capsys.readouterr()
    lines = out.splitlines()
    assert err == ""
    assert len(lines) == 2, out
    assert lines[0].startswith(f"{file}:{line}  {finding}")
    files = len(list((lighthouse / "data/mappings").iterdir()))
    assert lines[1] == (
        f"Checked {files} files against {len(sssom.RULES)} rules: 1 violation, 0 warnings. "
        "The rest can be judged when the rows named here are mended."
    )


def test_each_row_that_cannot_be_loaded_is_said(lighthouse: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spoil(lighthouse, "data/mappings/role--beacon.sssom.tsv", "0.85\tBoth answer", "high\tBoth answer")
    spoil(lighthouse, "data/mappings/skill--beacon.sssom.tsv", "skill:rope-work\t", "skil:rope-work\t")
    spoil(lighthouse, "data/mappings/skill--beacon.sssom.tsv", "0.95\t", "0.96\t")
    assert main(["check", "--format", "json", str(lighthouse)]) == 1
    found = json.loads(capsys.readouterr().out)["findings"]
    assert [finding["rule"] for finding in found] == [
        "Mapping-confidence",
        "Mapping-confidence",
        "Mapping-prefix-declared",
    ]


def test_a_broken_turtle_file_is_said_before_rows(lighthouse: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spoil(lighthouse, "data/mappings/role--beacon.sssom.tsv", "0.85\tBoth answer", "high\tBoth answer")
    line = spoil(lighthouse, "data/model.ttl", "    dd:rank 4 ;", "    dd:rank 4 4x ;")
    assert main(["check", str(lighthouse)]) == 1
    assert capsys.readouterr().err.startswith(f"dditkg: data/model.ttl:{line}  ")


def test_a_reviewer_whom_nothing_describes_is_found_at_the_row(lighthouse: Path) -> None:
    file = "data/mappings/skill--beacon.sssom.tsv"
    line = spoil(lighthouse, file, "\texample:person/ada-lantern\t", "\tdditkg:person/ada-lantern\t")
    finding = the_one(judged(lighthouse))
    assert (finding.file, finding.line, finding.rule) == (file, line, "Link-described")


def test_a_project_with_its_own_rules_is_judged_by_them(lighthouse: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for folder in ("ontology", "queries/derive", "shapes"):
        shutil.copytree(ROOT / folder, lighthouse / folder)
    assert main(["check", str(lighthouse)]) == 0
    own = lighthouse / "shapes/role.ttl"
    own.write_text(own.read_text(encoding="utf-8").replace("sh:minCount 5", "sh:minCount 6"), encoding="utf-8")
    assert main(["check", str(lighthouse)]) == 1
    assert "Lamplighter needs fewer than five skills" in capsys.readouterr().out
    own.write_text(own.read_text(encoding="utf-8").replace("sh:minCount 6", "sh:mincount 6"), encoding="utf-8")
    assert main(["check", str(lighthouse)]) == 1
    assert "sh:mincount" in capsys.readouterr().err
    for path in (lighthouse / "shapes").iterdir():
        path.unlink()
    assert main(["check", str(lighthouse)]) == 1
    assert "nothing would be checked" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["check", "--format", "xml"], ["check", "--sometimes"], ["chek"], []])
def test_wrong_words_are_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(words)
    assert caught.value.code == 2
    assert "dditkg" in capsys.readouterr().err


def test_no_rule_is_silent_about_an_empty_shapes_folder() -> None:
    content = replace(content_of(ROOT / "tests/world", ROOT), shapes=())
    with pytest.raises(BadContent, match="nothing would be checked"):
        check(content, build(content))
