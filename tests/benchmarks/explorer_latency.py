"""From slider to screen: how late and how steadily each way to draw shows its picture in JupyterLab.

Starts a JupyterLab on this machine, opens one notebook for each way in headless Chromium, moves the
slider with the browser's own key and mouse events, and measures in the page: see latency/probe.js.
The table goes to explorer_latency.md beside this file.

Run: make latency     (five to ten minutes; the packages of the extra `benchmark`, and Chromium)
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))  # for tools.lab

from latency.report import describe, report, row  # noqa: E402
from latency.session import Way, long_drag, measure, write_notebook  # noqa: E402

from tools.lab import running_chromium, running_lab  # noqa: E402

PATH = os.pathsep.join(map(str, [HERE.parents[1], HERE]))  # where the kernels find the course and the ways
IMAGE, SCREEN, SVG = "img.widget-image", ".explorer-screen img", ".svg-picture"
WAYS = [
    Way("`interact`, inline PNG", "interact_png()", "img"),
    Way("ipympl, `set_data`", "ipympl_set_data()", ".jupyter-matplotlib-canvas-container canvas"),
    Way("ipywidgets `Image`, blitted Agg", "image_widget()", IMAGE),
    Way("Plotly `FigureWidget`", "plotly_figure()", "path.point", ".js-plotly-plot"),
    Way("anywidget SVG, numbers from the kernel", "svg_from_kernel()", ".mark", SVG),
    Way("anywidget SVG, numbers in the browser", "svg_in_browser()", ".mark", SVG),
    Way("anywidget PNG, drawn beforehand (**chosen**)", "drawn_beforehand()", SCREEN),
]
CHOSEN = Way("lesson 06's learning rate explorer", "lesson_explorer()", SCREEN)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="only ways whose function has this in its name; no table")
    parser.add_argument("--moves", type=int, default=60, help="single moves of each way")
    parser.add_argument("--seconds", type=float, default=30, help="how long the last drag is")
    return parser.parse_args()


def main() -> None:
    options = arguments()
    ways = [way for way in WAYS if options.only in way.call]
    measured = []
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        notebooks = {way: write_notebook(way, home / "notebooks") for way in [*ways, CHOSEN]}
        with running_lab(home, {"PYTHONPATH": PATH}) as address, running_chromium() as browser:
            for way in ways:
                measured.append(measure(browser, address, notebooks[way], way, options.moves))
                print(row(measured[-1]), end="", flush=True)
            dragged = long_drag(browser, address, notebooks[CHOSEN], CHOSEN, options.seconds)
            machine = describe(browser.version, os.getloadavg()[0])
    page = report(measured, dragged, options.seconds, machine)
    print(page)
    if not options.only:
        HERE.joinpath("explorer_latency.md").write_text(page)


if __name__ == "__main__":
    main()
