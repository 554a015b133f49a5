"""Answers that have been given before. A release never changes, so the same question has the same answer."""

from __future__ import annotations

import functools
import gc
import re
from collections import OrderedDict
from dataclasses import dataclass, field

from dditkg import formats
from dditkg.http.delivery import RawHeaders
from dditkg.sandbox import Answer, Question

_VOLATILE = ("RAND", "NOW", "UUID", "BNODE")  # and STRUUID, which ends in one of them
_NAMED = re.compile(rf"\b(?:STR)?(?:{'|'.join(_VOLATILE)})\b")
_ENTRY_BYTES = 1000  # what an entry costs beside its texts
_SPELLINGS = 16  # in how many ways of asking for it an answer is recognised at once
_GENERATION = 500  # after so many new ones they count as old, and garbage is not looked for among them
_SHARE = 8  # an answer larger than this part of the whole would push out too many others

_Key = tuple[str, tuple[str, ...], tuple[str, ...], str]
_Request = tuple[bytes, str]


@dataclass
class _Entry:
    answer: Answer
    size: int
    headers: RawHeaders | None = None  # as they are sent to whoever does not have it yet
    requests: list[_Request] = field(default_factory=list)


class Answers:
    """Whole answers by query text, dataset parameters and media type, the least used forgotten first.

    All are of one release: another release is served by another process.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._entries: OrderedDict[_Key, _Entry] = OrderedDict()
        self._requests: dict[_Request, _Key] = {}
        self._new = 0
        self.bytes = 0

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def keeps(self) -> bool:
        """Whether any answer is kept: not where the content may change."""
        return self._most > 0

    def repeated(self, query_string: bytes, accept: str) -> tuple[Answer, RawHeaders | None] | None:
        """The answer to a GET that came before with exactly these bytes, and the headers that were remembered with
        it."""
        key = self._requests.get((query_string, accept))
        entry = None if key is None else self._use(key)
        return None if entry is None else (entry.answer, entry.headers)

    def remember(
        self, query_string: bytes, accept: str, question: Question, answer: Answer, headers: RawHeaders
    ) -> None:
        """Have this GET recognised, when it comes again, without reading it."""
        request = query_string, accept
        key = _key(question, answer.content_type)
        entry = self._entries.get(key)
        if entry is not None and request not in self._requests and len(entry.requests) < _SPELLINGS:
            self._requests[request] = key
            entry.requests.append(request)
            entry.headers = headers
            self._grow(entry, len(query_string) + len(accept) + 200)

    def get(self, question: Question) -> Answer | None:
        """The answer to a question in the format that its `accept` likes best."""
        for content_type in _liked(question.accept):
            entry = self._use(_key(question, content_type))
            if entry is not None:
                return entry.answer
        return None

    def keep(self, question: Question, answer: Answer) -> None:
        """Keep an answer to a query that is `lasting`, unless it is too large."""
        size = len(answer.body) + 4 * len(question.query) + _ENTRY_BYTES
        key = _key(question, answer.content_type)
        if size * _SHARE <= self._most and key not in self._entries:
            self._entries[key] = entry = _Entry(answer, 0)
            self._grow(entry, size)
            self._new += 1
            if self._new >= _GENERATION:
                self._new = 0
                gc.collect(1)

    def _use(self, key: _Key) -> _Entry | None:
        entry = self._entries.get(key)
        if entry is not None:
            self._entries.move_to_end(key)
        return entry

    def _grow(self, entry: _Entry, more: int) -> None:
        entry.size += more
        self.bytes += more
        while self.bytes > self._most:
            _, oldest = self._entries.popitem(last=False)
            self.bytes -= oldest.size
            for request in oldest.requests:
                del self._requests[request]


def lasting(query: str) -> bool:
    """Whether a query has the same answer each time: it names no function that gives another value at each call."""
    capitals = query.upper()
    return not any(name in capitals for name in _VOLATILE) or _NAMED.search(capitals) is None


def _key(question: Question, content_type: str) -> _Key:
    return question.query, question.default_graphs, question.named_graphs, content_type


@functools.lru_cache(maxsize=256)
def _liked(accept: str | None) -> tuple[str, ...]:
    """The content types in which an answer may come: as rows or a truth, and as a graph.

    For a truth the first may be one that it does not have; then none is found, and a worker says what there is.
    """
    families = (formats.RESULT_FORMATS, formats.GRAPH_FORMATS)
    return tuple(f.content_type for f in (formats.negotiate(accept, offered) for offered in families) if f)
