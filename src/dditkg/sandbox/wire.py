"""What travels between the processes.

Between web and a worker: frames of two lengths, a JSON header and a body, which is a query, or an answer's tag and the
answer. From web to the parent, five bytes at a time: `F` and zero asks for a worker, `N` and a process id makes one
give way to all others, `K` ends one. The answer to `F` is the new worker's process id with one end of a socket pair to
talk to it, or zero without one when the system has no room for another process.
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
import sys
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from dditkg import formats
from dditkg.errors import BadQuery, DditkgError, NotAcceptable, TimedOut, TooLarge, Unavailable
from dditkg.settings import Settings

# Web to parent: S web has started, F fork a worker; of the process named: N let it give way to others, K kill it.
COMMAND = struct.Struct(">cI")
PID = struct.Struct(">I")  # parent to web, with one end of a socket pair

_LENGTHS = struct.Struct(">II")
_ERRORS: dict[str, type[DditkgError]] = {e.__name__: e for e in (BadQuery, TooLarge, NotAcceptable, Unavailable)}
_CONTENT_TYPES = {f.media_type: f.content_type for f in (*formats.RESULT_FORMATS, *formats.GRAPH_FORMATS)}
_HEADER_BYTES = 64 * 1024
_READ_BYTES = 64 * 1024
_TAG_BYTES = 24


class Question(NamedTuple):
    """A query with what the client says about its answer, its dataset and the base of its relative IRIs.

    `seconds` and `rows` are the client's own limits; where they are lower than the service's, they count.
    """

    query: str
    accept: str | None = None
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    base: str | None = None
    seconds: float | None = None
    rows: int | None = None

    def within(self, settings: Settings) -> Question:
        """The same question with the limits that hold for it."""
        seconds = min(self.seconds or settings.query_seconds, settings.query_seconds)
        rows = settings.answer_rows if self.rows is None else min(self.rows, settings.answer_rows)
        dataset = self.default_graphs, self.named_graphs
        return Question(self.query, self.accept, *dataset, self.base, seconds, rows)


class Answer(NamedTuple):
    """A whole answer, ready to be sent. `tag` is the same for the same bytes of the same type only."""

    content_type: str
    body: bytes
    tag: str


class Reply(NamedTuple):
    """What a worker said. `worn` asks not to be used again: it has grown so much that the next query would suffer.

    `quick` is True where the query took so little computing that others may wait behind one like it.
    """

    answer: Answer | DditkgError
    worn: bool
    quick: bool


class Garbled(Exception):
    """The other side said something that is no frame of ours: treat it as dead."""


def frame(header: Mapping[str, Any], body: bytes = b"") -> bytes:
    """Header and body as bytes for the wire."""
    return _framed(json.dumps(header).encode(), body)


def _framed(head: bytes, body: bytes) -> bytes:
    return b"".join((_LENGTHS.pack(len(head), len(body)), head, body))


def unpack(buffer: bytearray, most: int) -> tuple[Any, bytes] | None:
    """Header and body of the first frame, taken out of the buffer once it is whole; None before.

    Raises Garbled for more than `most` bytes of body.
    """
    if len(buffer) < _LENGTHS.size:
        return None
    head, body = _LENGTHS.unpack_from(buffer)
    if head > _HEADER_BYTES + most or body > most + _TAG_BYTES:
        raise Garbled
    start = _LENGTHS.size + head
    if len(buffer) < start + body:
        return None
    try:
        header = _read_header(bytes(buffer[_LENGTHS.size : start]))
    except (ValueError, RecursionError) as error:
        raise Garbled from error
    content = bytes(buffer[start : start + body])
    del buffer[: start + body]
    return header, content


_read_header = lru_cache(maxsize=64)(json.loads)  # most are alike; what it gives is never changed


def receive(descriptor: int, buffer: bytearray) -> tuple[Any, bytes] | None:
    """Header and body of the next frame, waiting for it; None when the other side has gone.

    `buffer` holds what has come of further ones.
    """
    while (whole := unpack(buffer, sys.maxsize)) is None:
        part = os.read(descriptor, _READ_BYTES)
        if not part:
            return None
        buffer += part
    return whole


def send(descriptor: int, data: bytes) -> None:
    """Write all of it, waiting as needed."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def question_frame(question: Question) -> bytes:
    """The query is the body: what else there is to say of it is the same for most."""
    said = question.accept, question.default_graphs, question.named_graphs, question.base
    return _framed(_said(*said, question.seconds, question.rows), question.query.encode())


@lru_cache(maxsize=64)
def _said(*about: object) -> bytes:
    """What is the same in many frames, as JSON."""
    return json.dumps(about).encode()


def question_of(header: Sequence[Any], body: bytes) -> Question:
    accept, default_graphs, named_graphs, *rest = header
    return Question(body.decode(), accept, tuple(default_graphs), tuple(named_graphs), *rest)


def reply_frame(answer: bytes | DditkgError, media_type: str, worn: bool, quick: bool) -> bytes:
    """A worker's answer in `media_type`, or its refusal."""
    if isinstance(answer, DditkgError):
        error = {"error": type(answer).__name__, "message": answer.message, "details": answer.details}
        return frame({**error, "worn": worn, "quick": quick})
    tag = hashlib.sha256(media_type.encode() + b"\n" + answer).hexdigest()[:_TAG_BYTES]
    return _framed(_said(media_type, worn, quick), tag.encode() + answer)


def reply_of(header: Any, body: bytes) -> Reply:
    """The reply in a frame; Garbled when it names a format or an error that a worker never gives."""
    try:
        if isinstance(header, dict):
            error = _ERRORS[header["error"]](header["message"], **header["details"])
            return Reply(error, header["worn"], header["quick"])
        media_type, worn, quick = header
        answer = Answer(_CONTENT_TYPES[media_type], body[_TAG_BYTES:], body[:_TAG_BYTES].decode("ascii"))
        return Reply(answer, worn, quick)
    except (KeyError, TypeError, ValueError) as error:
        raise Garbled from error


def timed_out(seconds: float) -> TimedOut:
    """What the client is told about a query that was stopped at its deadline."""
    return TimedOut(
        f"The query was stopped after {seconds:g} second{'' if seconds == 1 else 's'}, the limit for one query. "
        "Name the classes or properties you need so that fewer triples match, connect patterns that share no variable, "
        "or add LIMIT.",
        limit="query_seconds",
        allowed=seconds,
    )


def died(settings: Settings, seconds: float = 0) -> Unavailable:
    """What the client is told about a query that took its worker down after so many seconds."""
    if seconds > settings.worker_cpu_seconds:
        return Unavailable(
            f"The query used all of its {settings.worker_cpu_seconds:g} seconds of processor time, and was stopped. "
            "Name the classes or properties you need so that fewer triples match, or add LIMIT.",
            limit="worker_cpu_seconds",
            allowed=settings.worker_cpu_seconds,
        )
    return Unavailable(
        "The query needed more memory or nesting than one query may use, and was stopped. "
        "Ask for less at a time: fewer patterns, less nesting, no sorting of large results, or a LIMIT.",
        limit="worker_memory",
        allowed=settings.worker_memory,
    )


def displaced(settings: Settings) -> Unavailable:
    """What the client is told about a long query that made room for another."""
    return Unavailable(
        f"The query was stopped to make room: all {settings.most_workers} query processes were in use and it had run "
        f"longest. Try again in a few seconds; queries that take less than {settings.place_seconds:g} seconds "
        "are never stopped.",
        limit="most_workers",
        allowed=settings.most_workers,
        retry_after=5,
    )


def busy(settings: Settings) -> Unavailable:
    """What the client is told about a query that found no worker in time."""
    return Unavailable(
        f"All {settings.most_workers} query processes are busy. Try again in a few seconds.",
        limit="most_workers",
        allowed=settings.most_workers,
        retry_after=2,
    )
