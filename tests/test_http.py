"""The service as programs and browsers meet it: real addresses, real headers, one live server for all tests."""

from __future__ import annotations

import csv
import io
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urldefrag, urlencode, urljoin, urlsplit

import httpx
import pyoxigraph as ox
import pytest
from content import whole_dataset
from restricted import beyond_codes
from serving import BROWSER, Served, command, read, served

from dditkg import formats
from dditkg.formats import DOCUMENT_FORMATS, HTML, JSON, NTRIPLES, RDFXML, TURTLE, Format
from dditkg.search import index
from dditkg.terms import BASE, kind_of, path_of

ROOT = Path(__file__).parents[1]
DATASET = whole_dataset()
INDEX = index(DATASET)
QUESTIONS = sorted(path.stem for path in (ROOT / "queries").glob("*.rq"))

SYNTAX = {
    TURTLE: ox.RdfFormat.TURTLE,
    NTRIPLES: ox.RdfFormat.N_TRIPLES,
    RDFXML: ox.RdfFormat.RDF_XML,
}
CAPABILITY = "/capability/record-matching"
# Without end and without much memory.
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a a ?b . ?c a ?d . ?e a ?f . ?g a ?h }"
DEADLINE = 10.0  # seconds, as the service is set


def one_of_each_kind() -> list[str]:
    """The path of one thing of each kind."""
    found: dict[str, str] = {}
    for iri in sorted(INDEX.subjects):
        path = path_of(iri)
        if path and path != "dataset":  # whose documents are counted, not stored: test_http_dataset
            found.setdefault(kind_of(iri) or "", path)
    assert len(found) > 25
    return sorted(found.values())


KINDS = one_of_each_kind()


@pytest.fixture(scope="module")
def service() -> Iterator[Served]:
    with served() as running:
        yield running


def problem(response: httpx.Response, status: int, says: str = "") -> dict[str, Any]:
    """The problem document of a refusal, in the form that every refusal has."""
    assert response.status_code == status, response.text[:500]
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.headers["cache-control"] == "no-store"
    said = response.json()
    assert said["status"] == status
    assert said["type"] == "about:blank"
    assert re.fullmatch(r"[A-Z].*[^.]", said["title"])
    assert re.fullmatch(r"(?s)[A-Z“].*[.?]", said["detail"]), said["detail"]
    assert says in said["detail"]
    assert "Traceback" not in response.text
    return said


def is_page(response: httpx.Response, status: int = 200) -> str:
    """The text of a page, which is well-formed and safe to show."""
    assert response.status_code == status, response.text[:500]
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    policy = dict(part.strip().split(" ", 1) for part in response.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == policy["form-action"] == "'self'"
    assert policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in response.headers["content-security-policy"]
    assert response.headers["referrer-policy"] == "no-referrer"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["server"] == "dditkg"
    page = read(response.text)
    assert page.faults == []
    assert page.language == "en-GB"
    assert page.title.endswith(" · dditkg")
    assert page.headings.count(1) == 1
    assert all(below - above <= 1 for above, below in zip(page.headings, page.headings[1:], strict=False))
    return page.text


# One thing, in every form -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", KINDS)
def test_every_kind_in_every_form(service: Served, path: str) -> None:
    seen = {}
    for wanted in DOCUMENT_FORMATS:
        negotiated = service.get(f"/{path}", wanted.media_type)
        by_suffix = service.get(f"/{path}{wanted.suffix}", None)
        for response in (negotiated, by_suffix):
            is_the_thing(service, response, path, wanted)
        assert negotiated.content == by_suffix.content
        assert negotiated.headers["etag"] == by_suffix.headers["etag"]
        assert negotiated.headers["vary"] == "Accept"
        assert "vary" not in by_suffix.headers
        seen[negotiated.headers["etag"]] = wanted
    assert len(seen) == len(DOCUMENT_FORMATS), "two forms share an ETag"


def is_the_thing(service: Served, response: httpx.Response, path: str, wanted: Format) -> None:
    here = f"{service.address}/{path}"
    assert response.status_code == 200
    headers = response.headers
    assert headers["content-type"] == wanted.content_type
    assert headers["content-location"] == here + wanted.suffix
    assert headers["cache-control"] == "no-cache"
    assert headers["access-control-allow-origin"] == "*"
    assert {"ETag", "Link", "Content-Location"} <= set(headers["access-control-expose-headers"].split(", "))
    assert headers["x-content-type-options"] == "nosniff"
    assert re.fullmatch(r'"[0-9a-f]{24}"', headers["etag"])
    assert headers["server"] == "dditkg"
    links = parsed_links(headers["link"])
    assert links["canonical", None] == BASE + path
    assert links["describedby", "text/turtle"] == f"{here}.ttl"
    alternates = {kind: target for (rel, kind), target in links.items() if rel == "alternate"}
    assert alternates == {f.media_type: here + f.suffix for f in DOCUMENT_FORMATS if f is not wanted}
    if wanted is JSON:
        context = links["http://www.w3.org/ns/json-ld#context", "application/ld+json"]
        assert context == response.json()["@context"] == f"{service.address}/context/v1.jsonld"
    if wanted in SYNTAX:
        assert any(t.subject.value == BASE + path for t in ox.parse(response.content, format=SYNTAX[wanted]))
    elif wanted is HTML:
        is_page(response)
    else:
        assert response.json()["id"] == BASE + path


def parsed_links(value: str) -> dict[tuple[str, str | None], str]:
    found = {}
    for target, parameters in re.findall(r"<([^>]*)>((?:; \w+=\"[^\"]*\")+)", value):
        named = dict(re.findall(r"(\w+)=\"([^\"]*)\"", parameters))
        found[named["rel"], named.get("type")] = target
    return found


@pytest.mark.parametrize(
    "path",
    [
        "/",
        CAPABILITY,
        f"{CAPABILITY}.ttl",
        "/questions",
        f"/questions/{QUESTIONS[0]}",
        f"/questions/{QUESTIONS[0]}.csv",
        "/docs",
        "/context/v1.jsonld",
        "/scheme/capability",
    ],
)
def test_what_is_held_already_is_not_sent_again(service: Served, path: str) -> None:
    whole = service.get(path)
    tag = whole.headers["etag"]
    for held in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = service.get(path, If_None_Match=held)
        assert again.status_code == 304
        assert again.content == b""
        for name in ("etag", "cache-control", "vary", "content-location", "access-control-allow-origin"):
            assert again.headers.get(name) == whole.headers.get(name)
    for other in ('"other"', tag.strip('"'), ""):
        assert service.get(path, If_None_Match=other).status_code == 200


def test_etags_last_between_restarts(service: Served) -> None:
    with served() as other:
        for path in (f"{CAPABILITY}.ttl", "/questions/" + QUESTIONS[0] + ".csv"):
            assert service.get(path).headers["etag"] == other.get(path).headers["etag"]


@pytest.mark.parametrize(
    "path",
    [
        "/",
        CAPABILITY,
        "/questions",
        *(f"/questions/{QUESTIONS[0]}{suffix}" for suffix in ("", ".json", ".csv")),
        *("/docs", "/health", "/openapi.json", "/context/v1.jsonld", "/static/style.css", "/sparql"),
        *("/resolve?uri=data-matching", "/nothing", "/questions/nothing", "/static/nothing"),
    ],
)
@pytest.mark.parametrize("accept", ["*/*", BROWSER])
def test_head_is_get_without_a_body(service: Served, path: str, accept: str) -> None:
    get, head = service.get(path, accept), service.send("HEAD", path, accept)
    assert head.status_code == get.status_code
    assert head.content == b""
    unlike = {"date"}
    assert {k: v for k, v in head.headers.items() if k not in unlike} == {
        k: v for k, v in get.headers.items() if k not in unlike
    }


@pytest.mark.parametrize("accept", ["image/png", "text/turtle;q=0", "application/vnd.oai.openapi"])
def test_no_acceptable_form_lists_what_there_is(service: Served, accept: str) -> None:
    said = problem(service.get(CAPABILITY, accept), 406, accept)
    assert said["available"] == [f.media_type for f in DOCUMENT_FORMATS]
    for media_type in said["available"]:
        assert media_type in said["detail"]
    assert problem(service.get(f"/questions/{QUESTIONS[0]}", accept), 406)["available"] == [
        f.media_type for f in formats.QUESTION_FORMATS
    ]
    assert service.get(f"{CAPABILITY}.ttl", accept).status_code == 200  # the suffix has said it


def test_several_accept_lines_are_one_list(service: Served) -> None:
    with socket.create_connection(("127.0.0.1", urlsplit(service.address).port), timeout=10) as raw:
        lines = ["GET /capability/record-matching HTTP/1.1", "Host: x", "Accept: image/png", "Accept: text/turtle"]
        raw.sendall("\r\n".join([*lines, "Connection: close", "", ""]).encode())
        answer = b"".join(iter(lambda: raw.recv(65536), b""))
    assert b"\r\ncontent-type: text/turtle" in answer


def test_a_slash_too_many_leads_to_the_thing(service: Served) -> None:
    for path, to in ((f"{CAPABILITY}/", CAPABILITY), ("/questions/", "/questions"), (f"{CAPABILITY}//", CAPABILITY)):
        response = service.get(path)
        assert response.status_code == 308
        assert response.headers["location"] == to
    for path in ("//evil.example/", "/%2F%2Fevil.example/", "/%5Cevil.example/", "///evil.example//"):
        response = service.get(path)
        assert urljoin(service.address, response.headers.get("location", "/")).startswith(service.address)


# What is not there --------------------------------------------------------------------------------------------------


def test_an_unknown_address_names_what_is_near(service: Served) -> None:
    said = problem(service.get("/capability/record-matchin"), 404, "Did you mean Record matching (/capability/record-m")
    assert said["near"][0] == {"iri": f"{BASE}capability/record-matching", "label": "Record matching"}
    text = is_page(service.page("/capability/record-matchin"), 404)
    assert "Record matching" in text
    assert CAPABILITY in read(service.page("/capability/record-matchin").text).links


def test_an_unknown_question_names_what_is_near(service: Served) -> None:
    name = QUESTIONS[0][:-1]
    assert QUESTIONS[0] in problem(service.get(f"/questions/{name}"), 404, name)["near"]
    assert f"/questions/{QUESTIONS[0]}" in read(service.page(f"/questions/{name}").text).links


@pytest.mark.parametrize(
    "path",
    [
        *(
            "/nothing",
            "/nothing/at/all",
            "/capability/",
            "/capability/nothing",
            f"{CAPABILITY}.exe",
            f"{CAPABILITY}.ttl.gz",
        ),
        *(f"{CAPABILITY}/more", "/Capability/record-matching", "/questions/nothing", f"/questions/{QUESTIONS[0]}.exe"),
        *("/docs/more", "/static/nothing.css", "/redoc", "/favicon.ico", "/robots.txt", "/.git/config", "/index.html"),
    ],
)
def test_nothing_there(service: Served, path: str) -> None:
    followed = path.rstrip("/")
    problem(service.get(followed), 404)
    is_page(service.page(followed), 404)


HOSTILE = [
    *("/%ff", "/capability/%C3%28", "/%00", "/capability/record-matching%00", "/%0d%0aSet-Cookie:x=1", "/a%0Ab"),
    *("/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2fetc%2fpasswd", "/static/../pages.py"),
    *("/static/%2e%2e/pages.py", "/static/..%2fpages.py", "/static/%2e%2e%2fapp.py", "/static//etc/passwd"),
    *("/static/%2fetc%2fpasswd", "/static/style.css%00.html", "/static/", "/static"),
    *("/resolve?uri=%ff", "/unit?iri=%ff", "/resolve?uri=%00", f"/questions/{QUESTIONS[0]}?capability=%ff"),
    *("/unit?iri=http://a/%3Cb%3E", "/unit?iri=http://%20", "/unit?iri=javascript:alert(1)", "/unit?iri=file:///etc"),
    *("/<script>alert(1)</script>", "/%22%3E%3Cscript%3Ealert(1)%3C/script%3E", "/{{7*7}}", "/%7B%7B7*7%7D%7D", "/%"),
    *("/%zz", "/%u0041", "/\\\\evil.example", "/;/", "/capability/record-matching;x=1", "/~", "/?" + "&" * 2000 + "/x"),
]


@pytest.mark.parametrize("path", HOSTILE)
def test_hostile_addresses_are_refused_in_words(service: Served, path: str) -> None:
    for accept in ("application/json", BROWSER):
        status, headers, body = raw_get(service, path, accept)
        if path.startswith("/?"):
            assert status == 200
            continue
        assert 300 <= status < 500, body[:300]
        assert b"root:" not in body
        assert b"import " not in body
        assert b"<script" not in body or accept != BROWSER
        assert "set-cookie" not in headers
        if status == 308:
            continue
        if "<" in path and not body:  # no address at all by the rules of HTTP: the server has closed the connection
            assert (status, headers["connection"]) == (400, "close")
            continue
        if accept == BROWSER:
            assert read(body.decode()).faults == []
            assert "49" not in read(body.decode()).title
        else:
            assert headers["content-type"] == "application/problem+json"
    assert service.get("/health").status_code == 200


def raw_get(service: Served, target: str, accept: str) -> tuple[int, dict[str, str], bytes]:
    """GET of exactly these bytes: a client library would tidy them up."""
    with socket.create_connection(("127.0.0.1", urlsplit(service.address).port), timeout=10) as raw:
        lines = [f"GET {target} HTTP/1.1", "Host: evil.example", f"Accept: {accept}", "Connection: close", "", ""]
        raw.sendall("\r\n".join(lines).encode())
        answer = b"".join(iter(lambda: raw.recv(65536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    return int(first.split()[1]), dict((line.lower().split(": ", 1)) for line in rest), body


@pytest.mark.parametrize("path", ["/" + "a" * 20_000, "/resolve?uri=" + "a" * 20_000, "/static/" + "a/" * 10_000])
def test_an_address_too_long_is_said(service: Served, path: str) -> None:
    started = time.monotonic()
    problem(service.get(path), 414, "16384 bytes")
    is_page(service.page(path), 414)
    assert time.monotonic() - started < 1


def test_a_long_address_within_the_limit_costs_no_time(service: Served) -> None:
    started = time.monotonic()
    problem(service.get("/skill/" + "data-matching-" * 1000), 404)
    problem(service.get("/resolve?uri=" + "data%20matching%20" * 800), 404)
    assert time.monotonic() - started < 2


def test_a_request_larger_than_any_limit_does_no_harm(service: Served) -> None:
    for line in ("GET /" + "a" * 300_000, "GET / HTTP/1.1\r\nX: " + "a" * 300_000):
        with socket.create_connection(("127.0.0.1", urlsplit(service.address).port), timeout=10) as raw:
            try:
                raw.sendall(line.encode())
                assert raw.recv(100).startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 414 ", b"HTTP/1.1 431 "))
            except ConnectionError:
                pass
    assert service.get("/health").status_code == 200


# Other methods ------------------------------------------------------------------------------------------------------

ADDRESSES = ["/", CAPABILITY, "/questions", f"/questions/{QUESTIONS[0]}", "/docs", "/resolve", "/unit", "/health"]


@pytest.mark.parametrize("path", [*ADDRESSES, "/context/v1.jsonld", "/static/style.css", "/openapi.json"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "BREW"])
def test_nothing_can_be_changed(service: Served, path: str, method: str) -> None:
    response = service.send(method, path, "application/json")
    problem(response, 405, "use GET, HEAD, OPTIONS")
    assert response.headers["allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("path", [*ADDRESSES, "/sparql", "/nothing"])
def test_a_browser_may_ask_from_another_site(service: Served, path: str) -> None:
    response = service.send(
        "OPTIONS", path, Origin="https://elsewhere.example", Access_Control_Request_Method="GET",
        Access_Control_Request_Headers="if-none-match",
    )  # fmt: skip
    assert response.status_code == 204
    assert response.headers["access-control-allow-origin"] == "*"
    assert "GET" in response.headers["access-control-allow-methods"]
    assert "If-None-Match" in response.headers["access-control-allow-headers"]
    assert "access-control-allow-credentials" not in response.headers
    assert response.content == b""


@pytest.mark.parametrize("path", [*ADDRESSES, "/sparql", "/nothing", "/static/style.css", "/openapi.json", "/static/x"])
@pytest.mark.parametrize("accept", ["application/json", BROWSER])
def test_every_answer_is_open_and_anonymous(service: Served, path: str, accept: str) -> None:
    headers = service.get(path, accept).headers
    assert headers["access-control-allow-origin"] == "*"
    assert headers["x-content-type-options"] == "nosniff"
    assert not {"set-cookie", "x-powered-by"} & set(headers)


# The context --------------------------------------------------------------------------------------------------------


def test_the_context_is_kept_for_ever(service: Served) -> None:
    response = service.get("/context/v1.jsonld", None)
    assert response.headers["content-type"] == "application/ld+json"
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert response.headers["access-control-allow-origin"] == "*"
    assert "vary" not in response.headers
    assert response.json()["@context"]["@protected"] is True
    for accept in ("text/html", "image/png"):
        assert service.get("/context/v1.jsonld", accept).content == response.content


# Names --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "path"),
    [
        (f"{BASE}skill/data-matching", "/skill/data-matching"),
        ("skill:data-matching", "/skill/data-matching"),
        ("skill/data-matching", "/skill/data-matching"),
        ("gdad:skill/data-modelling", "/framework/gdad/skill/data-modelling"),
        ("gdad-skill:data-modelling", "/framework/gdad/skill/data-modelling"),
        ("gdad:data-modelling", "/framework/gdad/skill/data-modelling"),
        ("ddat:data-modelling", "/framework/gdad/skill/data-modelling"),
        ("Record matching", "/capability/record-matching"),
        ("record linkage", "/capability/record-matching"),
        ("  record-matching ", "/capability/record-matching"),
        (
            "http://www.w3.org/2004/02/skos/core#Concept",
            "/unit?iri=http%3A%2F%2Fwww.w3.org%2F2004%2F02%2Fskos%2Fcore%23Concept",
        ),
    ],
)
def test_any_name_leads_to_the_page(service: Served, typed: str, path: str) -> None:
    response = service.get(f"/resolve?{urlencode({'uri': typed})}")
    assert response.status_code == 303, response.text
    assert response.headers["location"] == path
    assert service.get(path).status_code == 200


def test_a_name_of_several_things_lists_them(service: Served) -> None:
    apart = ("/framework/", "/glossary-term/")
    ours = {
        label: [i for i in iris if i in INDEX.whole and i.startswith(BASE) and not any(kind in i for kind in apart)]
        for label, iris in INDEX.by_label.items()
    }
    label = next(label for label in sorted(ours) if len(ours[label]) > 1)
    path = f"/resolve?{urlencode({'uri': label})}"
    said = problem(service.get(path), 400, "means several things")
    for iri in ours[label]:
        assert INDEX.short(iri) in said["detail"]
    assert label in is_page(service.page(path), 400)


@pytest.mark.parametrize(
    ("typed", "status", "says"),
    [
        ("record matchin", 404, "Near: capability:record-matching"),
        ("skill:data-matchin", 404, "skill:data-matching"),
        ("https://w3id.org/dditkg/skill/data-matchin", 404, "skill:data-matching"),
        ("zzzzzz", 404, "Nothing here is called “zzzzzz”"),
        ("http://example.org/elsewhere", 404, "Nothing here is called"),
        ("nope:thing", 400, "No prefix “nope:” is declared. Known: "),
        ("", 400, "Give the address to look up"),
    ],
)
def test_a_name_that_leads_nowhere_is_explained(service: Served, typed: str, status: int, says: str) -> None:
    path = f"/resolve?{urlencode({'uri': typed})}"
    problem(service.get(path), status, says)
    is_page(service.page(path), status)


@pytest.mark.parametrize("path", ["/resolve?uri=a&uri=b", "/unit?iri=http://a/&iri=http://b/"])
def test_a_parameter_given_twice_is_refused(service: Served, path: str) -> None:
    problem(service.get(path), 400, "is given 2 times. Give it once.")


def test_an_address_of_somebody_else_has_a_document_too(service: Served) -> None:
    path = "/unit?iri=" + quote("http://www.w3.org/2004/02/skos/core#exactMatch", safe="")
    for wanted in DOCUMENT_FORMATS:
        response = service.get(path, wanted.media_type)
        assert response.status_code == 200
        assert response.headers["content-type"] == wanted.content_type
        assert "content-location" not in response.headers
        assert parsed_links(response.headers["link"])["canonical", None].endswith("core#exactMatch")
    problem(service.get("/unit?iri=skill:data-matching"), 400, "Give a whole address")
    problem(service.get("/unit"), 400, "Give a whole address")
    problem(service.get("/unit?iri=http://example.org/"), 404, "http://example.org/")


# Questions ----------------------------------------------------------------------------------------------------------


def test_the_list_of_questions_is_whole(service: Served) -> None:
    listed = service.get("/questions").json()["questions"]
    assert [question["name"] for question in listed] == QUESTIONS
    for question in listed:
        assert question["url"] == f"{service.address}/questions/{question['name']}"
        assert question["summary"].endswith("?")
        assert question["decision"]
    text = is_page(service.page("/questions"))
    assert all(question["summary"] in text for question in listed)
    assert service.get("/questions", "*/*").headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("name", QUESTIONS)
def test_each_question_is_answered_in_each_form(service: Served, name: str) -> None:
    as_json = service.get(f"/questions/{name}.json", None)
    as_csv = service.get(f"/questions/{name}.csv", None)
    assert as_json.headers["content-type"] == "application/json"
    assert as_csv.headers["content-type"] == "text/csv; charset=utf-8"
    for suffixed, media_type in ((as_json, "application/json"), (as_csv, "text/csv")):
        negotiated = service.get(f"/questions/{name}", media_type)
        assert negotiated.content == suffixed.content
        assert negotiated.headers["vary"] == "Accept"
        assert negotiated.headers["x-dataset-version"] == DATASET.version
    answer = as_json.json()
    assert answer["question"] == name
    assert answer["version"] == DATASET.version
    table = list(csv.reader(io.StringIO(as_csv.text)))
    assert len(table) == len(answer["rows"]) + 1
    for row, cells in zip(answer["rows"], table[1:], strict=True):
        assert list(row) == table[0]
        for value, cell in zip(row.values(), cells, strict=True):
            assert cell == ("" if value is None else str(value).lower() if isinstance(value, bool) else cell)
            if isinstance(value, int | float) and not isinstance(value, bool):
                assert float(cell) == value
            elif isinstance(value, str):
                assert cell == value
    page = service.page(f"/questions/{name}")
    text = is_page(page)
    assert f"{len(answer['rows'])} row" in text
    links = read(page.text).links
    assert service.get(next(link for link in links if ".csv?" in link), None).content == as_csv.content
    assert service.get(next(link for link in links if ".json?" in link), None).content == as_json.content


def parameters_of(service: Served, kind: str) -> tuple[str, str]:
    """A question and its parameter of a kind."""
    for question in service.get("/questions").json()["questions"]:
        for parameter in question["parameters"]:
            if parameter["kind"] == kind:
                return question["name"], parameter["name"]
    raise AssertionError(kind)


def test_a_parameter_is_a_name_a_short_form_or_an_address(service: Served) -> None:
    name, parameter = parameters_of(service, "capability")
    answers = [
        service.get(f"/questions/{name}?{urlencode({parameter: typed})}").json()["rows"]
        for typed in ("User research", "user-research", "capability:user-research", f"{BASE}capability/user-research")
    ]
    assert answers[0]
    assert all(answer == answers[0] for answer in answers)
    assert answers[0] != service.get(f"/questions/{name}").json()["rows"]
    everything = service.get(f"/questions/{name}?{parameter}=*").json()["rows"]
    assert len(everything) > len(answers[0])
    assert service.get(f"/questions/{name}?{parameter}=").json() == service.get(f"/questions/{name}").json()


def test_a_wrong_parameter_is_explained(service: Served) -> None:
    name, parameter = parameters_of(service, "capability")
    for suffix in ("", ".json", ".csv"):
        path = f"/questions/{name}{suffix}"
        problem(service.get(f"{path}?wrong=x"), 400, f"has no parameter “wrong”. It has: {parameter}")
        problem(service.get(f"{path}?{parameter}=a&{parameter}=b"), 400, f"“{parameter}” is given 2 times")
        problem(service.get(f"{path}?{parameter}=record-matchin"), 404, "capability:record-matching")
        problem(service.get(f"{path}?{parameter}=nope:x"), 400, "No prefix “nope:”")
    is_page(service.page(f"/questions/{name}?{parameter}=record-matchin"), 404)


@pytest.mark.parametrize(
    "typed",
    [
        "} UNION { ?s ?p ?o }",
        "> } #",
        '"',
        "x\\",
        "http://x/> } {<y:",
        "http://x/ y",
        "capability:a} {",
        "<script>",
        "*)",
    ],
)
def test_nothing_can_be_added_to_a_question(service: Served, typed: str) -> None:
    name, parameter = parameters_of(service, "capability")
    response = service.get(f"/questions/{name}?{urlencode({parameter: typed})}")
    assert response.status_code in (400, 404)
    problem(response, response.status_code)
    is_page(service.page(f"/questions/{name}?{urlencode({parameter: typed})}"), response.status_code)


# The description ----------------------------------------------------------------------------------------------------


def test_the_description_is_openapi(service: Served) -> None:
    response = service.get("/openapi.json")
    assert response.headers["content-type"] == "application/json"
    described = response.json()
    assert described["openapi"].startswith("3.1.")
    assert described["info"]["title"] == "dditkg"
    assert described["info"]["version"] == DATASET.version
    assert described["servers"] == [{"url": service.address}]
    assert {f"/questions/{name}" for name in QUESTIONS} <= set(described["paths"])
    identifiers = []
    for path, operations in described["paths"].items():
        assert set(operations) == ({"post"} if path == "/translate" else {"get"})
        (operation,) = operations.values()
        identifiers.append(operation["operationId"])
        assert operation["summary"]
        assert operation["responses"]
        for code, answer in operation["responses"].items():
            assert re.fullmatch(r"[2345][0-9]{2}", code)
            assert answer["description"]
        parameters = operation.get("parameters", [])
        assert len({(p["in"], p["name"]) for p in parameters}) == len(parameters)
        in_path = {p["name"] for p in parameters if p["in"] == "path"}
        assert in_path == set(re.findall(r"\{(\w+)\}", path))
        for parameter in parameters:
            assert parameter["required"] is (parameter["in"] == "path")
            assert parameter["schema"]["type"] in ("string", "integer", "array")
            assert parameter["description"].endswith(".")
    assert len(set(identifiers)) == len(identifiers)
    named = set(re.findall(r'"\$ref": *"#/components/schemas/(\w+)"', response.text))
    assert named <= set(described["components"]["schemas"])  # nothing refers to what is not there
    assert len(re.findall(r'"\$ref"', response.text)) >= len(named) > 4


def test_everything_that_is_described_answers(service: Served) -> None:
    described = service.get("/openapi.json").json()
    assert len(described["paths"]) >= len(QUESTIONS) + 6
    for path, operations in described["paths"].items():
        if path == "/translate":  # whose answers test_http_crosswalk looks at
            continue
        operation = operations["get"]
        query = {}
        for parameter in operation.get("parameters", []):
            example = parameter.get("example", parameter["schema"].get("default"))
            if parameter["in"] == "path":
                path = path.replace("{" + parameter["name"] + "}", example)
            elif example is not None:
                query[parameter["name"]] = example  # several values for a parameter that is repeated
        response = service.get(f"{path}?{urlencode(query, doseq=True)}", "*/*")
        assert str(response.status_code) in operation["responses"], path
        assert response.status_code == (303 if path == "/resolve" else 200), path
        for media_type in operation["responses"].get("200", {}).get("content", {}):
            if path != "/sparql":
                again = service.get(f"{path}?{urlencode(query, doseq=True)}", media_type)
                assert again.headers["content-type"].split(";")[0] == media_type
        if path.startswith("/questions/"):
            schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
            answer = service.get(f"{path}?{urlencode(query)}", "application/json").json()
            assert set(schema["required"]) == set(schema["properties"]) == set(answer)
            assert answer["question"] == schema["properties"]["question"]["const"]
            assert answer["rows"] == service.get(path).json()["rows"], "the default is not the default"


@pytest.mark.parametrize(
    "path",
    ["/", "/skill/data-matching.json", "/questions", "/questions/signs-of-good.csv", "/sparql?query=ASK%7B%7D"],
)
def test_every_answer_says_which_version_of_the_data_gave_it(service: Served, path: str) -> None:
    version = service.http.get(f"{service.address}/health").json()["version"]
    assert len(version) == 12
    assert service.http.get(service.address + path).headers["X-Dataset-Version"] == version


def test_health(service: Served) -> None:
    health = service.get("/health").json()
    assert health == {"status": "ok", "version": DATASET.version, "workers": True}


def test_docs_show_every_operation(service: Served) -> None:
    text = is_page(service.page("/docs"))
    for path in service.get("/openapi.json").json()["paths"]:
        assert f"{'POST' if path == '/translate' else 'GET'} {path}" in text
    assert f"{service.address}/capability/record-matching" in text


def test_the_examples_of_the_docs_answer(service: Served) -> None:
    text = read(service.page("/docs").text).text
    addresses = re.findall(rf"{re.escape(service.address)}[^\s<]*", text)
    assert len(addresses) >= 2
    for address in addresses:
        if address.endswith("/translate"):
            assert service.http.post(address, json={"units": ["DTAN"], "to": "gdad"}).json()["answers"]
        elif "/crosswalk/" in address:
            assert service.http.get(address).text.startswith("#")
        else:
            said = service.http.get(address.rstrip("'"), headers={"Accept": "application/json"}).json()
            assert said.get("id") or said["answers"]


def test_the_query_page_is_for_browsers(service: Served) -> None:
    assert "SPARQL" in is_page(service.page("/sparql"))
    assert service.get("/sparql", "text/turtle").headers["content-type"].startswith("text/turtle")


def test_a_browser_is_shown_the_answer_to_its_query(service: Served) -> None:
    def shown(query: str, status: int = 200) -> str:
        response = service.page(f"/sparql?{urlencode({'query': query})}")
        assert response.headers["vary"] == "Accept"
        text = is_page(response, status)
        assert query in read(response.text).text or len(query) > 1000
        return text

    assert "Answer Yes." in shown("ASK {}")
    assert "Answer No." in shown("ASK { FILTER(false) }")
    assert "Answer 1 row x <b>bold</b>" in shown('SELECT ("<b>bold</b>" AS ?x) {}')
    assert "Answer 0 rows" in shown("SELECT ?x { FILTER(false) }")
    assert "Answer 1 row" in shown("SELECT * {}")
    assert "The first 200 of " in shown("SELECT * { ?s ?p ?o } LIMIT 5000")
    assert "The beginning of it" in shown("CONSTRUCT WHERE { ?s ?p ?o } LIMIT 5000")
    assert "<http://example.org/a> <http://example.org/b> 1" in shown(
        "CONSTRUCT { <http://example.org/a> <http://example.org/b> 1 } WHERE {}"
    )
    matching = "SELECT ?s ?sLabel { VALUES ?s { <https://w3id.org/dditkg/skill/data-matching> } BIND('so' AS ?sLabel) }"
    assert "/skill/data-matching" in read(service.page(f"/sparql?{urlencode({'query': matching})}").text).links
    unsafe = "SELECT (<javascript://%0aalert(1)> AS ?x) {}"
    links = read(service.page(f"/sparql?{urlencode({'query': unsafe})}").text).links
    assert not any(link.startswith("javascript") for link in links)
    assert "cannot be read" in shown("SELECT * { ?s ?p }", 400)
    assert "Federation is switched off" in shown("SELECT * { SERVICE <http://x/> { ?s ?p ?o } }", 400)
    problem(service.get("/sparql?query=SELECT"), 400)
    for accept in ("*/*", "application/json", "text/csv", "text/*"):
        answer = service.get(f"/sparql?{urlencode({'query': 'SELECT * {}'})}", accept)
        assert not answer.headers["content-type"].startswith("text/html")


# Pages --------------------------------------------------------------------------------------------------------------

CAPABILITIES = sorted(path for iri in INDEX.subjects if (path := path_of(iri)) and path.startswith("capability/"))


@pytest.mark.parametrize("path", CAPABILITIES)
def test_a_capability_is_described_in_plain_words(service: Served, path: str) -> None:
    response = service.page(f"/{path}")
    text = is_page(response)
    for word in ("ontology", "SKOS", "RDF", "triple"):
        assert not re.search(word, text, re.IGNORECASE), word
        assert not re.search(word, response.text, re.IGNORECASE), word
    for heading in ("Without it", "What it consists of", "What good looks like", "Who delivers it", "Sources"):
        assert heading in text, heading


def test_a_capability_names_its_skills_and_what_its_limits_point_to(service: Served) -> None:
    head = read(service.page(CAPABILITY).text.partition('class="glance"')[0])
    for link in ("/capability/information-governance", "/capability/data-integration", "/skill/data-matching"):
        assert link in head.links
    assert "/questions/team-for-a-capability?capability=capability%3Arecord-matching" in head.links


def test_a_skill_tells_its_levels_before_the_roles_that_need_it(service: Served) -> None:
    links = read(service.page("/skill/data-matching").text).links
    assert links.index("/skill-level/data-matching--expert") < links.index("/role/data-analyst")
    assert not any(link.startswith("/role-level/") for link in links)  # their roles are there


def test_a_role_names_its_levels_capabilities_and_figures_at_the_top(service: Served) -> None:
    def head(path: str) -> list[str]:
        return read(service.page(path).text.partition('class="told"')[0]).links

    assert {"/role-level/data-analyst--senior-data-analyst", CAPABILITY} <= {*head("/role/data-analyst")}
    assert any(link.startswith("/figure/") for link in head("/role/chief-digital-officer"))


def test_pages_lead_only_to_pages_that_are_there(service: Served) -> None:
    """Every link of this server on the main pages and on the pages they lead to."""
    depth = dict.fromkeys(("/", CAPABILITY, "/role/data-engineer", "/questions", "/docs"), 0)
    queue = list(depth)
    seen: dict[str, int] = {}
    while queue and len(seen) < 300:
        batch, queue = queue[:50], queue[50:]
        with ThreadPoolExecutor(8) as pool:
            answers = list(
                pool.map(lambda path: httpx.get(service.address + path, headers={"Accept": BROWSER}, timeout=30), batch)
            )
        for path, response in zip(batch, answers, strict=True):
            seen[path] = response.status_code
            assert response.status_code == 200, path
            if not response.headers["content-type"].startswith("text/html"):
                continue
            page = read(response.text)
            assert page.faults == [], path
            for link in page.links:
                target = urldefrag(urljoin(service.address + path, link)).url
                assert target.startswith(("http://", "https://")), f"{path} links to {link}"
                if target.startswith(service.address + "/") and depth[path] < 2:
                    local = target.removeprefix(service.address)
                    if local not in depth:
                        depth[local] = depth[path] + 1
                        queue.append(local)
    assert len(seen) >= 200
    assert max(depth[path] for path in seen) == 2


@pytest.mark.parametrize(
    "path", ["/", CAPABILITY, "/docs", "/questions", f"/questions/{QUESTIONS[0]}", "/sparql", "/no"]
)
def test_a_foreign_host_name_is_never_repeated(service: Served, path: str) -> None:
    for accept in (BROWSER, "application/json", "text/turtle"):
        response = service.get(path, accept, Host="evil.example", X_Forwarded_Host="evil.example")
        assert "evil.example" not in response.text + str(response.headers)


def test_static_files_are_only_those(service: Served) -> None:
    for file in sorted((ROOT / "src/dditkg/http/static").iterdir()):
        assert service.get(f"/static/{file.name}").content == file.read_bytes()
    assert service.get("/static/style.css").headers["content-type"].startswith("text/css")


# Queries of one's own -----------------------------------------------------------------------------------------------


def test_an_endless_query_ends_and_the_service_goes_on(service: Served) -> None:
    started = time.monotonic()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(httpx.get, f"{service.address}/sparql", params={"query": ENDLESS}, timeout=30)
        while not waiting.done():
            before = time.monotonic()
            assert service.page(CAPABILITY).status_code == 200
            assert time.monotonic() - before < 1
            time.sleep(0.2)
        response = waiting.result()
    assert DEADLINE - 1 < time.monotonic() - started < DEADLINE + 3
    problem(response, 503, "10")
    counted = service.get(f"/sparql?{urlencode({'query': 'SELECT (COUNT(*) AS ?n) { ?s ?p ?o }'})}")
    assert counted.json()["results"]["bindings"][0]["n"]["value"] == str(sum(1 for _ in DATASET.store.triples()))


def test_the_graphs_are_the_files(service: Served) -> None:
    query = "SELECT DISTINCT ?g { GRAPH ?g { ?s a <https://w3id.org/dditkg/ontology/Domain> } }"
    response = service.get(f"/sparql?{urlencode({'query': query})}")
    graphs = [row["g"]["value"] for row in response.json()["results"]["bindings"]]
    assert graphs == [f"{BASE}graph/data/domains.ttl"]


# Other ways to start ------------------------------------------------------------------------------------------------


def test_links_use_the_base_that_people_know() -> None:
    with served("--base", "https://example.org/") as service:
        response = service.get(CAPABILITY)
        assert response.json()["@context"] == "https://example.org/context/v1.jsonld"
        assert response.headers["content-location"] == f"https://example.org{CAPABILITY}.json"
        assert (
            parsed_links(response.headers["link"])["describedby", "text/turtle"]
            == f"https://example.org{CAPABILITY}.ttl"
        )
        assert service.get("/openapi.json").json()["servers"] == [{"url": "https://example.org"}]
        assert service.get("/questions").json()["questions"][0]["url"].startswith("https://example.org/questions/")
        assert "curl https://example.org/" in read(service.page("/docs").text).text
        assert "https://example.org/sparql" in service.get("/sparql", "text/turtle").text
        everything = "".join(service.get(path, "text/html").text for path in ("/", CAPABILITY, "/docs", "/questions"))
        assert service.address not in everything
        assert urlsplit(service.address).netloc not in str(response.headers)


OTHERS = """
<http://example.org/a> <http://www.w3.org/2000/01/rdf-schema#label> "A thing"@en .
<http://example.org/a> <http://example.org/p> <http://example.org/€/ü> .
<http://example.org/€/ü> <http://example.org/p> "<script>alert(1)</script>" .
"""


def test_other_files_are_served_as_they_stand(tmp_path: Path) -> None:
    (tmp_path / "others.ttl").write_text(OTHERS, encoding="utf-8")
    (tmp_path / "graphs.nq").write_text(
        '<http://example.org/b> <http://example.org/p> "in a graph" <http://example.org/g> .\n', encoding="utf-8"
    )
    with served("--data", str(tmp_path / "others.ttl"), str(tmp_path / "graphs.nq")) as service:

        def rows(query: str) -> list[list[str]]:
            answer = service.get(f"/sparql?{urlencode({'query': query})}", "text/csv")
            assert answer.status_code == 200, answer.text
            return sorted(list(csv.reader(io.StringIO(answer.text)))[1:])

        assert len(rows("SELECT * { ?s ?p ?o }")) == 3
        assert rows("SELECT ?g ?o { GRAPH ?g { ?s ?p ?o } }") == [["http://example.org/g", "in a graph"]]
        unit = service.get("/unit?iri=http://example.org/a", "text/turtle")
        assert "A thing" in unit.text
        for iri in ("http://example.org/a", "http://example.org/€/ü"):
            for wanted in DOCUMENT_FORMATS:
                response = service.get(f"/unit?iri={quote(iri, safe='')}", wanted.media_type)
                assert response.status_code == 200, response.text
                assert response.headers["content-type"] == wanted.content_type
                assert unquote(parsed_links(response.headers["link"])["canonical", None]) == iri
                assert wanted is not HTML or "<script" not in response.text
        for path in ("/", "/questions", "/docs", "/sparql", *(f"/questions/{name}" for name in QUESTIONS)):
            is_page(service.page(path))
        assert service.get("/resolve?uri=a%20thing").headers["location"] == "/unit?iri=http%3A%2F%2Fexample.org%2Fa"
        problem(service.get(CAPABILITY), 404)


def refused_start(*arguments: str) -> tuple[int, str]:
    """How a start ends that cannot succeed: its exit code, and its sentence."""
    ended = subprocess.run(command("serve", *arguments), capture_output=True, text=True, timeout=30)
    assert "Traceback" not in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1, ended.stderr
    assert ended.stderr.startswith("dditkg: ")
    return ended.returncode, ended.stderr.strip()


def test_a_start_that_fails_is_explained_in_one_sentence(tmp_path: Path) -> None:
    broken = tmp_path / "broken.ttl"
    broken.write_text("<http://example.org/a> <http://example.org/b>\n  .\n", encoding="utf-8")
    latin = tmp_path / "latin.nt"
    latin.write_bytes(b'<http://example.org/a> <http://example.org/b> "caf\xe9" .\n')
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        code, said = refused_start("--port", port)
        assert (code, f"port {port}" in said, "Choose another port" in said) == (1, True, True)
    code, said = refused_start("--port", "0", "--data", str(tmp_path / "missing.ttl"))
    assert (code, "missing.ttl" in said, "No such file" in said) == (1, True, True)
    code, said = refused_start("--port", "0", "--data", str(broken))
    assert (code, f"{broken}:2" in said) == (1, True)
    assert refused_start("--port", "0", "--data", str(latin))[0] == 1
    code, said = refused_start("--port", "0", "--data", str(tmp_path))
    assert code == 1
    code, said = refused_start("--port", "0", "--data", str(ROOT / "README.md"))
    assert (code, ".nq, .nt, .rdf, .trig, .ttl" in said) == (1, True)
    code, said = refused_start("--port", "0", "--base", "example.org")
    assert (code, "https://example.org" in said) == (2, True)
    assert refused_start("--port", "99999")[0] == 2
    assert refused_start("--port", "0", "--host", "no.such.host.invalid")[0] in (1, 2)


def test_a_graph_is_what_its_file_says(service: Served) -> None:
    said = service.get("/graph/data/levels.ttl", "application/n-triples")
    assert said.headers["Content-Type"].startswith("application/n-triples")
    held = {str(quad.triple) for quad in ox.parse(said.content, format=ox.RdfFormat.N_TRIPLES)}
    assert held == {str(quad.triple) for quad in ox.parse(path=str(ROOT / "data/levels.ttl"))}
    assert service.get("/graph/data/nothing.ttl").status_code == 404


@pytest.mark.parametrize("unit", ["skills/HCEV", "skilllevels/HCEV_4", "lor/4"])
def test_of_sfia_code_edition_and_level_are_served_only(service: Served, unit: str) -> None:
    address = f"/unit?{urlencode({'iri': f'https://rdf.sfia-online.org/9/{unit}'})}"
    for form in (TURTLE, NTRIPLES, RDFXML):
        served = service.get(address, form.media_type)
        triples = [
            quad.triple for quad in ox.parse(served.content, format=ox.RdfFormat.from_media_type(form.media_type))
        ]
        count, found = beyond_codes(triples)
        assert count
        assert found == []


def test_the_agent_that_asserts_has_a_page(service: Served) -> None:
    assert "unreviewed until a named person" in service.page("/agent/project").text
