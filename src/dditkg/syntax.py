"""Files of triples: the syntax that each has, and what is wrong with one as a sentence with its line."""

from __future__ import annotations

import contextlib
import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from dditkg.errors import BadFile

_SYNTAX = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".nq": ox.RdfFormat.N_QUADS,
    ".trig": ox.RdfFormat.TRIG,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".xml": ox.RdfFormat.RDF_XML,
    ".jsonld": ox.RdfFormat.JSON_LD,
}
_PACKED = ".gz"


@dataclass(frozen=True)
class Parsed:
    """What a file says, and the prefixes it declares."""

    quads: tuple[ox.Quad, ...]
    prefixes: dict[str, str]


def is_rdf(path: Path) -> bool:
    """True for a file whose name says that it holds triples, packed with gzip or not."""
    return _suffix(path) in _SYNTAX


def parse_file(path: Path) -> Parsed:
    """A file of triples: Turtle, N-Triples, N-Quads, TriG, RDF/XML or JSON-LD, packed with gzip or not.

    Raises BadFile with file and line for a broken one, and names the formats for an unknown suffix.
    """
    with _complaints(path):
        parser = _parser(path)
        return Parsed(tuple(parser), dict(parser.prefixes))


def quads_of(path: Path) -> Iterator[ox.Quad]:
    """The quads of somebody else's file, one after the other: addresses and language tags in it may be off.

    Raises what `parse_file` raises.
    """
    with _complaints(path):
        yield from _parser(path, lenient=True)


def load_into(engine: ox.Store, path: Path) -> None:
    """Add what a file says, in its own graphs, without a Python object for each triple. Raises as `parse_file`."""
    with _complaints(path):
        syntax = _syntax_of(path)
        path.stat()  # whose complaint is plainer than the engine's
        if path.suffix == _PACKED:
            engine.load(_unpacked(path), format=syntax)
        else:
            engine.load(path=str(path), format=syntax)


def _suffix(path: Path) -> str:
    return Path(path.stem).suffix if path.suffix == _PACKED else path.suffix


def _syntax_of(path: Path) -> ox.RdfFormat:
    syntax = _SYNTAX.get(_suffix(path))
    if syntax is None:
        raise BadFile(f"{path}: “{path.suffix}” is not a format that can be loaded. Use {', '.join(sorted(_SYNTAX))}.")
    return syntax


def _parser(path: Path, lenient: bool = False) -> ox.QuadParser:
    syntax = _syntax_of(path)
    return ox.parse(_unpacked(path), format=syntax, rename_blank_nodes=True, lenient=lenient)


def _unpacked(path: Path) -> bytes:
    body = path.read_bytes()
    return gzip.decompress(body) if path.suffix == _PACKED else body


@contextlib.contextmanager
def _complaints(path: Path) -> Iterator[None]:
    """What is wrong with a file, as a sentence with its line."""
    try:
        yield
    except (OSError, EOFError) as error:
        raise BadFile(f"{path}: {getattr(error, 'strerror', None) or error}.") from error
    except SyntaxError as error:
        complaint = error.msg.split(": ", 1)[-1].rstrip(".")
        raise BadFile(f"{path}:{error.lineno or 1}  {complaint}.") from error
    except (ValueError, zlib.error) as error:
        raise BadFile(f"{path}: {str(error).rstrip('.')}.") from error
