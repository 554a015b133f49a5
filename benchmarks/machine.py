"""What a figure was measured on: the machine, the day, and the state of this repository."""

from __future__ import annotations

import os
import platform
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]


def machine() -> str:
    """Processors, memory and Python in one line."""
    information = Path("/proc/cpuinfo")
    lines = information.read_text(encoding="utf-8").splitlines() if information.is_file() else []
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    names = os.sysconf_names if hasattr(os, "sysconf_names") else {}
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30 if "SC_PHYS_PAGES" in names else 0
    size = f", {memory:.0f} GiB" if memory else ""
    return f"{os.cpu_count()} processors ({model or platform.machine()}){size}, Python {platform.python_version()}"


def busy() -> str:
    """Load averages, or that they are not known here."""
    return ", ".join(f"{value:.1f}" for value in os.getloadavg()) if hasattr(os, "getloadavg") else "not known"


def commit(*paths: str) -> str:
    """The commit that is checked out, and whether files (of these paths, where some are named) differ from it."""
    said = _git("rev-parse", "--short", "HEAD")
    return said + (" with changes" if _git("status", "--short", "--", *(paths or ["."])) else "")


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip()
