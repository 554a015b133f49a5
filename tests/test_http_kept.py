"""Replies that are kept: the same bytes and headers again, for the same address and the same wishes only."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from serving import Served, served
from starlette.types import Message

from dditkg.http.kept import Kept


@pytest.fixture(scope="module")
def service() -> Iterator[Served]:
    with served() as running:
        yield running


PATHS = (
    "/skill/data-modelling",
    "/capability/record-matching",
    "/questions/glossary",
    "/find?q=data",
    "/map/data-modelling",
    "/",
)


@pytest.mark.parametrize("path", PATHS)
def test_a_second_reply_is_the_first_again(path: str, service: Served) -> None:
    for accept in ("text/html", "application/json"):
        if path == "/" and accept != "text/html":
            continue
        first, again = (service.get(path, accept) for _ in range(2))
        assert first.status_code == again.status_code == 200
        assert again.content == first.content
        left_out = {"date"}
        kept, before = ({k: v for k, v in r.headers.items() if k not in left_out} for r in (again, first))
        assert kept == before
        held = service.get(path, accept, If_None_Match=first.headers["etag"])
        assert (held.status_code, held.content) == (304, b"")
        head = service.send("HEAD", path, accept)
        assert (head.content, head.headers["etag"]) == (b"", first.headers["etag"])


def test_what_differs_each_time_is_not_kept(service: Served) -> None:
    before = service.http.get("/metrics").text
    service.get("/sparql?query=ASK%20%7B%7D%20%23kept", "application/sparql-results+json")
    assert service.http.get("/metrics").text != before


def test_refusals_are_not_kept(service: Served) -> None:
    for _ in range(2):
        assert service.get("/skill/no-such-skill").status_code == 404
        assert service.get("/skill/data-modelling", "image/png").status_code == 406


def scope(path: str, method: str = "GET", *headers: tuple[bytes, bytes]) -> dict[str, object]:
    return {"type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": b"",
            "headers": list(headers)}  # fmt: skip


def reply(kept: Kept, path: str, body: bytes, *headers: tuple[bytes, bytes], status: int = 200) -> list[Message]:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def go() -> None:
        watched = kept.watch(scope(path), send)
        await watched({"type": "http.response.start", "status": status, "headers": list(headers)})
        await watched({"type": "http.response.body", "body": body})

    asyncio.run(go())
    return sent


TAGGED = (b"etag", b'"1"')


def test_only_whole_good_replies_with_a_tag_are_kept() -> None:
    kept = Kept(100_000)
    assert len(reply(kept, "/a", b"x", TAGGED)) == 2
    reply(kept, "/b", b"x")
    reply(kept, "/c", b"x", TAGGED, status=404)
    found = [path for path in ("/a", "/b", "/c") if kept.find(scope(path))]
    assert found == ["/a"]
    assert kept.find(scope("/a", "POST")) is None
    assert kept.find(scope("/a", "GET", (b"if-none-match", b'"1"'))) is None
    assert kept.find(scope("/a", "GET", (b"accept", b"text/html"))) is None


def test_the_room_is_never_exceeded_and_the_least_used_goes_first() -> None:
    kept = Kept(10_000)
    for number in range(50):
        reply(kept, f"/{number}", b"x" * 1000, TAGGED)
        kept.find(scope("/0"))
        assert kept.bytes <= 10_000
    assert kept.find(scope("/0"))
    assert kept.find(scope("/49"))
    assert not kept.find(scope("/1"))
    assert len(reply(kept, "/large", b"x" * 20_000, TAGGED)) == 2
    assert not kept.find(scope("/large"))


def test_no_room_keeps_nothing() -> None:
    kept = Kept(0)
    reply(kept, "/a", b"x", TAGGED)
    assert len(kept) == 0
