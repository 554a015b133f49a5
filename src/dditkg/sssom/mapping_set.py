"""A mapping set and its rows, as written: everything is text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from dditkg.errors import WrongUse
from dditkg.sssom.slots import AGENTS, BUILT_IN, CURIE, PROJECT, PROPAGATED
from dditkg.terms import BASE, Prefixes, is_iri

_PIPE = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True)
class Row:
    """One mapping. `line` is its line in the file; `cells` holds only what is filled in."""

    line: int
    cells: Mapping[str, str]

    def values(self, slot: str) -> tuple[str, ...]:
        """The values of a cell that may hold several, parted by “|”."""
        parts = _PIPE.split(self.cells.get(slot, ""))
        return tuple(part.replace("\\|", "|").replace("\\\\", "\\") for part in parts if part)

    @property
    def subject(self) -> str:
        return self.cells.get("subject_id", "")

    @property
    def predicate(self) -> str:
        return self.cells.get("predicate_id", "")

    @property
    def object(self) -> str:
        return self.cells.get("object_id", "")

    @property
    def negated(self) -> bool:
        """True when the row says that the two do not correspond so."""
        return self.cells.get("predicate_modifier") == "Not"


@dataclass(frozen=True)
class MappingSet:
    """A file. `metadata` values are text, lists and tables as written.

    `lines` says where a header key stands, `table_line` where the column names do.
    """

    path: Path
    metadata: Mapping[str, object]
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    lines: Mapping[str, int] = field(default_factory=dict, compare=False)
    table_line: int = field(default=1, compare=False)

    @property
    def name(self) -> str:
        """The file's name without `.sssom.tsv`, such as `dditkg--gdad`."""
        return self.path.name.removesuffix(".tsv").removesuffix(".sssom")

    @property
    def iri(self) -> str:
        return f"{BASE}mapping-set/{self.name}"

    @property
    def curie_map(self) -> dict[str, str]:
        """The prefixes that the file declares."""
        declared = self.metadata.get("curie_map")
        return dict(declared) if isinstance(declared, Mapping) else {}

    @cached_property
    def prefixes(self) -> Prefixes:
        """The prefixes that the file may use. What the standard fixes for a prefix wins over what the file says."""
        return Prefixes({**self.curie_map, **BUILT_IN})

    def values(self, slot: str) -> tuple[str, ...]:
        """The values of a header slot; a single one may be written without a list."""
        value = self.metadata.get(slot)
        members = value if isinstance(value, list) else [value]
        return tuple(str(member) for member in members if member not in (None, ""))

    def value(self, row: Row, slot: str) -> str:
        """What holds for a row: its own cell, or the header's where no row has its own. Empty when neither."""
        own = row.cells.get(slot, "")
        if own or slot not in PROPAGATED or slot in self.filled:
            return own
        return "|".join(self.values(slot))

    @cached_property
    def filled(self) -> frozenset[str]:
        """The columns in which some row has a value."""
        return frozenset(name for row in self.rows for name, cell in row.cells.items() if cell)

    def is_published(self, row: Row) -> bool:
        """True for a row that another publisher asserts, an organisation in data/agents.ttl, and not this project."""
        authors = [self.expanded(author) for author in row.values("author_id")]
        return bool(authors) and all(iri.startswith(AGENTS) and iri != PROJECT for iri in authors)

    def expanded(self, text: str) -> str:
        """The IRI of a CURIE; the text itself where it has none, which a rule reports."""
        try:
            return self.prefixes.expand(text) if CURIE.fullmatch(text) or is_iri(text) else text
        except WrongUse:
            return text
