"""Who asks, and how much each client from another machine has had of late."""

from __future__ import annotations

import contextlib
import functools
import ipaddress
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from dditkg.errors import TooOften
from dditkg.settings import Settings

REFUSED_SECONDS = 0.5  # what a query that is refused costs on top: errors are work too
_MOST_ACCOUNTS = 50_000

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Charge = Callable[[float], object]


_OURSELVES: contextlib.AbstractContextManager[Charge] = contextlib.nullcontext(lambda seconds: None)


@dataclass
class _Account:
    running: int = 0
    spent: float = 0.0  # seconds of workers' time that have not yet been forgotten
    at: float = 0.0  # when that was so


class Clients:
    """Accounts of clients by address. Kept in memory only, and forgotten once a client has been quiet for a window."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings, self._clock = settings, clock
        self._proxies = [ipaddress.ip_network(network) for network in settings.trusted_proxies]
        self._rate = settings.client_seconds / settings.client_window  # seconds forgotten in each second
        self._accounts: dict[str, _Account] = {}

    def __len__(self) -> int:
        return len(self._accounts)

    def who(self, peer: str | None, forwarded: Sequence[str]) -> str | None:
        """The client behind a connection from `peer`: an address, or a network that one customer has; None: ourselves.

        `forwarded` are the X-Forwarded-For lines. They are believed from proxies named in the settings only, and
        read from the right: what stands further left than the first stranger may be invented.
        """
        client = _address(peer or "")
        hops = [hop for line in forwarded for hop in line.split(",")]
        while client is not None and self._is_proxy(client) and hops:
            nearer = _address(hops.pop())
            if nearer is None:
                break
            client = nearer
        if client is None or client.is_loopback:
            return None
        return str(client) if client.version == 4 else str(ipaddress.ip_network((client, 64), strict=False))

    def visit(self, client: str | None) -> contextlib.AbstractContextManager[Charge]:
        """While one query of a client is answered; what it yields takes the seconds that a worker was busy with it.

        Raises TooOften, with `retry_after` in seconds, when the client has had its share.
        """
        return _OURSELVES if client is None else self._visit(client)

    @contextlib.contextmanager
    def _visit(self, client: str) -> Iterator[Charge]:
        account = self._admit(client)
        account.running += 1

        def charge(seconds: float) -> None:
            self._age(account)
            account.spent += seconds

        try:
            yield charge
        finally:
            account.running -= 1

    def _admit(self, client: str) -> _Account:
        settings = self._settings
        if len(self._accounts) >= _MOST_ACCOUNTS:
            self._forget()
        account = self._accounts.setdefault(client, _Account())
        self._age(account)
        if account.running >= settings.client_queries:
            raise TooOften(
                f"{account.running} queries of yours are being answered, and {settings.client_queries} are allowed at "
                "once. Wait for one of them to end, then ask again.",
                limit="client_queries",
                allowed=settings.client_queries,
                retry_after=1,
            )
        if account.spent >= settings.client_seconds:
            wait = math.ceil((account.spent - settings.client_seconds) / self._rate) + 1
            raise TooOften(
                f"Your queries have taken {settings.client_seconds:g} seconds of processing within "
                f"{settings.client_window:g} seconds, which is the limit for one client; a refused query counts for "
                f"{REFUSED_SECONDS:g} more. Ask again in {wait} seconds, ask for less at a time, or load a copy of the "
                "data.",
                limit="client_seconds",
                allowed=settings.client_seconds,
                retry_after=wait,
            )
        return account

    def _age(self, account: _Account) -> None:
        now = self._clock()
        account.spent = max(0.0, account.spent - (now - account.at) * self._rate)
        account.at = now

    def _forget(self) -> None:
        """Drop the accounts of those who have been quiet; of all who ask nothing now where that makes no room."""
        for account in self._accounts.values():
            self._age(account)
        for least in (0.0, math.inf):
            if len(self._accounts) >= _MOST_ACCOUNTS:
                kept = {n: a for n, a in self._accounts.items() if a.running or a.spent > least}
                self._accounts = kept

    def _is_proxy(self, address: Address) -> bool:
        return any(address in network for network in self._proxies)


@functools.lru_cache(maxsize=1024)
def _address(text: str) -> Address | None:
    """An address as proxies write it, with or without a port; None for anything else."""
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    return mapped or address
