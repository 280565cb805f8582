"""Every lesson in a real JupyterLab: opened in headless Chromium, run to its end, its sliders moved.

Slow, so `make test` leaves it out; `make browser` and CI run it. Screenshots go to artifacts/.
"""

import re
import shutil
from pathlib import Path

import nbformat
import pytest

from tools.lab import CHROMIUM, run_all, running_chromium, running_lab
from tools.refresh import why_not_run

playwright = pytest.importorskip("playwright.sync_api")

ROOT = Path(__file__).parents[1]
LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))
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
    """The address of a JupyterLab that serves a copy of the lessons, all cells rendered."""
    home = tmp_path_factory.mktemp("lab")
    shutil.copytree(ROOT / "notebooks", home / "notebooks")
    for lesson in (home / "notebooks").glob("*.ipynb"):
        nbformat.write(without_outputs(nbformat.read(lesson, 4)), lesson)
    with running_lab(home) as address:
        yield address


@pytest.fixture(scope="session")
def browser():
    with running_chromium() as chromium:
        yield chromium


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


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_runs_in_the_browser(page, lab, lesson):
    if reason := why_not_run(lesson):
        pytest.skip(reason)
    run_all(page, lab, lesson.name)
    sliders = page.locator(".jp-OutputArea .widget-slider .noUi-handle")
    for index in range(sliders.count()):
        drag_over_whole_range(page, page.locator(".widget-vbox").nth(index))
    assert page.locator("[data-mime-type='application/vnd.jupyter.error']").count() == 0
    assert page.locator("[data-mime-type='application/vnd.jupyter.stderr']").count() == 0
    assert page.errors == []
    screenshot_whole(page, lesson.stem)


def drag_over_whole_range(page, explorer):
    """Drag the slider from end to end, then use the keyboard; the picture and words must follow."""
    explorer.scroll_into_view_if_needed()
    handle, image = explorer.locator(".noUi-handle"), explorer.locator("img.widget-image")
    words = explorer.locator("[role=status]")
    bar = explorer.locator(".noUi-target").bounding_box()
    seen = set()
    middle = bar["y"] + bar["height"] / 2
    box = handle.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    for share in [0.0, 0.25, 0.5, 0.75, 1.0]:
        page.mouse.move(bar["x"] + share * bar["width"], middle, steps=8)
        page.wait_for_timeout(300)
        seen.add((words.inner_text(), image.get_attribute("src")))
    page.mouse.up()
    assert len(seen) == 5
    before = words.inner_text()
    handle.focus()
    page.keyboard.press("ArrowLeft")
    playwright.expect(words).not_to_have_text(before)
    assert re.search(r"slow|steady|oscillating|diverging|settled|vanishing|exploding", words.inner_text())
