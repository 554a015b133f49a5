"""One frozen value with every limit and choice; it is passed along, never read from a global."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """Limits of a service. Times in seconds, sizes in bytes."""

    host: str = "127.0.0.1"
    port: int = 8000
    base: str | None = None  # address that links use; default: the bound address
    query_seconds: float = 10.0
    query_bytes: int = 64 * 1024
    answer_bytes: int = 10 * 1024 * 1024
    worker_memory: int = 512 * 1024 * 1024  # on top of what the parent holds
    workers: int = 2
    most_workers: int = 16

    @property
    def address(self) -> str:
        """Where people find the service, without a trailing slash."""
        if self.base:
            return self.base.rstrip("/")
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"
