"""Routes, and what the API's own description (OpenAPI) says of them."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

#: An OpenAPI operation object.
Operation = dict[str, Any]
Endpoint = Callable[[Request], Response] | Callable[[Request], Awaitable[Response]]


class Api:
    """Routes in the order in which they are tried, and the paths of the description."""

    def __init__(self) -> None:
        self.routes: list[BaseRoute] = []
        self.paths: dict[str, dict[str, Operation]] = {}

    def add(self, path: str, endpoint: Endpoint, said: Operation | None = None, method: str = "GET") -> None:
        """Add a route, described where something is said of it. An endpoint that is no coroutine runs in a thread."""
        self.routes.append(Route(path, endpoint, methods=[method]))
        if said is not None:
            self.describe(re.sub(r":\w+}", "}", path), said, method)

    def describe(self, path: str, said: Operation, method: str = "GET") -> None:
        """Describe what a route for several paths answers at this one."""
        self.paths[path] = {method.lower(): said}
