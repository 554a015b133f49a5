"""Tests whose tool is absent are left out by their marker and counted in the closing lines, never skipped inside.

DDITKG_REQUIRE names the markers that must run: then a missing tool is an error.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from content import whole_dataset
from engines import oxigraph_missing, virtuoso_missing
from hypothesis import settings

from dditkg import dataset
from dditkg.dataset import Dataset
from dditkg.meaning import missing as missing_meaning
from dditkg.reasoning import missing

_REQUIRED = frozenset(os.environ.get("DDITKG_REQUIRE", "").split())


def _suites() -> str | None:
    folder = os.environ.get("DDITKG_SUITES", "")
    if not folder:
        return "DDITKG_SUITES does not name the conformance suites (see docs/conformance.md)"
    return None if Path(folder).is_dir() else f"DDITKG_SUITES names {folder}, which is not there"


def _downloads() -> str | None:
    folder = os.environ.get("DDITKG_DOWNLOADS", "")
    if not folder:
        return "DDITKG_DOWNLOADS does not name the frameworks' own files (see docs/frameworks.md)"
    return None if Path(folder).is_dir() else f"DDITKG_DOWNLOADS names {folder}, which is not there"


def _browser() -> str | None:
    if not shutil.which("chromium"):
        return "chromium is not installed"
    missing = [name for name in ("playwright", "axe_playwright_python") if importlib.util.find_spec(name) is None]
    return f"{', '.join(missing)} not installed (extra “browser”)" if missing else None


def _clients() -> str | None:
    missing = [name for name in ("roqet", "node") if not shutil.which(name)]
    if missing:
        return f"{', '.join(missing)} not installed (rasqal-utils of Debian, extra “clients”)"
    installed = Path(__file__).with_name("clients") / "node_modules"
    return None if installed.is_dir() else "the packages of tests/clients are not installed (npm ci there)"


def _oracle() -> str | None:
    return None if importlib.util.find_spec("sssom") else "the sssom package is not installed (extra “oracles”)"


def _reason() -> str | None:
    return missing() or None


def _proxy() -> str | None:
    return None if shutil.which("nginx") or Path("/usr/sbin/nginx").is_file() else "nginx is not installed"


def _attacks() -> str | None:
    return None if "attacks" in _REQUIRED else "they take minutes; CI requires them"


def _crowds() -> str | None:
    return None if "crowds" in _REQUIRED else "they take as long again; make certify requires them"


def _long() -> str | None:
    return None if "long" in _REQUIRED else "they take minutes; make certify requires them"


def _wheel() -> str | None:
    return None if "wheel" in _REQUIRED else "building and installing a wheel needs the network; CI requires it"


_MISSING: dict[str, Callable[[], str | None]] = {
    "suites": _suites,
    "downloads": _downloads,
    "attacks": _attacks,
    "crowds": _crowds,
    "long": _long,
    "browser": _browser,
    "clients": _clients,
    "oracle": _oracle,
    "meaning": lambda: missing_meaning() or None,
    "reason": _reason,
    "wheel": _wheel,
    "proxy": _proxy,
    "engines": oxigraph_missing,
    "virtuoso": virtuoso_missing,
}
_left_out: Counter[str] = Counter()


# How long an example takes depends on what else the machine does.
settings.register_profile("dditkg", deadline=None)
settings.load_profile("dditkg")


@pytest.fixture(autouse=True, scope="session")
def opened_once() -> Iterator[None]:
    """Commands that are run inside the tests share one dataset: opening it is most of what they do."""
    whole = dataset.open_dataset

    def open_dataset(root: Path | None = None, added: Sequence[Path] = ()) -> Dataset:
        return whole_dataset() if root is None and not added else whole(root, added)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dataset, "open_dataset", open_dataset)
        yield


def pytest_configure() -> None:
    for marker in sorted(_REQUIRED & _MISSING.keys()):
        if reason := _MISSING[marker]():
            raise pytest.UsageError(f"DDITKG_REQUIRE names {marker}, but {reason}.")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    reasons = {marker: reason() for marker, reason in _MISSING.items()}
    kept, dropped = [], []
    for item in items:
        marker = next((m for m in _MISSING if reasons[m] and item.get_closest_marker(m)), None)
        if marker:
            dropped.append(item)
            _left_out[marker] += 1
        else:
            kept.append(item)
    if dropped:
        config.hook.pytest_deselected(items=dropped)
        items[:] = kept


# Where tests run side by side (pytest-xdist), each process has collected all and left out the same.


def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["left_out"] = dict(_left_out)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    _left_out.update(Counter(node.workeroutput["left_out"]) - _left_out)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for marker, count in sorted(_left_out.items()):
        terminalreporter.write_line(f"{count} {marker} tests left out: {_MISSING[marker]()}.")
