"""The dataset: files loaded once, each into the graph of its address, merged, and completed by the derive queries."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pyoxigraph as ox

from dditkg import compiled
from dditkg.errors import BadContent, BadFile, NotFound, WrongUse
from dditkg.store import LocalStore, Store
from dditkg.syntax import is_rdf, parse_file
from dditkg.terms import BASE, GRAPH_BASE, RDF, SH, Prefixes

#: The folder of a project for files that are nobody else's business: neither git nor the package takes it up.
LOCAL = "local"
_VERSION_OF = (ox.NamedNode(BASE + "dataset"), ox.NamedNode("http://www.w3.org/ns/dcat#version"))
_TYPE = ox.NamedNode(RDF + "type")
_VERSION_GRAPH = ox.NamedNode(GRAPH_BASE + "release")


@dataclass(frozen=True)
class Content:
    """The folders a dataset is made from. Files are the registry: what lies there is loaded."""

    root: Path
    turtle: tuple[Path, ...]
    mappings: tuple[Path, ...]
    derive: tuple[Path, ...]
    shapes: tuple[Path, ...]
    questions: tuple[Path, ...]

    @property
    def authored(self) -> tuple[Path, ...]:
        """The files whose triples are facts: ontology and data, in one order."""
        return self.turtle + self.mappings


def content_of(root: Path, ontology: Path | None = None) -> Content:
    """The content under a root folder. `ontology` names another root for ontology, shapes and queries.

    Raises NotFound where the folders are not there.
    """
    rules = ontology or root
    for folder in (rules / "ontology", root / "data"):
        if not folder.is_dir():
            raise NotFound(f"{folder} is not there. A project has the folders ontology and data.")
    turtle = (*sorted((rules / "ontology").rglob("*.ttl")), *sorted((root / "data").rglob("*.ttl")))
    return Content(
        root=root,
        turtle=turtle,
        mappings=tuple(sorted((root / "data").rglob("*.sssom.tsv"))),
        derive=tuple(sorted((rules / "queries" / "derive").glob("*.rq"))),
        shapes=tuple(sorted((rules / "shapes").glob("*.ttl"))),
        questions=tuple(sorted((rules / "queries").glob("*.rq"))),
    )


def find_root(start: Path) -> Path:
    """The nearest folder, from `start` upwards, that holds ontology/ and data/. Raises NotFound."""
    for folder in (start.resolve(), *start.resolve().parents):
        if (folder / "ontology").is_dir() and (folder / "data").is_dir():
            return folder
    raise NotFound(f"No folder with ontology/ and data/ here or above {start.resolve()}. Name one.")


def installed_root() -> Path:
    """Where the content of this installation lies: inside the package, or in the checkout it runs from."""
    inside = Path(__file__).parent / "content"
    return inside if inside.is_dir() else Path(__file__).parents[2]


def installed_questions() -> tuple[Path, ...]:
    """The question files of this installation."""
    return tuple(sorted((installed_root() / "queries").glob("*.rq")))


@dataclass(frozen=True)
class Dataset:
    """A loaded, completed, read-only set of triples."""

    store: Store
    prefixes: Prefixes
    version: str

    @property
    def local(self) -> LocalStore:
        """The store of a dataset made from files, graph by graph. Raises WrongUse for one behind an endpoint."""
        if isinstance(self.store, LocalStore):
            return self.store
        raise WrongUse("This needs the files of the dataset, and cannot be done through an endpoint.")

    def write(self, target: Path) -> None:
        """Everything with its graphs in one file: what a wheel carries and `load` reads."""
        compiled.write(self.local, target)


def open_dataset(root: Path | None = None, added: Sequence[Path] = ()) -> Dataset:
    """The dataset of a project folder, or of this installation, with files of one's own beside it. Needs no network.

    An installed package starts from the compiled file it carries; a checkout from its files, or from what it kept of
    its last build of just these files. With files added everything is built anew, and nothing of it is kept.
    """
    home = root or installed_root()
    if added:
        return build(content_of(home), added)
    if (home / "dataset.nq").is_file():
        return load(home / "dataset.nq")
    with ThreadPoolExecutor(1) as beside:
        listing = beside.submit(_listed, home)
        last = compiled.last(home)
        store = compiled.recall(last)  # before it is known whether it is of just these files: mostly it is
        content, place = listing.result()
    if store is not None and place == last:
        return _opened(store, place)
    del store  # its memory is wanted for the build
    dataset = build(content)
    compiled.keep(dataset.local, place)
    return dataset


def _listed(home: Path) -> tuple[Content, Path]:
    """The content of a project folder, and where the build of just these files is kept."""
    content = content_of(home)
    return content, compiled.kept(home, (*content.authored, *content.derive))


def load(path: Path) -> Dataset:
    """A dataset written by `Dataset.write`. Raises BadContent for another file."""
    try:
        return _opened(compiled.load(path), path)
    except (OSError, SyntaxError, ValueError) as error:
        raise BadContent(f"{path} cannot be read: {error}. Build it again.") from error


def _opened(store: LocalStore, path: Path) -> Dataset:
    versions = [_value(term) for term in store.objects(_VERSION_OF[0], _VERSION_OF[1].value)]
    if len(versions) != 1:
        raise BadContent(f"{path} names no version. Build it again.")
    return Dataset(store, declared_prefixes(store), versions[0])


def build(content: Content, added: Sequence[Path] = ()) -> Dataset:
    """Load the authored files and run the derive queries once, in name order.

    What an added file declares, that is, gives a type, is described by that file alone: a framework or a unit that our
    files describe too is described by theirs no longer. What it says of other things is added to what is known.
    Raises BadFile naming file and line, and BadContent when there is nothing to load.
    """
    if not content.turtle:
        raise BadContent(f"No Turtle file under {content.root}.")
    if not content.derive:
        raise BadContent("No derive query under queries/derive.")
    store = LocalStore(union=True)
    theirs = [quad for path in added for quad in _quads_of(path, content.root)]
    declared = {quad.subject for quad in theirs if quad.predicate == _TYPE}
    for path in content.authored:
        quads = _quads_of(path, content.root)
        if declared and path.is_relative_to(content.root / "data"):
            quads = (quad for quad in quads if quad.subject not in declared)
        store.engine.extend(quads)
    store.engine.extend(theirs)
    store = _merged(store)
    for path in content.derive:
        _derive(store, path)
    version = _fingerprint((*content.authored, *content.derive, *added))
    _add(store, [ox.Quad(*_VERSION_OF, ox.Literal(version), _VERSION_GRAPH)])
    return Dataset(store, declared_prefixes(store), version)


def files_in(paths: Sequence[Path]) -> list[Path]:
    """The files to be added: those named, and in a folder all that can be loaded. Raises NotFound."""
    found: list[Path] = []
    for path in paths:
        inside = sorted(file for file in path.rglob("*") if _can_load(file)) if path.is_dir() else [path]
        if not inside or not inside[0].is_file():
            raise NotFound(f"{path} is not there." if not path.is_dir() else f"{path}: there is nothing to load in it.")
        found += inside
    return list(dict.fromkeys(found))


def _can_load(path: Path) -> bool:
    return path.is_file() and (is_rdf(path) or path.name.endswith(".sssom.tsv"))


def open_files(paths: Sequence[Path]) -> Dataset:
    """Other people's files as they stand: nothing is derived.

    Turtle and N-Triples go to the default graph; N-Quads and TriG bring their graph names.
    """
    store, digest = LocalStore(), hashlib.sha256()
    for path in paths:
        store.load(path)
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return Dataset(store, declared_prefixes(store), digest.hexdigest()[:12])


def open_endpoint(url: str, seconds: float) -> Dataset:
    """The dataset that an endpoint holds, asked about itself first; no answer may take longer than `seconds`.

    Raises WrongUse for what is no address, and Unavailable that says what is wrong with the endpoint.
    """
    from dditkg.remote import Endpoint, RemoteStore, survey

    store = RemoteStore(Endpoint(url, seconds))
    found = survey(store)
    return Dataset(store, declared_prefixes(store), found.version)


def graph_of(path: Path, root: Path) -> ox.NamedNode:
    """The graph that holds a file's triples: `…/graph/data/skills/innovation.ttl`."""
    try:
        inside = path.relative_to(root)
    except ValueError:
        inside = Path(*path.parts[-2:])
    return ox.NamedNode(GRAPH_BASE + quote(inside.as_posix()))


def prefixes_of(content: Content) -> Prefixes:
    """The table of prefixes that a project's files declare, without loading all else."""
    files = [path for path in content.turtle if b"sh:prefix" in path.read_bytes()]
    return declared_prefixes(LocalStore(quad for path in files for quad in parse_file(path).quads))


def declared_prefixes(store: Store) -> Prefixes:
    """The table that the content declares with sh:prefix and sh:namespace.

    Raises BadContent when one prefix stands for two namespaces.
    """
    table: dict[str, str] = {}
    for declared in store.having(SH + "prefix"):
        prefix = _value(declared.object)
        for namespace in store.objects(declared.subject, SH + "namespace"):
            if table.setdefault(prefix, _value(namespace)) != _value(namespace):
                raise BadContent(f"The prefix “{prefix}:” is declared for {table[prefix]} and {_value(namespace)}.")
    return Prefixes(dict(sorted(table.items())))


def _value(term: object) -> str:
    return str(getattr(term, "value", term))


def _quads_of(path: Path, root: Path) -> Iterator[ox.Quad]:
    graph = graph_of(path, root)
    if path.name.endswith(".sssom.tsv"):
        from dditkg import sssom  # not needed by a dataset that has been compiled

        triples: Iterable[ox.Triple] = sssom.triples(sssom.read(path))
    else:
        triples = (quad.triple for quad in parse_file(path).quads)
    for triple in triples:
        yield ox.Quad(triple.subject, triple.predicate, triple.object, graph)


def _merged(store: LocalStore) -> LocalStore:
    """The store, in whose default graph a triple counts once: mostly the union does it, else there is a real merge."""
    if len({quad.triple for quad in store.engine}) == len(store.engine):
        return store
    merged = LocalStore()
    _add(merged, store.engine)
    return merged


def _add(store: LocalStore, quads: Iterable[ox.Quad]) -> None:
    for quad in quads:
        store.engine.add(quad)
        if not store.union:
            store.engine.add(ox.Quad(quad.subject, quad.predicate, quad.object))


def _derive(store: LocalStore, path: Path) -> None:
    graph = ox.NamedNode(f"{GRAPH_BASE}queries/derive/{path.name}")
    try:
        triples = store.construct(path.read_text(encoding="utf-8"))
    except Exception as error:
        raise BadFile(f"{path}: {error}") from error
    new = [t for t in triples if not any(store.triples(t.subject, t.predicate, t.object))]
    _add(store, (ox.Quad(t.subject, t.predicate, t.object, graph) for t in new))


def _fingerprint(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]
