"""The pages in a real browser: reachable by keyboard, readable by screen readers, whole on a small screen."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from serving import Served, served

pytestmark = pytest.mark.browser

ARGUMENTS = """--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
    --disable-component-update --disable-sync""".split()
PAGES = {
    "home": "/",
    "capability": "/capability/record-matching",
    "role": "/role/data-engineer",
    "skill": "/skill/data-matching",
    "list": "/scheme/capability",
    "long list": "/framework/gdad",
    "outside unit": "/framework/gdad/role-level/data-analyst--data-analyst",
    "questions": "/questions",
    "answer": "/questions/team-for-a-capability",
    "wide answer": "/questions/counterparts",
    "empty answer": "/questions/levels-across-frameworks?skill=user-research",
    "developers": "/docs",
    "query": "/sparql",
    "own answer": "/sparql?query=SELECT+*+%7B+%3Fs+%3Fp+%3Fo+%7D+LIMIT+20",
    "own mistake": "/sparql?query=SELECT",
    "roles side by side": "/compare?role=role:data-analyst&role=gdad-role:data-analyst&role=role:data-scientist",
    "roles to compare": "/compare?role=data+analyst",
    "nearest roles": "/nearest/role:data-analyst",
    "not found": "/capability/record-matchin",
    "between": "/crosswalk",
    "one framework": "/crosswalk/sfia",
    "side by side": "/crosswalk/dditkg/dora",
    "by way of us": "/crosswalk/gdad/sfia?relation=broad",
    "mapped": "/map/skill:data-modelling",
    "places to look": "/map/DTAN?to=gdad",
}
# WCAG 2.2 AA and all that it builds on, and what axe calls good practice.
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
WATCH = """
window.policyViolations = [];
document.addEventListener(
    "securitypolicyviolation", e => window.policyViolations.push(e.violatedDirective + " " + e.blockedURI)
);
"""

Open = Callable[..., Any]


@pytest.fixture(scope="module")
def service() -> Iterator[Served]:
    with served() as running:
        yield running


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        yield browser
        browser.close()


def wanted(request: Any) -> bool:
    """Whether the browser itself still waited: it gives up what a page asked for once the page is left."""
    return bool(request.failure != "net::ERR_ABORTED")


@pytest.fixture
def open_page(service: Served, chromium: Any) -> Iterator[Open]:
    """Opens a path at a width. What goes wrong meanwhile fails the test at its end."""
    contexts, faults = [], []

    def open_at(path: str, width: int = 1280, scripts: bool = True) -> Any:
        context = chromium.new_context(viewport={"width": width, "height": 800}, java_script_enabled=scripts)
        contexts.append(context)
        context.add_init_script(WATCH)
        page = context.new_page()

        def judge(request: Any) -> None:
            if urlsplit(request.url).netloc != urlsplit(service.address).netloc:
                faults.append(f"{path} asks {request.url}")

        page.on("request", judge)
        page.on("pageerror", lambda error: faults.append(f"{path}: {error}"))
        page.on("console", lambda m: faults.append(f"{path}: {m.text}") if "Security Policy" in m.text else None)
        page.on("requestfailed", lambda r: faults.append(f"{path}: {r.url}: {r.failure}") if wanted(r) else None)
        page.goto(service.address + path)
        if scripts:
            faults.extend(page.evaluate("window.policyViolations"))
        return page

    yield open_at
    for context in contexts:
        context.close()
    assert faults == []


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_bars_anyone(open_page: Open, name: str, width: int) -> None:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(open_page(PAGES[name], width), options=RULES).response
    assert [(v["id"], v["nodes"][0]["html"][:200]) for v in found["violations"]] == []
    assert len(found["passes"]) > 15


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_a_page_is_never_wider_than_the_screen(open_page: Open, name: str, width: int) -> None:
    page = open_page(PAGES[name], width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    # Nothing is cut off either, but in what scrolls by itself.
    outside = page.evaluate(
        """() => [...document.querySelectorAll("main *")].filter(e => {
            const box = e.getBoundingClientRect();
            return box.width && box.right > innerWidth + 1 && !e.closest(".scroll, pre, textarea");
        }).map(e => e.outerHTML.slice(0, 100))"""
    )
    assert outside == []


@pytest.mark.parametrize("name", PAGES)
def test_text_can_be_twice_as_large(open_page: Open, name: str) -> None:
    page = open_page(PAGES[name], 640)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("document.documentElement.scrollWidth") <= 640


FOCUS = """() => {
    const e = document.activeElement, style = getComputedStyle(e), box = e.getBoundingClientRect();
    return {tag: e.tagName, href: e.getAttribute("href"), name: e.getAttribute("name"), text: e.innerText || "",
            outline: style.outlineStyle !== "none" ? parseFloat(style.outlineWidth) : 0,
            seen: box.width > 0 && box.left >= 0 && box.bottom > 0 && box.top < innerHeight};
}"""


def walk(page: Any, most: int = 400) -> list[dict[str, Any]]:
    """What the Tab key reaches, in order, until it leaves the page."""
    reached: list[dict[str, Any]] = []
    for _ in range(most):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        if focus["tag"] == "BODY":
            return reached
        reached.append(focus)
    raise AssertionError(f"Tab never leaves the page: {reached[-3:]}")


@pytest.mark.parametrize(
    "name",
    [
        "home",
        "capability",
        "role",
        "questions",
        "answer",
        "developers",
        "query",
        "not found",
        "between",
        "mapped",
    ],
)
def test_the_keyboard_reaches_everything(open_page: Open, name: str) -> None:
    page = open_page(PAGES[name])
    reached = walk(page)
    assert (reached[0]["text"], reached[0]["href"]) == ("Skip to the content", "#main")
    for focus in reached:
        assert focus["seen"], focus
        assert focus["outline"] >= 2, focus
    links = page.evaluate("[...document.querySelectorAll('a[href]')].map(a => a.getAttribute('href'))")
    hidden = page.evaluate(
        "[...document.querySelectorAll('a[href]')].filter(a => !a.checkVisibility()).map(a => a.getAttribute('href'))"
    )
    assert sorted(f["href"] for f in reached if f["tag"] == "A") == sorted(link for link in links if link not in hidden)
    fields = page.evaluate(
        "document.querySelectorAll('input:not([type=hidden]), select, textarea, button, summary').length"
    )
    assert sum(f["tag"] in ("INPUT", "SELECT", "TEXTAREA", "BUTTON", "SUMMARY") for f in reached) == fields


def test_the_skip_link_leads_past_the_menu(open_page: Open) -> None:
    page = open_page("/")
    page.keyboard.press("Tab")
    assert page.locator(".skip").bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    focus = page.evaluate(FOCUS)
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)"), focus
    assert focus["seen"]


@pytest.mark.parametrize("name", PAGES)
def test_a_finger_hits_what_it_aims_at(open_page: Open, name: str) -> None:
    """Targets are 24 pixels high or stand in a line of text (WCAG 2.2, 2.5.8)."""
    page = open_page(PAGES[name], 390)
    small = page.evaluate(
        """() => [...document.querySelectorAll(
            "nav a, button, input:not([type=hidden]), select, summary, .counts li a, .chips a"
        )].filter(e => {
            const box = e.getBoundingClientRect();
            return e.checkVisibility() && box.height && box.height < 24;
        }).map(e => e.outerHTML.slice(0, 100))"""
    )
    assert small == []


@pytest.mark.parametrize("scripts", [True, False])
def test_from_home_to_a_role_by_links(open_page: Open, scripts: bool) -> None:
    page = open_page("/", scripts=scripts)
    page.get_by_role("link", name="User research", exact=True).first.click()
    assert page.get_by_role("heading", level=1).inner_text() == "User research"
    page.get_by_role("link", name="User researcher", exact=True).first.click()
    assert page.get_by_role("heading", level=1).inner_text() == "User researcher"
    page.get_by_role("link", name="dditkg").first.click()
    assert urlsplit(page.url).path == "/"


@pytest.mark.parametrize("scripts", [True, False])
def test_frameworks_are_compared_by_forms(open_page: Open, scripts: bool) -> None:
    page = open_page("/", scripts=scripts)
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Between frameworks").click()
    page.get_by_label("A name or code", exact=True).fill("data modelling")
    page.get_by_role("button", name="Show what corresponds").click()
    assert urlsplit(page.url).path == "/map/data%20modelling"
    assert page.get_by_role("heading", level=1).inner_text() == "Data modelling: what corresponds to it"
    page.get_by_label("In which framework").select_option(label="SFIA 9")
    page.get_by_role("button", name="Show").click()
    assert urlsplit(page.url).query == "to=sfia-9"
    assert page.get_by_label("In which framework").input_value() == "sfia-9"
    page.get_by_text("Level by level").click()
    assert page.get_by_text("practitioner → level 4").is_visible()
    page.get_by_role("heading", name="SFIA 9").get_by_role("link").click()
    page.get_by_label("How they relate").select_option(label="narrower")
    page.get_by_role("button", name="Show").click()
    assert set(page.locator(".relation").all_inner_texts()) == {"narrower"}


@pytest.mark.parametrize("scripts", [True, False])
def test_a_list_is_mapped_by_a_form_and_nothing_bars_anyone(open_page: Open, scripts: bool) -> None:
    page = open_page("/crosswalk", width=390, scripts=scripts)
    page.get_by_label("One name or code a line").fill("data modelling\nno such thing\ndata governance")
    page.get_by_role("button", name="Map the list").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Your list in SFIA 9"
    assert "SFIA 9 DTAN" in page.get_by_role("main").inner_text()
    assert "nothing here is called so" in page.get_by_role("main").inner_text().casefold()
    if scripts:
        from axe_playwright_python.sync_playwright import Axe

        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert Axe().run(page, options=RULES).response["violations"] == []
    assert page.get_by_role("button", name="Take it away as CSV").is_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_question_is_asked_again_by_its_form(open_page: Open, scripts: bool) -> None:
    page = open_page("/questions", scripts=scripts)
    page.get_by_role("link", name="How can we get this capability").click()
    before = page.locator("tbody").inner_text()
    page.get_by_label("Capability").fill("user research")
    page.get_by_role("button", name="Ask").click()
    assert urlsplit(page.url).query == "capability=user+research"
    assert page.locator("tbody").inner_text() != before
    assert page.get_by_label("Capability").input_value() == "User research"
    page.get_by_label("Capability").fill("user resaerch")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.get_by_role("heading", level=1).inner_text() == "Not found"
    page.get_by_role("link", name="capability:user-research").click()
    assert page.get_by_role("heading", level=1).inner_text() == "User research"


def test_the_query_behind_an_answer_opens(open_page: Open) -> None:
    page = open_page("/questions/case-studies", scripts=False)
    assert not page.locator("details pre").is_visible()
    page.get_by_text("The query behind it").click()
    assert "SELECT" in page.locator("details pre").inner_text()


def test_a_query_of_ones_own_is_sent_by_the_form(open_page: Open) -> None:
    page = open_page("/sparql", scripts=False)
    page.get_by_label("Query").fill("ASK {}")
    page.get_by_role("button", name="Run").click()
    assert urlsplit(page.url).query == "query=ASK+%7B%7D"
    assert "Yes." in page.get_by_role("main").inner_text()
    assert page.get_by_label("Query").input_value() == "ASK {}"


def test_there_is_no_script(open_page: Open, service: Served) -> None:
    for path in PAGES.values():
        assert "<script" not in service.page(path).text
    assert open_page("/").evaluate("document.cookie + localStorage.length") == "0"


@pytest.mark.parametrize("name", ["home", "capability", "answer"])
def test_colours_of_ones_own_and_less_motion_are_respected(open_page: Open, name: str) -> None:
    page = open_page(PAGES[name])
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    reached = walk(page)
    assert all(focus["outline"] >= 2 for focus in reached)


@pytest.mark.parametrize("name", ["home", "capability", "answer"])
def test_a_page_prints_without_its_menu(open_page: Open, name: str) -> None:
    page = open_page(PAGES[name])
    page.emulate_media(media="print")
    assert not page.locator("header nav").is_visible()
    assert page.get_by_role("heading", level=1).is_visible()
