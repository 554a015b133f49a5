"""The crosswalk over HTTP, on the real data: one unit, lists, two frameworks, and what there is to compare."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from serving import Served, read, served
from test_http import is_page, problem

from dditkg import sssom
from dditkg.crosswalk import COLUMNS, PAIR_COLUMNS, RELATIONS

ROOT = Path(__file__).parents[1]
ONE, PAIR = "/map/skill:data-modelling", "/crosswalk/dditkg/sfia-9"
CSV, SSSOM, JSKOS = "text/csv", "text/tab-separated-values", "application/ld+json"


@pytest.fixture(scope="module")
def service() -> Iterator[Served]:
    with served() as running:
        yield running


@pytest.fixture(scope="module")
def described(service: Served) -> dict[str, Any]:
    return dict(service.get("/openapi.json").json())


def rows(response: httpx.Response) -> list[dict[str, str]]:
    assert response.status_code == 200, response.text[:300]
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(response.text, newline="")))


def translated(service: Served, body: object, **headers: str) -> httpx.Response:
    return service.http.post("/translate", json=body, headers=headers)


# One unit -----------------------------------------------------------------------------------------------------------


def test_a_unit_is_mapped_with_relation_level_confidence_review_and_reason(service: Served) -> None:
    said = service.get(f"{ONE}?to=sfia").json()
    assert set(said) == {"version", "unit", "answers"}
    (answer,) = said["answers"]
    assert (answer["framework"], answer["state"]) == ("sfia-9", "mapped")
    match = next(match for match in answer["matches"] if match["code"] == "DTAN")
    assert (match["relation"], match["confidence"], match["review"]) == ("close", 0.85, "unreviewed")
    assert match["steps"][0]["rationale"].endswith(".")
    assert match["steps"][0]["row"].startswith("https://w3id.org/dditkg/mapping/skill--sfia-9/")
    levels = {(link["from"]["label"], link["relation"], link["to"]["label"]) for link in match["levels"]}
    assert ("Data modelling: practitioner", "close", "SFIA 9 DTAN: level 4") in levels


@pytest.mark.parametrize(
    "typed",
    [
        "DTAN",
        "dtan",
        "SFIA 9 DTAN",
        "sfia-9-skill:DTAN",
        "https://rdf.sfia-online.org/9/skills/DTAN",
        "DTAN.json",
    ],
)
def test_a_unit_is_named_in_any_way(service: Served, typed: str) -> None:
    for path in (f"/map/{quote(typed, safe='')}", f"/map/{quote(typed)}"):
        said = service.get(path).json()
        assert said["unit"]["id"] == "https://rdf.sfia-online.org/9/skills/DTAN"
        assert said["answers"][0]["framework"] == "dditkg"


@pytest.mark.parametrize("typed", ["C#", "15-2051.00", "A.6", "ICT network engineer", "data analyst"])
def test_odd_characters_are_part_of_a_name(service: Served, typed: str) -> None:
    said = service.get(f"/map/{quote(typed, safe='')}").json()
    assert typed.casefold() in (said["unit"]["label"].casefold(), (said["unit"]["code"] or "").casefold())


def test_a_code_with_a_dot_takes_a_suffix_too(service: Served) -> None:
    found = rows(service.get("/map/A.6.csv?to=dditkg", None))
    assert {row["from_code"] for row in found} == {"A.6"}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("sfia", ["sfia-9"]),
        ("SFIA 9", ["sfia-9"]),
        ("ddat,esco", ["gdad", "esco"]),
        ("e-cf-4.0", ["e-cf-4"]),
        ("e-CF", ["e-cf-4"]),
        ("o*net", ["onet"]),
        ("gdad,GDaD,", ["gdad"]),
    ],
)
def test_a_framework_is_called_as_people_call_it(service: Served, typed: str, meant: list[str]) -> None:
    said = service.get(f"{ONE}?{urlencode({'to': typed})}").json()
    assert [answer["framework"] for answer in said["answers"]] == meant


def test_a_level_without_a_row_is_answered_by_its_whole_and_says_so(service: Served) -> None:
    (answer,) = service.get("/map/skill-level:data-modelling--practitioner?to=esco").json()["answers"]
    assert answer["unit"]["label"] == "Data modelling: practitioner"
    assert answer["of"]["label"] == "Data modelling"
    assert answer["matches"]


def test_none_found_and_not_compared_are_told_apart(service: Served) -> None:
    (none,) = service.get("/map/skill:address-allocation?to=gdad").json()["answers"]
    assert (none["state"], none["matches"]) == ("none found", [])
    assert none["sought"]["to"] is None
    assert none["sought"]["rationale"]
    (row,) = rows(service.get("/map/skill:address-allocation?to=gdad", CSV))
    assert (row["state"], row["relation"], row["to"]) == ("none found", "", "")
    assert row["rationale"] == none["sought"]["rationale"]
    (never,) = service.get("/map/skill:address-allocation?to=iso-56002").json()["answers"]
    assert (never["state"], never["sought"]) == ("not compared", None)
    (row,) = rows(service.get("/map/skill:address-allocation?to=iso-56002", CSV))
    assert (row["state"], row["to"]) == ("not compared", "")


def test_a_chain_lists_its_rows_and_can_be_left_out(service: Served) -> None:
    whole = service.get("/crosswalk/gdad/sfia").json()
    chained = [match for answer in whole["answers"] for match in answer["matches"] if match["composed"]]
    assert chained
    for match in chained:
        product = 1.0
        for step in match["steps"]:
            product *= step["confidence"]
        assert len(match["steps"]) > 1
        assert match["confidence"] == pytest.approx(product, abs=1e-4)
    direct = service.get("/crosswalk/gdad/sfia?compose=false").json()
    assert not any(answer["matches"] or answer["leads"] for answer in direct["answers"])
    asked = next(answer["unit"]["curie"] for answer in whole["answers"] if answer["matches"])
    assert service.get(f"/map/{asked}?to=sfia&compose=false").json()["answers"][0]["matches"] == []


def test_the_least_sure_are_left_out(service: Served) -> None:
    whole = service.get(f"{ONE}?to=esco").json()["answers"][0]["matches"]
    surer = service.get(f"{ONE}?to=esco&min_confidence=0.8").json()["answers"][0]["matches"]
    assert surer == [match for match in whole if match["confidence"] >= 0.8]
    assert 0 < len(surer) < len(whole)


def test_without_a_framework_each_that_holds_something_answers(service: Served) -> None:
    said = service.get(ONE).json()["answers"]
    assert len(said) > 3
    assert all(answer["state"] != "not compared" for answer in said)
    assert "dditkg" not in [answer["framework"] for answer in said]


@pytest.mark.parametrize(
    ("path", "status", "says", "near"),
    [
        ("/map/data-modeling", 404, "Near:", "skill:data-modelling"),
        (f"{ONE}?to=sfja", 404, "Did you mean sfia", "sfia"),
        (f"{ONE}?to=dditkg", 400, "is part of this model itself", None),
        (f"{ONE}?min_confidence=2", 400, "number from 0 to 1", None),
        (f"{ONE}?min_confidence=nan", 400, "number from 0 to 1", None),
        (f"{ONE}?compose=perhaps", 400, "true or false", None),
        (f"{ONE}?to=sfia&to=esco", 400, "given 2 times", None),
        (f"{ONE}?frm=sfia", 400, "“frm” is no parameter of this address. Known: to, compose", None),
        ("/map/framework:sfia-9", 400, "is a framework, and no part of one. See /crosswalk/sfia-9", None),
        ("/map/scheme:skill", 404, "not a unit that can be mapped", None),
        ("/crosswalk/gdad/gdad", 400, "not compared with itself", None),
        ("/crosswalk/gdad/sfja", 404, "Did you mean sfia", "sfia"),
        ("/crosswalk/sfja", 404, "Did you mean sfia", "sfia"),
        ("/crosswalk/gdad/sfia-9.ttl", 400, "“.ttl” is not offered. Add one of .json, .csv, .sssom.tsv, .jskos", None),
        (f"{PAIR}?relation=equal", 400, "one of exact, close, broad, narrow, related", None),
        (f"{PAIR}?review=yes", 400, "one of reviewed, unreviewed", None),
    ],
)
def test_what_cannot_be_answered_is_said_in_a_sentence(
    service: Served, path: str, status: int, says: str, near: str | None
) -> None:
    said = problem(service.get(path), status, says)
    assert near is None or near in said["near"]
    assert says.split(":")[0] in is_page(service.page(path), status)


def test_a_name_that_means_several_things_lists_them(service: Served) -> None:
    said = problem(service.get("/map/data%20governance?to=sfia"), 400, "means several things")
    assert len(said["near"]) > 1
    page = read(service.page("/map/data%20governance?to=sfia").text)
    assert all(any(choice["iri"].rpartition("/")[2] in link for link in page.links) for choice in said["near"])


# How it is asked ----------------------------------------------------------------------------------------------------

FORMS = [
    (f"{ONE}?to=sfia", "application/json", f"{ONE}.json?to=sfia"),
    (f"{ONE}?to=sfia", CSV, f"{ONE}.csv?to=sfia"),
    ("/crosswalk", "application/json", "/crosswalk.json"),
    (PAIR, "application/json", f"{PAIR}.json"),
    (PAIR, CSV, f"{PAIR}.csv"),
    (PAIR, SSSOM, f"{PAIR}.sssom.tsv"),
    (PAIR, JSKOS, f"{PAIR}.jskos"),
    ("/crosswalk/GDaD/SFIA%209?relation=broad", SSSOM, "/crosswalk/ddat/sfia.sssom.tsv?relation=broad"),
]


@pytest.mark.parametrize(("path", "media_type", "suffixed"), FORMS)
def test_a_form_is_asked_for_by_accept_or_by_suffix(service: Served, path: str, media_type: str, suffixed: str) -> None:
    by_accept, by_suffix = service.get(path, media_type), service.get(suffixed, None)
    assert by_accept.status_code == by_suffix.status_code == 200
    assert by_accept.content == by_suffix.content
    assert by_accept.headers["content-type"] == by_suffix.headers["content-type"]
    assert by_accept.headers["content-type"].split(";")[0] == media_type
    assert by_accept.headers["vary"] == "Accept"
    assert "vary" not in by_suffix.headers
    assert by_accept.headers["access-control-allow-origin"] == "*"
    tag = by_accept.headers["etag"]
    assert tag == by_suffix.headers["etag"] != service.page(path).headers["etag"]
    held = service.get(path, media_type, If_None_Match=tag)
    assert (held.status_code, held.content, held.headers["etag"]) == (304, b"", tag)
    head = service.send("HEAD", path, media_type)
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", tag)


@pytest.mark.parametrize("path", [ONE, "/crosswalk", PAIR, "/crosswalk/sfia"])
def test_what_is_only_read_says_so(service: Served, path: str) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        refused = service.send(method, path)
        problem(refused, 405, "only read here: use GET, HEAD, OPTIONS")
        assert refused.headers["allow"] == "GET, HEAD, OPTIONS"
    asked = service.send("OPTIONS", path)
    assert (asked.status_code, asked.headers["allow"]) == (204, "GET, HEAD, OPTIONS")
    problem(service.get(path, "image/png"), 406, "text/html")


def test_forms_without_script_lead_to_the_address_they_mean(service: Served) -> None:
    for path, target in (
        ("/map?unit=C%23&to=", "/map/C%23"),
        ("/map?unit=+data+modelling&to=sfia-9", "/map/data%20modelling?to=sfia-9"),
        ("/map?unit=&to=sfia-9", "/crosswalk"),
        ("/crosswalk?from=ddat&to=SFIA+9", "/crosswalk/gdad/sfia-9"),
    ):
        sent = service.page(path)
        assert (sent.status_code, sent.headers["location"]) == (303, target)
        assert service.page(target).status_code == 200


# Lists --------------------------------------------------------------------------------------------------------------


def test_as_many_answers_come_back_as_entries_were_sent(service: Served) -> None:
    entries = ["data modelling", "", "no such thing", "data governance", "DTAN", "Data modelling"]
    response = translated(service, {"units": entries, "to": "gdad"})
    said = response.json()
    assert set(said) == {"version", "to", "answers"}
    assert said["to"] == "gdad"
    assert [answer["typed"] for answer in said["answers"]] == entries
    states = [answer["state"] for answer in said["answers"]]
    assert states[:3] == ["mapped", "empty", "unknown"]
    assert (states[3], states[5]) == ("several", "mapped")
    assert len(said["answers"][3]["choices"]) > 1
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["vary"] == "Accept"
    assert response.headers["access-control-allow-origin"] == "*"


def test_an_entry_has_the_same_shape_as_a_single_answer(service: Served) -> None:
    (single,) = service.get(f"{ONE}?to=sfia").json()["answers"]
    (entry,) = translated(service, {"units": ["skill:data-modelling"], "to": "sfia"}).json()["answers"]
    assert entry == {"typed": "skill:data-modelling", **single, "choices": []}
    listed = {answer["unit"]["curie"]: answer for answer in service.get(PAIR).json()["answers"]}
    assert listed["skill:data-modelling"] == single


def test_a_list_may_say_where_its_names_are_from_and_how_to_map(service: Served) -> None:
    body = {"units": ["Data modelling"], "to": "dditkg", "from": "gdad", "compose": False, "min_confidence": 0.9}
    (entry,) = translated(service, body).json()["answers"]
    assert entry["unit"]["framework"] == "gdad"
    assert [match["relation"] for match in entry["matches"]] == ["exact"]


def test_a_list_comes_as_a_table_too(service: Served) -> None:
    response = translated(service, {"units": ["data modelling", "=1+1", ""], "to": "gdad"}, Accept=CSV)
    found = rows(response)
    assert list(found[0]) == ["typed", *COLUMNS]
    assert [row["typed"] for row in found] == ["data modelling", "=1+1", ""]
    assert found[0]["name there"].startswith("Data modelling")


def test_a_list_from_a_form_is_shown_as_a_page_and_taken_away(service: Served) -> None:
    form = {"units": "data modelling\nno such thing\n<b>bold</b>", "to": "gdad", "from": ""}
    shown = service.http.post("/translate", data=form, headers={"Accept": "text/html"})
    text = is_page(shown)
    assert "3 lines: 1 with a match, 2 unknown here." in text
    assert "<b>bold</b>" in text
    taken = service.http.post("/translate", data={**form, "format": "csv"}, headers={"Accept": "text/html"})
    assert [row["typed"] for row in rows(taken)] == form["units"].splitlines()
    assert taken.headers["content-disposition"] == 'attachment; filename="gdad.csv"'


def test_the_most_entries_are_answered_and_one_more_is_refused(service: Served) -> None:
    most = ["DTAN", "data modelling", "no such thing", "2521"] * 2500
    said = translated(service, {"units": most, "to": "gdad"}).json()["answers"]
    assert [answer["typed"] for answer in said] == most
    assert all(answer == said[place % 4] for place, answer in enumerate(said))
    refused = problem(translated(service, {"units": [*most, "x"], "to": "gdad"}), 413, "this one has 10001")
    assert (refused["limit"], refused["allowed"]) == ("entries", 10_000)
    refused = problem(translated(service, {"units": ["x" * 2**20], "to": "gdad"}), 413, "Split it")
    assert (refused["limit"], refused["allowed"]) == ("body_bytes", 2**20)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ('{"units": ["a", 5], "to": "gdad"}', "Entry 2 of “units” is no text"),
        ('{"units": ["a", "b", "\\ud800"], "to": "gdad"}', "Entry 3 of “units” holds half a character"),
        ('{"units": "a", "to": "gdad"}', "“units” is a list"),
        ('{"units": ["a"]}', "“to” the name of a framework"),
        ('{"units": ["a"], "to": "gdad", "too": 1}', "“too” is not known here. Known: units, to, from"),
        ('{"units": ["a"], "to": "gdad", "compose": "yes"}', "“compose” must be true or false"),
        ('{"units": ["a"], "to": "gdad", "from": 1}', "“from” must be the name"),
        ('{"units": ["a"], "to": "gdad", "min_confidence": true}', "“min_confidence” must be a number"),
        ('{"units": ["a"], "to": "gdad", "min_confidence": NaN}', "“min_confidence” must be a number"),
        ('{"units": ["a"], "to": "gdad", "min_confidence": 1e400}', "“min_confidence” must be a number"),
        ('{"units": ["a"]\n "to"}', "not JSON at line 2, column 2"),
        ("[" * 100_000, "cannot be read"),
        (b"\xff\xfe", "not UTF-8: byte 0"),
        ("", "not JSON at line 1, column 1"),
        ("[]", "“units” is a list"),
    ],
)
def test_a_list_that_cannot_be_read_is_refused_with_what_is_wrong(
    service: Served, body: str | bytes, says: str
) -> None:
    sent = service.http.post("/translate", content=body, headers={"Content-Type": "application/json"})
    said = problem(sent, 400, says)
    if place := re.search(r"Entry (\d)", says):
        assert said["entry"] == int(place[1])


def test_a_list_of_another_kind_or_for_another_framework_is_refused(service: Served) -> None:
    problem(
        service.http.post("/translate", content="a", headers={"Content-Type": "text/plain"}), 415, "not “text/plain”"
    )
    problem(service.http.post("/translate", content="a"), 415, "is missing here")
    problem(translated(service, {"units": ["a"], "to": "sfja"}), 404, "Did you mean sfia")
    problem(service.http.post("/translate", data={"units": "a"}), 400, "name a framework in “to”")
    problem(service.http.post("/translate", data={"units": "a", "to": "gdad", "x": "1"}), 400, "“x” is not known")
    problem(service.http.post("/translate?x=1", json={}), 400, "takes no parameters")
    problem(translated(service, {"units": ["a"], "to": "gdad"}, Accept="image/png"), 406, "application/json")


def test_a_list_is_sent_and_nothing_else(service: Served) -> None:
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        refused = service.send(method, "/translate")
        problem(refused, 405, "A list is sent here: use OPTIONS, POST")
        assert refused.headers["allow"] == "OPTIONS, POST"
    assert service.send("HEAD", "/translate").status_code == 405
    asked = service.send("OPTIONS", "/translate", Origin="https://example.org", Access_Control_Request_Method="POST")
    assert asked.status_code == 204
    assert asked.headers["access-control-allow-origin"] == "*"
    assert "POST" in asked.headers["access-control-allow-methods"]
    assert "Content-Type" in asked.headers["access-control-allow-headers"]


# Two frameworks -----------------------------------------------------------------------------------------------------


def test_two_frameworks_are_the_same_in_every_form(service: Served, tmp_path: Path) -> None:
    said = service.get(PAIR).json()
    matches = [(a["unit"]["id"], m["relation"], m["id"]) for a in said["answers"] for m in a["matches"]]
    levels = {(one["from"]["id"], one["relation"], one["to"]["id"])
              for a in said["answers"] for m in a["matches"] for one in m["levels"]}  # fmt: skip
    none = [answer["unit"]["id"] for answer in said["answers"] if answer["state"] == "none found"]
    assert len(matches) > 300
    assert len(levels) > 400
    assert len(none) > 2
    table = rows(service.get(PAIR, CSV))
    assert list(table[0]) == list(PAIR_COLUMNS)
    assert [(r["from"], r["relation"], r["to"]) for r in table if r["state"] == "mapped"] == matches
    assert [row["from"] for row in table if row["state"] == "none found"] == none
    path = tmp_path / "dditkg--sfia-9.sssom.tsv"
    path.write_bytes(service.get(PAIR, SSSOM).content)
    held = sssom.read(path)
    expand = held.prefixes.expand
    found = [(expand(row.subject), row.predicate[5:-5], expand(row.object)) for row in held.rows]
    assert sorted(found) == sorted([*matches, *levels, *((unit, "exact", sssom.NO_TERM) for unit in none)])
    mapped = [
        (one["from"]["memberSet"][0]["uri"], one["type"][0][36:-5], one["to"]["memberSet"][0]["uri"])
        for one in service.get(PAIR, JSKOS).json()["mappings"]
    ]
    assert sorted(mapped) == sorted([*matches, *levels])


def test_a_set_is_handed_out_as_it_was_written(service: Served, tmp_path: Path) -> None:
    for name in ("skill--gdad", "dcwf--nice"):
        sent = service.get(f"/mapping-set/{name}.sssom.tsv", None)
        assert sent.headers["content-type"] == "text/tab-separated-values; charset=utf-8"
        copy = tmp_path / f"{name}.sssom.tsv"
        copy.write_bytes(sent.content)
        original = sssom.read(ROOT / f"data/mappings/{name}.sssom.tsv")
        assert set(sssom.triples(sssom.read(copy))) == set(sssom.triples(original))
    problem(service.get("/mapping-set/skill--gdda.sssom.tsv"), 404, "Near: ")


def test_the_coverage_counts_each_unit_once_whatever_is_filtered(service: Served) -> None:
    whole = service.get("/crosswalk/dditkg/gdad").json()
    counted = {kind: sum(counts.values()) for kind, counts in whole["coverage"].items()}
    for kind, number in counted.items():
        assert sum(answer["unit"]["kind"] == kind for answer in whole["answers"]) == number
    filtered = service.get("/crosswalk/dditkg/gdad?relation=exact").json()
    assert filtered["coverage"] == whole["coverage"]


@pytest.mark.parametrize("relation", RELATIONS)
def test_a_filter_shows_only_what_it_names(service: Served, relation: str) -> None:
    said = service.get(f"/crosswalk/dditkg/dora?relation={relation}").json()
    assert {match["relation"] for answer in said["answers"] for match in answer["matches"]} == {relation}
    words = service.get(f"/crosswalk/dditkg/dora?relation={relation}&words=+TEST+&min_confidence=0.3").json()
    for answer in words["answers"]:
        for match in answer["matches"]:
            assert "test" in (answer["unit"]["label"] + match["label"] + (match["code"] or "")).casefold()
    assert service.get("/crosswalk/dditkg/dora?review=reviewed").json()["answers"] == []


def test_every_pair_that_is_listed_opens_and_holds_its_rows(service: Served) -> None:
    said = service.get("/crosswalk").json()
    assert len(said["pairs"]) >= 23
    assert {pair["to"] for pair in said["pairs"]} <= {framework["id"] for framework in said["frameworks"]}
    for pair in said["pairs"]:
        assert pair["rows"] == sum(pair["relations"].values())
        assert pair["url"] == f"{service.address}/crosswalk/{pair['from']}/{pair['to']}"
        whole = service.get(f"/crosswalk/{pair['from']}/{pair['to']}?compose=false").json()
        states = [answer["state"] for answer in whole["answers"]]
        assert {state: states.count(state) for state in pair["coverage"]} == pair["coverage"]
        assert pair["coverage"]["mapped"] > 0
    one = service.get("/crosswalk/sfia").json()["pairs"]
    assert one == [pair for pair in said["pairs"] if "sfia-9" in (pair["from"], pair["to"])]


# The description ----------------------------------------------------------------------------------------------------


def test_the_description_is_valid_and_each_parameter_has_an_example(described: dict[str, Any]) -> None:
    validate(described)
    paths = {path: item for path, item in described["paths"].items() if path.startswith(("/map", "/cross", "/trans"))}
    between = {"/crosswalk", "/crosswalk/{source}/{target}"}
    assert set(paths) == {"/map/{unit}", "/mapping-set/{name}.sssom.tsv", "/translate", *between}
    for item in paths.values():
        (operation,) = item.values()
        for parameter in operation.get("parameters", ()):
            assert parameter["example"]
            assert parameter["description"].endswith(".")
        for status, response in operation["responses"].items():
            assert status == "304" or response["content"]
    for shape in described["components"]["schemas"].values():
        for name, member in shape["properties"].items():
            assert "$ref" in member or member["description"].endswith("."), name


@pytest.mark.parametrize(
    ("template", "path"),
    [
        ("/map/{unit}", ONE),
        ("/map/{unit}", "/map/DTAN?to=gdad"),
        ("/map/{unit}", "/map/skill:address-allocation?to=gdad,sfia"),
        ("/crosswalk", "/crosswalk"),
        ("/crosswalk/{source}/{target}", PAIR),
        ("/crosswalk/{source}/{target}", "/crosswalk/gdad/sfia"),
    ],
)
def test_answers_are_as_they_are_described(
    service: Served, described: dict[str, Any], template: str, path: str
) -> None:
    is_as_described(described, described["paths"][template]["get"], service.get(path))


def test_lists_and_refusals_are_as_they_are_described(service: Served, described: dict[str, Any]) -> None:
    operation = described["paths"]["/translate"]["post"]
    sent = operation["requestBody"]["content"]["application/json"]
    Draft202012Validator(sent["schema"]).validate(sent["example"])
    is_as_described(described, operation, translated(service, sent["example"]))
    is_as_described(described, operation, translated(service, {"units": ["", "x", "data governance"], "to": "gdad"}))
    is_as_described(described, operation, translated(service, {"units": [1], "to": "gdad"}))
    is_as_described(described, described["paths"]["/map/{unit}"]["get"], service.get("/map/data-modeling"))


def is_as_described(described: dict[str, Any], operation: dict[str, Any], response: httpx.Response) -> None:
    """Every member is described and every described member is there."""
    schema = operation["responses"][str(response.status_code)]["content"][response.headers["content-type"]]["schema"]
    closed = json.loads(json.dumps({**schema, "components": described["components"]}))
    for shape in [closed, *closed["components"]["schemas"].values()]:
        if "properties" in shape and shape is not closed["components"]["schemas"]["Problem"]:
            shape["additionalProperties"] = False
    closed.pop("additionalProperties", None)
    Draft202012Validator(closed).validate(response.json())


# Pages --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/crosswalk", ["Two frameworks", "A list of yours", "What has been compared", "not compared yet"]),
        ("/crosswalk/sfia", ["SFIA 9 and other frameworks", "By way of this model"]),
        (ONE, ["Data modelling: what corresponds to it", "Level by level", "practitioner → level 4"]),
        ("/map/DTAN?to=gdad", ["places to look", "proves nothing"]),
        ("/map/skill:address-allocation?to=gdad", ["It was looked for, and nothing was found."]),
        ("/map/skill:address-allocation?to=iso-56002", ["Not compared yet."]),
        ("/map/skill-level:data-modelling--practitioner?to=esco", ["No row says how this level corresponds."]),
        (PAIR, ["From this model to SFIA 9", "with a match", "looked for, none found", "CSV", "JSKOS"]),
        ("/crosswalk/gdad/sfia", ["worked out from several rows", "not compared yet", "By way of"]),
        ("/crosswalk/gdad/sfia?relation=exact", ["Show all", "0 rows"]),
        ("/crosswalk/dcwf/what-works-cities", ["Nothing has been compared"]),
    ],
)
def test_a_page_says_it_in_words(service: Served, path: str, words: list[str]) -> None:
    text = is_page(service.page(path))
    for word in words:
        assert word in text, word
    for jargon in ("skos", "predicate", "composed", "IRI", "CURIE", "None "):
        assert jargon not in text.replace("None has been", "").replace("None. It", ""), jargon


def test_every_link_of_the_pages_leads_somewhere(service: Served) -> None:
    seen = set()
    for path in ("/crosswalk", "/crosswalk/sfia", ONE, "/crosswalk/dditkg/iso-56002"):
        for link in read(service.page(path).text).links:
            if link.startswith("/") and link not in seen:
                seen.add(link)
                assert service.page(link).status_code in (200, 303, 405), link
    assert len(seen) > 100


def test_the_crosswalk_is_found_from_where_people_are(service: Served) -> None:
    for path in ("/", "/questions/frameworks-held"):
        assert "/crosswalk" in read(service.page(path).text).links
    for path, target in (
        ("/skill/data-modelling", ONE),
        ("/framework/gdad/skill/data-modelling", "/map/gdad-skill:data-modelling"),
        ("/framework/sfia-9", "/crosswalk/sfia-9"),
        ("/unit?iri=https%3A%2F%2Frdf.sfia-online.org%2F9%2Fskills%2FDTAN", "/map/sfia-9-skill:DTAN"),
    ):
        assert target in read(service.page(path).text).links, path
        assert service.page(target).status_code == 200


def test_a_long_pair_is_shown_in_part_and_says_so(service: Served) -> None:
    said = service.get("/crosswalk/dditkg/gdad").json()
    listed = [answer for answer in said["answers"] if answer["state"] != "not compared"]
    count = sum(max(len(answer["matches"]), 1) for answer in listed)
    text = is_page(service.page("/crosswalk/dditkg/gdad"))
    assert count > 500
    assert re.search(rf"The first 5\d\d of {count} rows", text)
