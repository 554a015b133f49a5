"""Other people's engines as real processes on loopback, loaded with a dataset, ended with all they started."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pyoxigraph as ox
from live import within

from dditkg.store import LocalStore

_VIRTUOSO = """\
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
[TempDatabase]
DatabaseFile = {folder}/virtuoso-temp.db
TransactionFile = {folder}/virtuoso-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DirsAllowed = {folder}
NumberOfBuffers = 40000
MaxDirtyBuffers = 30000
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = {folder}
[SPARQL]
ResultSetMaxRows = {most_rows}
"""


def oxigraph_missing() -> str | None:
    """Why there is no Oxigraph server here."""
    return None if _oxigraph() else "the oxigraph server is not installed (extra “dev”)"


def virtuoso_missing() -> str | None:
    """Why there is no Virtuoso here."""
    found = shutil.which("virtuoso-t") and shutil.which("isql-vt")
    return None if found else "Virtuoso is not installed (Debian: virtuoso-opensource-7-bin)"


def _oxigraph() -> str | None:
    return shutil.which("oxigraph", path=str(Path(sys.executable).parent)) or shutil.which("oxigraph")


def merged(store: LocalStore) -> set[ox.Quad]:
    """The quads of a store, and each in the default graph too: for an engine that makes no union."""
    return {*store.engine, *(ox.Quad(t.subject, t.predicate, t.object) for t in store.triples())}


@contextlib.contextmanager
def oxigraph(quads: Iterable[ox.Quad], *options: str) -> Iterator[str]:
    """The address of the queries of an Oxigraph server that holds these quads."""
    tool, port = _oxigraph(), _free_port()
    assert tool
    command = [tool, "serve", "--bind", f"127.0.0.1:{port}", *options]
    address = f"http://127.0.0.1:{port}"
    with _running(command), httpx.Client(base_url=address, timeout=60) as http:
        within(20, lambda: http.get("/query", params={"query": "ASK {}"}).is_success)
        body = ox.serialize(quads, format=ox.RdfFormat.N_QUADS)
        http.post("/store", content=body, headers={"Content-Type": "application/n-quads"}).raise_for_status()
        yield f"{address}/query"


@contextlib.contextmanager
def virtuoso(triples: Iterable[ox.Triple], most_rows: int) -> Iterator[str]:
    """The address of the queries of a Virtuoso that holds these triples, and gives so many rows at most."""
    http, sql = _free_port(), _free_port()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ox.serialize(triples, folder / "data.nt", ox.RdfFormat.N_TRIPLES)
        ini = folder / "virtuoso.ini"
        ini.write_text(_VIRTUOSO.format(folder=folder, sql=sql, http=http, most_rows=most_rows))
        with _running(["virtuoso-t", "-f", "-c", str(ini)]):
            url = f"http://127.0.0.1:{http}/sparql"
            within(60, lambda: httpx.get(url, params={"query": "ASK {}"}).is_success)
            load = f"ld_dir('{folder}', 'data.nt', 'https://w3id.org/dditkg/'); rdf_loader_run(); checkpoint;"
            _isql(sql, load)
            said = _isql(sql, "select ll_state, ll_error from DB.DBA.load_list;")
            assert re.search(r"^2\s+NULL", said, re.MULTILINE), said
            yield url


def _isql(port: int, statement: str) -> str:
    command = ["isql-vt", f"127.0.0.1:{port}", "dba", "dba", f"EXEC={statement}"]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout


@contextlib.contextmanager
def _running(command: list[str]) -> Iterator[None]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


#: What a server sends: status, media type, body.
Sent = tuple[int, str, bytes]


@contextlib.contextmanager
def misbehaving(answer: Callable[[bytes, str], Sent | None]) -> Iterator[str]:
    """The address of an HTTP server that sends what `answer` makes of a request's body and Accept header.

    With None it says nothing more and closes the connection in the middle.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            sent = answer(body, self.headers["Accept"])
            if sent is None:
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{")
                self.close_connection = True
                return
            status, media_type, content = sent
            self.send_response(status)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/sparql"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextlib.contextmanager
def cutting(engine: str, most_rows: int) -> Iterator[str]:
    """An engine that gives so many rows at most and does not say when it leaves some out."""

    def cut(body: bytes, accept: str) -> Sent:
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": accept}
        found = httpx.post(engine, content=body, headers=headers, timeout=60)
        document = found.json()
        document["results"]["bindings"] = document["results"]["bindings"][:most_rows]
        return 200, found.headers["Content-Type"], json.dumps(document).encode()

    with misbehaving(cut) as address:
        yield address


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def unused_address() -> str:
    """An address at which nothing listens."""
    return f"http://127.0.0.1:{_free_port()}/query"
