"""Build hook: a wheel carries the compiled dataset, so that an installed package starts from one file."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileDataset(BuildHookInterface):
    """Writes dataset.nq (authored and derived triples with their graphs) into the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        sys.path.insert(0, str(Path(self.root) / "src"))
        from dditkg.dataset import build, content_of

        target = Path(tempfile.mkdtemp()) / "dataset.nq"
        build(content_of(Path(self.root))).write(target)
        build_data["force_include"][str(target)] = "dditkg/content/dataset.nq"
