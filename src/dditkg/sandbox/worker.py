"""What runs in a confined child: one query at a time, from a frame to a frame."""

from __future__ import annotations

import contextlib
import io
import signal
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from xml.parsers import expat

from dditkg import formats
from dditkg.errors import BadQuery, DditkgError, NotAcceptable, TooLarge, Unavailable
from dditkg.formats import Format
from dditkg.sandbox import confinement, rows, wire
from dditkg.settings import Settings
from dditkg.store import LocalStore

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_QUICK_SECONDS = 0.005  # of computing
# Asks whether anything matches nothing: the shortest whole query.
_WARM_UP = Path(__file__).with_name("warm-up.rq").read_text(encoding="utf-8")


def work(store: LocalStore, channel: int, settings: Settings) -> None:
    """Confine this process, then answer the questions that arrive on `channel` until the other side closes it.

    The first frame out says which layers of confinement took hold.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        # Ctrl-C and service managers signal every process at once; queries under way are still to be answered.
        signal.signal(number, signal.SIG_IGN)
    confinement.die_first()
    _warm_up(store)
    size = confinement.Size()
    layers = confinement.confine(settings.worker_memory, size)
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # web has ended in the middle of it
        wire.send(channel, wire.frame({"layers": layers}))
        _answer_all(store, channel, settings, size)


def _answer_all(store: LocalStore, channel: int, settings: Settings, size: confinement.Size) -> None:
    born, buffer = size.bytes(), bytearray()
    while (frame := wire.receive(channel, buffer)) is not None:
        began = confinement.allow_cpu(settings.worker_cpu_seconds)
        answer, media_type = _answer(store, wire.question_of(*frame), settings)
        quick = time.process_time() - began < _QUICK_SECONDS
        # What a large sort leaves behind stays in the process: missing for its next query, and for the machine.
        worn = not quick and size.bytes() - born > settings.worker_memory // 4
        wire.send(channel, wire.reply_frame(answer, media_type, worn, quick))


def _warm_up(store: LocalStore) -> None:
    """Do once, unconfined, what loads code or opens files on first use."""
    store.evaluate(_WARM_UP, lambda offered: offered[0], io.BytesIO())
    wire.reply_frame(BadQuery(""), "", worn=False, quick=True)
    wire.reply_frame(b"", formats.CSV.media_type, worn=False, quick=True)
    _require_well_formed(b"<x/>")


def _answer(store: LocalStore, question: wire.Question, settings: Settings) -> tuple[bytes | DditkgError, str]:
    output = _Capped(settings.answer_bytes)

    def choose(offered: Sequence[Format]) -> Format:
        chosen = formats.negotiate(question.accept, offered)
        if chosen is None:
            names = [f.media_type for f in offered]
            raise NotAcceptable(f"This query's answer is offered as {', '.join(names)}.", offered=names)
        return chosen

    try:
        chosen = store.evaluate(
            question.query, choose, output, question.default_graphs, question.named_graphs, question.base
        )
        body = output.getvalue()
        if chosen.media_type.endswith("xml"):
            _require_well_formed(body)
        if rows.exceed(question.rows or settings.answer_rows, body, chosen):
            raise rows.too_many(question.rows or settings.answer_rows)
        return body, chosen.media_type
    except DditkgError as error:
        return error, ""
    except BaseException as error:  # whatever it is, the client gets a sentence and the worker lives on
        output.close()
        return _in_plain_words(error, settings), ""


def _require_well_formed(body: bytes) -> None:
    """Refuse what the engine writes as XML though XML cannot say it, such as a predicate that ends in a slash."""
    try:
        expat.ParserCreate(namespace_separator=" ").Parse(body, True)
    except expat.ExpatError:
        raise NotAcceptable(
            "The answer holds a character or an address that XML cannot carry. Ask for JSON, TSV or Turtle."
        ) from None


def _in_plain_words(error: BaseException, settings: Settings) -> DditkgError:
    """The engine's failure as an error of ours. The text of a system error is never passed on."""
    if isinstance(error, MemoryError):
        return wire.died(settings)
    if isinstance(error, ValueError):  # the store has dealt with those of the query itself
        return BadQuery("A default-graph-uri or named-graph-uri is not an absolute IRI.")
    if isinstance(error, OSError):
        return BadQuery("Federation is switched off: this service answers from its own data only.")
    if isinstance(error, RuntimeError) and str(error).startswith("The custom function"):
        return BadQuery(f"{error}. Use the functions of SPARQL 1.1.")
    if isinstance(error, RuntimeError):
        return BadQuery("The query cannot be evaluated: it uses something that this service does not offer.")
    return Unavailable("The query could not be answered. Simplify it and try again.")


class _Capped(io.BytesIO):
    """A buffer that refuses to grow past its limit."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def write(self, data: ReadableBuffer, /) -> int:
        if self.tell() + memoryview(data).nbytes > self._most:
            raise TooLarge(
                f"The answer is larger than {self._most} bytes, the limit for one answer; nothing of it was sent. "
                "Add LIMIT, or ask for fewer columns or rows at a time.",
                limit="answer_bytes",
                allowed=self._most,
            )
        return super().write(data)
