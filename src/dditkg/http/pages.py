"""Pages for people: built from the same documents as the data, in plain words."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlencode

import jinja2
import pyoxigraph as ox
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from dditkg import formats
from dditkg.errors import DditkgError
from dditkg.http import lines, view
from dditkg.http.site import Site
from dditkg.questions import Parameter, Question
from dditkg.store import Table, terms_of
from dditkg.terms import BASE, DD, RDF, SKOS, XSD, is_iri

#: Nothing but our own style sheet is loaded, and nothing may frame or script a page.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}

_HERE = Path(__file__).parent
# A page shows so much of an answer; programs get all of it.
_COLUMN = re.compile(r"“(\w+)”")
_MOST_ROWS = 200
_MOST_TEXT = 100_000


def static() -> Mount:
    """The style sheet."""
    return Mount("/static", StaticFiles(directory=_HERE / "static"), name="static")


def home(site: Site) -> bytes:
    """The three domains and their capabilities, each leading to its page."""
    domains = []
    for slug in ("digital", "data", "innovation"):
        iri = f"{BASE}domain/{slug}"
        if not site.index.knows(iri):
            continue
        members = [
            node for node in site.subjects(DD + "inDomain", iri) if DD + "Capability" in site.iris(node, RDF + "type")
        ]
        tops = [node for node in members if not set(site.iris(node, SKOS + "broader")) & set(members)]
        cards = [_card(site, node, members) for node in sorted(tops, key=site.index.label)]
        domains.append({"slug": slug, "value": lines.value(site, iri), "cards": cards, "count": len(members)})
    counts = [
        (_plural(site, kind), f"/scheme/{kind}", len(site.subjects(SKOS + "inScheme", f"{BASE}scheme/{kind}")))
        for kind in ("capability", "role", "skill", "outcome", "way-of-working", "technology", "case-study")
        if site.index.knows(f"{BASE}scheme/{kind}")
    ]
    frameworks = [lines.value(site, iri) for iri in site.subjects(RDF + "type", DD + "Framework")]
    return page("home.html", site, domains=domains, counts=counts, frameworks=frameworks)


def thing(site: Site, iri: str) -> bytes:
    """The page of one thing. Raises NotFound."""
    return page("thing.html", site, view=view.view(site, iri))


def found(site: Site, typed: str, iris: Sequence[str]) -> bytes:
    """What has a name like what was typed, the likest first."""
    hits = [(view.kind_label(site, iri), lines.value(site, iri)) for iri in iris]
    return page("found.html", site, typed=typed, hits=hits)


def questions(site: Site) -> bytes:
    """All questions with the decision each informs."""
    return page("questions.html", site, questions=list(site.questions.values()))


def answer(site: Site, question: Question, values: Mapping[str, str], query: str, table: Table) -> bytes:
    """An answer as a table, with a form to ask again."""
    # What was asked about stands in the form: a column that only repeats it is left out.
    same = {p.name for p in question.parameters if p.name in table.columns and _is_one(table, p.name)}
    columns = [column for column in table.columns if column not in same and not _is_label(column, table)]
    first = Table(table.columns, table.rows[:_MOST_ROWS])
    asked = [(p, _typed(site, p, values.get(p.name) or p.example.strip('"'))) for p in question.parameters]
    return page(
        "answer.html",
        site,
        question=question,
        description=_COLUMN.sub(lambda match: f"“{_heading(match[1])}”", question.description),
        asked=asked,
        columns=[_heading(column) for column in columns],
        rows=_cells(site, first, columns),
        count=len(table.rows),
        query=query,
        csv=f"/questions/{question.name}.csv?{urlencode(values)}",
        json=f"/questions/{question.name}.json?{urlencode(values)}",
    )


def dataset(site: Site, about: object) -> bytes:
    """What the dataset is and how much it holds."""
    return page("dataset.html", site, about=about)


def developers(site: Site, openapi: Mapping[str, object]) -> bytes:
    """What a developer can call, from the API's own description."""
    return page("docs.html", site, api=openapi)


def sparql(site: Site, query: str = "", error: DditkgError | None = None, **answer: object) -> bytes:
    """A form for one's own query, filled with one that answers; what it answers; and the questions to start from."""
    listed = sorted(site.questions.values(), key=lambda question: len(question.text))
    return page("sparql.html", site, query=query or listed[0].query, error=error, answer=answer, questions=listed)


def own_answer(site: Site, query: str, body: bytes, content_type: str) -> bytes:
    """The answer to one's own query: a table, yes or no, or what it constructs."""
    if not content_type.startswith(formats.SPARQL_JSON.media_type):
        text = body.decode()
        return sparql(site, query, text=text[:_MOST_TEXT], all=len(text) <= _MOST_TEXT)
    table = terms_of(body)
    if isinstance(table, bool):
        return sparql(site, query, yes=table)
    first = Table(table.columns, table.rows[:_MOST_ROWS])
    return sparql(
        site,
        query,
        columns=table.columns,
        rows=_cells(site, first, table.columns),
        count=len(table.rows),
    )


def refusal(site: Site, error: DditkgError) -> bytes:
    """A problem, for people: what went wrong and where to go from here."""
    near = error.details.get("near", ())
    links = [_near(site, item) for item in near]
    return page("problem.html", site, error=error, links=links)


def _near(site: Site, item: dict[str, str] | str) -> lines.Value:
    """A near miss as a link: a thing, a question, or a name to look up."""
    if isinstance(item, dict):
        return lines.Value(item["label"], site.address(item["iri"]))
    if item in site.questions:
        return lines.Value(site.questions[item].summary, f"/questions/{item}")
    return lines.Value(item, f"/resolve?{urlencode({'uri': item})}")


def _card(site: Site, iri: str, members: list[str]) -> dict[str, object]:
    below = sorted(set(site.iris(iri, SKOS + "narrower")) & set(members), key=site.index.label)
    return {"value": lines.value(site, iri), "below": [lines.value(site, node) for node in below]}


def _plural(site: Site, kind: str) -> str:
    return site.index.label(f"{BASE}scheme/{kind}")


def _heading(column: str) -> str:
    words = "".join(f" {c.lower()}" if c.isupper() else c for c in column)
    return lines.sentence_case(words)


def _typed(site: Site, parameter: Parameter, typed: str) -> str:
    """What was asked about by its name, where the name means just that."""
    if typed == "*" or parameter.kind in ("number", "text"):
        return typed
    try:
        iri = site.index.resolve(typed, parameter.example)
        label = site.index.label(iri)
        return label if site.index.resolve(label, parameter.example) == iri else typed
    except DditkgError:
        return typed


def _is_one(table: Table, column: str) -> bool:
    """Whether all rows hold the same in a column."""
    place = table.columns.index(column)
    return len({row[place] for row in table.rows}) == 1


def _cells(site: Site, table: Table, columns: Sequence[str]) -> list[list[lines.Value]]:
    return [[_cell(site, column, row, table) for column in columns] for row in table.rows]


def _is_label(column: str, table: Table) -> bool:
    return column.endswith("Label") and column.removesuffix("Label") in table.columns


def _cell(site: Site, column: str, row: tuple[object, ...], table: Table) -> lines.Value:
    term = row[table.columns.index(column)]
    if term is None:
        return lines.Value("")
    text = str(getattr(term, "value", term))
    if isinstance(term, ox.NamedNode) and is_iri(text):
        name = f"{column}Label"
        label = row[table.columns.index(name)] if name in table.columns else None
        shown = str(getattr(label, "value", "")) if label is not None else site.index.label(text)
        if text in site.documents.vocabulary.properties or text in site.documents.vocabulary.classes:
            return lines.Value(shown)  # a relation or a class: its name says it
        outside = text if text.startswith(("http://", "https://")) else None
        return lines.Value(shown, site.address(text) if site.index.knows(text) else outside)
    return lines.Value(_with_commas(term, text))


def _with_commas(term: object, text: str) -> str:
    """A number of five digits or more as people write it; years are no such numbers."""
    is_number = isinstance(term, ox.Literal) and term.datatype.value in (XSD + "decimal", XSD + "integer")
    return view.grouped(text) if is_number and len(text.lstrip("-").partition(".")[0]) > 4 else text


@functools.cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )


def page(template: str, site: Site, **values: object) -> bytes:
    """A template, filled with these values and what every page has."""
    shared = {"site": site, "version": site.dataset.version, "ours": site.index.knows(BASE + "ontology")}
    return _environment().get_template(template).render(**shared, **values).encode()
