"""An open knowledge graph of the digital, data and innovation capabilities of an organisation."""

from __future__ import annotations

import io
import pkgutil
import sys
from collections.abc import Sequence
from importlib import import_module

import dditkg.verbs
from dditkg.console import Parser
from dditkg.errors import DditkgError

# In the order in which a newcomer needs them; what is added comes after.
_FIRST = ("asking", "crosswalk", "serving", "keeping")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Returns the exit code: 0 fine, 1 a finding or failure, 2 wrong use."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # wherever it goes: labels hold characters that few old encodings have
            stream.reconfigure(encoding="utf-8")
    arguments = _parser().parse_args(argv)
    try:
        return int(arguments.run(arguments))
    except DditkgError as error:
        print(f"dditkg: {error.message}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        sys.stderr.close()  # the reader has had enough, as with `| head`
        return 0
    except OSError as error:  # a disk that is full, a folder that may not be read
        what = f"{error.filename}: {error.strerror}" if error.filename and error.strerror else str(error)
        print(f"dditkg: {what}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> Parser:
    parser = Parser(prog="dditkg", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="COMMAND")
    found = {module.name for module in pkgutil.iter_modules(dditkg.verbs.__path__)}
    for name in sorted(found, key=lambda name: (_FIRST.index(name) if name in _FIRST else len(_FIRST), name)):
        import_module(f"dditkg.verbs.{name}").add(verbs)
    return parser


if __name__ == "__main__":
    sys.exit(main())
