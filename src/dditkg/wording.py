"""Likeness of texts (rapidfuzz), their sentences and the runs of words that they share."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from itertools import pairwise

from rapidfuzz import fuzz, process

#: The length in bytes of a hash of a run: a text of ours is taken for a copy by chance once in thousands of checks.
HASH_BYTES = 5

_WORD = re.compile(r"\d+(?:[.,]\d+)+|\w+(?:[’'.-]\w+)*")
_IDLE = frozenset(
    "a an and as at be by for from in into is it its of on or so that the their they this to with".split()
)
# What a word ends in when it is used otherwise: analyse, analysis, analyst. The longest comes first.
_ENDINGS = tuple(
    "isation ization ations ation ments ment ings ing sis ers er ors or ist ies ied ed es st s y e".split()
)
_SENTENCE_END = re.compile(r"(?<=[.!?])[”\")]*\s+(?=[“\"(]?[A-Z0-9£])")


def nearest(typed: str, names: Iterable[str], most: int = 5, at_least: float = 70.0) -> list[str]:
    """The names most like what was typed, best first; likeness runs from 0 to 100."""
    found = process.extract(typed, list(names), scorer=fuzz.ratio, limit=most, score_cutoff=at_least)
    return [name for name, _, _ in found]


def ranked(typed: str, names: Sequence[str]) -> list[tuple[int, float]]:
    """The places of names that share words with what was typed, best first, with a likeness from 0 to 1.

    A word counts in full when it is the same, for less when it has the same beginning or is spelt much alike. A name
    that says more than was typed comes after one that says just that.
    """
    wanted = list(dict.fromkeys(part for word in words(typed) for part in word.split("-")))
    parts = [[part for word in words(name) for part in word.split("-")] for name in names]
    holding: dict[str, list[int]] = defaultdict(list)
    for place, said in enumerate(parts):
        # Two words may be written as one: cybersecurity.
        for part in {*said, *(one + other for one, other in pairwise(said))}:
            holding[part].append(place)
    found: dict[int, list[float]] = defaultdict(list)
    for word in wanted:
        best: dict[int, float] = {}
        for part, places in holding.items():
            if likeness := _same(word, part):
                for place in places:
                    best[place] = max(best.get(place, 0), likeness)
        for place, likeness in best.items():
            found[place].append(likeness)
    scored = [
        (place, sum(likenesses) / len(wanted) * (0.75 + 0.25 * min(1, len(likenesses) / len(parts[place]))))
        for place, likenesses in found.items()
    ]
    return sorted(scored, key=lambda pair: (-pair[1], names[pair[0]]))


def _same(word: str, other: str) -> float:
    """How far two words are one: 1 the same, less for the same beginning or a slip of spelling, 0 for others."""
    if word == other:
        return 1
    shorter, longer = sorted((word, other), key=len)
    if len(shorter) > 3 and longer.startswith(shorter):
        return 0.85
    return 0.8 if len(shorter) > 3 and fuzz.ratio(word, other, score_cutoff=82) else 0


def spelt(typed: str, names: Sequence[str], at_least: float) -> dict[int, float]:
    """The places of names that are spelt much like what was typed, whatever the order of words; 0 to 1."""
    lowered = [name.casefold() for name in names]
    found = process.extract(
        typed.casefold(), lowered, scorer=fuzz.token_sort_ratio, limit=None, score_cutoff=100 * at_least
    )
    return {place: likeness / 100 for _, likeness, place in found}


class Weighed:
    """Texts that can be compared by the words they share, whatever these end in.

    A word counts for more the fewer of the texts hold it.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        counted = [Counter(_stems(text)) for text in texts]
        held = Counter(stem for stems in counted for stem in stems)
        self._rare = math.log(2 * (len(texts) + 1))
        self._weights = {stem: math.log((len(texts) + 1) / (count + 0.5)) for stem, count in held.items()}
        self._holding: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for place, stems in enumerate(counted):
            for stem, weight in self._vector(stems).items():
                self._holding[stem].append((place, weight))

    def like(self, text: str) -> dict[int, float]:
        """The places of the texts that share a word with this one, each with a likeness from 0 to 1."""
        found: dict[int, float] = defaultdict(float)
        for stem, weight in self._vector(Counter(_stems(text))).items():
            for place, other in self._holding.get(stem, ()):
                found[place] += weight * other
        return found

    def _vector(self, stems: Counter[str]) -> dict[str, float]:
        weighed = {stem: (1 + math.log(n)) * self._weights.get(stem, self._rare) for stem, n in stems.items()}
        length = math.hypot(*weighed.values()) or 1
        return {stem: weight / length for stem, weight in weighed.items()}


def _stems(text: str) -> Iterator[str]:
    for word in (part for joined in words(text) for part in joined.split("-")):
        if len(word) > 1 and word not in _IDLE:
            ending = next((end for end in _ENDINGS if word.endswith(end) and len(word) - len(end) > 2), "")
            yield word.removesuffix(ending)


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
