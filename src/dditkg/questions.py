"""Questions: .rq files that run anywhere as they stand, with their own description and parameters.

A head line reads `#+ key: value`; `empty` may say what it means that there is no row, `needs` which parameter must not
be left open. A parameter is one line
`VALUES ?skill { skill:data-modelling }`: declaration, example and default at once. Binding replaces the text between
the braces with one escaped term. A line with several terms between them is part of the question and no parameter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from dditkg.errors import BadContent, BadFile, NotFound, WrongUse
from dditkg.terms import is_iri
from dditkg.wording import nearest

_HEAD = re.compile(r"^#\+ (\w+): (.+)$")
_TERM = r'<[^<>\s]*>|"(?:[^"\\\n]|\\.)*"|[^\s"<>{}]+'
_PARAMETER = re.compile(rf"^([ \t]*VALUES \?(\w+) \{{ )({_TERM})( \}})[ \t]*$", re.MULTILINE)
_PREFIX = re.compile(r"^PREFIX\s+([\w-]*):\s+<([^>]*)>\s*$", re.MULTILINE)
_KEYS = ("summary", "description", "tags", "decision", "expect")
_EXPECT = re.compile(r"rows|empty|at-least [1-9][0-9]*")

#: Turns what a person types (label, CURIE, IRI, slug) into an IRI, looking first among names like the example.
Resolve = Callable[[str, str], str]


@dataclass(frozen=True)
class Parameter:
    """A hole in a question. `kind` is the prefix of the example (`skill`), `address`, `text` or `number`."""

    name: str
    kind: str
    example: str
    needed: bool = False  # about everything at once it would answer with the whole dataset

    def term(self, typed: str, resolve: Resolve) -> str:
        """What was typed as an escaped SPARQL term. Raises WrongUse or NotFound with what is allowed."""
        if self.kind == "number":
            if not re.fullmatch(r"-?[0-9]{1,9}", typed):
                raise WrongUse(f"“{self.name}” needs a whole number, such as {self.example}. It was “{typed}”.")
            return str(int(typed))
        try:
            return str(ox.Literal(typed) if self.kind == "text" else ox.NamedNode(resolve(typed, self.example)))
        except ValueError as error:
            raise WrongUse(f"What was given for “{self.name}” cannot be read as {self.kind}: {typed!a}.") from error


@dataclass(frozen=True)
class Question:
    """One competency question."""

    name: str
    summary: str
    description: str
    tags: tuple[str, ...]
    decision: str
    expect: str
    empty: str
    text: str
    prefixes: Mapping[str, str]
    parameters: tuple[Parameter, ...]

    def bound(self, values: Mapping[str, str], resolve: Resolve) -> str:
        """The query with the given parameters in place of the examples; `UNDEF` where `*` was given.

        Raises WrongUse for a parameter that the question does not have, and for `*` where it needs a value.
        """
        known = {p.name: p for p in self.parameters}
        for name in values:
            if name not in known:
                takes = ", ".join(known) or "none"
                raise WrongUse(f"The question “{self.name}” has no parameter “{name}”. It has: {takes}.")

        def replace(match: re.Match[str]) -> str:
            typed = values.get(match[2])
            if typed is None or typed == "":
                return match[0]
            if typed == "*" and known[match[2]].needed:
                raise WrongUse(
                    f"“{self.name}” needs one {match[2]}: about everything at once it is the whole dataset. Take that "
                    "from /data, or ask in SPARQL."
                )
            term = "UNDEF" if typed == "*" else known[match[2]].term(typed, resolve)
            return f"{match[1]}{term}{match[4]}"

        return _PARAMETER.sub(replace, self.text)

    @property
    def query(self) -> str:
        """The query as it stands, without the lines that describe it."""
        return "".join(line for line in self.text.splitlines(keepends=True) if not line.startswith("#+"))

    def about(self) -> dict[str, object]:
        """What a client needs to ask it, as JSON values."""
        return {
            "name": self.name,
            "summary": self.summary,
            "description": self.description,
            "decision": self.decision,
            "tags": list(self.tags),
            "parameters": [{"name": p.name, "kind": p.kind, "example": p.example} for p in self.parameters],
        }

    def default_iri(self, parameter: Parameter) -> str | None:
        """The IRI of a parameter's example, or None for a text or number."""
        return _expand(parameter.example, self.prefixes)


def read_question(path: Path) -> Question:
    """A question file. Raises BadFile naming the missing head line or the parameter that is off."""
    text = path.read_text(encoding="utf-8")
    head: dict[str, str] = {}
    for line in text.splitlines():
        match = _HEAD.match(line)
        if not match:
            break
        head[match[1]] = match[2].strip()
    for key in _KEYS:
        if key not in head:
            raise BadFile(f"{path}:1  The head has no line “#+ {key}: …”.")
    if not _EXPECT.fullmatch(head["expect"]):
        raise BadFile(f"{path}:1  expect must be rows, empty or at-least N, not “{head['expect']}”.")
    prefixes = dict(_PREFIX.findall(text))
    parameters: dict[str, Parameter] = {}
    for match in _PARAMETER.finditer(text):
        kind = _kind(match[3], prefixes)
        place = f"{path}:{text.count(chr(10), 0, match.start(2)) + 1}"
        if kind is None:
            raise BadFile(f"{place}  The example “{match[3]}” is neither a term nor a known short form.")
        parameter = Parameter(match[2], kind, match[3], match[2] == head.get("needs"))
        if parameters.setdefault(match[2], parameter) != parameter:
            raise BadFile(f"{place}  “{match[2]}” has two examples. A parameter has one.")
    return Question(
        name=path.stem,
        summary=head["summary"],
        description=head["description"],
        tags=tuple(tag.strip() for tag in head["tags"].split(",")),
        decision=head["decision"],
        expect=head["expect"],
        empty=head.get("empty", "Nothing in the data meets this."),
        text=text,
        prefixes=prefixes,
        parameters=tuple(parameters.values()),
    )


def read_questions(paths: Iterable[Path]) -> dict[str, Question]:
    """All questions by name, sorted. Raises BadContent when there is none."""
    found = {path.stem: read_question(path) for path in sorted(paths)}
    if not found:
        raise BadContent("No question under queries/.")
    return found


def find_question(questions: Mapping[str, Question], name: str) -> Question:
    """The question of that name. Raises NotFound with the names nearest to it."""
    if name in questions:
        return questions[name]
    near = nearest(name, questions) or sorted(questions)
    raise NotFound(f"There is no question “{name}”. Near: {', '.join(near)}.", near=near)


def _kind(example: str, prefixes: Mapping[str, str]) -> str | None:
    if re.fullmatch(r"-?[0-9]+", example):
        return "number"
    if example.startswith('"'):
        return "text"
    if _expand(example, prefixes) is None:
        return None
    return "address" if example.startswith("<") else example.partition(":")[0]


def _expand(example: str, prefixes: Mapping[str, str]) -> str | None:
    if example.startswith("<") and example.endswith(">") and is_iri(example[1:-1]):
        return example[1:-1]
    prefix, colon, local = example.partition(":")
    return prefixes[prefix] + local if colon and prefix in prefixes else None
