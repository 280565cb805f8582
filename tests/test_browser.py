"""Every lesson in a real JupyterLab: opened in headless Chromium, run to its end, its sliders moved.

Slow, so `make test` leaves it out; `make browser` and CI run it. Screenshots go to artifacts/.
"""

import re
import shutil
from pathlib import Path

import nbformat
import pytest
from axe import serious

from tools.lab import CHROMIUM, run_all, running_lab
from tools.refresh import why_not_run

playwright = pytest.importorskip("playwright.sync_api")
playwright.expect.set_options(timeout=30_000)  # a machine that does other things besides is slow, not wrong

ROOT = Path(__file__).parents[1]
LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))
CHINESE = [
    *sorted((ROOT / "notebooks" / "zh").glob("*.ipynb")),
    *sorted((ROOT / "exercises" / "zh").glob("*/*.ipynb")),
]
ENGLISH = re.compile(r"\b[A-Za-z]{2,}(?: [A-Za-z]{2,})+\b")
HAN = "[\u4e00-\u9fff]"
# What a reader reads of a page, without code, formulas, and titles of what others wrote.
READ = """() => [...document.querySelectorAll('.jp-RenderedMarkdown, .jp-OutputArea-output')].map((each) => {
    const read = each.cloneNode(true);
    read.querySelectorAll('code, mjx-container, script, style, em, a').forEach((other) => other.remove());
    return read.textContent; })"""
# Of a source that the course prints, numbers, a name of the field, a message of pip, a menu of JupyterLab.
KEPT = {
    "def step",
    "nan nan nan",
    "leaky relu",
    "no matching distribution",
    "Restart Kernel and Run All Cells",
}
MOMENT = ["moment", "时刻"]
PROBLEM_SET = ROOT / "exercises" / "release" / "1_chain_rule" / "1_chain_rule.ipynb"
ARTIFACTS = ROOT / "artifacts"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("default"),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: lessons not opened in a browser"),
]


def without_outputs(notebook):
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    """The address of a JupyterLab that serves copies of the lessons: without outputs, and as stored."""
    home = tmp_path_factory.mktemp("lab")
    shutil.copytree(ROOT / "notebooks", home / "notebooks")
    shutil.copytree(ROOT / "notebooks", home / "notebooks" / "stored")
    shutil.copy(PROBLEM_SET, home / "notebooks")
    for problem_set in (ROOT / "exercises" / "zh").iterdir():  # each with its data
        shutil.copytree(problem_set, home / "notebooks" / "zh", dirs_exist_ok=True)
    for lesson in (home / "notebooks").glob("*.ipynb"):
        nbformat.write(without_outputs(nbformat.read(lesson, 4)), lesson)
    with running_lab(home) as address:
        yield address


@pytest.fixture
def page(browser):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.errors = []
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    yield page
    page.close()


def screenshot_whole(page, name):
    """The whole notebook in one picture, and back to an ordinary window."""
    ARTIFACTS.mkdir(exist_ok=True)
    notebook = page.locator(".jp-WindowedPanel-outer")
    height = notebook.evaluate("node => node.scrollHeight")
    page.set_viewport_size({"width": 1280, "height": min(height + 100, 16_000)})
    notebook.evaluate("node => { node.scrollTop = 0 }")
    page.wait_for_timeout(1000)
    notebook.screenshot(path=ARTIFACTS / f"{name}.png")
    page.set_viewport_size({"width": 1280, "height": 900})


def settle(page):
    """Wait until browser and kernel have nothing more to say, and no explorer waits for its picture."""
    page.wait_for_timeout(400)
    playwright.expect(page.locator(".explorer .waiting")).to_have_count(0)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_runs_in_the_browser(page, lab, lesson):
    if reason := why_not_run(lesson):
        pytest.skip(reason)
    run_all(page, lab, lesson.name)
    explorers = page.locator(".jp-OutputArea .explorer")
    for index in range(explorers.count()):
        try_all_controls(page, explorers.nth(index))
    assert page.locator("[data-mime-type='application/vnd.jupyter.error']").count() == 0
    assert page.locator("[data-mime-type='application/vnd.jupyter.stderr']").count() == 0
    assert page.errors == []
    screenshot_whole(page, lesson.stem)
    if explorers.count():
        narrow_and_dark(page, explorers, lesson.stem)


@pytest.mark.parametrize("lesson", CHINESE, ids=lambda path: path.stem)
def test_a_notebook_in_chinese_runs_in_the_browser(page, lab, lesson):
    """It says no word of English, its explorers move, and no label is cut off, in a narrow window either."""
    if reason := why_not_run(lesson):
        pytest.skip(reason)
    run_all(page, lab, f"zh/{lesson.name}")
    explorers = page.locator(".jp-OutputArea .explorer")
    for index in range(explorers.count()):
        explorer = explorers.nth(index)
        explorer.scroll_into_view_if_needed()
        for slider in explorer.get_by_role("slider").all():
            assert slider.get_attribute("aria-label")
            walk_by_keyboard(page, explorer, slider)
        assert re.search(HAN, explorer.locator("[role=status]").inner_text())
        assert not ENGLISH.search(explorer.inner_text())
    assert not english_left(page)
    assert page.locator("[data-mime-type='application/vnd.jupyter.error']").count() == 0
    assert page.locator("[data-mime-type='application/vnd.jupyter.stderr']").count() == 0
    assert page.errors == []
    screenshot_whole(page, f"{lesson.stem}_zh")
    if explorers.count():
        narrow_and_dark(page, explorers, f"{lesson.stem}_zh")


def english_left(page):
    """The phrases in English on a page; names, all of whose words are capitalised, are no phrase."""
    phrases = {phrase for text in page.evaluate(READ) for phrase in ENGLISH.findall(text)}
    return {phrase for phrase in phrases - KEPT if re.search(r"\b(?!(?:of|the)\b)[a-z]", phrase)}


def try_all_controls(page, explorer):
    """Each control over its whole range; the words must follow, in an element that stays."""
    explorer.scroll_into_view_if_needed()
    status = explorer.locator("[role=status]")
    status.evaluate("node => { node.dataset.same = 'yes' }")
    for slider in explorer.get_by_role("slider").all():
        assert slider.get_attribute("aria-label")
        walk_by_keyboard(page, explorer, slider)
        drag_over_whole_range(page, explorer, slider)
    for box in explorer.get_by_role("spinbutton").all():
        type_a_number(page, explorer, box)
    for menu in explorer.get_by_role("combobox").all():
        for option in menu.locator("option").all_inner_texts():
            menu.select_option(option)
            playwright.expect(status).to_contain_text(f"With {option}:")
    if explorer.locator(".clickable").count():
        click_on_the_surface(page, explorer)
    if explorer.locator(".widget-play").count():
        play_and_step(page, explorer)
    assert status.get_attribute("data-same") == "yes"


def walk_by_keyboard(page, explorer, slider):
    """From the first option to the last with the arrow key: each has its own words and picture."""
    status, image = explorer.locator("[role=status]"), explorer.locator("img")
    slider.focus()
    page.keyboard.press("Home")
    settle(page)
    seen = {(status.inner_text(), image.get_attribute("src"))}
    while float(slider.get_attribute("aria-valuenow")) < float(slider.get_attribute("aria-valuemax")):
        before = status.inner_text()
        page.keyboard.press("ArrowRight")
        playwright.expect(status).not_to_have_text(before)
        seen.add((status.inner_text(), image.get_attribute("src")))
        if slider.get_attribute("aria-label") not in MOMENT:  # that one is told in other words
            assert slider.get_attribute("aria-valuetext") in status.inner_text()
        assert image.get_attribute("alt") == status.inner_text()
        assert image.evaluate("node => node.decode().then(() => node.naturalWidth)") > 100
    assert len(seen) == 1 + float(slider.get_attribute("aria-valuemax"))


def drag_over_whole_range(page, explorer, handle):
    """Drag the slider from end to end with the mouse; the picture and the words must follow."""
    status, seen = explorer.locator("[role=status]"), set()
    bar = handle.locator("xpath=ancestor::*[contains(@class, 'noUi-target')]").bounding_box()
    box, middle = handle.bounding_box(), bar["y"] + bar["height"] / 2
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    for share in [0.0, 0.25, 0.5, 0.75, 1.0]:
        page.mouse.move(bar["x"] + share * bar["width"], middle, steps=8)
        settle(page)
        seen.add((status.inner_text(), explorer.locator("img").get_attribute("src")))
    page.mouse.up()
    assert len(seen) == 5


def type_a_number(page, explorer, box):
    """A number typed and entered is told; one beyond the bounds becomes the nearest bound."""
    status = explorer.locator("[role=status]")
    for typed, told in [("-3.5", "= -3.5"), ("99", f"= {box.get_attribute('max')}")]:
        box.fill(typed)
        page.keyboard.press("Enter")
        playwright.expect(status).to_contain_text(told)


def click_on_the_surface(page, explorer):
    """Each click is told; a slider moved right behind it shows the new start, and goes on doing so."""
    status, image = explorer.locator("[role=status]"), explorer.locator("img")
    size = image.bounding_box()
    for across in (0.7, 0.8):
        before = status.inner_text()
        image.click(position={"x": across * size["width"], "y": 0.5 * size["height"]})
        playwright.expect(status).not_to_have_text(before)
    value = explorer.get_by_role("spinbutton").first.input_value()
    playwright.expect(status).to_contain_text(f"= {float(value):g}")
    slider = explorer.get_by_role("slider").first
    image.click(position={"x": 0.75 * size["width"], "y": 0.4 * size["height"]})
    slider.focus()
    for key in ("Home", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    playwright.expect(status).to_contain_text(f"Learning rate {slider.get_attribute('aria-valuetext')}:")
    told, start = status.inner_text(), explorer.get_by_role("spinbutton").first.input_value()
    assert f"= {float(start):g}" in told and start != value
    page.wait_for_timeout(1500)  # in which all other pages arrive
    assert status.inner_text() == told and "waiting" not in explorer.locator(".clickable").get_attribute(
        "class"
    )


def play_and_step(page, explorer):
    """With the keyboard alone: play, pause, stay, go back, go on."""
    status = explorer.locator("[role=status]")
    play = explorer.get_by_role("button", name="play or pause")
    slider = explorer.get_by_role("slider")
    slider.focus()
    page.keyboard.press("Home")
    playwright.expect(status).to_contain_text("Round 1, start")
    play.focus()
    page.keyboard.press("Enter")
    playwright.expect(status).to_contain_text("forward, 2 of", timeout=10_000)
    page.keyboard.press("Enter")
    settle(page)
    paused = status.inner_text()
    page.wait_for_timeout(2000)
    assert status.inner_text() == paused
    for name in ("back", "step"):
        explorer.get_by_role("button", name=name).focus()
        page.keyboard.press("Enter")
        playwright.expect(status).not_to_have_text(paused) if name == "back" else settle(page)
    assert status.inner_text() == paused


def narrow_and_dark(page, explorers, name):
    """In a window 600 pixels wide, in both themes: nothing is cut off, nothing has to be scrolled."""
    page.set_viewport_size({"width": 600, "height": 900})
    page.evaluate("() => window.jupyterapp.shell.collapseLeft()")
    for theme in ("Dark", "Light"):
        page.evaluate(
            """async (theme) => window.jupyterapp.commands.execute('apputils:change-theme', { theme })""",
            f"JupyterLab {theme}",
        )
        page.wait_for_function(
            "name => document.body.dataset.jpThemeName === name", arg=f"JupyterLab {theme}"
        )
        settle(page)
        assert not serious(page, ".jp-OutputArea .explorer")
        for index in range(explorers.count()):
            explorer = explorers.nth(index)
            explorer.scroll_into_view_if_needed()
            for part in [explorer, *explorer.locator("label, .widget-readout").all()]:
                scroll, client = part.evaluate("node => [node.scrollWidth, node.clientWidth]")
                assert scroll <= client, part.inner_text()
            image, words = explorer.locator("img").bounding_box(), explorer.locator("[role=status]")
            assert image["x"] + image["width"] <= 600
            assert contrast(words) >= 4.5
            explorer.screenshot(path=ARTIFACTS / f"{name}_{index}_narrow_{theme.lower()}.png")


def contrast(words):
    """The contrast of a text with the page behind it, by the formula of WCAG 2.2."""
    colors = words.evaluate(
        """node => [getComputedStyle(node).color,
                    getComputedStyle(node.closest('.jp-Notebook')).backgroundColor]"""
    )
    light = []
    for color in colors:
        channels = [int(number) / 255 for number in re.findall(r"\d+", color)[:3]]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        light.append(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2])
    return (max(light) + 0.05) / (min(light) + 0.05)


ASK = """async (code) => {
    const { kernel } = window.jupyterapp.shell.currentWidget.sessionContext.session;
    const request = kernel.requestExecute({ code });
    let told = '';
    request.onIOPub = (message) => { told += message.content.text ?? ''; };
    await request.done;
    return told;
}"""


def test_two_places_show_an_explorer_and_one_of_them_closes(page, lab):
    """Both turn to the same page, and the kernel knows that somebody still sees it."""
    run_all(page, lab, "00_start_here.ipynb")
    explorers, seen = page.locator(".explorer"), "from course_utils.explorers.explorer import living\n"
    seen += "print([explorer.screen.seen for explorer in living])"
    page.evaluate(
        """async () => {
            const { commands, shell } = window.jupyterapp, panel = shell.currentWidget;
            const index = panel.content.widgets.findIndex((cell) => cell.node.querySelector('.explorer'));
            panel.content.activeCellIndex = index;
            await commands.execute('notebook:create-output-view');
            window.beside = [...shell.widgets('main')].find((widget) => widget !== panel);
            shell.activateById(panel.id);
        }"""
    )
    playwright.expect(explorers).to_have_count(2)
    slider = explorers.first.get_by_role("slider").first
    slider.focus()
    page.keyboard.press("Home")
    settle(page)
    assert len({explorer.inner_text() for explorer in explorers.all()}) == 1
    assert len(set(page.locator(".explorer img").evaluate_all("all => all.map((image) => image.src)"))) == 1
    page.evaluate("() => window.beside.close()")
    playwright.expect(explorers).to_have_count(1)
    assert page.evaluate(ASK, seen) == "[True]\n"
    page.evaluate("window.jupyterapp.commands.execute('notebook:clear-all-cell-outputs')")
    playwright.expect(explorers).to_have_count(0)
    page.wait_for_timeout(500)
    assert page.evaluate(ASK, seen) == "[False]\n"


def test_without_a_kernel_the_stored_picture_stands_in(page, lab):
    """A lesson with its outputs, opened and not run: each explorer is a picture with its words."""
    lesson = next(path for path in LESSONS if path.name.startswith("06_"))
    page.goto(f"{lab}/lab/tree/stored/{lesson.name}?reset")
    page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=60_000)
    page.wait_for_selector(".jp-RenderedHTML figure img", timeout=60_000)
    page.evaluate("window.jupyterapp.commands.execute('notebook:show-all-cell-outputs')")
    page.wait_for_function("document.querySelectorAll('.jp-RenderedHTML figure img').length > 5")
    cells = page.locator(".jp-CodeCell", has=page.locator(".jp-RenderedHTML figure img"))
    alts = [image.get_attribute("alt") for image in cells.locator("figure img").all()]
    assert sum("Learning rate" in alt for alt in alts) == 3
    assert page.locator(".explorer").count() == 0
    for image in cells.locator("figure img").all():
        assert image.evaluate("node => node.naturalWidth") > 100


def test_a_lesson_saved_and_opened_again_without_its_kernel_shows_its_pictures(page, lab):
    """While it runs, saving leaves the explorers alone. Reopened, each is a picture with its words."""
    lesson = next(path.name for path in LESSONS if path.name.startswith("06_"))
    run_all(page, lab, lesson)
    words = page.locator(".explorer [role=status]").all_inner_texts()
    page.evaluate(
        """async () => {
            const { commands, shell } = window.jupyterapp;
            await commands.execute('docmanager:save');
            await shell.currentWidget.context.sessionContext.shutdown();
        }"""
    )
    assert page.locator(".explorer").count() == len(words) == 3
    page.goto("about:blank")
    page.goto(f"{lab}/lab/tree/{lesson}?reset")
    page.wait_for_selector(".jp-RenderedHTML figure img", timeout=60_000)
    settle(page)
    pictures = page.locator("figure img").all()
    assert {picture.get_attribute("alt") for picture in pictures} >= set(words)
    assert all(picture.evaluate("node => node.naturalWidth") > 100 for picture in pictures)
    assert page.get_by_text("Error displaying widget").count() == 0


def answer(page, grade_id, source):
    """Type into an answer cell, as a learner would: over what is there."""
    index = page.evaluate(
        """grade_id => window.jupyterapp.shell.currentWidget.content.widgets.findIndex(
            cell => (cell.model.getMetadata('nbgrader') || {}).grade_id === grade_id)""",
        grade_id,
    )
    page.locator(".jp-Notebook .jp-Cell").nth(index).locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(source)


def test_a_learner_answers_and_validates_a_problem_set(page, lab):
    """One right answer, one wrong: the message stands under the cell, and Validate says the same."""
    run_all(page, lab, PROBLEM_SET.name)
    answer(page, "answer_1", "answer_1 = 2 * x / (1 + x**2)")
    answer(page, "answer_2", "answer_2 = h")
    page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')")
    outputs = page.locator(".jp-Notebook .jp-OutputArea")
    playwright.expect(outputs.filter(has_text="✓ right: this is the derivative")).to_have_count(1)
    playwright.expect(outputs.filter(has_text="✗ not yet: the sign is turned")).to_have_count(1)
    screenshot_whole(page, "problem_set")
    page.evaluate("window.jupyterapp.commands.execute('docmanager:save')")
    page.get_by_role("button", name="Validate").click()
    dialog = page.locator(".jp-Dialog", has_text="Validation Results")
    dialog.wait_for(timeout=120_000)
    page.screenshot(path=ARTIFACTS / "problem_set_validated.png")
    said = dialog.inner_text()
    assert "the sign is turned" in said
    assert "no answer yet" in said
    assert "this is the derivative" not in said
    assert page.errors == []
