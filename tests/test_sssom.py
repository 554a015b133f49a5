"""Mapping sets: what is read, the canonical form, every rule, and the RDF."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dditkg import sssom
from dditkg.errors import BadFile
from dditkg.finding import SEVERITIES, Finding
from dditkg.terms import Prefixes

ROOT = Path(__file__).parents[1]
AUTHORED = sorted((ROOT / "data/mappings").glob("*.sssom.tsv"))
PREFIXES = Prefixes({"dditkg": "https://w3id.org/dditkg/", "skill": "https://w3id.org/dditkg/skill/"})

HEADER = """\
#creator_id:
#- dditkg:agent/project
#curie_map:
#  dditkg: https://w3id.org/dditkg/
#  gdad: https://w3id.org/dditkg/framework/gdad/
#license: https://creativecommons.org/licenses/by/4.0/
#mapping_set_description: Our bakers' skills against a framework.
#mapping_set_id: https://w3id.org/dditkg/mapping-set/dditkg--gdad
#mapping_set_title: Skills to GDaD
#mapping_set_version: 2026-11
#object_source: dditkg:framework/gdad
#object_source_version: "2026-10-06"
#publication_date: "2026-11-25"
#sssom_version: "1.1"
#subject_source: dditkg:scheme/skill
#subject_source_version: 2026-11
"""
COLUMNS = (
    "subject_id",
    "predicate_id",
    "predicate_modifier",
    "object_id",
    "mapping_justification",
    "author_id",
    "reviewer_id",
    "object_source",
    "mapping_date",
    "confidence",
    "comment",
)
FIRST = len(HEADER.splitlines()) + 2  # the line of the first row


def row(**cells: str) -> dict[str, str]:
    return {
        "subject_id": "dditkg:skill/data-modelling",
        "predicate_id": "skos:exactMatch",
        "object_id": "gdad:skill/data-modelling",
        "mapping_justification": "semapv:BackgroundKnowledgeBasedMatching",
        "author_id": "dditkg:agent/project",
        "mapping_date": "2026-11-20",
        "confidence": "0.85",
        "comment": "Same work, and the levels agree.",
        **cells,
    }


def content(*rows: dict[str, str], header: str = HEADER, columns: tuple[str, ...] = COLUMNS) -> str:
    used = [c for c in columns if c != "object_source" or any(c in r for r in rows)]
    return header + "".join("\t".join(line) + "\n" for line in (used, *([r.get(c, "") for c in used] for r in rows)))


def made(folder: Path, text: str | bytes, name: str = "dditkg--gdad.sssom.tsv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def meaning(mapping_set: sssom.MappingSet) -> object:
    return (
        {k: v for k, v in mapping_set.metadata.items() if v not in ("", [], {})},
        sorted(sorted((k, v) for k, v in r.cells.items() if v) for r in mapping_set.rows),
    )


# Reading ------------------------------------------------------------------------------------------------------------


def test_reads_header_rows_and_lines(tmp_path: Path) -> None:
    ms = sssom.read(made(tmp_path, content(row(), row(object_id="gdad:skill/x", comment='Says "same".'))))
    assert ms.name == "dditkg--gdad"
    assert ms.iri == "https://w3id.org/dditkg/mapping-set/dditkg--gdad"
    assert ms.metadata["sssom_version"] == "1.1"
    assert ms.values("creator_id") == ("dditkg:agent/project",)
    assert ms.values("license") == ("https://creativecommons.org/licenses/by/4.0/",)
    assert ms.lines["curie_map.gdad"] == 5
    assert ms.table_line == FIRST - 1
    assert [r.line for r in ms.rows] == [FIRST, FIRST + 1]
    assert ms.rows[0].subject == "dditkg:skill/data-modelling"
    assert ms.rows[0].predicate == "skos:exactMatch"
    assert ms.rows[1].object == "gdad:skill/x"
    assert not ms.rows[0].negated
    assert ms.rows[1].cells["comment"] == 'Says "same".'
    assert ms.value(ms.rows[0], "object_source") == "dditkg:framework/gdad"
    assert ms.value(ms.rows[0], "publication_date") == ""


def test_windows_line_ends_quotes_and_many_values(tmp_path: Path) -> None:
    text = content(row(author_id="a:b|c:d\\|e", comment='"Says ""same"""')).replace("\n", "\r\n")
    (only,) = sssom.read(made(tmp_path, text)).rows
    assert only.values("author_id") == ("a:b", "c:d|e")
    assert only.cells["comment"] == 'Says "same"'


def test_a_header_value_holds_for_rows_only_when_no_row_has_its_own(tmp_path: Path) -> None:
    ms = sssom.read(made(tmp_path, content(row(), row(object_source="dditkg:framework/other"))))
    assert [ms.value(r, "object_source") for r in ms.rows] == ["", "dditkg:framework/other"]


UNREADABLE = [
    (content(row()).removeprefix(HEADER), ":1  There is no header"),
    ("", ":1  There is no header"),
    (HEADER, f":{FIRST - 2}  There is no table under the header"),
    (HEADER.replace("#license: ", "#license: [") + "subject_id\n", ":7  The header is not YAML"),
    ("#a: 1\n#a: 2\nsubject_id\n", ":2  The header is not YAML: the key “a” stands twice"),
    ("#- a\nsubject_id\n", ":1  The header is not a list"),
    ("#license: x\n#curie_map: x\nsubject_id\n", ":2  curie_map is not a list"),
    ("#curie_map:\n#  a: [b]\nsubject_id\n", ":1  curie_map is not a list"),
    (content(row()) + "dditkg:x\tskos:exactMatch\n", f":{FIRST + 1}  The row has 2 cells, the table 10 columns"),
    (content(row(comment="a\tb")), f":{FIRST}  The row has 11 cells, the table 10 columns"),
    (content(row(comment='"a\tb"')), f":{FIRST}  A quoted cell does not end where it should"),
    (content(row(comment='"a" and "b"')), f":{FIRST}  A quoted cell does not end"),
    (content(row(), columns=(*COLUMNS, "comment")), f":{FIRST - 1}  The column “comment” has no name or stands twice"),
    (b"\xef\xbb\xbf" + content(row()).encode(), ":1  The file starts with a byte order mark"),
    (content(row(comment="é")).encode("latin-1"), f":{FIRST}  The file is not UTF-8 here"),
]


@pytest.mark.parametrize(("text", "complaint"), UNREADABLE, ids=[c for _, c in UNREADABLE])
def test_what_cannot_be_read_is_named_with_file_and_line(tmp_path: Path, text: str | bytes, complaint: str) -> None:
    path = made(tmp_path, text)
    with pytest.raises(BadFile) as caught:
        sssom.read(path)
    assert caught.value.message.startswith(f"{path}{complaint}")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match=r"none\.sssom\.tsv: No such file"):
        sssom.read(tmp_path / "none.sssom.tsv")


# Writing ------------------------------------------------------------------------------------------------------------


def test_the_canonical_form(tmp_path: Path) -> None:
    rows = (row(object_id="gdad:skill/z"), row(subject_id="dditkg:skill/baking", comment='"So ""said"""'))
    shuffled = "".join(sorted(HEADER.splitlines(keepends=True)[6:], reverse=True)) + "".join(
        HEADER.splitlines(True)[:6]
    )
    text = content(*rows, header=shuffled, columns=("zeta", *reversed(COLUMNS)))
    written = sssom.write(sssom.read(made(tmp_path, text)))
    assert written == HEADER + (
        "subject_id\tpredicate_id\tobject_id\tmapping_justification\tauthor_id\tmapping_date\tconfidence\tcomment\n"
        "dditkg:skill/baking\tskos:exactMatch\tgdad:skill/data-modelling\tsemapv:BackgroundKnowledgeBasedMatching\t"
        'dditkg:agent/project\t2026-11-20\t0.85\t"So ""said"""\n'
        "dditkg:skill/data-modelling\tskos:exactMatch\tgdad:skill/z\tsemapv:BackgroundKnowledgeBasedMatching\t"
        "dditkg:agent/project\t2026-11-20\t0.85\tSame work, and the levels agree.\n"
    )
    again = made(tmp_path, written)
    assert sssom.formatted(again) == written


def test_formatting_refuses_to_lose_a_comment(tmp_path: Path) -> None:
    path = made(tmp_path, HEADER + "## a remark\n" + content(row()).removeprefix(HEADER))
    with pytest.raises(BadFile, match=f"{FIRST - 1}  A comment would be lost"):
        sssom.formatted(path)


@pytest.mark.parametrize("cell", ["a\tb", "a\nb", "a\rb"])
def test_a_tab_or_line_break_is_refused(cell: str) -> None:
    ms = sssom.MappingSet(Path("a--b.sssom.tsv"), {}, ("comment",), (sssom.Row(7, {"comment": cell}),))
    with pytest.raises(BadFile, match=r"a--b\.sssom\.tsv:7  The cell “comment” holds a tab or a line break"):
        sssom.write(ms)


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\t\n\r"), max_size=20)
CELLS = st.dictionaries(st.sampled_from(COLUMNS), TEXT, max_size=6)
VALUES = TEXT | st.lists(TEXT, max_size=3) | st.dictionaries(st.sampled_from("abc"), TEXT, max_size=2)


@given(st.lists(CELLS, max_size=4), st.dictionaries(st.sampled_from(["license", "other", "x"]), VALUES, min_size=1))
def test_any_cells_come_back_as_they_were(cells: list[dict[str, str]], metadata: dict[str, object]) -> None:
    metadata["mapping_set_id"] = "x"
    rows = tuple(sssom.Row(i, c) for i, c in enumerate(cells))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a--b.sssom.tsv"
        before = sssom.MappingSet(path, metadata, COLUMNS, rows)
        text = sssom.write(before)
        path.write_bytes(text.encode())
        after = sssom.read(path)
    assert meaning(after) == meaning(before)
    assert sssom.write(after) == text


# Rules --------------------------------------------------------------------------------------------------------------


def test_a_good_file_has_no_findings(tmp_path: Path) -> None:
    rows = (
        row(),
        row(object_id="gdad:skill/other", predicate_id="skos:closeMatch", confidence="0.70"),
        row(subject_id="dditkg:skill/baking", object_id="sssom:NoTermFound"),
        row(subject_id="sssom:NoTermFound", object_id="gdad:skill/icing"),
        row(subject_id="sssom:NoTermFound", object_id="gdad:skill/glazing"),
        row(subject_id="dditkg:skill/a", predicate_modifier="Not"),
        row(
            subject_id="dditkg:skill/b",
            object_id="gdad:skill/b",
            mapping_justification="semapv:ManualMappingCuration",
            reviewer_id="dditkg:agent/somebody",
        ),
    )
    assert sssom.findings(sssom.read(made(tmp_path, content(*rows))), PREFIXES) == []


def test_a_row_of_another_publisher_need_not_say_how_surely_nor_why(tmp_path: Path) -> None:
    rows = (
        theirs(),
        theirs(object_id="gdad:skill/b", predicate_id="skos:relatedMatch"),
        theirs(
            subject_id="dditkg:skill/c", object_id="gdad:skill/c", mapping_justification="semapv:ManualMappingCuration"
        ),
    )
    ms = sssom.read(made(tmp_path, published(*rows)()))
    assert [ms.is_published(each) for each in ms.rows] == [True] * 3
    assert [str(f) for f in sssom.findings(ms, PREFIXES)] == []
    columns = tuple(name for name in COLUMNS if name not in ("confidence", "comment", "mapping_date"))
    ms = sssom.read(made(tmp_path, content(*rows, header=published()().partition("subject_id\t")[0], columns=columns)))
    assert [str(f) for f in sssom.findings(ms, PREFIXES)] == []
    sources = {t.object for t in sssom.triples(ms) if t.predicate.value.endswith("/mapping_set_source")}
    assert sources == {ox.NamedNode("https://example.org/table")}


@pytest.mark.parametrize(
    "author", ["dditkg:agent/project", "orcid:0000-0002-1825-0097", "dditkg:agent/a|dditkg:agent/project", ""]
)
def test_a_row_of_ours_or_of_a_person_is_asked_everything(tmp_path: Path, author: str) -> None:
    header = HEADER.replace("#license", "#  orcid: https://orcid.org/\n#license")
    text = content(row(author_id=author, confidence="", comment=""), header=header)
    ms = sssom.read(made(tmp_path, text))
    assert not ms.is_published(ms.rows[0])
    assert {"Mapping-row-required"} == {f.rule for f in sssom.findings(ms, PREFIXES)}


def test_mapping_date_may_stand_in_the_header(tmp_path: Path) -> None:
    header = HEADER.replace("#mapping_set_d", "#mapping_date: 2026-11-20\n#mapping_set_d")
    ms = sssom.read(made(tmp_path, content(row(mapping_date=""), header=header)))
    assert sssom.findings(ms, PREFIXES) == []
    assert any(t.predicate.value == "https://w3id.org/sssom/mapping_date" for t in sssom.triples(ms))


def test_a_declared_extension_is_accepted(tmp_path: Path) -> None:
    header = HEADER.replace("#license", "#extension_definitions:\n#  - slot_name: ext_level\n#ext_level: a\n#license")
    text = content(row(ext_level="x"), header=header, columns=(*COLUMNS, "ext_level"))
    assert sssom.findings(sssom.read(made(tmp_path, text)), PREFIXES) == []


def header(old: str, new: str) -> Callable[[], str]:
    assert old in HEADER
    return lambda: content(row(), header=HEADER.replace(old, new))


def cells(**changed: str) -> Callable[[], str]:
    return lambda: content(row(**changed))


def renamed(column: str, other: str) -> Callable[[], str]:
    return lambda: content(row()).replace(f"{column}\t", f"{other}\t", 1).replace(f"\t{column}\n", f"\t{other}\n", 1)


def after(*rows: dict[str, str]) -> Callable[[], str]:
    return lambda: content(row(), *rows)


def published(*rows: dict[str, str], source: str = "https://example.org/table") -> Callable[[], str]:
    """A set that another publisher asserts."""
    theirs = HEADER.replace("#mapping_set_title", f"#mapping_set_source: {source}\n#mapping_set_title")
    return lambda: content(*rows, header=theirs)


def theirs(**changed: str) -> dict[str, str]:
    """A row that another publisher asserts: no date, no comment, no confidence."""
    bare = {"author_id": "dditkg:agent/board", "mapping_justification": "semapv:UnspecifiedMatching"}
    return row(**{**bare, "mapping_date": "", "comment": "", "confidence": "", **changed})


NONE = "sssom:NoTermFound"
BREAKING: list[tuple[str, Callable[[], str], int, str]] = [
    *(
        ("set-required", header(line, ""), 1, f"The header has no {line[1:].partition(':')[0]}.")
        for line in HEADER.splitlines(keepends=True)
        if line[1] not in " -" and not line.startswith(("#creator_id", "#curie_map"))
    ),
    ("set-required", header("#creator_id:\n#- dditkg:agent/project\n", ""), 1, "no creator_id"),
    ("set-required", header("Skills to GDaD", '""'), 9, "no mapping_set_title"),
    ("set-id", header("mapping-set/dditkg--gdad", "mapping-set/other"), 8, "Write https://w3id.org/dditkg/mapping-se"),
    ("licence", header("https://creativecommons.org/licenses/by/4.0/", "CC BY"), 6, "license is “CC BY”"),
    ("date", header('publication_date: "2026-11-25"', "publication_date: 25/11/2026"), 13, "publication_date is"),
    ("slot", header("#license", "#licence: x\n#license"), 6, "“licence” is not a slot"),
    ("column", lambda: content(row(level="x"), columns=(*COLUMNS, "level")), FIRST - 1, "“level” is not a column"),
    ("prefix-agrees", header("#  dditkg: https", "#  skill: https://example.org/\n#  dditkg: https"), 4, "“skill:” st"),
    ("prefix-agrees", header("#  dditkg: https", "#  skos: https://example.org/\n#  dditkg: https"), 4, "“skos:” sta"),
    ("prefix-declared", cells(object_id="esco:skill/1"), FIRST, "The prefix “esco:” in object_id"),
    (
        "prefix-declared",
        lambda: content(row(object_id="esco:skill/1"), row(object_id="esco:skill/2", predicate_id="skos:closeMatch")),
        FIRST,
        "The prefix “esco:” in object_id",
    ),
    ("prefix-declared", header("object_source: dditkg:", "object_source: esco:"), 11, "“esco:” in object_source"),
    ("bare-iri", cells(object_id="https://example.org/x"), FIRST, "object_id is the whole IRI"),
    ("bare-iri", cells(predicate_id="http://www.w3.org/2004/02/skos/core#exactMatch"), FIRST, "predicate_id is the wh"),
    ("bare-iri", header("- dditkg:agent/project", "- https://example.org/me"), 1, "creator_id is the whole IRI"),
    ("curie", cells(subject_id="dditkg:skill/data modelling"), FIRST, "subject_id is “dditkg:skill/data modelling”"),
    ("curie", cells(predicate_id="exactMatch"), FIRST, "predicate_id is “exactMatch”"),
    ("curie", cells(subject_id="dditkg:skill/50%"), FIRST, "subject_id is “dditkg:skill/50%”, which gives no address"),
    ("curie", cells(author_id="Jane Smith"), FIRST, "author_id is “Jane Smith”, which is a name. Here stands who"),
    ("curie", header("- dditkg:agent/project", "- Jane Smith"), 1, "a name goes to creator_label."),
    *(
        ("column-required", renamed(column, other), FIRST - 1, f"has no column {column}. Rename “{other}”")
        for column, other in (("subject_id", "subject"), ("object_id", "Object ID"), ("confidence", "confidnce"))
    ),
    ("column-required", renamed("comment", "other"), FIRST - 1, "The table has no column comment. Add it."),
    ("exact-sure", cells(confidence="0.7"), FIRST, "skos:exactMatch with confidence 0.7: an exact match needs"),
    ("related-sure", cells(predicate_id="skos:relatedMatch"), FIRST, "related only is 0.3"),
    ("related-sure", cells(predicate_id="skos:broadMatch", confidence="0.30"), FIRST, "Write skos:relatedMatch"),
    ("lexical-sure", cells(mapping_justification="semapv:LexicalMatching"), FIRST, "it is at most 0.5"),
    ("predicate", cells(predicate_id="skos:broader"), FIRST, "“skos:broader” is not used here"),
    ("modifier", cells(predicate_modifier="Nope"), FIRST, "predicate_modifier is “Nope”"),
    ("justification", cells(mapping_justification="semapv:Nonsense"), FIRST, "“semapv:Nonsense” is no kind"),
    ("reviewer", cells(mapping_justification="semapv:ManualMappingCuration"), FIRST, "as reviewer_id"),
    ("reviewer", cells(reviewer_id="dditkg:agent/project"), FIRST, "reviewer_id is this project itself"),
    ("reviewer", cells(reviewer_id="dditkg:agent/a|dditkg:agent/project"), FIRST, "reviewer_id is this project itself"),
    *(("row-required", cells(**{slot: ""}), FIRST, f"The row has no {slot}.") for slot in sssom.REQUIRED_OF_ROW),
    *(
        ("confidence", cells(confidence=value), FIRST, f"confidence is “{value}”")
        for value in ("high", "1.5", "-0.3", "0.9", "nan", "1")
    ),
    *(
        ("date", cells(mapping_date=value), FIRST, f"mapping_date is “{value}”")
        for value in ("01/11/2026", "2026-11", "2026-02-30", "20261120")
    ),
    ("duplicate", after(row(confidence="0.95")), FIRST + 1, f"what line {FIRST} says"),
    ("clash", after(row(predicate_id="skos:broadMatch")), FIRST + 1, f"Line {FIRST} relates the same two as skos:exa"),
    ("clash", after(row(predicate_id="skos:closeMatch", predicate_modifier="Not")), FIRST + 1, "Keep one relation"),
    ("one-target", after(row(object_id="gdad:skill/other")), FIRST + 1, f"an exact match in line {FIRST} already"),
    ("one-subject", after(row(subject_id="dditkg:skill/other")), FIRST + 1, f"exact match in line {FIRST} already"),
    (
        "published-alone",
        published(theirs(), row(object_id="gdad:skill/b", predicate_id="skos:closeMatch")),
        FIRST + 2,
        f"as line {FIRST + 1} is. Put it into another set",
    ),
    ("published-confidence", published(theirs(confidence="0.85")), FIRST + 1, "so the confidence cannot be ours"),
    ("published-confidence", published(theirs(confidence="0.9")), FIRST + 1, "dditkg:agent/board asserts the row"),
    ("published-source", lambda: content(theirs()), 1, "is not the web address of the publisher's table"),
    ("published-source", published(theirs(), source="a table"), 9, "is not the web address"),
    ("unspecified", cells(mapping_justification="semapv:UnspecifiedMatching"), FIRST, "Say what the row rests on"),
    (
        "no-term-source",
        lambda: content(
            row(subject_id="dditkg:skill/a", object_id=NONE),
            row(object_source="dditkg:framework/gdad"),
        ),
        FIRST,
        "needs object_source",
    ),
    ("no-term-alone", after(row(object_id=NONE)), FIRST + 1, f"has a match in line {FIRST}"),
    (
        "no-term-alone",
        after(row(subject_id=NONE, predicate_id="skos:closeMatch")),
        FIRST + 1,
        f"gdad:skill/data-modelling has a match in line {FIRST}",
    ),
]


@pytest.mark.parametrize(
    ("rule", "text", "line", "words"), BREAKING, ids=[f"{rule}-{words}" for rule, _, _, words in BREAKING]
)
def test_each_rule_fires_alone(tmp_path: Path, rule: str, text: Callable[[], str], line: int, words: str) -> None:
    path = made(tmp_path, text())
    (finding,) = sssom.findings(sssom.read(path), PREFIXES)
    assert (finding.rule, finding.line, finding.severity) == (f"Mapping-{rule}", line, "violation")
    assert words in finding.message
    assert finding.message.endswith((".", "?"))
    assert str(finding) == f"{path.as_posix()}:{line}  Mapping-{rule}  {finding.message}"


def test_without_curie_map_every_prefix_is_undeclared(tmp_path: Path) -> None:
    text = content(row(), header="".join(line for line in HEADER.splitlines(True) if "dditkg/" not in line[:30]))
    text = text.replace("#curie_map:\n#  dditkg: https://w3id.org/dditkg/\n", "")
    text = text.replace("#  gdad: https://w3id.org/dditkg/framework/gdad/\n", "")
    rules = {f.rule for f in sssom.findings(sssom.read(made(tmp_path, text)), PREFIXES)}
    assert rules == {"Mapping-set-required", "Mapping-prefix-declared"}


@pytest.mark.parametrize(
    "name", ["gdad.sssom.tsv", "a--b.tsv", "A--b.sssom.tsv", "a---b.sssom.tsv", "a--b--c.sssom.tsv"]
)
def test_the_file_name_rule(tmp_path: Path, name: str) -> None:
    ms = sssom.read(made(tmp_path, content(row()), name))
    ms = replace(ms, metadata={**ms.metadata, "mapping_set_id": ms.iri})
    (finding,) = sssom.findings(ms, PREFIXES)
    assert (finding.rule, finding.line) == ("Mapping-file-name", 1)


def test_every_rule_has_a_breaking_example() -> None:
    assert {f"Mapping-{rule}" for rule, *_ in BREAKING} | {"Mapping-file-name"} == set(sssom.RULES)


def test_findings_come_by_line(tmp_path: Path) -> None:
    text = content(row(confidence="2"), row(object_id="gdad:skill/x", predicate_id="a:b", comment=""))
    found = sssom.findings(sssom.read(made(tmp_path, text)), PREFIXES)
    assert [(f.line - FIRST, f.rule.removeprefix("Mapping-")) for f in found] == [
        (0, "confidence"),
        (1, "prefix-declared"),
        (1, "row-required"),
    ]


def test_severities_are_three() -> None:
    assert SEVERITIES == ("violation", "warning", "info")
    assert str(Finding("a", 1, "b", "info", "c.")) == "a:1  b  c."


# RDF ----------------------------------------------------------------------------------------------------------------


def test_the_set_and_its_rows_as_rdf(tmp_path: Path) -> None:
    rows = (
        row(comment='Says "so".', predicate_modifier="Not", reviewer_id="dditkg:agent/somebody"),
        row(subject_id="dditkg:skill/baking", object_id=NONE),
    )
    triples = sssom.triples(sssom.read(made(tmp_path, content(*rows))))
    base = "https://w3id.org/dditkg/"
    key = f"{base}skill/data-modelling\n{base}framework/gdad/skill/data-modelling\n{base}agent/project"
    first = f"<{base}mapping/dditkg--gdad/{hashlib.sha1(key.encode()).hexdigest()[:10]}>"
    key = f"{base}skill/baking\nhttps://w3id.org/sssom/NoTermFound\n{base}agent/project"
    second = f"<{base}mapping/dditkg--gdad/{hashlib.sha1(key.encode()).hexdigest()[:10]}>"
    expected = f"""
        PREFIX : <{base}> PREFIX sssom: <https://w3id.org/sssom/> PREFIX dcterms: <http://purl.org/dc/terms/>
        PREFIX owl: <http://www.w3.org/2002/07/owl#> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
        PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
        PREFIX semapv: <https://w3id.org/semapv/vocab/> PREFIX dcat: <http://www.w3.org/ns/dcat#>
        <{base}mapping-set/dditkg--gdad> a sssom:MappingSet ;
            dcterms:title "Skills to GDaD"@en ;
            dcterms:description "Our bakers' skills against a framework."@en ;
            dcterms:license <https://creativecommons.org/licenses/by/4.0/> ;
            dcterms:creator <{base}agent/project> ;
            dcterms:issued "2026-11-25"^^xsd:date ;
            dcat:version "2026-11" ;
            sssom:subject_source <{base}scheme/skill> ; sssom:object_source <{base}framework/gdad> ;
            sssom:subject_source_version "2026-11" ; sssom:object_source_version "2026-10-06" .
        {first} a sssom:Mapping ;
            dcterms:isPartOf <{base}mapping-set/dditkg--gdad> ;
            owl:annotatedSource <{base}skill/data-modelling> ;
            owl:annotatedProperty skos:exactMatch ;
            owl:annotatedTarget <{base}framework/gdad/skill/data-modelling> ;
            sssom:mapping_justification semapv:BackgroundKnowledgeBasedMatching ;
            sssom:author_id <{base}agent/project> ;
            sssom:reviewer_id <{base}agent/somebody> ;
            sssom:predicate_modifier sssom:NegatedPredicate ;
            sssom:confidence "0.85"^^xsd:decimal ;
            sssom:mapping_date "2026-11-20"^^xsd:date ;
            rdfs:comment "Says \\"so\\"."@en .
        {second} a sssom:Mapping ;
            dcterms:isPartOf <{base}mapping-set/dditkg--gdad> ;
            owl:annotatedSource <{base}skill/baking> ;
            owl:annotatedProperty skos:exactMatch ;
            owl:annotatedTarget sssom:NoTermFound ;
            sssom:object_source <{base}framework/gdad> ;
            sssom:mapping_justification semapv:BackgroundKnowledgeBasedMatching ;
            sssom:author_id <{base}agent/project> ;
            sssom:confidence "0.85"^^xsd:decimal ;
            sssom:mapping_date "2026-11-20"^^xsd:date ;
            rdfs:comment "Same work, and the levels agree."@en .
    """
    assert set(triples) == {quad.triple for quad in ox.parse(expected, format=ox.RdfFormat.TURTLE)}
    assert len(triples) == len(set(triples))


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("subject_id", "subject", FIRST - 1, "The table has no column subject_id. Add it or rename the one that"),
        ("dditkg:skill/data-modelling\t", "\t", FIRST, "The row has no subject_id. Fill it in."),
        ("dditkg:agent/project\t", "Jane Smith\t", FIRST, "author_id is “Jane Smith”, which is no short form. “Jane"),
        (
            "gdad:skill/data",
            "gdad:skill/50%-data",
            FIRST,
            "object_id is “gdad:skill/50%-data-modelling”, which g",
        ),
    ],
)
def test_what_cannot_be_loaded_is_said_by_its_column(tmp_path: Path, old: str, new: str, line: int, words: str) -> None:
    path = made(tmp_path, HEADER + content(row()).removeprefix(HEADER).replace(old, new, 1))
    with pytest.raises(BadFile) as caught:
        sssom.triples(sssom.read(path))
    assert caught.value.message.startswith(f"{path}:{line}  {words}")


def test_correcting_a_relation_keeps_the_iri(tmp_path: Path) -> None:
    ms = sssom.read(made(tmp_path, content(row(), row(predicate_id="skos:closeMatch", confidence="0.3"))))
    assert len({sssom.mapping_iri(ms, r) for r in ms.rows}) == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"object_id": "esco:x"},
        {"object_id": ""},
        {"object_id": "gdad:a b"},
        {"confidence": "high"},
        {"mapping_date": "yesterday"},
    ],
)
def test_a_value_without_rdf_form_is_named_not_dropped(tmp_path: Path, changed: dict[str, str]) -> None:
    path = made(tmp_path, content(row(), row(**changed)))
    with pytest.raises(BadFile, match=f"dditkg--gdad.sssom.tsv:{FIRST + 1}  "):
        sssom.triples(sssom.read(path))


# Other people's files and readers -----------------------------------------------------------------------------------


@pytest.mark.suites
def test_the_examples_of_the_standard_are_read_whole() -> None:
    examples = sorted((Path(os.environ["DDITKG_SUITES"]) / "sssom/examples").rglob("*.sssom.tsv"))
    assert len(examples) == 20
    refused = {}
    for path in examples:
        try:
            ms = sssom.read(path)
        except BadFile as error:
            refused[path.name] = error.message.removeprefix(str(path))
            continue
        lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
        assert len(ms.rows) == len(lines) - 1 > 0
        written = sssom.write(ms)
        with tempfile.TemporaryDirectory() as folder:
            again = sssom.read(made(Path(folder), written, path.name))
        assert meaning(again) == meaning(ms)
        assert sssom.write(again) == written
    # Its rows leave out the last cell; a row that may have lost a cell is refused, not guessed.
    assert refused == {"curation_rule_text2.sssom.tsv": ":11  The row has 7 cells, the table 8 columns."}


@pytest.mark.oracle
def test_the_standards_own_reader_keeps_every_row(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    from sssom.parsers import parse_sssom_table

    rows = (row(comment='Says "so", and | more.'), row(subject_id="dditkg:skill/baking", object_id=NONE))
    ours = made(tmp_path, sssom.write(sssom.read(made(tmp_path, content(*rows)))))
    for path in (ours, *AUTHORED):
        parsed = parse_sssom_table(path)
        assert len(parsed.df) == len(sssom.read(path).rows), path
        assert "not well-formed" not in capfd.readouterr().err, path


def test_our_own_sets_are_canonical_and_keep_the_rules() -> None:
    for path in AUTHORED:
        ms = sssom.read(path)
        assert sssom.formatted(path) == path.read_text(encoding="utf-8"), path
        assert sssom.findings(ms, PREFIXES) == [], path
        assert len({sssom.mapping_iri(ms, r) for r in ms.rows}) == len(ms.rows), path
