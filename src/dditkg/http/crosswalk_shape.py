"""The crosswalk's one shape of answer, as JSON Schema with each member in words."""

from __future__ import annotations

from typing import Any

from dditkg.crosswalk import RELATIONS, STATES

Schema = dict[str, Any]


def text(what: str, **more: Any) -> Schema:
    return {"type": "string", "description": what, **more}


def maybe(kind: str, what: str) -> Schema:
    return {"type": [kind, "null"], "description": what}


def listed(of: str, what: str) -> Schema:
    return {"type": "array", "items": ref(of), "description": what}


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def one_or_none(of: str, what: str) -> Schema:
    return {"anyOf": [ref(of), {"type": "null"}], "description": what}


def shaped(what: str, properties: dict[str, Schema], optional: tuple[str, ...] = ()) -> Schema:
    required = [name for name in properties if name not in optional]
    return {"type": "object", "description": what, "required": required, "properties": properties}


CONFIDENCE = {"type": "number", "minimum": 0, "maximum": 1}
_STATED = {**CONFIDENCE, "type": ["number", "null"]}
_REVIEW = text("Whether a named person outside this project has checked it.", enum=["reviewed", "unreviewed"])
_RELATION = text(
    "What the other is to the unit asked about. exact: one could stand for the other; close: mostly the same; broad: "
    "the other is wider; narrow: the other lies within it; related: they touch, no more.",
    enum=list(RELATIONS),
)
UNIT: dict[str, Schema] = {
    "id": text("The address of the unit, which lasts."),
    "curie": text("The address in short, as it may be typed."),
    "code": maybe("string", "The code that the framework's owner gives it."),
    "label": text("Its name. A unit of SFIA has none here but code and edition."),
    "kind": text("What it is, such as skill or framework role."),
    "framework": text("The id of its framework; dditkg is this model."),
    "retired": {"type": "boolean", "description": "There, and true, when it is no longer used."},
}
_ANSWER: dict[str, Schema] = {
    "unit": ref("Unit"),
    "framework": text("The id of the framework that was looked in."),
    "state": text(
        "mapped: there are matches; none found: it was looked for, and there is none; not compared: nobody has looked.",
        enum=list(STATES),
    ),
    "of": one_or_none("Unit", "What the matches are of, where no row says how the level asked about corresponds."),
    "matches": listed("Match", "What corresponds, the foremost first: rows before chains, then by relation."),
    "denied": listed("Step", "Rows that say that something does not correspond."),
    "sought": one_or_none("Step", "The row that says that it was looked for and not found, with its reason."),
    "leads": {
        "type": "array",
        "items": {"type": "array", "items": ref("Step")},
        "description": "Where there is no match: ways of two steps that claim nothing, at most ten. "
        "A place to look, no answer. Lists leave them out.",
    },
}
_LISTED_STATES = [*STATES, "already there", "several", "unknown", "empty"]
SCHEMAS: dict[str, Schema] = {
    "Unit": shaped("A part of this model or of a framework.", UNIT, ("retired",)),
    "Answer": shaped("What is held about one unit against one framework.", _ANSWER),
    "Match": shaped(
        "A unit that corresponds: all members of a Unit, and how.",
        {
            **UNIT,
            "relation": _RELATION,
            "predicate": text("The address of the relation in SKOS."),
            "confidence": {
                **_STATED,
                "description": "A row's own, a chain's product; null where a row states none.",
            },
            "review": _REVIEW,
            "by": {"type": "array", "items": {"type": "string"}, "description": "Who asserts the rows it rests on."},
            "composed": {"type": "boolean", "description": "Whether it was worked out from a chain of rows."},
            "levels": listed("Step", "How the levels of the two correspond, where rows or a rule say so."),
            "steps": listed("Step", "The row that it rests on, or the chain of them."),
        },
        ("retired",),
    ),
    "Step": shaped(
        "One row, read in the direction asked for.",
        {
            "row": maybe("string", "The address of the row; null where it follows from others by rule."),
            "from": one_or_none("Named", "Where it begins; null where there is none."),
            "relation": _RELATION,
            "to": one_or_none("Named", "Where it leads; null where nothing was found."),
            "confidence": {**_STATED, "description": "How sure the row is; null where it states none."},
            "review": _REVIEW,
            "basis": text("What the row rests on, in words."),
            "rationale": maybe("string", "What the two share, and what only one of them has."),
            "author": maybe("string", "The address of who asserts it."),
            "by": maybe("string", "What they are called."),
            "date": maybe("string", "When that was written."),
            "derived_from": {
                "type": "array",
                "items": {"type": "string"},
                "description": "The rows that it follows from, where it is no row itself.",
            },
        },
        ("derived_from",),
    ),
    "Named": shaped("A unit by address and name.", {"id": UNIT["id"], "label": UNIT["label"]}),
    "Entry": shaped(
        "What became of one entry of a list: all members of an Answer, and what was typed.",
        {
            "typed": text("The entry as it was sent."),
            **_ANSWER,
            "unit": one_or_none("Unit", "What the entry was taken for; null where that is not certain."),
            "state": text(
                "That of the answer, or: already there: it is of the framework asked for; several: it means several "
                "units, listed in choices; unknown: nothing here is called so; empty.",
                enum=_LISTED_STATES,
            ),
            "choices": listed("Unit", "The units that it can mean, at most five, where there are several."),
        },
    ),
    "Problem": shaped(
        "A refusal, as RFC 9457 writes it.",
        {
            "type": text("Always about:blank."),
            "title": text("What kind of refusal it is."),
            "status": {"type": "integer", "description": "The status code."},
            "detail": text("One sentence: what is wrong, and what to do."),
            "near": {"type": "array", "description": "What may have been meant.", "items": {}},
        },
        ("near",),
    ),
}
VERSION = text("The version of the data.")
MAPPED = shaped(
    "A unit in other frameworks.",
    {
        "version": VERSION,
        "unit": ref("Unit"),
        "answers": listed("Answer", "One for each framework named; with none named, where something is held."),
    },
)
COUNTS = {"type": "object", "additionalProperties": {"type": "integer"}}
SIDE_BY_SIDE = shaped(
    "Two frameworks side by side.",
    {
        "version": VERSION,
        "from": text("The id of the framework read from."),
        "to": text("The id of the framework read to."),
        "coverage": {
            "type": "object",
            "additionalProperties": COUNTS,
            "description": "For each kind of unit, how many are in which state, whatever is filtered.",
        },
        "answers": listed("Answer", "One for each unit of the first framework, of the kinds that are compared at all."),
    },
)
TRANSLATED = shaped(
    "A list, mapped.",
    {
        "version": VERSION,
        "to": text("The id of the framework that was looked in."),
        "answers": listed("Entry", "One for each entry, in the order sent."),
    },
)
PAIRS = shaped(
    "The frameworks held, and the pairs of them that rows were written for.",
    {
        "version": VERSION,
        "frameworks": {
            "type": "array",
            "description": "Each framework that can be named.",
            "items": shaped(
                "A framework.",
                {"id": text("Its id."), "label": text("Its name."), "edition": text("The edition held.")},
            ),
        },
        "pairs": {
            "type": "array",
            "description": "Each pair, in the direction in which its rows were written.",
            "items": shaped(
                "A pair.",
                {
                    "from": text("The id of one."),
                    "to": text("The id of the other."),
                    "rows": {"type": "integer", "description": "How many rows say that something corresponds."},
                    "relations": {**COUNTS, "description": "How many there are of each relation."},
                    "coverage": {**COUNTS, "description": "How many units of the first are in which state."},
                    "published_by": {
                        "type": "array",
                        "items": {"type": "string"},
                        "description": "Other publishers that assert some of the rows.",
                    },
                    "url": text("Where the two stand side by side."),
                },
            ),
        },
    },
)
