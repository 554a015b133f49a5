"""The canonical form of every authored file: the only writer of content."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from dditkg import disk, sssom, turtle
from dditkg.errors import NotFound, WrongUse

_WRITERS = {".ttl": turtle.formatted, ".sssom.tsv": sssom.formatted}
_SKIPPED = {"node_modules", "build", "dist"}  # and every hidden folder


def format_files(paths: Sequence[Path], write: bool = True) -> tuple[list[Path], int]:
    """Bring files, or all in folders, into the canonical form. Returns those that differed and how many were read.

    Raises WrongUse for a file of another kind, NotFound when there is none, BadFile for one that cannot be read.
    All are read before any is written, and each is replaced whole: an interruption leaves the old or the new one.
    """
    files = [file for path in paths for file in _files(path)]
    if not files:
        raise NotFound(f"No Turtle or mapping file in {', '.join(map(str, paths))}.")
    texts = {file: _writer(file)(file).encode() for file in files}
    changed = [file for file, text in texts.items() if text != file.read_bytes()]
    for file in changed if write else ():
        disk.replace(file, texts[file])
    return changed, len(files)


def _files(path: Path) -> list[Path]:
    if path.is_file():
        _writer(path)
        return [path]
    if not path.is_dir():
        raise NotFound(f"{path} is not there.")
    return [
        file
        for suffix in _WRITERS
        for file in sorted(path.rglob(f"*{suffix}"))
        if not any(part in _SKIPPED or part.startswith(".") for part in file.relative_to(path).parts)
    ]


def _writer(path: Path) -> Callable[[Path], str]:
    for suffix, writer in _WRITERS.items():
        if path.name.endswith(suffix):
            return writer
    raise WrongUse(f"{path} is neither Turtle (.ttl) nor a mapping set (.sssom.tsv).")
