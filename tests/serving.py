"""The whole service for tests: `dditkg serve` as a person starts it, on a free loopback port."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import IO

import httpx
from live import within

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
_UNSEEN = frozenset(("head", "script", "style"))


class Served:
    """A running service: where it is, the processes that make it up, and a client that speaks to it."""

    def __init__(self, address: str, parent: int) -> None:
        self.address, self.parent = address, parent
        self.http = httpx.Client(base_url=address, timeout=30)

    def children(self) -> set[int]:
        """Web and the workers, as the kernel knows them."""
        return {int(pid) for pid in Path(f"/proc/{self.parent}/task/{self.parent}/children").read_text().split()}

    def web(self) -> int:
        """The one child that stays unconfined (Linux)."""

        def alone() -> int | None:  # a new worker takes a moment
            found = [pid for pid in self.children() if "Seccomp:\t0" in _status(pid)]
            return found[0] if len(found) == 1 else None

        return within(20, alone) or 0

    def get(self, path: str, accept: str | None = "application/json", **headers: str) -> httpx.Response:
        """GET as a program, unless told otherwise; `accept=None` sends no Accept header at all."""
        return self.send("GET", path, accept, **headers)

    def page(self, path: str) -> httpx.Response:
        """GET as a browser."""
        return self.send("GET", path, BROWSER)

    def send(self, method: str, path: str, accept: str | None = None, **headers: str) -> httpx.Response:
        request = self.http.build_request(method, path, headers={k.replace("_", "-"): v for k, v in headers.items()})
        del request.headers["accept"]
        if accept is not None:
            request.headers["accept"] = accept
        return self.http.send(request)


def command(*arguments: str) -> list[str]:
    """The command line of `dditkg` with these arguments."""
    return [sys.executable, "-m", "dditkg.cli", *arguments]


def _status(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/status").read_text()
    return ""


@contextlib.contextmanager
def served(*arguments: str, log: IO[str] | None = None) -> Iterator[Served]:
    """`dditkg serve --port 0` with these arguments, ready for queries; what it says goes to `log`."""
    words = command("serve", "--port", "0", *arguments)
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=log, text=True)
    try:
        assert process.stdout is not None
        address = process.stdout.readline().strip().removeprefix("dditkg: ")
        assert address.startswith("http://127.0.0.1:"), "the service did not start"
        service = Served(address, process.pid)
        with service.http:
            within(30, lambda: service.get("/health").json()["workers"])
            yield service
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


@dataclass
class Page:
    """What a page shows and where it leads. `faults` says what is not well-formed or is said twice."""

    text: str = ""
    title: str = ""
    language: str = ""
    links: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    headings: list[int] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def read(html: str) -> Page:
    """A page, read strictly: each element that is opened is closed in order."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    page = reader.page
    page.faults += [f"<{tag}> is never closed" for tag in reader.open]
    page.faults += [f"id {name} is there twice" for name in {n for n in page.ids if page.ids.count(n) > 1}]
    page.faults += [f"#{name} leads nowhere" for name in reader.named if name not in page.ids]
    page.text = " ".join(page.text.split())
    return page


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self.open: list[str] = []
        self.named: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if len(values) < len(attrs):
            self.page.faults.append(f"<{tag}> has an attribute twice")
        if tag not in _VOID:
            self.open.append(tag)
        if tag == "html":
            self.page.language = values.get("lang", "")
        if tag in ("h1", "h2", "h3", "h4"):
            self.page.headings.append(int(tag[1]))
        if "id" in values:
            self.page.ids.append(values["id"])
        for name in ("href", "src", "action"):
            if name in values:
                self.page.links.append(values[name])
        self.named += values.get("aria-labelledby", "").split()
        self.named += [values["for"]] if "for" in values else []
        self.named += [values["href"][1:]] if values.get("href", "").startswith("#") else []
        if "style" in values or any(name.startswith("on") for name in values):
            self.page.faults.append(f"<{tag}> has inline style or script")

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1] == tag:
            self.open.pop()
        else:
            self.page.faults.append(f"</{tag}> closes {self.open[-1] if self.open else 'nothing'}")

    def handle_data(self, data: str) -> None:
        if "title" in self.open:
            self.page.title += data
        elif not _UNSEEN & set(self.open):
            self.page.text += data + " "
