"""The command line: each verb reads its words, calls one function and prints."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from dditkg.errors import DditkgError


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Returns the exit code: 0 fine, 1 a finding or failure, 2 wrong use."""
    arguments = _parser().parse_args(argv)
    try:
        return int(arguments.run(arguments))
    except DditkgError as error:
        print(f"dditkg: {error.message}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        sys.stderr.close()  # the reader has had enough, as with `| head`
        return 0
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="dditkg", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="COMMAND")

    fmt = verbs.add_parser("fmt", help="write Turtle and mapping files in the canonical form")
    fmt.add_argument("paths", nargs="*", type=Path, help="files or folders; default: the whole project")
    fmt.add_argument("--check", action="store_true", help="change nothing; name the files that differ and exit 1")
    fmt.set_defaults(run=_fmt)

    check = verbs.add_parser("check", help="judge the content by every rule")
    check.add_argument("path", nargs="?", type=Path, help="a folder with ontology/ and data/; default: found upwards")
    check.add_argument("--strict", action="store_true", help="warnings count too")
    check.add_argument("-f", "--format", choices=("text", "json"), default="text")
    check.set_defaults(run=_check)
    return parser


def _fmt(arguments: argparse.Namespace) -> int:
    from dditkg.dataset import find_root
    from dditkg.form import format_files

    paths = arguments.paths or [find_root(Path.cwd())]
    changed, seen = format_files(paths, write=not arguments.check)
    for path in changed:
        print(f"{path}: {'not in the canonical form' if arguments.check else 'written'}")
    verb = "differ" if arguments.check else "changed"
    print(f"{seen} files, {len(changed)} {verb}.")
    return 1 if arguments.check and changed else 0


def _check(arguments: argparse.Namespace) -> int:
    from dditkg.checks import check
    from dditkg.dataset import build, content_of, find_root, installed_root

    root = (arguments.path or find_root(Path.cwd())).resolve()
    own_rules = (root / "shapes").is_dir()
    content = content_of(root, None if own_rules else installed_root())
    report = check(content, build(content))
    if arguments.format == "json":
        print(report.as_json())
    else:
        for finding in report.findings:
            note = "" if finding.severity == "violation" else f" ({finding.severity})"
            print(f"{finding}{note}")
        print(report.closing)
    return 0 if report.passed(arguments.strict) else 1


if __name__ == "__main__":
    sys.exit(main())
