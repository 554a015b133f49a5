"""One frozen value with every limit and choice; it is passed along, never read from a global."""

from __future__ import annotations

import dataclasses
import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from dditkg.errors import WrongUse

_KB, _MB = 1024, 1024 * 1024


def _limit(default: float, ceiling: float, least: float | None = None) -> Any:
    """A limit that a service may set to anything from `least` (default: just above nothing) to `ceiling`."""
    return dataclasses.field(default=default, metadata={"ceiling": ceiling, "least": least})


@dataclass(frozen=True)
class Settings:
    """Limits of a service. Times in seconds, sizes in bytes."""

    host: str = "127.0.0.1"
    port: int = 8000
    base: str | None = None  # address that links use; default: the bound address

    # one query
    query_seconds: float = _limit(10.0, 30.0)  # from the moment a worker has it
    query_bytes: int = _limit(64 * _KB, 1024 * _KB)
    answer_rows: int = _limit(100_000, 1_000_000)
    answer_bytes: int = _limit(10 * _MB, 100 * _MB)
    sending_seconds: float = _limit(60.0, 600.0)  # for the client to take an answer
    worker_memory: int = _limit(512 * _MB, 4096 * _MB)  # on top of what the parent holds
    worker_cpu_seconds: float = _limit(10.0, 30.0)

    # all queries
    workers: int = _limit(2, 64)
    most_workers: int = _limit(16, 64)
    place_seconds: float = _limit(0.3, 30.0)  # a query that runs longer loses its place to a new worker
    waiting_queries: int = _limit(256, 4096)
    waiting_seconds: float = _limit(2.0, 30.0)
    outbox_bytes: int = _limit(256 * _MB, 4096 * _MB)  # of answers on their way to clients
    cache_bytes: int = _limit(64 * _MB, 4096 * _MB, least=0)  # 0: no answers are kept

    # one client that comes from another machine
    client_queries: int = _limit(5, 64)  # at once
    client_seconds: float = _limit(30.0, 3600.0)  # of workers' time in each window
    client_window: float = _limit(60.0, 3600.0)
    trusted_proxies: tuple[str, ...] = ()  # addresses or networks whose X-Forwarded-For is believed

    def require_fit(self) -> None:
        """WrongUse for limits that no service may have, such as one beyond its ceiling."""
        for field in dataclasses.fields(self):
            if "ceiling" in field.metadata:
                _require(field.name, getattr(self, field.name), **field.metadata)
        if self.most_workers < self.workers:
            raise WrongUse(f"most_workers is {self.most_workers}, fewer than the {self.workers} of workers. Raise it.")
        for network in self.trusted_proxies:
            try:
                ipaddress.ip_network(network)
            except ValueError:
                raise WrongUse(
                    f"“{network}” in trusted_proxies is neither an address nor a network. Write 10.0.0.5 or 10.0.0.0/8."
                ) from None

    @property
    def address(self) -> str:
        """Where people find the service, without a trailing slash."""
        if self.base:
            return self.base.rstrip("/")
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"


#: The names of the limits that can be set, and the most each may be.
CEILINGS: dict[str, float] = {
    field.name: field.metadata["ceiling"] for field in dataclasses.fields(Settings) if "ceiling" in field.metadata
}


def limits(words: Iterable[str]) -> dict[str, Any]:
    """Settings written as `name=value`, such as `query_seconds=5`; lists with commas. WrongUse for any other."""
    found: dict[str, Any] = {}
    for word in words:
        name, _, value = (part.strip() for part in word.partition("="))
        if name == "trusted_proxies":
            found[name] = tuple(part.strip() for part in value.split(",") if part.strip())
            continue
        if name not in CEILINGS:
            known = ", ".join(sorted((*CEILINGS, "trusted_proxies")))
            raise WrongUse(f"“{name}” is no limit. The limits are {known}.")
        try:
            found[name] = int(value) if isinstance(getattr(Settings, name), int) else float(value)
        except ValueError:
            raise WrongUse(f"“{value}” is no number for {name}. Write {name}=NUMBER.") from None
    return found


def _require(name: str, value: float, ceiling: float, least: float | None) -> None:
    # Written so that it fails for what is not a number at all.
    if not (value > 0 if least is None else value >= least) or not value <= ceiling:
        raise WrongUse(f"{name} is {value}; it may be more than 0 and at most {ceiling}.")
