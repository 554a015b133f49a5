"""The crosswalk in the API's own description: its operations, their parameters, and an example of each."""

from __future__ import annotations

from typing import Any

from dditkg import formats
from dditkg.crosswalk import FLAT, NEAREST_COLUMNS, PAIR_COLUMNS, RELATIONS, VERDICTS
from dditkg.formats import Format
from dditkg.http.api import Operation
from dditkg.http.crosswalk_shape import (
    CONFIDENCE,
    COUNTS,
    MAPPED,
    PAIRS,
    SIDE_BY_SIDE,
    TRANSLATED,
    UNIT,
    VERSION,
    Schema,
    listed,
    maybe,
    one_or_none,
    ref,
    shaped,
    text,
)

MOST_ENTRIES = 10_000
MOST_BYTES = 1024 * 1024
MOST_ROLES = 10
MOST_NEAR = 50
LIST_MEMBERS = ("units", "to", "from", "compose", "min_confidence")
ONE = (formats.HTML, formats.JSON, formats.CSV)
OVERALL = (formats.HTML, formats.JSON)
PAIR = (formats.HTML, formats.JSON, formats.CSV, formats.SSSOM, formats.JSKOS)
LISTED = (formats.JSON, formats.CSV, formats.HTML)


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
) -> Operation:
    """An operation of the description."""
    said = {
        formats.HTML: text("A page for people."),
        formats.JSON: shape,
        formats.CSV: text(_TABLES.get(name, _TABLE)),
        formats.SSSOM: text("A mapping set as SSSOM TSV, with a header; chains name their rows in derived_from."),
        formats.JSKOS: {"type": "object", "description": "A JSKOS concordance with its mappings."},
    }
    responses: dict[str, dict[str, Any]] = {
        "200": {"description": "The answer", "content": {form.media_type: {"schema": said[form]} for form in offered}}
    }
    if "requestBody" not in more:
        responses["304"] = {"description": "You hold it already"}
    for status in refused:
        content = {"application/problem+json": {"schema": ref("Problem")}}
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
    MAPPED,
)
OVERVIEW = _operation(
    "crosswalk",
    "Which frameworks can be compared, and how far each pair has been; also as /crosswalk.json",
    [],
    OVERALL,
    PAIRS,
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
    SIDE_BY_SIDE,
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
    TRANSLATED,
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
                        "to": text("A framework, such as sfia; dditkg is this model."),
                        "from": text("The framework that the names are from, if all are from one."),
                        "compose": {
                            "type": "boolean",
                            "default": True,
                            "description": _COMPOSING[0]["description"],
                        },
                        "min_confidence": {
                            **CONFIDENCE,
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
_VERDICT = {**maybe("string", "Against the need of the row; “only here” where no other role has it."),
            "enum": [*VERDICTS, "only here", None]}  # fmt: skip
_NEED: dict[str, Schema] = {
    "skill": ref("Unit"),
    "levels": {"type": "array", "items": {"type": "object"}, "description": "The levels asked for, the lowest first."},
    "rungs": maybe("integer", "How many rungs need it, where the role itself says nothing."),
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
    shaped(
        "Roles side by side.",
        {
            "version": VERSION,
            "roles": {
                "type": "array",
                "description": "All members of a Unit, and what is said of each role.",
                "items": shaped(
                    "A role.",
                    {
                        **UNIT,
                        "needs": {"type": "integer", "description": "How many skills it needs."},
                        "match": one_or_none("Match", "What rows say of this role and the first."),
                        "counts": {**COUNTS, "description": "How often each verdict is given against the first."},
                    },
                    ("retired",),
                ),
            },
            "rows": {
                "type": "array",
                "description": "One for each skill, those shared by most roles first.",
                "items": shaped(
                    "A skill.",
                    {
                        "skill": ref("Unit"),
                        "cells": {
                            "type": "array",
                            "description": "One for each role, in the order named.",
                            "items": shaped(
                                "What a role needs of it.",
                                {
                                    "verdict": _VERDICT,
                                    "needs": {"type": "array", "items": shaped("A need.", _NEED)},
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
    shaped(
        "Nearest roles.",
        {
            "version": VERSION,
            "role": ref("Unit"),
            "note": text("That this is computed, and what an overlap means."),
            "frameworks": {
                "type": "array",
                "description": "One for each framework in which something is near or said.",
                "items": shaped(
                    "A framework.",
                    {
                        "framework": text("Its id."),
                        "roles_held": {"type": "integer", "description": "Roles of it whose needs are held."},
                        "computed": {"type": "array", "items": {"type": "object"}, "description": "Nearest first."},
                        "asserted": listed("Match", "What rows say of the role itself."),
                    },
                ),
            },
        },
    ),
)
