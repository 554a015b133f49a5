"""Keeping the content: rules, reports, canonical form."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from dditkg import console

if TYPE_CHECKING:
    from dditkg.console import Verbs


def add(verbs: Verbs) -> None:
    """Add these verbs to the command line."""
    check = verbs.add_parser("check", help="judge the content by every rule")
    check.add_argument("path", nargs="?", type=Path, help="a folder with ontology/ and data/; default: found upwards")
    check.add_argument("--strict", action="store_true", help="warnings count too")
    check.add_argument("-f", "--format", choices=("text", "json"), default="text")
    check.set_defaults(run=_check)

    report = verbs.add_parser("report", help="write a report as Markdown; without a name, list those there are")
    report.add_argument("name", nargs="?", help="such as coverage")
    report.add_argument("-o", "--output", type=Path, metavar="FILE", help="where to write it; default: here")
    report.set_defaults(run=_report)

    reasoned = verbs.add_parser("reason", help="look for contradictions under OWL (needs the extra “reason” and Java)")
    reasoned.add_argument(
        "path", nargs="?", type=Path, help="a folder with ontology/ and data/; default: found upwards"
    )
    reasoned.set_defaults(run=_reason)

    fmt = verbs.add_parser("fmt", help="write Turtle and mapping files in the canonical form")
    fmt.add_argument("paths", nargs="*", type=Path, help="files or folders; default: the whole project")
    fmt.add_argument("--check", action="store_true", help="change nothing; name the files that differ and exit 1")
    fmt.set_defaults(run=_fmt)


def _check(arguments: argparse.Namespace) -> int:
    from dditkg.checks import judge

    report = judge(console.content(arguments.path))
    if arguments.format == "json":
        print(report.as_json())
    else:
        for finding in report.findings:
            note = "" if finding.severity == "violation" else f" ({finding.severity})"
            print(f"{finding}{note}")
        print(report.closing)
    return 0 if report.passed(arguments.strict) else 1


def _report(arguments: argparse.Namespace) -> int:
    from dditkg.reports import report, reports

    if arguments.name is None:
        for name, summary in reports().items():
            print(f"{name}\n    {summary}")
        return 0
    text = report(arguments.name, console.index(), console.all_questions())
    if arguments.output is None:
        console.write(text.encode())
    else:
        arguments.output.write_text(text, encoding="utf-8")
        print(f"{arguments.output}: written")
    return 0


def _reason(arguments: argparse.Namespace) -> int:
    from dditkg.reasoning import reason

    print(f"Consistent: {reason(console.content(arguments.path)):,} triples under OWL, read by HermiT.")
    return 0


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
