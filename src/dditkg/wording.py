"""Likeness of texts (rapidfuzz), their sentences and the runs of words that they share."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b

from rapidfuzz import fuzz, process

#: The length in bytes of a hash of a run: a text of ours is taken for a copy by chance once in thousands of checks.
HASH_BYTES = 5

_WORD = re.compile(r"\d+(?:[.,]\d+)+|\w+(?:[’'.-]\w+)*")
_SENTENCE_END = re.compile(r"(?<=[.!?])[”\")]*\s+(?=[“\"(]?[A-Z0-9£])")


def nearest(typed: str, names: Iterable[str], most: int = 5, at_least: float = 70.0) -> list[str]:
    """The names most like what was typed, best first; likeness runs from 0 to 100."""
    found = process.extract(typed, list(names), scorer=fuzz.ratio, limit=most, score_cutoff=at_least)
    return [name for name, _, _ in found]


def words(text: str) -> list[str]:
    """The words of a text in lower case, without punctuation."""
    return [word.casefold() for word in _WORD.findall(text)]


def sentences(text: str) -> list[str]:
    return _SENTENCE_END.split(text)


def runs(text: str, length: int) -> Iterator[str]:
    """Each run of so many words in a text, in order."""
    said = words(text)
    return (" ".join(said[i : i + length]) for i in range(len(said) - length + 1))


def run_hash(run: str) -> bytes:
    """What is kept of a run of words: enough to find it again, too little to read it."""
    return blake2b(run.encode(), digest_size=HASH_BYTES).digest()


def alike(texts: Sequence[str], above: float) -> Iterator[tuple[int, int, float]]:
    """Pairs of texts (by place, the first lower) whose token set ratio is above a value, 0 to 100.

    Only pairs with two longer words in common are compared: others do not come near.
    """
    lowered = [text.casefold() for text in texts]
    longer = [{word for word in words(text) if len(word) > 4} for text in texts]
    holding: dict[str, list[int]] = defaultdict(list)
    for place, text in enumerate(lowered):
        shared = Counter(other for word in longer[place] for other in holding[word])
        for other, count in sorted(shared.items()):
            least = 2 if min(len(longer[place]), len(longer[other])) > 2 else 1
            if count >= least:
                likeness = fuzz.token_set_ratio(text, lowered[other], score_cutoff=above)
                if likeness > above:
                    yield other, place, likeness
        for word in longer[place]:
            holding[word].append(place)
