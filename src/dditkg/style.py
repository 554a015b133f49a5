"""How the model's own words must read: rules of style, each with its name, judged over the whole dataset.

What breaks one on purpose is a dd:Exemption in the data, with its reason.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import pyoxigraph as ox

from dditkg.dataset import Content, Dataset
from dditkg.finding import Finding
from dditkg.places import Places
from dditkg.terms import DD, RDF, SKOS
from dditkg.wording import HASH_BYTES, alike, run_hash, runs, sentences, words

LONGEST_SENTENCE = 25
DEFINITION = range(8, 41)
MOST_ALIKE = 80.0
REPEATED_RUN, MOST_REPEATED = 6, 3
COPIED_RUN = 8

#: Words that say nothing, and what a writer means by them is said instead.
_FILLER = re.compile(
    r"\b(strategic(ally)?|robust(ly)?|holistic(ally)?|seamless(ly)?|leverag(e|es|ed|ing)|ensur(e|es|ed|ing)"
    r"|best practices?|world[- ]class|journeys?|landscapes?|ecosystems?|stakeholders?|various|appropriate(ly)?"
    r"|effective(ly)?|the ability to|utilis(e|es|ed|ing)|key (parts?|roles?|elements?|factors?|players?|priorit\w+))\b",
    re.IGNORECASE,
)
#: Their definitions are short by nature: a level says what one rung of a skill is, a term what one word means.
_SHORT = frozenset(DD + name for name in ("GlossaryTerm", "Level", "RoleLevel", "SkillAtLevel"))
#: A statement that is checked like a definition although it stands as a label.
_STATED = frozenset(DD + name for name in ("Indicator",))
_SHORT_FORM = re.compile(r"(?<![.\w])[A-Z]{2,}s?\b(?![.-]\w)")
#: Names of organisations, titles and products are written as their owners write them.
_OTHERS_WORDS = frozenset(DD + name for name in ("CaseStudy", "Figure", "JobTitle", "RoleLevel"))
_AS_PUBLISHED = frozenset({SKOS + "altLabel", DD + "example"})
_NAMES = frozenset({SKOS + "prefLabel", SKOS + "altLabel"})
_DEFINITION, _PREF = ox.NamedNode(SKOS + "definition"), ox.NamedNode(SKOS + "prefLabel")


@dataclass(frozen=True)
class Text:
    """One English text that the model itself says of a thing."""

    about: ox.NamedNode
    predicate: str
    value: str

    @property
    def literal(self) -> ox.Literal:
        return ox.Literal(self.value, language="en")


class Texts:
    """The model's own words in a dataset."""

    def __init__(self, dataset: Dataset) -> None:
        self.store = dataset.store
        ours = self.store.incoming(ox.NamedNode(DD + "ModelUnit"), ox.NamedNode(RDF + "type"))
        self.units = sorted((q.subject for q in ours if isinstance(q.subject, ox.NamedNode)), key=str)

    @cached_property
    def all(self) -> list[Text]:
        return [
            Text(unit, triple.predicate.value, triple.object.value)
            for unit in self.units
            for triple in sorted(self.store.outgoing(unit), key=str)
            if isinstance(triple.object, ox.Literal) and triple.object.language == "en"
        ]

    @cached_property
    def definitions(self) -> list[Text]:
        return [text for text in self.all if text.predicate == _DEFINITION.value]

    @cached_property
    def statements(self) -> list[Text]:
        """Definitions, and what stands as a label but is read as a statement."""
        stated = [t for t in self.all if t.predicate == _PREF.value and self.classes(t.about) & _STATED]
        return [*self.definitions, *stated]

    def classes(self, unit: ox.NamedNode) -> set[str]:
        return {c.value for c in self.store.objects(unit, RDF + "type") if isinstance(c, ox.NamedNode)}

    def label(self, unit: ox.NamedNode) -> str:
        return next((t.value for t in self.store.objects(unit, _PREF.value) if isinstance(t, ox.Literal)), unit.value)


Judged = Iterator[tuple[Text, str]]


def _long_sentences(texts: Texts, known: frozenset[bytes]) -> Judged:
    for text in texts.all:
        for sentence in sentences(text.value):
            if (count := len(words(sentence))) > LONGEST_SENTENCE:
                start = " ".join(sentence.split()[:5])
                yield text, f"has a sentence of {count} words: “{start} …”. Write {LONGEST_SENTENCE} at most."


def _length(texts: Texts, known: frozenset[bytes]) -> Judged:
    for text in texts.definitions:
        count = len(words(text.value))
        if not texts.classes(text.about) & _SHORT and count not in DEFINITION:
            yield text, f"has a definition of {count} words. Write {DEFINITION.start} to {DEFINITION.stop - 1}."


def _start(texts: Texts, known: frozenset[bytes]) -> Judged:
    for text in texts.definitions:
        name = words(texts.label(text.about))
        if words(text.value)[: len(name)] == name:
            yield text, "has a definition that begins by repeating the name. Begin with what people do."


def _filler(texts: Texts, known: frozenset[bytes]) -> Judged:
    for text in texts.all:
        if found := _FILLER.search(text.value):
            yield text, f"says “{found[0]}”, which tells a reader nothing. Say who does what."


def _alike(texts: Texts, known: frozenset[bytes]) -> Judged:
    stated = texts.statements
    for one, other, likeness in alike([text.value for text in stated], MOST_ALIKE):
        if stated[one].about != stated[other].about:
            yield (
                stated[other],
                f"reads {likeness:.0f} per cent like {stated[one].about.value}. Say what differs, or keep one.",
            )


def _short_forms(texts: Texts, known: frozenset[bytes]) -> Judged:
    explained = {
        text.value
        for text in texts.all
        if text.predicate in _NAMES and DD + "GlossaryTerm" in texts.classes(text.about)
    }
    for text in texts.all:
        if text.predicate in _AS_PUBLISHED or texts.classes(text.about) & _OTHERS_WORDS:
            continue
        for form in _SHORT_FORM.findall(text.value):
            if form not in explained and form.removesuffix("s") not in explained:
                yield text, f"says “{form}”, which the glossary does not explain. Write it out, or add a glossary term."


def _repeated(texts: Texts, known: frozenset[bytes]) -> Judged:
    holding: dict[str, dict[ox.NamedNode, Text]] = defaultdict(dict)
    for text in texts.definitions:
        for run in runs(text.value, REPEATED_RUN):
            holding[run][text.about] = text
    for run, held in holding.items():
        if len(held) > MOST_REPEATED:
            yield (
                next(iter(held.values())),
                f"says “{run}”, as {len(held) - 1} other definitions do. Find other words in all but {MOST_REPEATED}.",
            )


def _copied(texts: Texts, known: frozenset[bytes]) -> Judged:
    for text in texts.all if known else ():
        for run in runs(text.value, COPIED_RUN):
            if run_hash(run) in known:
                yield text, f"shares “{run}” with a published text. Write it in our own words."
                break


#: Each rule of style by name.
RULES: dict[str, Callable[[Texts, frozenset[bytes]], Judged]] = {
    "Style-alike": _alike,
    "Style-copied-run": _copied,
    "Style-definition-length": _length,
    "Style-definition-start": _start,
    "Style-filler": _filler,
    "Style-repeated-run": _repeated,
    "Style-short-form": _short_forms,
    "Style-sentence-length": _long_sentences,
}
EXEMPTION_RULE = "Style-exemption"


def findings(content: Content, dataset: Dataset) -> Iterator[Finding]:
    """What breaks a rule of style and is not exempt, and each exemption that exempts nothing."""
    texts, places, known = Texts(dataset), Places(content, dataset), source_runs(content)
    exempt = _exempt(dataset)
    used = set()
    for rule, judge in RULES.items():
        for text, message in judge(texts, known):
            key = (rule, text.about.value)
            if key in exempt:
                used.add(key)
                continue
            file, line = places.of(text.about.value, text.predicate, text.literal)
            said = places.with_labels(message)
            yield Finding(file, line, rule, "violation", f"{places.label(text.about.value)} {said}")
    for key in sorted(set(exempt) - used):
        rule, _ = key
        if rule.startswith("Style-"):
            file, line = places.of(exempt[key])
            message = f"{places.label(exempt[key])} exempts from {rule} what does not break it. Remove the exemption."
            yield Finding(file, line, EXEMPTION_RULE, "violation", message)


def _exempt(dataset: Dataset) -> dict[tuple[str, str], str]:
    """The exemption of each pair of rule and thing."""
    found = {}
    for triple in dataset.store.having(DD + "exempts"):
        for rule in dataset.store.objects(triple.subject, DD + "fromRule"):
            if isinstance(rule, ox.Literal) and isinstance(triple.object, ox.NamedNode):
                found[(rule.value, triple.object.value)] = str(getattr(triple.subject, "value", ""))
    return found


def source_runs(content: Content) -> frozenset[bytes]:
    """The hashes of the runs of words of published texts, from the .runs files of a project."""
    found: set[bytes] = set()
    for path in sorted((content.root / "data").rglob("*.runs")):
        held = path.read_bytes()
        found.update(held[i : i + HASH_BYTES] for i in range(0, len(held), HASH_BYTES))
    return frozenset(found)
