"""The canonical Turtle: it keeps the meaning, settles at once, and refuses what it cannot hold."""

from __future__ import annotations

import random
import re
import tempfile
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dditkg.errors import BadFile
from dditkg.form import format_files
from dditkg.syntax import parse_file
from dditkg.terms import DCTERMS, DD, OWL, RDF, RDFS, SKOS, XSD
from dditkg.turtle import formatted, write

ROOT = Path(__file__).parents[1]
FOLDERS = ("ontology", "data", "shapes", "tests/world", "tests/shapes")
FILES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.ttl"))
EX = "https://example.org/"
PREFIXES = {
    "dd": DD,
    "ex": EX,
    "exa": EX + "a/",
    "owl": OWL,
    "rdf": RDF,
    "rdfs": RDFS,
    "skos": SKOS,
    "xsd": XSD,
}


def meaning(triples: Iterable[ox.Triple]) -> ox.Dataset:
    """Triples as a set in which the names of blank nodes do not count."""
    dataset = ox.Dataset(ox.Quad(t.subject, t.predicate, t.object) for t in triples)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return dataset


def parsed(text: str) -> list[ox.Triple]:
    return [quad.triple for quad in ox.parse(text.encode(), format=ox.RdfFormat.TURTLE)]


def saved(tmp_path: Path, text: str, name: str = "x.ttl") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


# Every file of the repository -----------------------------------------------------------------------------------------


def test_files_are_found() -> None:
    for folder in FOLDERS:
        assert any(path.is_relative_to(ROOT / folder) for path in FILES), folder
    assert len(FILES) > 180


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_file_is_canonical_and_means_the_same(path: Path) -> None:
    text = formatted(path)
    assert text == path.read_text(encoding="utf-8"), "run `dditkg fmt`"
    assert meaning(parsed(text)) == meaning(quad.triple for quad in parse_file(path).quads)


def test_a_formatter_run_over_the_test_data_changes_nothing() -> None:
    changed, seen = format_files([ROOT / "tests/world", ROOT / "tests/shapes"], write=False)
    assert changed == []
    assert seen > 130


@pytest.mark.parametrize("path", FILES[::7], ids=lambda path: str(path.relative_to(ROOT)))
def test_scrambled_file_comes_back(path: Path, tmp_path: Path) -> None:
    """The same triples in another order, without prefixes, lists spelled out: the same text after one run."""
    quads = list(parse_file(path).quads)
    random.Random(7).shuffle(quads)
    head = "".join(f"@prefix {p}: <{ns}> .\n" for p, ns in parse_file(path).prefixes.items())
    scrambled = saved(tmp_path, head + "".join(f"{quad.triple} .\n" for quad in quads))
    assert formatted(scrambled) == path.read_text(encoding="utf-8")


# Random graphs --------------------------------------------------------------------------------------------------------


def iri_or_none(text: str) -> ox.NamedNode | None:
    try:
        return ox.NamedNode(text)
    except ValueError:
        return None


LOCALS = st.text(alphabet="abzAZ019-_.~%!$&'()*+,;=:@/#?éß日😀", max_size=8)
BASES = st.sampled_from([EX, EX + "a/", DD, SKOS, RDF, "urn:x:", "https://elsewhere.example/"])
IRIS = st.builds(lambda base, local: iri_or_none(base + local), BASES, LOCALS).filter(lambda iri: iri is not None)
PREDICATES = st.one_of(
    IRIS, st.sampled_from([ox.NamedNode(i) for i in (RDF + "type", SKOS + "prefLabel", DCTERMS + "source", EX + "p")])
)
NOISE = st.text(
    alphabet=st.sampled_from("\"'\\\n\r\t\b\f\v\x00\x01\x1f\x7f\x85\u2028\ufeff #.;,@^<>ab日😀"), max_size=12
)
TEXTS = st.one_of(NOISE, st.text(max_size=12))
LITERALS = st.one_of(
    st.builds(ox.Literal, TEXTS),
    st.builds(lambda v, lang: ox.Literal(v, language=lang), TEXTS, st.sampled_from(["en", "fr", "en-gb", "zh-hant"])),
    st.builds(
        lambda v, kind: ox.Literal(v, datatype=ox.NamedNode(kind)),
        st.one_of(TEXTS, st.sampled_from(["1", "-1", "+01", "1.0", "true", "1e3", "2026-11-25", "1 ", ""])),
        st.sampled_from(
            [XSD + k for k in ("integer", "boolean", "decimal", "double", "date", "string")] + [EX + "own"]
        ),
    ),
)
TERMS = st.recursive(st.one_of(IRIS, LITERALS), lambda inner: st.lists(inner, max_size=3), max_leaves=5)
NIL = ox.NamedNode(RDF + "nil")


def spelled_out(term: object, triples: list[ox.Triple]) -> object:
    """A term, where a Python list becomes an RDF list whose triples are added."""
    if not isinstance(term, list):
        return term
    node: object = NIL
    for member in reversed(term):
        cell = ox.BlankNode()
        triples.append(ox.Triple(cell, ox.NamedNode(RDF + "first"), spelled_out(member, triples)))
        triples.append(ox.Triple(cell, ox.NamedNode(RDF + "rest"), node))
        node = cell
    return node


def graph(rows: list[tuple[ox.NamedNode, ox.NamedNode, object]]) -> list[ox.Triple]:
    triples: list[ox.Triple] = []
    for subject, predicate, term in rows:
        triples.append(ox.Triple(subject, predicate, spelled_out(term, triples)))
    return triples


GRAPHS = st.lists(st.tuples(IRIS, PREDICATES, TERMS), min_size=1, max_size=8).map(graph)


@settings(max_examples=300)
@given(triples=GRAPHS, rng=st.randoms(use_true_random=False))
def test_random_graph_keeps_its_meaning_and_settles(triples: list[ox.Triple], rng: random.Random) -> None:
    text = write(triples, PREFIXES)
    again = parsed(text)
    assert meaning(again) == meaning(triples)
    rng.shuffle(again)
    assert write(again, PREFIXES) == text
    with tempfile.TemporaryDirectory() as folder:
        assert formatted(saved(Path(folder), text)) == text


@settings(max_examples=300)
@given(value=TEXTS)
def test_text_comes_back_as_it_was(value: str) -> None:
    triple = ox.Triple(ox.NamedNode(EX + "s"), ox.NamedNode(EX + "p"), ox.Literal(value, language="en"))
    assert parsed(write([triple], PREFIXES)) == [triple]


@settings(max_examples=200)
@given(triples=GRAPHS)
def test_one_triple_a_line(triples: list[ox.Triple]) -> None:
    """As many lines with a predicate as there are triples outside lists, when no text has a line break."""
    flat = [t for t in set(triples) if isinstance(t.subject, ox.NamedNode)]
    if any("\n" in t.object.value for t in triples if isinstance(t.object, ox.Literal)):
        return
    # Other line ends than \n are text to Turtle, so the lines are split at \n alone.
    lines = [line for line in write(triples, PREFIXES).split("\n") if line.startswith("    ")]
    assert len(lines) == len(flat)
    assert all(line.endswith(" ;") for line in lines)


# Order ----------------------------------------------------------------------------------------------------------------


def test_order_of_blocks_predicates_and_prefixes() -> None:
    text = write(
        parsed(
            f"""
            @prefix dd: <{DD}> . @prefix ex: <{EX}> . @prefix skos: <{SKOS}> . @prefix owl: <{OWL}> .
            @prefix dcterms: <{DCTERMS}> .
            ex:b dd:enables ex:y, ex:x ; a dd:Capability ; skos:altLabel "B2"@en, "B1"@en ; skos:prefLabel "B"@en ;
              owl:deprecated true ; dcterms:source ex:s ; dd:deprecationReason "Old"@en ; skos:broader ex:a ;
              skos:definition "What it is"@en ; dd:consistsOf ex:z ; dcterms:isReplacedBy ex:c ; skos:notation "b" ;
              skos:scopeNote "Not that"@en ; skos:inScheme ex:list .
            ex:a a dd:Capability .
            ex:z-framework a dd:Framework .
            ex:list a skos:ConceptScheme .
            """
        ),
        {**PREFIXES, "dcterms": DCTERMS},
    )
    assert text == (
        f"@prefix dcterms: <{DCTERMS}> .\n"
        f"@prefix dd: <{DD}> .\n"
        f"@prefix ex: <{EX}> .\n"
        f"@prefix owl: <{OWL}> .\n"
        f"@prefix skos: <{SKOS}> .\n"
        "\n"
        "ex:list\n"
        "    a skos:ConceptScheme ;\n"
        ".\n"
        "\n"
        "ex:z-framework\n"
        "    a dd:Framework ;\n"
        ".\n"
        "\n"
        "ex:a\n"
        "    a dd:Capability ;\n"
        ".\n"
        "\n"
        "ex:b\n"
        "    a dd:Capability ;\n"
        '    skos:prefLabel "B"@en ;\n'
        '    skos:altLabel "B1"@en ;\n'
        '    skos:altLabel "B2"@en ;\n'
        '    skos:definition "What it is"@en ;\n'
        '    skos:scopeNote "Not that"@en ;\n'
        '    skos:notation "b" ;\n'
        "    skos:inScheme ex:list ;\n"
        "    skos:broader ex:a ;\n"
        "    dd:consistsOf ex:z ;\n"
        "    dd:enables ex:x ;\n"
        "    dd:enables ex:y ;\n"
        "    dcterms:source ex:s ;\n"
        "    owl:deprecated true ;\n"
        '    dd:deprecationReason "Old"@en ;\n'
        "    dcterms:isReplacedBy ex:c ;\n"
        ".\n"
    )


def test_only_prefixes_in_use_are_declared_and_the_longest_wins() -> None:
    triple = ox.Triple(ox.NamedNode(EX + "a/b"), ox.NamedNode(EX + "p"), ox.NamedNode("https://elsewhere.example/x"))
    assert write([triple], PREFIXES) == (
        f"@prefix ex: <{EX}> .\n@prefix exa: <{EX}a/> .\n\nexa:b\n    ex:p <https://elsewhere.example/x> ;\n.\n"
    )


def test_nothing_gives_nothing() -> None:
    assert write([], PREFIXES) == ""


def test_lists_stand_on_one_line() -> None:
    text = write(parsed(f'<{EX}s> <{EX}p> ( "a"@en ( 1 true ) () ) , () .'), PREFIXES)
    assert '    ex:p ( "a"@en ( 1 true ) () ) ;\n' in text
    assert "    ex:p () ;\n" in text


# What is refused ------------------------------------------------------------------------------------------------------

HEAD = f"@prefix ex: <{EX}> .\n\n"


def refusal(tmp_path: Path, text: str) -> str:
    path = saved(tmp_path, text)
    with pytest.raises(BadFile) as caught:
        formatted(path)
    assert path.read_text(encoding="utf-8") == text
    message = caught.value.message
    assert "\n" not in message
    assert message.startswith(str(path))
    assert message.endswith(".")
    return message.removeprefix(str(path))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("# first\nex:a ex:p ex:b .\n", 3),
        ("ex:a ex:p ex:b . # after\n", 3),
        ("ex:a\n  ex:p ex:b ;  # between\n.\n", 4),
        ('ex:a ex:p "no # here" , """nor\n# here""" , <https://x.example/#nor-here> .\n#here\n', 5),
    ],
)
def test_a_comment_is_refused_where_it_stands(tmp_path: Path, text: str, line: int) -> None:
    assert refusal(tmp_path, HEAD + text).startswith(f":{line}  A comment would be lost.")


@pytest.mark.parametrize(
    "text",
    [
        'ex:a ex:p "#1" .\n',
        "ex:a ex:p '#1' .\n",
        'ex:a ex:p """a "#" b\n#""" .\n',
        "ex:a ex:p '''a '#' b\n#''' .\n",
        'ex:a ex:p "\\"#" .\n',
        "ex:a ex:p <https://x.example/#> .\n",
        "ex:a ex:p ex:b\\#c .\n",
    ],
)
def test_a_hash_that_is_no_comment_is_kept(tmp_path: Path, text: str) -> None:
    path = saved(tmp_path, HEAD + text)
    assert meaning(parsed(formatted(path))) == meaning(parsed(HEAD + text))


@pytest.mark.parametrize(
    "text",
    [
        "ex:a ex:p [ ex:q ex:b ] .\n",
        "ex:a ex:p [] .\n",
        "_:b ex:p ex:a .\n",
        "[ ex:p ex:a ] .\n",
        "ex:a ex:p ( [] ) .\n",
    ],
)
def test_a_blank_node_outside_a_list_is_refused(tmp_path: Path, text: str) -> None:
    assert "blank node" in refusal(tmp_path, HEAD + text)


REST = f"<{RDF}rest>"
FIRST = f"<{RDF}first>"


@pytest.mark.parametrize(
    "text",
    [
        f"ex:a ex:p _:l . ex:b ex:p _:l . _:l {FIRST} ex:c ; {REST} () .\n",
        f"ex:a ex:p _:l . _:l {FIRST} ex:c , ex:d ; {REST} () .\n",
        f"ex:a ex:p _:l . _:l {FIRST} ex:c ; {REST} () , ( ex:d ) .\n",
        f"ex:a ex:p _:l . _:l {FIRST} ex:c .\n",
        f"ex:a ex:p _:l . _:l {REST} () .\n",
        f"ex:a ex:p _:l . _:l {FIRST} ex:c ; {REST} _:l .\n",
        f"ex:a ex:p _:l . _:l {FIRST} ex:c ; {REST} ex:b .\n",
        f"_:l {FIRST} ex:c ; {REST} () .\n",
        f"ex:a ex:p _:l . _:l {FIRST} ex:c ; {REST} () ; ex:p ex:d .\n",
    ],
    ids=["shared", "two-firsts", "two-rests", "no-rest", "no-first", "circle", "ends-in-iri", "unused", "more-said"],
)
def test_a_crooked_list_is_refused(tmp_path: Path, text: str) -> None:
    refusal(tmp_path, HEAD + text)


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        ("ex:a ex:p zz:b .\n", 3, "zz:"),
        ("ex:a ex:p ex:b\n", 4, "end"),
        ('ex:a ex:p "open .\n', 3, ""),
        ("ex:a ex:p ex:b .\n\nex:c ex:q ;;; <not closed\n", 5, ""),
        ("ex:a ex:p <has space> .\n", 3, ""),
    ],
)
def test_a_broken_file_is_one_sentence_with_its_line(tmp_path: Path, text: str, line: int, part: str) -> None:
    said = refusal(tmp_path, HEAD + text)
    assert re.match(rf":{line}  \S", said), said
    assert part in said


def test_a_file_that_is_not_utf_8_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "latin.ttl"
    path.write_bytes(HEAD.encode() + 'ex:a ex:p "café"@en .\n'.encode("latin-1"))
    with pytest.raises(BadFile, match=r"latin\.ttl:3  .+\.$"):
        formatted(path)


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match=r"gone\.ttl: No such file or directory\.$"):
        formatted(tmp_path / "gone.ttl")


# The writer of files --------------------------------------------------------------------------------------------------


def test_writing_replaces_whole_files_and_says_which(tmp_path: Path) -> None:
    loose = saved(tmp_path, HEAD + "ex:b ex:p ex:c . ex:a ex:p ex:c .\n", "loose.ttl")
    neat = saved(tmp_path, HEAD + "ex:a\n    ex:p ex:b ;\n.\n", "neat.ttl")
    assert format_files([tmp_path], write=False) == ([loose], 2)
    assert "ex:b ex:p ex:c . ex:a" in loose.read_text(encoding="utf-8")
    assert format_files([tmp_path]) == ([loose], 2)
    assert loose.read_text(encoding="utf-8") == HEAD + "ex:a\n    ex:p ex:c ;\n.\n\nex:b\n    ex:p ex:c ;\n.\n"
    assert format_files([loose, neat]) == ([], 2)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["loose.ttl", "neat.ttl"]


def test_one_broken_file_leaves_the_others_as_they_were(tmp_path: Path) -> None:
    good = saved(tmp_path, HEAD + "ex:b ex:p ex:c . ex:a ex:p ex:c .\n", "a-good.ttl")
    before = good.read_text(encoding="utf-8")
    saved(tmp_path, HEAD + "ex:a ex:p\n", "b-broken.ttl")
    with pytest.raises(BadFile, match=r"b-broken\.ttl:4"):
        format_files([tmp_path])
    assert good.read_text(encoding="utf-8") == before


def test_line_ends_of_windows_are_not_canonical(tmp_path: Path) -> None:
    text = HEAD + "ex:a\n    ex:p ex:b ;\n.\n"
    path = tmp_path / "x.ttl"
    path.write_bytes(text.replace("\n", "\r\n").encode())
    assert format_files([path]) == ([path], 1)
    assert path.read_bytes() == text.encode()
