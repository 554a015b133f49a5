"""The words of a SPARQL query, apart from its strings, addresses, names and comments."""

from __future__ import annotations

import re

#: One token; of bare words and brackets it says that they are.
TOKEN = re.compile(
    r"""
      \#[^\n\r]*                                                        # comment
    | \"{3}(?:[^"\\]|\\.|"(?!""))*\"{3} | '{3}(?:[^'\\]|\\.|'(?!''))*'{3}  # long strings
    | "(?:[^"\\\n\r]|\\.)*" | '(?:[^'\\\n\r]|\\.)*'                     # strings
    | <(?:[^<>"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*>   # IRI
    | [?$]\w+ | @\w+(?:-\w+)*                                          # variable, language
    | (?:\w(?:[\w.-]*[\w-])?)?:(?:[\w:-]|%[0-9A-Fa-f]{2}|\\.|\.(?=[\w:%\\.-]))*  # prefixed name, blank node
    | (?P<word>\w+)
    | (?P<open>[({\[]) | (?P<close>[)}\]])
    | .
    """,
    re.VERBOSE | re.DOTALL,
)


def has_word(query: str, word: str) -> bool:
    """Whether a keyword, given in capitals, stands in a query as such."""
    if word not in query.upper():
        return False
    return any(t.lastgroup == "word" and t["word"].upper() == word for t in TOKEN.finditer(query))
