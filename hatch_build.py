"""Build hook: a wheel carries the compiled dataset, so that an installed package starts from one file."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileDataset(BuildHookInterface[Any]):
    """Writes dataset.nq (authored and derived triples with their graphs) into the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        root = Path(self.root)
        sys.path.insert(0, str(root / "src"))
        from dditkg.dataset import build, content_of

        self._folder = TemporaryDirectory()
        target = Path(self._folder.name) / "dataset.nq"
        build(content_of(root)).write(target)
        build_data["force_include"][str(target)] = "dditkg/content/dataset.nq"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        if version != "editable":
            self._folder.cleanup()
