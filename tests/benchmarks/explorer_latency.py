"""From slider to screen: how late, how often and how steadily each way to draw shows its picture in JupyterLab.

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

from latency.report import table  # noqa: E402
from latency.session import Way, long_drag, measure, write_notebook  # noqa: E402

from tools.lab import running_chromium, running_lab  # noqa: E402

WAYS = [
    Way("`interact`, inline PNG", "interact_png()", "img"),
    Way("ipympl, `set_data`", "ipympl_set_data()", ".jupyter-matplotlib-canvas-container canvas"),
    Way("Image widget, blitted Agg", "image_widget()", "img.widget-image"),
    Way("SVG by anywidget, numbers from the kernel", "svg_picture(False)", ".mark", ".svg-picture"),
    Way("SVG by anywidget, in the browser alone", "svg_picture(True)", ".mark", ".svg-picture"),
    Way("Plotly `FigureWidget`", "plotly_figure()", "path.point", ".js-plotly-plot"),
]
CHOSEN = Way("Lesson 06's explorer", "lesson_explorer()", "img.widget-image")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="measure the ways whose call contains this, write no table")
    parser.add_argument("--moves", type=int, default=60, help="single moves of each way")
    parser.add_argument("--seconds", type=float, default=30, help="how long the last drag is")
    return parser.parse_args()


def main() -> None:
    options = arguments()
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as home:
        notebooks = Path(home) / "notebooks"
        notebooks.mkdir()
        with running_lab(Path(home), {"PYTHONPATH": f"{HERE.parents[1]}{os.pathsep}{HERE}"}) as address:
            with running_chromium() as browser:
                measured = []
                for way in WAYS:
                    if options.only in way.call:
                        notebook = write_notebook(way, notebooks)
                        measured.append(measure(browser, address, notebook, way, options.moves))
                        print(table(measured[-1:]), flush=True)
                dragged = long_drag(
                    browser, address, write_notebook(CHOSEN, notebooks), CHOSEN, options.seconds
                )
                version = browser.version
    print(dragged.median, dragged.longest, dragged.moves, dragged.dropped, dragged.blanks, dragged.samples, dragged.stale, version, load)


if __name__ == "__main__":
    main()
