"""The example of a reverse proxy, deploy/nginx.conf, before the real service."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from live import within
from serving import served

pytestmark = pytest.mark.proxy

EXAMPLE = Path(__file__).parents[1] / "deploy/nginx.conf"
QUERY = "/sparql?query=SELECT%20(COUNT(*)%20AS%20%3Fn)%20%7B%3Fs%20a%20%3Ftype%7D"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """nginx with the example as it stands, but for ports and shorter patience."""
    folder, port = tmp_path_factory.mktemp("nginx"), free_port()
    # The client counts as one from another machine: nginx's word for it is believed.
    with served("--limit", "trusted_proxies=127.0.0.1", "client_queries=2") as service:
        text = EXAMPLE.read_text(encoding="utf-8")
        changes = {
            "127.0.0.1:8000": service.address.removeprefix("http://"),
            "listen 8080;": f"listen 127.0.0.1:{port};",
            "client_header_timeout 10s": "client_header_timeout 1s",
        }
        for old, new in changes.items():
            assert old in text
            text = text.replace(old, new)
        temporary = "".join(
            f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        user = "user root; " if os.geteuid() == 0 else ""  # else its workers, as nobody, could not use the folder
        configuration = folder / "nginx.conf"
        configuration.write_text(
            f"{user}daemon off; pid {folder}/pid; error_log {folder}/errors; events {{}}\n"
            f"http {{ access_log off; {temporary}\n{text} }}\n",
            encoding="utf-8",
        )
        nginx = shutil.which("nginx") or "/usr/sbin/nginx"
        process = subprocess.Popen([nginx, "-c", str(configuration), "-e", str(folder / "errors")])
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
                within(20, lambda: client.get("/health").status_code == 200)
                yield client
        finally:
            process.terminate()
            process.wait(20)


def test_pages_data_and_queries_come_through(proxy: httpx.Client) -> None:
    assert "Record matching" in proxy.get("/capability/record-matching", headers={"Accept": "text/html"}).text
    turtle = proxy.get("/capability/record-matching", headers={"Accept": "text/turtle"})
    assert turtle.headers["content-type"].startswith("text/turtle")
    answer = proxy.get(QUERY, headers={"Accept": "application/sparql-results+json"})
    assert int(answer.json()["results"]["bindings"][0]["n"]["value"]) > 10_000


def test_an_answer_that_is_held_is_not_sent_again(proxy: httpx.Client) -> None:
    first = proxy.get("/skill/data-modelling.ttl")
    again = proxy.get("/skill/data-modelling.ttl", headers={"If-None-Match": first.headers["etag"]})
    assert (first.status_code, again.status_code) == (200, 304)


def test_different_forms_of_one_thing_are_kept_apart(proxy: httpx.Client) -> None:
    for _ in range(2):
        for accept in ("text/turtle", "application/ld+json", "text/html"):
            answer = proxy.get("/skill/data-modelling", headers={"Accept": accept})
            assert answer.headers["content-type"].startswith(accept)


def test_what_a_client_says_of_itself_is_not_believed(proxy: httpx.Client) -> None:
    forged = proxy.get(QUERY + "%20%23x", headers={"X-Forwarded-For": "203.0.113.9"})
    assert forged.status_code == 200
    assert re.search(r"X-Forwarded-For\s+\$remote_addr;", EXAMPLE.read_text(encoding="utf-8"))


def test_too_long_a_body_stops_at_the_edge(proxy: httpx.Client) -> None:
    answer = proxy.post("/translate", content=b" " * (2 * 1024 * 1024))
    assert answer.status_code == 413
    assert "nginx" in answer.headers["server"]


def test_whoever_says_nothing_is_sent_away(proxy: httpx.Client) -> None:
    with socket.create_connection((proxy.base_url.host, proxy.base_url.port or 80), timeout=20) as silent:
        silent.sendall(b"GET / HTTP/1.1\r\nHost: example.org\r\n")
        said = b"".join(iter(lambda: silent.recv(1000), b""))  # until the connection is closed
        assert said == b"" or b" 408 " in said
