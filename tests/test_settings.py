"""Limits: what may be set, how it is written, and what each sentence says."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from dditkg.errors import WrongUse
from dditkg.settings import CEILINGS, Settings, limits

PAGE = Path(__file__).parents[1] / "docs" / "limits.md"


def test_the_limits_of_a_service_as_it_comes_are_fit() -> None:
    Settings().require_fit()
    assert len(CEILINGS) > 15


@pytest.mark.parametrize("name", CEILINGS)
def test_every_limit_can_be_set_up_to_its_ceiling_and_no_further(name: str) -> None:
    others = {"workers": 1, "most_workers": 64} if name in ("workers", "most_workers") else {}
    dataclasses.replace(Settings(), **{**others, **limits([f"{name}={CEILINGS[name]}"])}).require_fit()
    for value in (CEILINGS[name] + 1, -1, float("nan")):
        with pytest.raises(WrongUse, match=name):
            dataclasses.replace(Settings(), **{**others, name: value}).require_fit()


def test_nothing_but_the_cache_can_be_switched_off() -> None:
    for name in CEILINGS:
        settings = dataclasses.replace(Settings(), **{name: 0})
        if name == "cache_bytes":
            settings.require_fit()
        else:
            with pytest.raises(WrongUse, match="more than 0"):
                settings.require_fit()


def test_limits_are_written_as_words() -> None:
    words = ["query_seconds=2.5", "workers = 3", "trusted_proxies=10.0.0.0/8, ::1"]
    assert limits(words) == {"query_seconds": 2.5, "workers": 3, "trusted_proxies": ("10.0.0.0/8", "::1")}
    Settings(**limits(words)).require_fit()


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("speed=9", "no limit. The limits are answer_bytes,"),
        ("host=0.0.0.0", "no limit"),
        ("query_seconds", "no number for query_seconds"),
        ("workers=2.5", "no number for workers"),
    ],
)
def test_a_word_that_is_no_limit_is_said(word: str, says: str) -> None:
    with pytest.raises(WrongUse, match=says):
        limits([word])


def test_what_does_not_fit_together_is_said() -> None:
    with pytest.raises(WrongUse, match="Raise it"):
        Settings(workers=4, most_workers=3).require_fit()
    with pytest.raises(WrongUse, match="neither an address nor a network"):
        Settings(trusted_proxies=("10.0.0.0/99",)).require_fit()


def test_the_page_about_limits_says_what_holds() -> None:
    rows = re.findall(r"^\| `(\w+)` \| ([\d.]+) \| ([\d.]+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    said = {name: (float(default), float(ceiling)) for name, default, ceiling in rows}
    assert said == {name: (float(getattr(Settings, name)), float(ceiling)) for name, ceiling in CEILINGS.items()}
