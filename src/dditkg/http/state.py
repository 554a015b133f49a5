"""How the service is: `/readyz` for whoever sends it traffic, `/metrics` for whoever watches it."""

from __future__ import annotations

import json

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dditkg.http.answers import Answers
from dditkg.http.tally import Tally
from dditkg.sandbox import Answerer

_NEW = {"Cache-Control": "no-store"}


def routes(pool: Answerer, tally: Tally, answers: Answers) -> list[Route]:
    """`/readyz` is 200 while a query can be answered, else 503; `/metrics` is in the text format of Prometheus."""

    async def ready(_: Request) -> Response:
        said = {"status": "ready" if pool.ready else "not ready", "workers": pool.census(), "layers": pool.layers}
        body = json.dumps(said).encode()
        headers = {**_NEW, "Content-Type": "application/json"}
        return Response(body, status_code=200 if pool.ready else 503, headers=headers)

    async def metrics(_: Request) -> Response:
        text = tally.text(pool.census(), {"bytes": answers.bytes, "entries": len(answers)})
        return Response(text, headers={**_NEW, "Content-Type": "text/plain; version=0.0.4; charset=utf-8"})

    return [Route("/readyz", ready), Route("/metrics", metrics)]
