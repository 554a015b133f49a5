"""Replies that were sent before, sent again before any router looks at the request.

What stands at an address never changes while a release is served, so a whole reply with an ETag holds for the same
address and the same Accept header until the process ends.
"""

from __future__ import annotations

from collections import OrderedDict

from starlette.types import Message, Scope, Send

_ENTRY_BYTES = 1000  # what an entry costs beside its texts
_LARGEST = 64 * 1024  # a larger body is sent in pieces, as fast as the client takes it

_Key = tuple[bytes, bytes, bytes]


class Kept:
    """The last replies to GET, `most` bytes of them together; 0 keeps none."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._replies: OrderedDict[_Key, tuple[Message, Message]] = OrderedDict()
        self.bytes = 0

    def __len__(self) -> int:
        return len(self._replies)

    def find(self, scope: Scope) -> tuple[Message, Message] | None:
        """The two messages of a reply that was kept. None too where the client may hold it already."""
        key = _key(scope)
        reply = None if key is None else self._replies.get(key)
        if key is not None and reply is not None:
            self._replies.move_to_end(key)
        return reply

    def watch(self, scope: Scope, send: Send) -> Send:
        """`send`, which keeps what goes through it where that can be sent again."""
        key = _key(scope) if self._most else None
        if key is None:
            return send
        started: list[Message] = []

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start":
                started.append(message)
            elif started and not message.get("more_body") and _lasts(started[0]):
                self._keep(key, started[0], message)
            else:
                started.clear()
            await send(message)

        return watched

    def _keep(self, key: _Key, start: Message, body: Message) -> None:
        size = len(body.get("body", b"")) + sum(map(len, key)) + _ENTRY_BYTES
        if key in self._replies or size > min(_LARGEST, self._most):
            return
        self._replies[key] = start, body
        self.bytes += size
        while self.bytes > self._most:
            dropped, (_, held) = self._replies.popitem(last=False)
            self.bytes -= len(held.get("body", b"")) + sum(map(len, dropped)) + _ENTRY_BYTES


def _key(scope: Scope) -> _Key | None:
    """The address and what is accepted there; None for what is no plain GET."""
    if scope["method"] != "GET":
        return None
    accept = b""
    for name, value in scope["headers"]:
        if name == b"accept":
            accept += b"," + value
        elif name in (b"if-none-match", b"range"):
            return None
    return scope.get("raw_path") or scope["path"].encode(), scope["query_string"], accept


def _lasts(start: Message) -> bool:
    names = {name for name, _ in start["headers"]}
    return start["status"] == 200 and b"etag" in names
