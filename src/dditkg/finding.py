"""What a check has to say: where, by which rule, how grave, and what to do."""

from __future__ import annotations

from dataclasses import dataclass

#: From what blocks to what is only said.
SEVERITIES = ("violation", "warning", "info")


@dataclass(frozen=True, order=True)
class Finding:
    """One finding. `severity` is one of SEVERITIES; `message` is a plain sentence that says what to do."""

    file: str
    line: int
    rule: str
    severity: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}  {self.rule}  {self.message}"
