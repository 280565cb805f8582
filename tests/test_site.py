"""The web book in a browser: `make site` has built it into _site/. No page asks another host for anything.

Every page of both languages is opened, and everything in it is tried.
"""

import gzip
import re
from functools import cache
from urllib.parse import urlsplit

import pypdfium2 as pdfium
import pytest
from axe import CONTRAST, SCROLLS, serious
from web_book import BOOK, BUILT, LESSONS, PAGES, ROOT

from tools.lab import CHROMIUM, served

ARTIFACTS = ROOT / "artifacts" / "site"
SEARCHED = {"index": ("saddle", "10 Stack more layers"), "zh/index": ("鞍点", "10 叠加更多层")}
ON_PAPER = [
    "index",
    "seed",
    "api",
    "notebooks/06_tune_the_learning_rate",
    "exercises/release/1_chain_rule/1_chain_rule",
    "zh/notebooks/zh/03_apply_the_chain_rule",
    "zh/exercises/zh/5_project/5_project",
]
FOLDED = "article details:not(.stands-in details)"
AT_THE_END = "details.hide, details.words, details.hint"
LABELLED = "[title], [aria-label]"
# What says itself that it is English, and titles of such pages.
IN_ENGLISH = "[lang=en], head, .onlyprint, .languages, .prev-next-footer"
LEFT_IN_ENGLISH = f"""() => [...document.querySelectorAll("{LABELLED}, button, summary, h1, h2, h3")]
    .filter((each) => !each.closest("{IN_ENGLISH}"))
    .flatMap((each) => [each.title, each.ariaLabel, each.matches("{LABELLED}") || each.textContent])
    .filter((said) => /[a-z]{{2}} [a-z]{{2}}/i.test(said) && !/[\u4e00-\u9fff]/.test(said))"""
STANDS_IN = ".stands-in img[alt]:not([alt=''])"
READY = """document.querySelectorAll(".explorer-screen img[src][alt]").length
    === document.querySelectorAll(".stands-in").length"""
TOLD = """async (explorer) => {
    const screen = explorer.querySelector(".explorer-screen"), [image, words] = screen.children;
    do await new Promise(requestAnimationFrame); while (screen.classList.contains("waiting"));
    await image.decode();
    return [words.textContent, image.alt, image.naturalWidth];
}"""
MOST = 6 * 2**20  # bytes of a page with its explorers and all that it loads, as it is sent: compressed

pytestmark = [
    *BUILT,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: the web book not opened in a browser"),
]


@pytest.fixture(scope="module")
def address():
    with served(BOOK) as found:
        yield found


@pytest.fixture
def page(browser, address):
    """A tab that keeps in `wrong` its errors and other hosts that it asks, and in `loaded` what it gets."""
    tab = browser.new_page(viewport={"width": 1400, "height": 900}, base_url=address)
    tab.wrong, tab.loaded = [], set()

    def got(response):
        tab.loaded.add(urlsplit(response.url).path)
        if response.status >= 400:
            tab.wrong.append(f"{response.status}: {response.url}")

    def asked(route):
        if route.request.url.startswith((address, "data:", "blob:")):
            return route.continue_()
        tab.wrong.append(f"asks {route.request.url}")
        return route.abort()

    tab.on("console", lambda said: tab.wrong.append(said.text) if said.type == "error" else None)
    tab.on("pageerror", lambda error: tab.wrong.append(str(error)))
    tab.on("response", got)
    tab.route("**/*", asked)
    yield tab
    tab.close()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_works(page, path):
    """Opened once, and everything tried: the explorers, what is folded, both themes and widths, and paper."""
    page.goto(path, wait_until="networkidle")
    assert page.title() and page.locator("article h1, article .search-page h1, #search-results").count()
    assert sum(map(sent, page.loaded)) < MOST
    if path.startswith("zh/"):
        assert page.evaluate(LEFT_IN_ENGLISH) == []
    everything_opens(page)
    page.wait_for_function(READY)
    for explorer in page.locator(".explorer").all():
        moves(page, explorer)
    for theme, width, rules in [("light", 1400, {}), ("dark", 600, {"only": [CONTRAST, SCROLLS]})]:
        page.emulate_media(color_scheme=theme)
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_selector(f"html[data-theme={theme}]")
        page.wait_for_timeout(400)  # in which the theme finds what must be scrolled
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert not serious(page, "html", **rules)
        keep(page, f"{path}_{theme}")
    goes_on_paper(page)
    assert not page.wrong


@cache
def sent(path):
    """How many bytes a file of the book is when it is sent."""
    file = BOOK / path.lstrip("/")
    return len(gzip.compress(file.read_bytes(), 6)) if file.is_file() else 0


def everything_opens(page):
    """What is folded is closed, opens by a click, and shows what is in it."""
    folded = page.locator(FOLDED)
    if not folded.count():
        return
    assert not page.locator("article details[open]").count()
    folded.first.locator("> summary").click()
    folded.evaluate_all("(all) => all.forEach((each) => each.open || each.firstElementChild.click())")
    hidden = "(all) => all.filter((each) => !each.open || !each.lastElementChild.checkVisibility()).length"
    assert folded.evaluate_all(hidden) == 0


def moves(page, explorer):
    """Each slider by the keyboard over all its settings, each told in other words, and back by the mouse."""
    if explorer.locator(".needs-kernel").count():
        assert explorer.evaluate(TOLD)[0]
        return
    for handle in explorer.get_by_role("slider").all():
        last = int(float(handle.get_attribute("aria-valuemax")))
        handle.press("Home")
        said = [told(explorer)]
        for _ in range(last):
            page.keyboard.press("ArrowRight")
            said.append(told(explorer))
        assert len({*said}) == last + 1
        bar = handle.locator("xpath=ancestor::*[contains(@class, 'noUi-target')]").bounding_box()
        box, middle = handle.bounding_box(), bar["y"] + bar["height"] / 2
        page.mouse.move(box["x"] + box["width"] / 2, middle)
        page.mouse.down()
        page.mouse.move(bar["x"], middle, steps=5)
        page.mouse.up()
        assert told(explorer) == said[0]


def told(explorer):
    """The words of the page that an explorer has turned to, once its picture is there with the same."""
    words, alt, wide = explorer.evaluate(TOLD)
    assert words and alt == words and wide > 100
    return words


def keep(page, name):
    """A screenshot, to be looked at."""
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=ARTIFACTS / f"{name.replace('/', '_')}.jpg", type="jpeg", quality=60)


def goes_on_paper(page):
    """For print, what is folded stands at the end, open; no button is left; afterwards all is as it was."""
    page.emulate_media(media="print")
    folded = page.locator(AT_THE_END)
    places = "(all) => all.map((each) => [each.open, each.parentElement.className])"
    before = folded.evaluate_all(places)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("section.answers-printed").locator(folded).count() == len(before)
    assert all(opened for opened, _ in folded.evaluate_all(places))
    to_click = "button, [role=slider], .hide > summary, .words > summary"
    visible = "(all) => all.filter((each) => each.checkVisibility()).map((each) => each.outerHTML)"
    assert page.locator(to_click).evaluate_all(visible) == []
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert folded.evaluate_all(places) == before
    assert page.locator(".answers-printed").count() == 0


@pytest.mark.parametrize("path", LESSONS)
def test_a_lesson_can_be_read_before_its_explorers_are_there(browser, address, path):
    """Without any script, each explorer has a picture, with its words, in its place."""
    page = browser.new_page(java_script_enabled=False, base_url=address)
    page.goto(path)
    assert page.locator("article h1").is_visible()
    explorers = (BOOK / path).read_text("utf-8").count('"_dom_classes": ["explorer"]')
    assert page.locator(STANDS_IN).count() == explorers
    page.close()


@pytest.mark.parametrize("start", SEARCHED)
def test_search_finds_a_word(page, start):
    word, title = SEARCHED[start]
    page.goto(f"{start}.html")
    page.keyboard.press("Control+k")
    page.keyboard.type(word)
    page.keyboard.press("Enter")
    page.locator("#search-results li a", has_text=title).click()
    assert page.locator("article h1").inner_text().startswith(title)
    assert not page.wrong


@pytest.mark.parametrize("path", ON_PAPER)
def test_a_page_prints_well(page, path):
    """As a PDF: each picture whole, on one page; what is folded at the end, in its order."""
    page.goto(f"{path}.html", wait_until="networkidle")
    page.wait_for_function(READY)
    shown = page.locator("article img:not(.stands-in img)").count()
    printed = pdfium.PdfDocument(page.pdf(format="A4", print_background=True))
    (ARTIFACTS / "paper").mkdir(parents=True, exist_ok=True)
    printed.save(ARTIFACTS / "paper" / f"{path.replace('/', '_')}.pdf")
    pictures = [(sheet.get_size(), picture) for sheet in printed for picture in images(sheet)]
    assert len(pictures) == shown
    for (width, height), (left, bottom, right, top) in pictures:
        assert 0 <= left < right <= width and 0 <= bottom < top <= height
    text = "\n".join(sheet.get_textpage().get_text_range() for sheet in printed)
    names = page.locator("script[src*='print.js']")
    folded = page.locator("article").locator(AT_THE_END).and_(page.locator(":not(details details)")).count()
    _, _, end = text.partition(names.get_attribute("data-title"))
    numbered = re.escape(names.get_attribute("data-name")).replace(re.escape("{number}"), r"(\d+)")
    assert re.findall(rf"(?m)^{numbered}\s*$", end) == [str(number) for number in range(1, folded + 1)]


def images(sheet):
    """Where the pictures of a printed page stand on it."""
    found = sheet.get_objects(filter=[pdfium.raw.FPDF_PAGEOBJ_IMAGE], max_depth=9)
    return [picture.get_bounds() for picture in found]
