"""What is wrong with a query, in fewer words than the engine's."""

from __future__ import annotations

import re

_POSITION = re.compile(r"error at (\d+):(\d+): expected (.*)", re.DOTALL)
_PREFIXED = re.compile(r"(?<![\w:<?$/])([A-Za-z][\w-]*):\w*$")
_UPDATES = frozenset("INSERT DELETE LOAD CLEAR DROP CREATE ADD MOVE COPY WITH".split())
_KEYWORD = re.compile(r"(?<![\w'{])[A-Z][A-Z_]{2,}(?![\w'])")


def complaint(error: SyntaxError | ValueError, query: str) -> str:
    """Where a query goes wrong, and the few keywords that could stand there; the engine lists every character."""
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    found = _POSITION.search(text)
    if not found:
        return " ".join(text.split()).rstrip(".") + "."
    line, column = int(found[1]), int(found[2])
    written = query.splitlines()[line - 1] if line <= len(query.splitlines()) else ""
    before, rest = written[: column - 1].rstrip(), written[column - 1 :]
    prefix = _PREFIXED.search(before[-200:])
    if prefix and not re.search(rf"(?i)prefix\s+{prefix[1]}:", query):
        return f"The prefix “{prefix[1]}:” at line {line} is not declared. Begin with PREFIX {prefix[1]}: <…>."
    if {word.upper() for word in (*before.split()[-3:], *rest.split()[:1])} & _UPDATES:
        return "Nothing can be changed here: a query begins with SELECT, ASK, CONSTRUCT or DESCRIBE."
    after = f" after “{before[-40:].strip()}”" if before else ""
    keywords = list(dict.fromkeys(_KEYWORD.findall(found[3])))
    could = f" Possible there: {', '.join(keywords)}." if 0 < len(keywords) <= 8 else ""
    return f"The query cannot be read at line {line}, column {column}{after}.{could}"
