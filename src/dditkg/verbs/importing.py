"""Bringing in what others publish: one format a file of `importers`, one behaviour for all."""

from __future__ import annotations

import argparse
import pkgutil
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dditkg.errors import NotFound

if TYPE_CHECKING:
    from dditkg.console import Parser, Verbs


def add(verbs: Verbs) -> None:
    """Add these verbs to the command line."""
    imports = verbs.add_parser(
        "import",
        help="turn an outside framework's files into ours",
        description="A row that cannot be used is named with its number and the reason, and nothing is written.",
    )
    imports.late = _add_formats


def _add_formats(imports: Parser) -> None:
    formats = imports.add_subparsers(dest="format", required=True, metavar="FORMAT")
    for name in _importers():
        module = import_module(f"dditkg.importers.{name}")
        importer = formats.add_parser(name, help=module.SUMMARY, description=module.SUMMARY)
        importer.add_argument("source", type=Path, help="the folder or file to read")
        importer.add_argument("target", type=Path, help="the file to write")
        importer.add_argument(
            "--keep-going", action="store_true", help="pass over rows that cannot be used, and name each of them"
        )
        for option, (metavar, explained) in getattr(module, "OPTIONS", {}).items():
            importer.add_argument(f"--{option}", metavar=metavar, default="", help=explained)
        importer.set_defaults(run=_import, importer=module)


def _importers() -> list[str]:
    import dditkg.importers

    return sorted(module.name for module in pkgutil.iter_modules(dditkg.importers.__path__))


def _import(arguments: argparse.Namespace) -> int:
    from dditkg.intake import Intake
    from dditkg.meter import Meter

    module: Any = arguments.importer
    if not arguments.source.exists():
        raise NotFound(f"{arguments.source} is not there. Name the file or folder to read.")
    intake = Intake(arguments.keep_going, Meter(sys.stderr))
    said = {option: getattr(arguments, option) for option in getattr(module, "OPTIONS", {})}
    with _tidied_when_killed():
        told = module.run(arguments.source, arguments.target, intake, **said)
    for refused in intake.refused:
        print(f"Refused: {refused}", file=sys.stderr)
    print(told)
    for note in intake.notes:
        print(note)
    print(intake.closing)
    return 1 if intake.refused else 0


@contextmanager
def _tidied_when_killed() -> Iterator[None]:
    """What is half written is taken away on SIGTERM, as it is on Ctrl-C."""

    def end(number: int, _: object) -> None:
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
