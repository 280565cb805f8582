"""Pages about a submission: to open one and to use everything in it runs nothing, and fetches nothing.

Each hostile cell stands in a submission that is graded, and is looked at in the feedback page and in
Formgrader: as parsed HTML always, in Chromium with `make browser`. There each cell also stands alone in
nbgrader's page without this course's settings, to show that the test sees what it looks for.
"""

import json
import re
from contextlib import suppress
from copy import deepcopy
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from bs4 import BeautifulSoup
from grading_course import EXERCISES, Course, needs_bubblewrap, tiny_set, with_answers
from hostile_cells import CELLS, CODE, FAR, GOOD, NAMES, PAGE, SVG_64, TRIPS, picture
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config, PyFileConfigLoader

from course_utils.grading.attachments import attached
from course_utils.grading.mathml import NoFormula, mathml
from course_utils.grading.pages import leads_outside, shown, written
from tools.lab import CHROMIUM, running_lab


def words(case) -> nbformat.NotebookNode:
    """A Markdown cell with a case's source, and attachments if it has any."""
    source, attachments = case if isinstance(case, tuple) else (case, {})
    cell = new_markdown_cell(source)
    cell.attachments = attachments
    return cell


def hostile(notebook):
    """A submission with all the cells, and with names for all that has one."""
    notebook = with_answers(notebook, {"words": GOOD[0]})
    answer = next(c for c in notebook.cells if c.metadata.nbgrader.grade_id == "words")
    answer.attachments = GOOD[1]
    notebook.cells += map(words, CELLS.values())
    notebook.cells += map(new_code_cell, CODE)
    for number, cell in enumerate(notebook.cells):
        cell.metadata |= {"tags": [NAMES], "name": NAMES, "magics_language": NAMES}
        cell.id = f"cell-{number}"
    notebook.metadata |= {
        "title": NAMES,
        "kernelspec": {"name": NAMES, "display_name": NAMES},
        "language_info": {"name": NAMES, "pygments_lexer": NAMES, "file_extension": NAMES},
        "widgets": {"application/vnd.jupyter.widget-state+json": {"state": {}, "x": PAGE}},
    }
    return notebook


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course in which all of it was handed in, graded and given feedback on."""
    folder = tmp_path_factory.mktemp("pages") / "notebooks"  # as tools.lab wants it
    folder.mkdir()
    course = Course(folder)
    course.add_set("tiny", tiny_set())
    course.submit("mallory", "tiny", hostile(course.notebook("tiny")))
    for command in ("autograde", "generate_feedback"):
        done = course.command(command, "tiny")
        assert done.returncode == 0, done.stderr
    with course.gradebook as gradebook:
        gradebook.update_or_create_student("mallory", first_name=NAMES, last_name=NAMES)
        course.submission = gradebook.find_submission_notebook("tiny", "tiny", "mallory").id
    return course


def settings() -> Config:
    """What nbgrader_config.py says."""
    return PyFileConfigLoader("nbgrader_config.py", str(EXERCISES)).load_config()


def page(notebook, config: Config, template: str = "feedback") -> str:
    """A notebook as a page of nbgrader's, with these settings."""
    converter = GenerateFeedback(coursedir=CourseDirectory(), config=deepcopy(config))
    converter.config.HTMLExporter.template_name = template
    for cell in notebook.cells:
        for key in ("score", "points"):
            cell.metadata.get("nbgrader", {}).setdefault(key, 0)
    about = {"notebook": "tiny", "score": 0, "max_score": 0, "late_penalty": 0}
    formgrader = {
        "base_url": "",
        "index": 0,
        "total": 1,
        "student": NAMES,
        "first_name": NAMES,
        "last_name": NAMES,
    }
    resources = {"nbgrader": about, "notebook_id": "tiny", "notebook_path": NAMES, **formgrader}
    return HTMLExporter(config=converter.config).from_notebook_node(notebook, resources)[0]


ARTIFACTS = EXERCISES.parent / "artifacts"
SAFE_LINK = re.compile(r"#|mailto:|https?://[a-z.]+\.(org|example)/")
SAFE_TAGS = """
a b blockquote body br code dd details div dl dt em h1 h2 h3 h4 h5 h6 hr i img li main ol p pre s span strong
sub summary sup table tbody td th thead tr ul math mrow mi mn mo mtext mfrac msub msup mover msubsup mtable
mtr mtd mspace"""
SAFE_ATTRIBUTES = """
alt class href id name rel src tabindex xmlns display stretchy form fence accent columnalign columnspacing
displaystyle rowspacing width height start separator lspace rspace linebreak"""


def offences(html: str) -> list[str]:
    """The tags that may do something, and the links and pictures that lead astray."""
    soup = BeautifulSoup(html, "html.parser")
    return [
        str(tag)[:200]
        for tag in soup.find_all(True)
        if tag.name not in SAFE_TAGS.split()
        or set(tag.attrs) - set(SAFE_ATTRIBUTES.split())
        or not SAFE_LINK.match(tag.get("href", "#"))
        or (tag.name != "img" and "src" in tag.attrs)
        or not re.match("data:image/(png|jpeg|gif);base64,", tag.get("src", "data:image/png;base64,"))
    ]


@pytest.mark.parametrize("case", CELLS)
def test_a_cell_is_harmless_wherever_it_is_shown(case):
    """As it is stored, in nbgrader's own page and in ours; and as it was handed in, in ours."""
    cell = words(CELLS[case])
    stored, pictures = written(cell.source, attached(cell)), attached(cell)
    assert HTMLExporter().markdown2html({}, stored).strip() == stored  # Markdown has nothing to read in it
    for_mathjax = BeautifulSoup(stored, "html.parser")
    for skipped in for_mathjax.select("code, .math"):
        skipped.decompose()
    assert not re.search(r"\\[A-Za-z]", for_mathjax.text)
    ways = [stored, shown(stored), shown(cell.source, pictures)]
    assert [offences(way) for way in ways] == [[], [], []]
    assert not set(stored) & set("\n$\\`")


def test_of_the_cells_as_they_are_the_offences_are_seen():
    plain = [
        HTMLExporter().markdown2html({}, c)
        for c in CELLS.values()
        if isinstance(c, str) and "attach" not in c
    ]
    assert sum(map(bool, map(offences, plain))) > 80


def test_an_honest_answer_can_be_read():
    cell = words(GOOD)
    page = BeautifulSoup(shown(written(cell.source, attached(cell))), "html.parser")
    assert page.em.text == "slope" and page.a["href"] == "https://example.org/a?b=c"
    assert page.img["src"] == f"data:image/png;base64,{picture()}" and page.img["alt"] == "a drawing"
    assert page.math.mfrac.text == "∂L∂w" and page.math.find_all("mo")[-1].text == "<"
    assert len(page.find_all("mtr")) == 2 and page.find_all("td")[1].text == "x_1 < \\n"


def test_too_long_an_answer_stays_text():
    source = "[x](https://example.org/) $x$ <b>\n\n" * 400
    for stored in (written(source, {}), written(source[:1000], {}, read=False)):
        page = BeautifulSoup(shown(stored), "html.parser")
        assert page.code.text.startswith(source[:999]) and not page.a and not page.b and not page.math


@pytest.mark.parametrize(
    ("attachments", "kept"),
    [
        ({"a": {"image/png": picture()}}, ["a"]),
        ({"a": {"image/png": picture(4000, 4000)}}, ["a"]),
        ({"a": {"image/png": picture(5000, 4000)}, "b": {"image/png": picture(2**31 - 1, 2**31 - 1)}}, []),
        ({"a": {"image/png": picture() + "A" * 3_000_000}}, []),
        ({"a": {"image/png": picture(profile=bytes(2**21))}}, ["a"]),  # unpacked by nobody
        (
            {
                "a": {"image/jpeg": picture()},
                "b": {"image/svg+xml": picture()},
                "c": {"text/html": picture()},
            },
            [],
        ),
        (
            {
                "a": {"image/png": SVG_64},
                "b": {"image/png": "é"},
                "c": {"image/png": ""},
                "d": {"image/png": 1},
            },
            [],
        ),
        ({"a": [], "b": None, "c": {"image/png": [picture()]}}, []),
        ([], []),
        ("a", []),
        (None, []),
    ],
)
def test_pictures_alone_are_attached(attachments, kept):
    found = attached(SimpleNamespace(get=lambda key: attachments))
    assert [name for name, kinds in found.items() if kinds] == kept


@pytest.mark.parametrize(
    ("outside", "addresses"),
    [
        (True, "http://a.de https://a.b.com/x?y#z mailto:a@b http://u@a.de:80 https://xn--mnchen-3ya.de"),
        (
            False,
            "http://localhost/ http://127.0.0.1 http://[::1] http://[::ffff:7f00:1] http://a.localhost http://127.1",
        ),
        (
            False,
            "http://2130706433 http://0x7f.1 http://a.0x7f http://a.local http://a.localhost. http://a.de@localhost",
        ),
        (
            False,
            "http://localhost\\@a.de http:/\\localhost http:///localhost http:localhost //a.de /a ../a #a ?a",
        ),
        (
            False,
            "http://ⓛocalhost http://a.ｌｏｃａｌｈｏｓｔ http://loc%61lhost http://[a.de http://a.de%00.localhost",
        ),
        (
            False,
            "javascript:1 JAVAscript://a.de/%0a1 data:text/html,x vbscript:x file:///x ftp://a.de blob:http://a.de",
        ),
    ],
)
def test_links_lead_outside(outside, addresses):
    assert {leads_outside(address) for address in addresses.split()} == {outside}


@pytest.mark.parametrize(
    "tex", ["$x$", "$$x$$", "$a<b$", r"$\hat{y}\, \bar{Z}^2_1$", r"$\begin{cases}1&x>0\\0\end{cases}$"]
)
def test_a_formula_becomes_mathml(tex):
    assert not offences(mathml(tex)) and mathml(tex).startswith("<math")


@pytest.mark.parametrize(
    "tex", ["$" + "x" * 1000 + "$", r"$\frac$", "$" + "{" * 900 + "$", r"$\left($", "$a_b_c$"]
)
def test_what_is_no_formula_is_refused_at_once(tex):
    with pytest.raises(NoFormula):
        mathml(tex)


def of_learners(html: str) -> BeautifulSoup:
    """The part of a page that shows the notebook, without the fields for points and comments."""
    soup = BeautifulSoup(html, "html.parser").find(id="notebook-container")
    for own in soup.select(".panel-heading, .panel-footer"):
        own.decompose()
    return soup


@needs_bubblewrap
def test_the_pages_of_a_graded_submission_are_harmless(course):
    """Feedback as nbgrader wrote it, and Formgrader as its own template shows what was graded."""
    stored = course.folder / "autograded" / "mallory" / "tiny" / "tiny.ipynb"
    feedback = (course.folder / "feedback" / "mallory" / "tiny" / "tiny.html").read_text()
    formgrader = page(nbformat.read(stored, 4), settings(), "formgrade")
    for html in (feedback, formgrader):
        shown_part = of_learners(html)
        assert not offences(str(shown_part))
        assert len(shown_part.select(".text_cell_render")) == len(CELLS) + 1
        assert len(shown_part.select(f'img[src="data:image/png;base64,{picture()}"]')) == 2  # one was plotted
        assert PAGE in shown_part.text  # as text: printed, raised and in code
        assert "Content-Security-Policy" in html
        soup = BeautifulSoup(html, "html.parser")
        assert not soup.find_all(src="x") and not soup.find_all(onerror=True)
        assert not [tag for tag in soup.find_all(src=True) if "://" in tag["src"]]
    assert NAMES not in json.dumps(nbformat.read(stored, 4).metadata)
    assert "alert" not in json.dumps([c.metadata for c in nbformat.read(stored, 4).cells])


def is_refusal(text: str) -> bool:
    """Whether the browser says that a page's policy held something back; a feedback page has no icons."""
    return "Content Security Policy" in text and "glyphicons" not in text


def visit(browser, address: str, patience: int = 50) -> list[str]:
    """What a page does that it may not, while it is opened, and while everything in it is used.

    patience: milliseconds until it need not be waited for any longer.
    """
    happened, here = [], re.match(r"(file:|https?://[^/]+)", address)[0]
    context = browser.new_context()

    def asked(route):
        url, leaves = route.request.url, route.request.is_navigation_request()
        if url == address or (url.startswith(here) and here != "file:"):
            return route.continue_()
        if not (leaves and context.used and url in ("https://example.org/a?b=c", f"{FAR}/")):
            happened.append(f"asks for {url}")
        return route.fulfill(status=204)

    context.used = False
    context.route(re.compile(r"^(?!data:|blob:|about:)"), asked)
    window = context.new_page()
    window.on("dialog", lambda dialog: (happened.append("runs"), dialog.dismiss()))
    window.on("console", lambda message: happened.append(message.text) if is_refusal(message.text) else None)
    window.goto(address, wait_until="load")
    window.wait_for_timeout(100)
    if not but_mathjax(happened):
        context.used = True
        use_everything(window)
    for _ in range(0, patience, 50):
        if but_mathjax(happened):
            break
        window.wait_for_timeout(50)
    happened += ["marked"] if window.evaluate("window.PWNED") else []
    happened += [f"goes to {window.url}"] if re.split("[?#]", window.url)[0] != address else []
    context.close()
    return happened


def use_everything(window) -> None:
    """Hover, focus, click and press a key on each element, by script; then click what can be seen."""
    from playwright.sync_api import Error

    window.evaluate(
        """async () => {
            const inside = document.querySelector('#notebook-container') || document.body;
            for (const element of inside.querySelectorAll('*')) {
                for (const event of ['pointerover', 'mouseover', 'mouseenter', 'mousemove'])
                    element.dispatchEvent(new MouseEvent(event, { bubbles: true }));
                if (element.focus) element.focus();
                for (const event of ['keydown', 'keypress', 'keyup'])
                    element.dispatchEvent(new KeyboardEvent(event, { key: 'x', bubbles: true }));
                element.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }));
                if (element.matches('a, button, input')) await new Promise(go => setTimeout(go, 30));
            }
        }"""
    )
    window.wait_for_timeout(50)
    visible = "a[href], a[*|href], button, summary, img, area, text, b, embed, object"
    for element in window.locator("#notebook-container").locator(visible).all()[:60]:
        with suppress(Error):  # a picture without a place
            element.click(force=True, no_wait_after=True, timeout=500)
    for _ in range(20):
        window.keyboard.press("Tab")
    window.keyboard.press("Enter")


def in_browser(test):
    for mark in (
        pytest.mark.browser,
        pytest.mark.filterwarnings("default"),
        pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: pages not opened in a browser"),
    ):
        test = mark(test)
    return test


def alone(cells, config: Config, path: Path) -> str:
    """The address of a feedback page that shows these cells only, with these settings."""
    notebook = tiny_set()
    notebook.cells = cells
    path.write_text(page(notebook, config))
    return path.as_uri()


def but_mathjax(did: list[str]) -> list[str]:
    """Without the one request that nbgrader's own page makes."""
    return [what for what in did if "mathjax" not in what]


@in_browser
@pytest.mark.parametrize("case", TRIPS)
def test_without_the_walls_a_cell_does_what_it_may_not(browser, tmp_path, case):
    """The control: nbgrader's own settings, and what was handed in. Without MathJax no TeX runs here."""
    address = alone([words(TRIPS[case])], Config(), tmp_path / "a.html")
    assert but_mathjax(visit(browser, address, patience=5000))


@in_browser
def test_either_wall_alone_holds(browser, tmp_path):
    """What is stored, in nbgrader's own page; and what was handed in, in ours."""
    cells = [words(case) for case in CELLS.values()]
    stored = [new_markdown_cell(written(cell.source, attached(cell))) for cell in cells]
    assert but_mathjax(visit(browser, alone(stored, Config(), tmp_path / "first.html"))) == []
    assert visit(browser, alone(cells, settings(), tmp_path / "second.html")) == []


@in_browser
@needs_bubblewrap
def test_feedback_in_the_browser(browser, course):
    feedback = course.folder / "feedback" / "mallory" / "tiny" / "tiny.html"
    assert visit(browser, feedback.as_uri()) == []


@in_browser
@needs_bubblewrap
def test_formgrader_in_the_browser(browser, course):
    """Opened as a teacher does; it still takes points, and shows a learner's name as text."""
    with running_lab(course.folder.parent, {"PYTHONPATH": str(EXERCISES.parent)}) as address:
        submission = f"{address}/formgrader/submissions/{course.submission}/"
        assert visit(browser, submission) == []
        window = browser.new_page(viewport={"width": 1280, "height": 900})
        elsewhere = window.request.get(f"{address}/formgrader?path=submitted/mallory/tiny")
        assert elsewhere.status == 403, "nbgrader would run the nbgrader_config.py that it finds there"
        assert window.request.get(f"{address}/formgrader").ok
        named = window.request.get(f"{address}/formgrader/manage_students/%3Csvg%20onload=alert(1)%3E")
        assert named.ok and "<svg onload" not in named.text() and "&lt;svg onload" in named.text()
        assert "sandbox" in window.request.get(f"{submission}tiny.ipynb").headers["content-security-policy"]
        window.goto(submission)
        window.locator(".glyphicon-eye-open").click()
        assert NAMES in window.locator("a.name-shown").inner_text()
        window.locator("#words").fill("3")
        window.locator("#words").blur()
        window.wait_for_timeout(1000)
        ARTIFACTS.mkdir(exist_ok=True)
        window.locator("#notebook-container").first.screenshot(path=ARTIFACTS / "formgrader.png")
    assert course.scores("mallory", "tiny")["words"] == 3
