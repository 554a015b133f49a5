"""The dataset as one file that loads at once: what a wheel carries, and what a checkout keeps of its last build.

Each line is a quad, of the default graph too where that is a real merge, so that nothing has to be derived or merged
at the start.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox

from dditkg.store import LocalStore

#: Where a checkout keeps its last build; never committed.
FOLDER = ".cache"
_NAMES = "dataset-*.nq"


def write(store: LocalStore, target: Path) -> None:
    """Everything a store holds, as sorted N-Quads; whole or not at all."""
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        part.write_text("".join(sorted(f"{quad} .\n" for quad in store.engine)), encoding="utf-8")
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def load(path: Path) -> LocalStore:
    """What `write` wrote. Raises OSError, SyntaxError or ValueError for anything else."""
    store = LocalStore()
    store.engine.load(path=str(path), format=ox.RdfFormat.N_QUADS, lenient=True)  # it was checked when it was written
    store.union = not any(store.triples())
    return store


def kept(root: Path, files: Iterable[Path]) -> Path:
    """Where the build of these files is kept, if it has been. Its name changes when a file, or a file of the code, is
    written: as with Python's own compiled files, time and size tell."""
    digest = hashlib.blake2b(ox.__version__.encode(), digest_size=12)
    for path in (*sorted(Path(__file__).parent.rglob("*.py")), *files):
        state = path.stat()
        digest.update(f"{path}\0{state.st_mtime_ns}\0{state.st_size}\0".encode())
    return root / FOLDER / f"dataset-{digest.hexdigest()}.nq"


def keep(store: LocalStore, target: Path) -> None:
    """Keep a build in place of the one before. Where nothing can be written, the next start builds again."""
    with contextlib.suppress(OSError):
        target.parent.mkdir(exist_ok=True)
        write(store, target)
        for other in target.parent.glob(_NAMES):
            if other != target:
                other.unlink(missing_ok=True)


def last(root: Path) -> Path | None:
    """The build that was kept last, of whatever files."""
    return next((root / FOLDER).glob(_NAMES), None)


def recall(kept: Path | None) -> LocalStore | None:
    """A build that was kept; None where there is none that can be read."""
    try:
        return load(kept) if kept else None
    except (OSError, SyntaxError, ValueError):
        return None
