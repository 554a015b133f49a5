"""Serving pages, linked data and the SPARQL endpoint."""

from __future__ import annotations

import argparse
import dataclasses
import gc
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from dditkg import console
from dditkg.errors import WrongUse
from dditkg.settings import Settings, limits

if TYPE_CHECKING:
    import socket

    from dditkg.console import Verbs
    from dditkg.questions import Question


def add(verbs: Verbs) -> None:
    """Add these verbs to the command line."""
    serve = verbs.add_parser("serve", help="serve pages, linked data and a SPARQL endpoint")
    serve.add_argument("--host", default=Settings.host, help="address to listen at (default: %(default)s)")
    serve.add_argument("--port", type=int, default=Settings.port, help="port; 0 for any (default: %(default)s)")
    serve.add_argument("--base", help="address that people use, when it differs from the one listened at")
    source = serve.add_mutually_exclusive_group()
    source.add_argument("--data", nargs="+", type=Path, metavar="FILE", help="serve these files instead")
    source.add_argument("--endpoint", metavar="URL", help="serve what the SPARQL endpoint of another engine holds")
    console.offer_added(serve)
    serve.add_argument("--limit", nargs="+", default=[], metavar="NAME=VALUE", help="limits, such as query_seconds=5")
    serve.set_defaults(run=_serve)


def _serve(arguments: argparse.Namespace) -> int:
    gc.disable()  # all that is loaded here is kept: looking for garbage among it would be a tenth of the start
    added = console.added(arguments)
    if arguments.endpoint:
        return _serve_endpoint(arguments)
    from dditkg.dataset import open_dataset, open_files

    # The code of the service is read while the dataset is; the thread has ended before any process is forked.
    with ThreadPoolExecutor(1) as beside:
        readying = beside.submit(_ready, arguments, added)
        dataset = open_files(arguments.data) if arguments.data else open_dataset(added=added)
        settings, listening, questions = readying.result()
    from dditkg.http import app, site
    from dditkg.sandbox import serve

    prepared = site.prepare(dataset, questions, settings)
    gc.freeze()
    gc.enable()
    serve(dataset.local, lambda bound, pool: app.run(prepared, bound, pool), settings, listening)
    return 0


def _ready(arguments: argparse.Namespace, added: list[Path]) -> tuple[Settings, socket.socket, dict[str, Question]]:
    """What `_listening` gives and the questions, once the code of the service is there."""
    import_module("dditkg.http.app")
    settings, listening = _listening(arguments)
    for path in added:
        print(f"dditkg: with {path}; mind its licence before others can reach this service", flush=True)
    return settings, listening, console.all_questions()


def _listening(arguments: argparse.Namespace) -> tuple[Settings, socket.socket]:
    """The settings with the port that was bound, and the socket. Says where the service will be found."""
    from dditkg.sandbox import listen
    from dditkg.terms import is_iri

    if not 0 <= arguments.port < 65536:
        raise WrongUse(f"There is no port {arguments.port}. Ports run from 1 to 65535; 0 takes any that is free.")
    if arguments.base is not None and not is_iri(arguments.base):
        raise WrongUse(f"--base needs a whole address, such as https://example.org. It was “{arguments.base}”.")
    settings = Settings(host=arguments.host, port=arguments.port, base=arguments.base, **limits(arguments.limit))
    listening = listen(settings)
    settings = dataclasses.replace(settings, port=listening.getsockname()[1])
    print(f"dditkg: {dataclasses.replace(settings, base=None).address}", flush=True)
    if settings.base:
        print(f"dditkg: links lead to {settings.address}", flush=True)
    return settings, listening


def _serve_endpoint(arguments: argparse.Namespace) -> int:
    """Serve what another engine holds, in this one process, until SIGTERM."""
    from dditkg.dataset import open_endpoint
    from dditkg.http import app, site
    from dditkg.http.relay import Relay
    from dditkg.remote import RemoteStore

    settings, listening = _listening(arguments)
    url = arguments.endpoint
    dataset = open_endpoint(url, settings.query_seconds)
    assert isinstance(dataset.store, RemoteStore)
    prepared = site.prepare(dataset, console.all_questions(), settings)
    gc.enable()
    print(f"dditkg: release {dataset.version} is at {url}, whose own limits apply to /sparql", flush=True)
    app.run(prepared, listening, Relay(url, dataset.store.most_rows, settings))
    return 0
