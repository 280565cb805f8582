"""Every lesson in a real JupyterLab: opened in headless Chromium, run to its end, its sliders moved.

Slow, so `make test` leaves it out; `make browser` and CI run it. Screenshots go to artifacts/.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import nbformat
import pytest

from tools.refresh import why_not_run

playwright = pytest.importorskip("playwright.sync_api")

ROOT = Path(__file__).parents[1]
LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))
ARTIFACTS = ROOT / "artifacts"
CHROMIUM = next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None)
JUPYTER = [sys.executable, "-m", "jupyter"]
SETTINGS = {
    "notebook-extension/tracker": {"windowingMode": "none"},  # render the cells out of sight too
    "apputils-extension/notification": {"fetchNews": "false"},
}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("default"),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: lessons not opened in a browser"),
]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


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
    for name, settings in SETTINGS.items():
        path = home / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(settings))
    port = free_port()
    options = [f"--port={port}", "--ip=127.0.0.1", "--no-browser", "--IdentityProvider.token="]
    options.append("--LabApp.expose_app_in_browser=True")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--allow-root")
    with open(home / "log.txt", "w") as log:
        server = subprocess.Popen(
            [*JUPYTER, "lab", *options],
            cwd=home / "notebooks",
            env={**os.environ, "JUPYTERLAB_SETTINGS_DIR": str(home / "settings")},
            stdout=log,
            stderr=log,
        )
    address = f"http://127.0.0.1:{port}"
    for _ in range(120):
        try:
            urllib.request.urlopen(f"{address}/api/status")
            break
        except OSError:
            time.sleep(0.5)
    else:
        pytest.fail((home / "log.txt").read_text())
    yield address
    server.terminate()
    server.wait()


@pytest.fixture(scope="session")
def browser():
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"],
        )
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.errors = []
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    yield page
    page.close()


def run_all(page, address, lesson):
    """Open a lesson, run all its cells, and wait until the last one is done."""
    page.goto(f"{address}/lab/tree/{lesson.name}?reset")
    page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=60_000)
    page.evaluate(
        """async () => {
            const app = window.jupyterapp;
            await app.restored;
            await app.shell.currentWidget.context.sessionContext.ready;
            await app.commands.execute('notebook:run-all-cells');
        }"""
    )
    prompts = page.locator(".jp-CodeCell .jp-InputArea-prompt").all_inner_texts()
    assert all(re.search(r"\[\d+\]", prompt) for prompt in prompts), prompts


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
    run_all(page, lab, lesson)
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
