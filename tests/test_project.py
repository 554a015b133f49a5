"""What holds for the project as a whole: its public names, its dependencies, its licences."""

from __future__ import annotations

import ast
import hashlib
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from importlib.metadata import packages_distributions
from pathlib import Path

import pyoxigraph as ox
import pytest
from content import whole_dataset
from restricted import beyond_codes, named_in_rows

import dditkg
from dditkg import sssom
from dditkg.syntax import parse_file
from dditkg.terms import DCTERMS, RDFS, SKOS

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

# Public names -------------------------------------------------------------------------------------------------------


def test_all_is_sorted_and_complete() -> None:
    ours = {
        name
        for name, value in vars(dditkg).items()
        if not name.startswith("_") and str(getattr(value, "__module__", "")).split(".")[0] == "dditkg"
    }
    assert dditkg.__all__ == sorted(dditkg.__all__)
    assert set(dditkg.__all__) == ours


# What only some systems have, what asks the operating system for processes and signals, and what is slow to load.
NOT_LOADED = set(
    """
    resource fcntl termios pwd grp signal asyncio multiprocessing ctypes dditkg.sandbox dditkg.http
    starlette granian jinja2 pyshacl rdflib pandas
    """.split()
)


def loaded(statement: str) -> set[str]:
    """The modules that a fresh process has after a statement."""
    script = f"import sys\n{statement}\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_library_loads_on_every_system() -> None:
    modules = loaded("import dditkg; dditkg.open_dataset")
    assert "dditkg.dataset" in modules
    assert not modules & NOT_LOADED


def test_the_service_loads_no_rule_engine() -> None:
    modules = loaded("import dditkg.cli, dditkg.http.app, dditkg.http.site, dditkg.sandbox")
    assert "granian" in modules
    assert not modules & {"rdflib", "pyshacl", "pandas", "owlready2"}


# Dependencies -------------------------------------------------------------------------------------------------------


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def names_in(requirements: Iterable[str]) -> set[str]:
    return {plain(re.split(r"[\s<>=!~;\[]", requirement, maxsplit=1)[0]) for requirement in requirements}


def imported(*files: Path) -> set[str]:
    """The libraries that files import, by the name of what is to be installed."""
    found = set()
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                found.add(str(node.module).split(".")[0])
    ours = {"dditkg"} | {path.stem for folder in ("tests", "benchmarks") for path in (ROOT / folder).rglob("*.py")}
    # Typeshed's own stubs are seen by type checkers only.
    libraries = found - sys.stdlib_module_names - ours - {"_typeshed", "__future__"}
    distributions = packages_distributions()
    return {plain(distributions.get(name, [name])[0]) for name in libraries}


RUNTIME = names_in(PROJECT["project"]["dependencies"])
EXTRAS = {name: names_in(wanted) for name, wanted in PROJECT["project"]["optional-dependencies"].items()}


def test_the_package_imports_what_it_declares_and_declares_what_it_imports() -> None:
    found = imported(*(ROOT / "src").rglob("*.py"))
    assert found - EXTRAS["meaning"] - EXTRAS["pandas"] - EXTRAS["reason"] - EXTRAS["remote"] == RUNTIME


def test_a_build_has_what_compiling_the_dataset_imports() -> None:
    distributions = packages_distributions()
    packages = {name.split(".")[0] for name in loaded("import dditkg.dataset, dditkg.sssom")} - loaded("pass")
    needed = {plain(distributions[name][0]) for name in packages if name in distributions} - {"dditkg"}
    assert needed == {"pyoxigraph", "pyyaml", "rapidfuzz"}
    assert needed < names_in(PROJECT["build-system"]["requires"])


def test_tests_and_tools_import_only_what_is_declared() -> None:
    files = [*(ROOT / "tests").rglob("*.py"), *(ROOT / "benchmarks").glob("*.py"), ROOT / "hatch_build.py"]
    assert len(files) > 15
    declared = RUNTIME.union(*EXTRAS.values(), names_in(PROJECT["build-system"]["requires"]))
    assert not imported(*files) - declared


# Licences -----------------------------------------------------------------------------------------------------------


def test_every_framework_has_its_licence_named() -> None:
    licences = (ROOT / "LICENSES.md").read_text(encoding="utf-8")
    held = {f"data/frameworks/{p.name}{'/' if p.is_dir() else ''}" for p in (ROOT / "data/frameworks").iterdir()}
    assert held
    assert set(re.findall(r"`(data/frameworks/[^`]+)`", licences)) == held


# The first 12 digits of the SHA-256 of each skill name of SFIA 8 and 9 that has more than one word, in small letters:
# enough to see one, not to read one.
RESTRICTED = frozenset(
    """
    031a0fcfbf58 03f1d37d4c67 03f5ea111239 0609b3dbf9aa 06e9dffe9b71 072254a3685a 075cd84b0a2e 08994031d782
    0afcfda916c2 0b7cf8e0ba5a 0ce35f7d00d8 0d2c3fdc700a 0d477de461a8 0ef691ad40e7 12dc4fb9bedd 1443a8b35f70
    1604119bd7d3 1919d59c7fff 198622cd1ae6 1d6c5be58bfa 20bb85b18856 20c0abdf329b 20c26c9e8921 218c020b9b57
    21aaafeacdd1 21ea693a9a27 2316d1fb1f71 252364311a13 2597987e7869 275bb2421e2f 27729f87be2f 28cb8cd0bc04
    2a5f384fc498 2ce3a6030453 2ce56b3b60fe 31e3a3490a47 352fcd70019d 3569f6606e68 362010bf2442 3874d2b6bf1b
    3d6ae96017f4 3e06d5e5f8f4 3fbe0f5eddbf 40b8f94e81ad 43a4b0d86394 43c4d61f1fbe 47ac95fd8f87 49fdd569c206
    4a83aea471f4 4b612f28ba00 4e435ad3c5c3 4ee486743184 53136e27f95e 550cdcad06db 555993f3cc86 56fd8b00a8ee
    5782f37389a9 5a7c3011cba0 5ba530466478 5d0602806259 5f4efb6f2f01 61dd8bf3c3ce 64a01a009020 64bb17443f5a
    669fe3d2881c 68d45f922df7 69c14dc8e0f0 6a6ebe8510ce 6b2402a59b0e 6d2408a92478 6d2ec493c6da 705dd3f93bc8
    72d5ba01bfc7 736972d0a18a 754822a5e16d 77fc6a86cd80 79c917a4d662 7b0c5e76570a 7b4ced00088a 7c442b04cbec
    8162dc7a48dd 8181a6ea5062 828b1da15742 85ab1c2e077c 8a794bd4306c 8ad94ae07c60 8b99dbbe9c02 8bc552dd49cd
    8c8fede271cf 8e3de24295e4 8eea447050b0 91aa12e2e7e1 94c50f8ed4ee 9589c61418d4 9d7ce4f661b2 9ea65158813a
    a007d81e46c5 a4a82a9479f9 a54805ffa260 a9059894f578 aa6634e1c5ee aa90a6f24112 aa9c5c6c7554 aaa4fb832d47
    ab5c9ac2d5f5 af68de4eaeda b0d0baed189d b16b3604740b b326aa316d60 b3dcbd04b402 b4118417c7c9 b7941dc7f907
    bb11c2d34aea bc99aee5fa57 be7e472fdd6c bfcc1190f414 c0248a560dbd c2e68b927926 c2ee83c9925e c3eb02b3d101
    c5ab1c8e5b7f c75f45dd350a c7ca08df5632 c9b6e119ec91 cc765f13b55d cd4ea3060bc6 cea3b2d5873b cf58bf2f2b08
    d140e36785d4 d45d2eac9d7c d4ee642fba13 d585244aac29 d71f8a6d9497 d768cc8d166c d9551e5707ce dcaa8e5ecb8d
    e580cd5dac01 e7eb9248e5d9 f28c34ee7384 f299c3f25ee9 f3927a6ee452 f4d1dfd646a6 f85e4d5249dd f8b47498a4db
    f94095c1d0a5 fb64ef950df3 fbc5a70f8a91 fd4355cc3079 fd5f03540ec6 feac9c9156ea ff3c317938f6 ff431ccc4f88
    """.split()
)
TEXTS = tuple(SKOS + name for name in "prefLabel altLabel hiddenLabel definition scopeNote example".split())
ABOUT_SFIA = re.compile(r"\bsfia\b|sfia-", re.IGNORECASE)


def hashed(text: str) -> str:
    return hashlib.sha256(text.strip().lower().encode()).hexdigest()[:12]


def restricted_labels(triples: Iterable[ox.Triple], names: frozenset[str]) -> list[str]:
    """Restricted names that stand as a text of a thing that belongs to SFIA."""
    return [
        f"{triple.subject} {triple.object.value}"
        for triple in triples
        if isinstance(triple.object, ox.Literal)
        and triple.predicate.value in (*TEXTS, RDFS + "label", DCTERMS + "title")
        and ABOUT_SFIA.search(str(triple.subject))
        and hashed(triple.object.value) in names
    ]


def test_the_example_of_the_package_gives_rows() -> None:
    asked = re.search(r'ask\("([^"]+)", (\w+)="([^"]+)"\)', dditkg.__doc__ or "")
    assert asked
    answer = dditkg.ask(asked[1], dataset=whole_dataset(), **{asked[2]: asked[3]})
    assert str(answer).count("\n") > 3


def test_no_file_that_people_write_is_too_long_to_find_a_thing_in() -> None:
    lines = {path: path.read_bytes().count(b"\n") for path in (ROOT / "data").rglob("*.ttl")}
    written = {path: count for path, count in lines.items() if path.parent != ROOT / "data/frameworks"}
    assert len(written) > 50
    assert not [f"{path}: {count}" for path, count in written.items() if count > 1_600]


def test_no_sfia_name_stands_as_a_label_of_a_sfia_unit() -> None:
    assert len(RESTRICTED) == 152
    files = sorted((ROOT / "data").rglob("*.ttl"))
    assert len(files) > 30
    for path in files:
        assert not restricted_labels((quad.triple for quad in parse_file(path).quads), RESTRICTED), path
    for path in sorted((ROOT / "data").rglob("*.sssom.tsv")):
        for row in sssom.read(path).rows:
            for end in ("subject", "object"):
                if ABOUT_SFIA.search(row.cells.get(f"{end}_id", "")):
                    label = row.cells.get(f"{end}_label", "")
                    assert hashed(label) not in RESTRICTED, f"{path}:{row.line}"


def test_of_sfia_the_repository_holds_code_edition_and_level_only() -> None:
    """All that git keeps, and all that the dataset derives from it."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    turtle = [ROOT / name for name in listed if name.endswith(".ttl") and (ROOT / name).is_file()]
    rows = [ROOT / name for name in listed if name.endswith(".sssom.tsv") and (ROOT / name).is_file()]
    assert len(turtle) > 100
    assert len(rows) > 40
    texts = [beyond_codes(quad.triple for quad in parse_file(path).quads) for path in turtle]
    assert sum(count for count, _ in texts) > 100
    assert [said for _, found in texts for said in found] == []
    for path in rows:
        ms = sssom.read(path)
        ends = [(row, end) for row in ms.rows for end in ("subject", "object")]
        labels = [(ms.expanded(row.cells.get(f"{e}_id", "")), row.cells.get(f"{e}_label", "")) for row, e in ends]
        assert named_in_rows(labels) == [], path
    count, found = beyond_codes(quad.triple for quad in whole_dataset().store.engine)
    assert count > 500
    assert found == []


def test_a_text_of_sfia_is_seen() -> None:
    unit, definition = ox.NamedNode("https://rdf.sfia-online.org/9/skills/CAND"), ox.NamedNode(SKOS + "definition")
    label = ox.NamedNode(SKOS + "prefLabel")
    coded = ox.Triple(unit, label, ox.Literal("SFIA 9 CAND", language="en"))
    worded = [
        ox.Triple(unit, label, ox.Literal("Candle making", language="en")),
        ox.Triple(unit, definition, ox.Literal("SFIA 9 CAND", language="en")),
    ]
    assert beyond_codes([coded]) == (1, [])
    assert len(beyond_codes([coded, *worded])[1]) == 2
    assert named_in_rows([(unit.value, "SFIA 9 CAND: level 4"), (unit.value, "Candle making")]) != []


def test_a_restricted_name_is_seen() -> None:
    names = frozenset({hashed("candle making")})
    unit, label = ox.NamedNode("https://rdf.sfia-online.org/9/skills/CAND"), ox.NamedNode(SKOS + "prefLabel")
    named = ox.Triple(unit, label, ox.Literal("Candle making", language="en"))
    coded = ox.Triple(unit, label, ox.Literal("SFIA 9 CAND", language="en"))
    ours = ox.Triple(ox.NamedNode("https://w3id.org/dditkg/skill/candle-making"), label, named.object)
    assert len(restricted_labels([named], names)) == 1
    assert not restricted_labels([coded, ours], names)


@pytest.mark.parametrize("folder", ["data", "ontology", "queries", "shapes", "src"])
def test_sfia_stands_only_in_addresses(folder: str) -> None:
    files = [path for path in (ROOT / folder).rglob("*") if path.is_file() and path.suffix not in (".pyc", ".runs")]
    assert len(files) > 2
    for path in files:
        text = re.sub(r"https?://\S+", "", path.read_text(encoding="utf-8"))
        assert "sfia-online" not in text.lower(), path
