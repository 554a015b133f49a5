"""The wheel: what is in it, and that it works in an empty environment, offline, far from the checkout."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import urllib.parse
import urllib.request
import venv
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from restricted import beyond_codes

from dditkg import dataset, rows
from dditkg.dataset import Dataset

pytestmark = pytest.mark.wheel

ROOT = Path(__file__).parents[1]
QUESTION = "roles-that-need-a-skill"
QUERY = "PREFIX skill: <https://w3id.org/dditkg/skill/> SELECT ?p ?o { skill:data-modelling ?p ?o } ORDER BY ?p ?o"
# Loaded by every Python that the tests start: no file of the checkout is opened, nobody is called.
GUARD = """
import os, sys

def watch(event, arguments, checkout=os.environ["CHECKOUT"] + os.sep):
    if event == "open" and isinstance(arguments[0], str) and os.path.abspath(arguments[0]).startswith(checkout):
        raise PermissionError(f"{arguments[0]} lies in the checkout")
    if event == "socket.connect" and isinstance(arguments[1], tuple) and arguments[1][0] != "127.0.0.1":
        raise PermissionError(f"{arguments[1]} is another machine")
    if event == "socket.getaddrinfo" and arguments[0] not in (None, "127.0.0.1", "localhost"):
        raise PermissionError(f"{arguments[0]} is looked up")

sys.addaudithook(watch)
"""


def run(*command: str, cwd: Path, guarded: bool = False) -> str:
    """What a command prints. Fails with its complaint."""
    env = guarded_environment(cwd) if guarded else environment()
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def environment() -> dict[str, str]:
    """The surroundings without what would change where Python finds modules."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


def guarded_environment(elsewhere: Path) -> dict[str, str]:
    return {**environment(), "PYTHONPATH": str(elsewhere.parent / "guard"), "CHECKOUT": str(ROOT)}


@pytest.fixture(scope="module")
def made() -> Dataset:
    """The dataset of the checkout, as it is when the wheel is built."""
    return dataset.build(dataset.content_of(ROOT))


@pytest.fixture(scope="module")
def wheel(made: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built wheel."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--wheel", "--outdir", str(folder), str(ROOT), cwd=folder)
    (built,) = folder.iterdir()
    assert built.suffix == ".whl"
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of commands of an environment that holds the wheel and what it asks for."""
    home = tmp_path_factory.mktemp("installed")
    venv.create(home, with_pip=True)
    commands = home / ("Scripts" if os.name == "nt" else "bin")
    python = str(commands / "python")
    run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", str(wheel), cwd=home)
    run(python, "-m", "pip", "check", cwd=home)
    return commands


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty folder to work in; the guard lies beside it."""
    folder = tmp_path_factory.mktemp("elsewhere")
    for name in ("guard", "work"):
        (folder / name).mkdir()
    (folder / "guard" / "sitecustomize.py").write_text(GUARD, encoding="utf-8")
    return folder / "work"


def contents(folder: str, inside: str) -> set[str]:
    """The names that the files of a folder of the checkout have in the wheel."""
    files = (
        path for path in (ROOT / folder).rglob("*") if path.is_file() and path.suffix not in (".pyc", ".csv", ".runs")
    )
    return {f"{inside}/{path.relative_to(ROOT / folder).as_posix()}" for path in files}


def test_it_holds_the_package_the_content_and_nothing_else(wheel: Path) -> None:
    expected = contents("src/dditkg", "dditkg") | {"dditkg/content/dataset.nq"}
    for folder in ("ontology", "data", "shapes", "queries"):
        expected |= contents(folder, f"dditkg/content/{folder}")
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
        licences = {Path(name).name for name in archive.namelist() if ".dist-info/licenses/" in name}
    assert len(expected) > 150
    assert names == expected
    for some in ("http/templates/thing.html", "http/static/style.css", "content/queries/derive/60-matches.rq"):
        assert f"dditkg/{some}" in names
    assert licences == {"LICENSE", "LICENSES.md"}


def test_it_carries_the_dataset_that_the_checkout_makes(wheel: Path, made: Dataset, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        compiled = dataset.load(Path(archive.extract("dditkg/content/dataset.nq", tmp_path)))
    assert compiled.version == made.version
    assert compiled.prefixes == made.prefixes
    assert len(made.store) > 20_000
    assert set(compiled.store.engine) == set(made.store.engine)
    count, found = beyond_codes(quad.triple for quad in compiled.store.engine)
    assert count > 500
    assert found == []


def test_restricted_sources_stand_only_in_addresses(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            text = re.sub(r"https?://\S+", "", archive.read(name).decode())
            assert "sfia-online" not in text.lower(), name


def test_a_question_is_answered(installed: Path, made: Dataset, elsewhere: Path) -> None:
    answer = run(str(installed / "dditkg"), "ask", QUESTION, "-f", "json", cwd=elsewhere, guarded=True)
    question = (ROOT / "queries" / f"{QUESTION}.rq").read_text(encoding="utf-8")
    assert json.loads(answer) == rows.plain(made.store.select(question)) != []


def test_the_library_answers(installed: Path, made: Dataset, elsewhere: Path) -> None:
    script = f"""
import dditkg
from dditkg import ask, open_dataset, sparql
print(dditkg.__file__)
print(open_dataset().version)
print(len(sparql({QUERY!r}).rows))
print(len(ask({QUESTION!r}, skill="Data modelling").rows))
"""
    file, version, triples, roles = run(str(installed / "python"), "-c", script, cwd=elsewhere, guarded=True).split()
    assert Path(file).is_relative_to(installed.parent)
    assert version == made.version
    assert int(triples) == len(made.store.select(QUERY).rows) > 5
    assert int(roles) > 0


def test_the_guard_works(installed: Path, elsewhere: Path) -> None:
    for line in (f"open({str(ROOT / 'README.md')!r})", "import socket; socket.create_connection(('192.0.2.1', 80), 1)"):
        with pytest.raises(AssertionError, match="PermissionError"):
            run(str(installed / "python"), "-c", line, cwd=elsewhere, guarded=True)


@contextmanager
def serving(installed: Path, elsewhere: Path) -> Iterator[str]:
    command = [str(installed / "dditkg"), "serve", "--port", "0"]
    env = guarded_environment(elsewhere)
    process = subprocess.Popen(command, cwd=elsewhere, env=env, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        address = process.stdout.readline().removeprefix("dditkg: ").strip()
        assert address.startswith("http://"), "the service did not start"
        yield address
    finally:
        process.terminate()
        process.wait(30)
        process.stdout.close()


def got(address: str, accept: str) -> tuple[str, str]:
    """Media type and text of an answer."""
    with urllib.request.urlopen(urllib.request.Request(address, headers={"Accept": accept}), timeout=30) as answer:
        return answer.headers.get_content_type(), answer.read().decode()


def test_it_serves_a_thing_as_data_and_as_a_page(installed: Path, elsewhere: Path) -> None:
    with serving(installed, elsewhere) as address:
        kind, text = got(f"{address}/skill/data-modelling", "application/ld+json")
        assert kind == "application/ld+json"
        document = json.loads(text)
        assert document["id"] == "https://w3id.org/dditkg/skill/data-modelling"
        kind, context = got(document["@context"], "application/ld+json")
        assert "label" in json.loads(context)["@context"]
        kind, page = got(f"{address}/skill/data-modelling", "text/html")
        assert kind == "text/html"
        assert "Data modelling" in page
        sheets = re.findall(r'<link rel="stylesheet" href="([^"]+)"', page)
        assert sheets
        assert got(address + sheets[0], "*/*")[0] == "text/css"
        kind, found = got(f"{address}/sparql?{urllib.parse.urlencode({'query': QUERY})}", "text/csv")
        assert (kind, len(found.splitlines()) > 5) == ("text/csv", True)
