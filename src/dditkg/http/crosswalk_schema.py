"""The crosswalk in the API's own description: its parameters, its one shape in words, and an example of each."""

from __future__ import annotations

from typing import Any

from dditkg import formats
from dditkg.crosswalk import FLAT, NEAREST_COLUMNS, PAIR_COLUMNS, RELATIONS, STATES, VERDICTS
from dditkg.formats import Format

MOST_ENTRIES = 10_000
MOST_BYTES = 1024 * 1024
MOST_ROLES = 10
MOST_NEAR = 50
LIST_MEMBERS = ("units", "to", "from", "compose", "min_confidence")
ONE = (formats.HTML, formats.JSON, formats.CSV)
OVERALL = (formats.HTML, formats.JSON)
PAIR = (formats.HTML, formats.JSON, formats.CSV, formats.SSSOM, formats.JSKOS)
LISTED = (formats.JSON, formats.CSV, formats.HTML)

Schema = dict[str, Any]


def _text(what: str, **more: Any) -> Schema:
    return {"type": "string", "description": what, **more}


def _maybe(kind: str, what: str) -> Schema:
    return {"type": [kind, "null"], "description": what}


def _list(of: str, what: str) -> Schema:
    return {"type": "array", "items": _ref(of), "description": what}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _one_or_none(of: str, what: str) -> Schema:
    return {"anyOf": [_ref(of), {"type": "null"}], "description": what}


def _object(what: str, properties: dict[str, Schema], optional: tuple[str, ...] = ()) -> Schema:
    required = [name for name in properties if name not in optional]
    return {"type": "object", "description": what, "required": required, "properties": properties}


_CONFIDENCE = {"type": "number", "minimum": 0, "maximum": 1}
_STATED = {**_CONFIDENCE, "type": ["number", "null"]}
_REVIEW = _text("Whether a named person outside this project has checked it.", enum=["reviewed", "unreviewed"])
_RELATION = _text(
    "What the other is to the unit asked about. exact: one could stand for the other; close: mostly the same; broad: "
    "the other is wider; narrow: the other lies within it; related: they touch, no more.",
    enum=list(RELATIONS),
)
_UNIT: dict[str, Schema] = {
    "id": _text("The address of the unit, which lasts."),
    "curie": _text("The address in short, as it may be typed."),
    "code": _maybe("string", "The code that the framework's owner gives it."),
    "label": _text("Its name. A unit of SFIA has none here but code and edition."),
    "kind": _text("What it is, such as skill or framework role."),
    "framework": _text("The id of its framework; dditkg is this model."),
    "retired": {"type": "boolean", "description": "There, and true, when it is no longer used."},
}
_ANSWER: dict[str, Schema] = {
    "unit": _ref("Unit"),
    "framework": _text("The id of the framework that was looked in."),
    "state": _text(
        "mapped: there are matches; none found: it was looked for, and there is none; not compared: nobody has looked.",
        enum=list(STATES),
    ),
    "of": _one_or_none("Unit", "What the matches are of, where no row says how the level asked about corresponds."),
    "matches": _list("Match", "What corresponds, the foremost first: rows before chains, then by relation."),
    "denied": _list("Step", "Rows that say that something does not correspond."),
    "sought": _one_or_none("Step", "The row that says that it was looked for and not found, with its reason."),
    "leads": {
        "type": "array",
        "items": {"type": "array", "items": _ref("Step")},
        "description": "Where there is no match: ways of two steps that claim nothing, at most ten. "
        "A place to look, no answer. Lists leave them out.",
    },
}
_LISTED_STATES = [*STATES, "several", "unknown", "empty"]
SCHEMAS: dict[str, Schema] = {
    "Unit": _object("A part of this model or of a framework.", _UNIT, ("retired",)),
    "Answer": _object("What is held about one unit against one framework.", _ANSWER),
    "Match": _object(
        "A unit that corresponds: all members of a Unit, and how.",
        {
            **_UNIT,
            "relation": _RELATION,
            "predicate": _text("The address of the relation in SKOS."),
            "confidence": {
                **_STATED,
                "description": "A row's own, a chain's product; null where a row states none.",
            },
            "review": _REVIEW,
            "by": {"type": "array", "items": {"type": "string"}, "description": "Who asserts the rows it rests on."},
            "composed": {"type": "boolean", "description": "Whether it was worked out from a chain of rows."},
            "levels": _list("Step", "How the levels of the two correspond, where rows or a rule say so."),
            "steps": _list("Step", "The row that it rests on, or the chain of them."),
        },
        ("retired",),
    ),
    "Step": _object(
        "One row, read in the direction asked for.",
        {
            "row": _maybe("string", "The address of the row; null where it follows from others by rule."),
            "from": _one_or_none("Named", "Where it begins; null where there is none."),
            "relation": _RELATION,
            "to": _one_or_none("Named", "Where it leads; null where nothing was found."),
            "confidence": {**_STATED, "description": "How sure the row is; null where it states none."},
            "review": _REVIEW,
            "basis": _text("What the row rests on, in words."),
            "rationale": _maybe("string", "What the two share, and what only one of them has."),
            "author": _maybe("string", "The address of who asserts it."),
            "by": _maybe("string", "What they are called."),
            "date": _maybe("string", "When that was written."),
            "derived_from": {
                "type": "array",
                "items": {"type": "string"},
                "description": "The rows that it follows from, where it is no row itself.",
            },
        },
        ("derived_from",),
    ),
    "Named": _object("A unit by address and name.", {"id": _UNIT["id"], "label": _UNIT["label"]}),
    "Entry": _object(
        "What became of one entry of a list: all members of an Answer, and what was typed.",
        {
            "typed": _text("The entry as it was sent."),
            **_ANSWER,
            "unit": _one_or_none("Unit", "What the entry was taken for; null where that is not certain."),
            "state": _text(
                "That of the answer, or: several: it means several units, listed in choices; unknown: nothing here is "
                "called so; empty.",
                enum=_LISTED_STATES,
            ),
            "choices": _list("Unit", "The units that it can mean, at most five, where there are several."),
        },
    ),
    "Problem": _object(
        "A refusal, as RFC 9457 writes it.",
        {
            "type": _text("Always about:blank."),
            "title": _text("What kind of refusal it is."),
            "status": {"type": "integer", "description": "The status code."},
            "detail": _text("One sentence: what is wrong, and what to do."),
            "near": {"type": "array", "description": "What may have been meant.", "items": {}},
        },
        ("near",),
    ),
}
_VERSION = _text("The version of the data.")
_MAPPED = _object(
    "A unit in other frameworks.",
    {
        "version": _VERSION,
        "unit": _ref("Unit"),
        "answers": _list("Answer", "One for each framework named; with none named, where something is held."),
    },
)
_COUNTS = {"type": "object", "additionalProperties": {"type": "integer"}}
_SIDE_BY_SIDE = _object(
    "Two frameworks side by side.",
    {
        "version": _VERSION,
        "from": _text("The id of the framework read from."),
        "to": _text("The id of the framework read to."),
        "coverage": {
            "type": "object",
            "additionalProperties": _COUNTS,
            "description": "For each kind of unit, how many are in which state, whatever is filtered.",
        },
        "answers": _list("Answer", "One for each unit of the first framework, of the kinds that are compared at all."),
    },
)
_TRANSLATED = _object(
    "A list, mapped.",
    {
        "version": _VERSION,
        "to": _text("The id of the framework that was looked in."),
        "answers": _list("Entry", "One for each entry, in the order sent."),
    },
)
_PAIRS = _object(
    "The frameworks held, and the pairs of them that rows were written for.",
    {
        "version": _VERSION,
        "frameworks": {
            "type": "array",
            "description": "Each framework that can be named.",
            "items": _object(
                "A framework.",
                {"id": _text("Its id."), "label": _text("Its name."), "edition": _text("The edition held.")},
            ),
        },
        "pairs": {
            "type": "array",
            "description": "Each pair, in the direction in which its rows were written.",
            "items": _object(
                "A pair.",
                {
                    "from": _text("The id of one."),
                    "to": _text("The id of the other."),
                    "rows": {"type": "integer", "description": "How many rows say that something corresponds."},
                    "relations": {**_COUNTS, "description": "How many there are of each relation."},
                    "coverage": {**_COUNTS, "description": "How many units of the first are in which state."},
                    "published_by": {
                        "type": "array",
                        "items": {"type": "string"},
                        "description": "Other publishers that assert some of the rows.",
                    },
                    "url": _text("Where the two stand side by side."),
                },
            ),
        },
    },
)


def _parameter(name: str, example: str, what: str, default: str = "", **more: Any) -> Schema:
    place = more.pop("place", "query")
    schema = {"type": "string", **({"default": default} if default else {}), **more}
    found = {"name": name, "in": place, "required": place == "path", "schema": schema, "description": what}
    return {**found, "example": example}


_CHAINED = "Whether rows may be chained where the rule of composition allows it: true or false."
_LEAST = "The least sure that is shown, from 0 to 1."
_COMPOSING = [
    _parameter(
        "compose",
        "true",
        _CHAINED,
        "true",
        enum=["true", "false", "1", "0"],
    ),
    _parameter("min_confidence", "0.7", _LEAST, "0"),
]
_TABLE = f"A line of headings, then rows: {', '.join(PAIR_COLUMNS)}."

_TABLES = {
    "translate": "The entries, and what became of each.",
    "compare": f"A line of headings, then rows: {', '.join(FLAT)}.",
    "nearest": f"A line of headings, then rows: {', '.join(NEAREST_COLUMNS)}.",
}


def _operation(
    name: str,
    summary: str,
    parameters: list[Schema],
    offered: tuple[Format, ...],
    shape: Schema,
    refused: tuple[int, ...] = (400, 404, 406),
    **more: Any,
) -> dict[str, Any]:
    """An operation of the description."""
    said = {
        formats.HTML: _text("A page for people."),
        formats.JSON: shape,
        formats.CSV: _text(_TABLES.get(name, _TABLE)),
        formats.SSSOM: _text("A mapping set as SSSOM TSV, with a header; chains name their rows in derived_from."),
        formats.JSKOS: {"type": "object", "description": "A JSKOS concordance with its mappings."},
    }
    responses: dict[str, dict[str, Any]] = {
        "200": {"description": "The answer", "content": {form.media_type: {"schema": said[form]} for form in offered}}
    }
    if "requestBody" not in more:
        responses["304"] = {"description": "You hold it already"}
    for status in refused:
        content = {"application/problem+json": {"schema": _ref("Problem")}}
        responses[str(status)] = {"description": _REFUSED[status], "content": content}
    shared = {"operationId": name, "summary": summary, "tags": ["crosswalk"], "responses": responses}
    return {**shared, "parameters": parameters, **more}


_REFUSED = {
    400: "Something cannot be understood; the answer says what",
    404: "A name that nothing here has; the answer names what is near",
    406: "None of the formats asked for; the answer lists what there is",
    413: "More than the limit that the answer names",
    415: "A body that is neither JSON nor a form",
}
MAP = _operation(
    "map",
    "What a unit of any framework corresponds to in others: at which level, why, how surely",
    [
        _parameter(
            "unit",
            "skill:data-modelling",
            "A short form, code, name or address. May end in .json or .csv.",
            place="path",
        ),
        _parameter("to", "sfia,esco", "Frameworks, divided by commas; dditkg is this model. Default: all."),
        *_COMPOSING,
    ],
    ONE,
    _MAPPED,
)
OVERVIEW = _operation(
    "crosswalk",
    "Which frameworks can be compared, and how far each pair has been; also as /crosswalk.json",
    [],
    OVERALL,
    _PAIRS,
    (400, 404, 406),
)
BETWEEN = _operation(
    "crosswalk_between",
    "Two frameworks side by side: every mapping between them, with filters; also as SSSOM and JSKOS",
    [
        _parameter("source", "gdad", "The framework to read from; dditkg is this model.", place="path"),
        _parameter(
            "target",
            "dditkg",
            "The framework to read to. May end in .json, .csv, .sssom.tsv or .jskos.",
            place="path",
        ),
        _parameter("relation", "exact", f"Only these matches: {', '.join(RELATIONS)}.", enum=list(RELATIONS)),
        _parameter("review", "unreviewed", "Only these: reviewed or unreviewed.", enum=["reviewed", "unreviewed"]),
        _parameter("words", "data", "Words in a name or code on either side."),
        *_COMPOSING,
    ],
    PAIR,
    _SIDE_BY_SIDE,
)
SET = _operation(
    "mapping_set",
    "A mapping set with its rows as they were written, as SSSOM",
    [_parameter("name", "skill--gdad", "The name of the set, as in its address.", place="path")],
    (formats.SSSOM,),
    {},
    (400, 404),
)
TRANSLATE = _operation(
    "translate",
    "A list of names or codes, each mapped to one framework: as many answers out as entries in",
    [],
    LISTED,
    _TRANSLATED,
    (400, 404, 406, 413, 415),
    requestBody={
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["units", "to"],
                    "additionalProperties": False,
                    "properties": {
                        "units": {
                            "type": "array",
                            "maxItems": MOST_ENTRIES,
                            "items": {"type": "string"},
                            "description": "Names, codes, short forms or addresses.",
                        },
                        "to": _text("A framework, such as sfia; dditkg is this model."),
                        "from": _text("The framework that the names are from, if all are from one."),
                        "compose": {
                            "type": "boolean",
                            "default": True,
                            "description": _COMPOSING[0]["description"],
                        },
                        "min_confidence": {
                            **_CONFIDENCE,
                            "default": 0,
                            "description": _COMPOSING[1]["description"],
                        },
                    },
                },
                "example": {"units": ["data modelling", "gdad:skill/consultancy"], "to": "sfia"},
            }
        },
    },
)
_VERDICT = {**_maybe("string", "Against the need of the row; “only here” where no other role has it."),
            "enum": [*VERDICTS, "only here", None]}  # fmt: skip
_NEED: dict[str, Schema] = {
    "skill": _ref("Unit"),
    "levels": {"type": "array", "items": {"type": "object"}, "description": "The levels asked for, the lowest first."},
    "rungs": _maybe("integer", "How many rungs need it, where the role itself says nothing."),
}
COMPARE = _operation(
    "compare",
    "Roles of any frameworks side by side: same level, higher, lower, partly, only in one",
    [
        {
            **_parameter("role", "", "A role or rung: a name, code, short form or address. Given twice or more."),
            "schema": {"type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": MOST_ROLES},
            "example": ["role:data-analyst", "gdad-role:data-analyst"],
        }
    ],
    ONE,
    _object(
        "Roles side by side.",
        {
            "version": _VERSION,
            "roles": {
                "type": "array",
                "description": "All members of a Unit, and what is said of each role.",
                "items": _object(
                    "A role.",
                    {
                        **_UNIT,
                        "needs": {"type": "integer", "description": "How many skills it needs."},
                        "match": _one_or_none("Match", "What rows say of this role and the first."),
                        "counts": {**_COUNTS, "description": "How often each verdict is given against the first."},
                    },
                    ("retired",),
                ),
            },
            "rows": {
                "type": "array",
                "description": "One for each skill, those shared by most roles first.",
                "items": _object(
                    "A skill.",
                    {
                        "skill": _ref("Unit"),
                        "cells": {
                            "type": "array",
                            "description": "One for each role, in the order named.",
                            "items": _object(
                                "What a role needs of it.",
                                {
                                    "verdict": _VERDICT,
                                    "needs": {"type": "array", "items": _object("A need.", _NEED)},
                                },
                            ),
                        },
                        "ways": {
                            "type": "array",
                            "description": "Needs of other roles that stand near, though no match follows.",
                            "items": {"type": "object"},
                        },
                    },
                ),
            },
        },
    ),
    (400, 404, 406, 413),
)
NEAREST = _operation(
    "nearest",
    "The roles nearest to one in every framework, with the skills that explain it; computed, not asserted",
    [
        _parameter("role", "role:data-analyst", "A name, code or address. May end in .json or .csv.", place="path"),
        _parameter("to", "gdad,esco", "Frameworks, divided by commas; dditkg is this model. Default: all."),
        _parameter("most", "3", f"How many in each framework, up to {MOST_NEAR}.", "5"),
    ],
    ONE,
    _object(
        "Nearest roles.",
        {
            "version": _VERSION,
            "role": _ref("Unit"),
            "note": _text("That this is computed, and what an overlap means."),
            "frameworks": {
                "type": "array",
                "description": "One for each framework in which something is near or said.",
                "items": _object(
                    "A framework.",
                    {
                        "framework": _text("Its id."),
                        "roles_held": {"type": "integer", "description": "Roles of it whose needs are held."},
                        "computed": {"type": "array", "items": {"type": "object"}, "description": "Nearest first."},
                        "asserted": _list("Match", "What rows say of the role itself."),
                    },
                ),
            },
        },
    ),
)
