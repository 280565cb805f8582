"""How long the lessons' explorers take in JupyterLab, as a table in Markdown. Needs Chromium.

Usage: python tools/measure_explorers.py [notebook ...]     (all lessons unless told)

First: from running the cell to its picture. Next: a cell that is run right behind it, while the other pages
are drawn. Click: from a click on a surface to its picture. Milliseconds, the least and the median of six.
Load: of the machine.
"""

import os
import re
import shutil
import sys
import tempfile
from pathlib import Path
from statistics import median

import nbformat

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tools.lab import run_all, running_chromium, running_lab  # noqa: E402

RUN = """async (index) => {
    const { commands, shell } = window.jupyterapp, notebook = shell.currentWidget.content;
    const { node } = notebook.widgets[index], frame = () => new Promise(requestAnimationFrame);
    const timed = async (at, shown) => {
        notebook.activeCellIndex = at;
        const begin = performance.now(), done = commands.execute('notebook:run-cell');
        if (!shown) await done;
        while (shown && !(node.querySelector('.explorer-screen img')?.naturalWidth > 100)) await frame();
        return performance.now() - begin;
    };
    notebook.deselectAll();
    node.scrollIntoView();
    notebook.activeCellIndex = index;
    await commands.execute('notebook:clear-cell-output');
    await new Promise((done) => setTimeout(done, 1500));
    return { first: await timed(index, true), next: await timed(0, false) };
}"""
CLICK = """async ([index, across, down]) => {
    const { node } = window.jupyterapp.shell.currentWidget.content.widgets[index];
    const image = node.querySelector('.clickable img'), frame = () => new Promise(requestAnimationFrame);
    if (!image) return {};
    const { left, top, width, height } = image.getBoundingClientRect();
    const at = { clientX: left + across * width, clientY: top + down * height, bubbles: true };
    const before = image.src, begin = performance.now();
    image.dispatchEvent(new MouseEvent('click', at));
    while (image.src === before) await frame();
    return { click: performance.now() - begin };
}"""


def prepared(lesson: Path) -> list[int]:
    """Empty the outputs, put a small cell before all others; return where the explorers' cells are."""
    notebook = nbformat.read(lesson, 4)
    notebook.cells.insert(0, nbformat.v4.new_code_cell("1 + 1"))
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    nbformat.write(notebook, lesson)
    code = [cell.source if cell.cell_type == "code" else "" for cell in notebook.cells]
    return [index for index, source in enumerate(code) if re.search(r"^\w+_explorer\(", source, re.MULTILINE)]


def row(page, index: int) -> str:
    """The figures of one explorer, as a row of the table."""
    runs = [page.evaluate(RUN, index) for _ in range(6)]
    page.wait_for_timeout(3000)
    runs += [page.evaluate(CLICK, [index, 0.7 + 0.02 * turn, 0.4]) for turn in range(6)]
    every = [[run[name] for run in runs if name in run] for name in ("first", "next", "click")]
    told = [f"{min(some):.0f}, {median(some):.0f}" if some else "" for some in every]
    return " | ".join([*told, f"{os.getloadavg()[0]:.1f}"])


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(ROOT / "notebooks", home := Path(folder) / "notebooks")
        lessons = [home / Path(name).name for name in sys.argv[1:]] or sorted(home.glob("*.ipynb"))
        print("| Lesson, cell | first | next cell | click | load |\n|---|---|---|---|---|")
        with running_lab(Path(folder)) as address, running_chromium() as browser:
            for lesson in lessons:
                page = browser.new_page(viewport={"width": 1280, "height": 900})
                if cells := prepared(lesson):
                    run_all(page, address, lesson.name)
                for index in cells:
                    print(f"| {lesson.stem[:2]}, {index} | {row(page, index)} |", flush=True)
                page.close()


if __name__ == "__main__":
    main()
