"""Files are written whole or not at all: what is interrupted leaves the old file, or none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dditkg.errors import BadFile


@contextmanager
def part(path: Path) -> Iterator[Path]:
    """A file beside `path` to write to; it takes the place of `path` when all went well, and goes when not.

    Raises BadFile for what the disk refuses.
    """
    beside = path.with_name(path.name + ".part")
    try:
        yield beside
        beside.replace(path)
    except OSError as error:
        raise BadFile(f"{path}: {error.strerror or error}.") from error
    finally:
        beside.unlink(missing_ok=True)


def replace(path: Path, body: bytes) -> None:
    """Write a file whole or not at all. Raises BadFile for what the disk refuses."""
    with part(path) as beside:
        beside.write_bytes(body)


def text(path: Path) -> str:
    """The text of a UTF-8 file, with or without a byte order mark. Raises BadFile."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadFile(f"{path}: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise BadFile(f"{path}: byte {error.start} is not UTF-8. Save the file as UTF-8.") from error
