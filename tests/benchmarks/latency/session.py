"""One way in a browser: open its notebook, move its slider, ask the probe."""

import os
from dataclasses import dataclass
from pathlib import Path

import nbformat

from tools.lab import run_all

from .answers import Answers, answers, together
from .hand import SPEED, drag, press
from .runs import MARK, POSITIONS
from .screens import Recorder, blank_screens

PROBE = Path(__file__).with_name("probe.js").read_text()
FIRST, LAST = 5, 55  # a fast drag: 50 positions
DRAGS = 6


@dataclass(frozen=True)
class Way:
    """A way to draw. call: what the notebook's cell says. mark: which elements carry the mark.

    box: the element that is the picture, if it is not the one with the mark.
    """

    name: str
    call: str
    mark: str
    box: str = ""


@dataclass(frozen=True)
class Measured:
    """A way's answers to single moves and to fast drags of 50 positions, how many screens were blank.

    load: the machine's load average afterwards, of one minute.
    """

    way: Way
    single: Answers
    fast: Answers
    screens: int
    blank_screens: int
    load: float


def write_notebook(way: Way, folder: Path) -> str:
    """A notebook whose one cell shows this way; its name."""
    cell = nbformat.v4.new_code_cell(f"from latency import ways\nways.{way.call}")
    name = way.call.replace("()", ".ipynb")
    folder.mkdir(exist_ok=True)
    kernel = {"name": "python3", "display_name": "Python 3"}  # or JupyterLab asks which
    notebook = nbformat.v4.new_notebook(cells=[cell], metadata={"kernelspec": kernel})
    nbformat.write(notebook, folder / name)
    return name


def opened(browser, address: str, notebook: str, way: Way):
    """A page with the way's picture and the probe in it, warm."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    run_all(page, address, notebook)
    page.wait_for_selector(f".jp-OutputArea {way.mark}", state="attached", timeout=60_000)
    page.wait_for_timeout(2000)
    selector = f".jp-OutputArea {way.mark}"
    page.evaluate(PROBE, {"selector": selector, "width": MARK[2], "height": MARK[3]})
    press(page, 6)
    return page


def closed(page) -> None:
    """Close the page and end its kernel, so that the next way has the machine for itself."""
    page.evaluate("window.jupyterapp.shell.currentWidget.context.sessionContext.shutdown()")
    page.close()


def measure(browser, address: str, notebook: str, way: Way, moves: int) -> Measured:
    page = opened(browser, address, notebook, way)
    single = answers(press(page, moves))
    ends = [(FIRST, LAST), (LAST, FIRST)] * (DRAGS // 2)
    fast = together([answers(drag(page, *pair, (LAST - FIRST) / SPEED)) for pair in ends])
    box = page.locator(f".jp-OutputArea {way.box or way.mark}").first.bounding_box()
    recorder = Recorder(page)
    recorder.start()
    drag(page, FIRST, LAST, 2 * (LAST - FIRST) / SPEED, recorder.acknowledge)
    recorder.stop()
    closed(page)
    blanks = blank_screens(recorder.screens, box)
    return Measured(way, single, fast, len(recorder.screens), blanks, os.getloadavg()[0])


def long_drag(browser, address: str, notebook: str, way: Way, seconds: float) -> Answers:
    page = opened(browser, address, notebook, way)
    result = answers(drag(page, 0, POSITIONS - 1, seconds))
    closed(page)
    return result
