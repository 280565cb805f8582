"""Build the web book: every lesson run, with what its sliders need, as pages that need no kernel and no host.

Usage: python tools/site.py [lesson ...]     (all lessons unless told; the book stands in _site/)
The pages lie as their sources lie in the repository, so that links between them hold.
"""

import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell
from npm import unpacked
from pages import LAST, as_page, download, finished
from refresh import run_notebook, why_not_run
from seed import mark
from seed import page as seed_page

ROOT = Path(__file__).resolve().parents[1]
PAGES, TREES = ROOT / "build" / "site", ROOT / "build" / "doctrees"
BOOK = ROOT / "_site"
MANAGER = "@jupyter-widgets/html-manager"
SCRIPTS = {  # what the pages need of the npm registry
    "require.js": ("requirejs", "require.js"),
    "embed-amd.js": (MANAGER, "dist/embed-amd.js"),
    "anywidget.js": ("anywidget", "dist/index.js"),
    "mathjax/tex-chtml.js": ("mathjax", "es5/tex-chtml.js"),
    "mathjax/input": ("mathjax", "es5/input"),
    "mathjax/output": ("mathjax", "es5/output"),
    "mathjax/sre": ("mathjax", "es5/sre"),
    "mathjax/a11y": ("mathjax", "es5/a11y"),
}
DOCUMENTS = [ROOT / "exercises" / "README.md", *ROOT.glob("docs/*.md"), *ROOT.glob("docs/decisions/*.md")]
SETS = sorted(ROOT.glob("exercises/release/*/*.ipynb"))
ICONS = [f"notebooks/{MANAGER}/dist", "notebooks/@jupyter-widgets"]  # where the manager looks for them


def copy(source: Path, target: Path) -> None:
    """Copy a file or a folder, and make the folder that it goes to."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True)
    else:
        shutil.copy(source, target)


def scripts(static: Path) -> None:
    """Lay out what the pages need of the npm registry."""
    for target, (package, source) in SCRIPTS.items():
        copy(unpacked(package) / source, static / target)
    for folder in ICONS:
        for file in (unpacked(MANAGER) / "dist").iterdir():
            if ".js" not in file.name:
                copy(file, static / "icons" / folder / file.name)


def document(source: Path, target: Path) -> None:
    """A Markdown file as a page: what leads to a file that is no page is no link there."""
    pages = {*DOCUMENTS, *SETS, *(ROOT / "notebooks").glob("*.ipynb")}

    def link(found: re.Match) -> str:
        return found[0] if (source.parent / found[2]).resolve() in pages else found[1]

    text = re.sub(r"\[([^]]*)\]\((?!http|#)([^)#]*)[^)]*\)", link, source.read_text("utf-8"))
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, "utf-8")


def write(notebook: nbformat.NotebookNode, path: Path) -> None:
    """Write a page to where its notebook lies in the repository."""
    target = PAGES / path.relative_to(ROOT)
    target.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, target)


def run(path: Path) -> str:
    """Run a lesson, and write it as a page with the state of its widgets. Return what was done, in a line."""
    notebook = nbformat.read(path, as_version=4)
    mark(notebook, path.name[:2])
    if reason := why_not_run(path):
        write(as_page(notebook), path)
        return f"{path.name}: {reason}"
    stored = [cell.metadata for cell in notebook.cells]
    notebook.cells.append(new_code_cell(LAST))
    run_notebook(notebook, path.parent, store_widget_state=True)
    del notebook.cells[-1]
    for cell, metadata in zip(notebook.cells, stored, strict=True):
        cell.metadata = metadata
    write(as_page(finished(notebook)), path)
    return f"{path.name}: run"


def lay_out(lessons: list[Path]) -> None:
    """Put all pages into one folder, as Sphinx wants them."""
    shutil.rmtree(PAGES, ignore_errors=True)
    shutil.copytree(ROOT / "docs" / "site", PAGES)
    scripts(PAGES / "_static")
    (PAGES / "seed.md").write_text(seed_page(), "utf-8")
    for path in DOCUMENTS:
        document(path, PAGES / path.relative_to(ROOT))
    for path in SETS:
        write(as_page(nbformat.read(path, as_version=4)), path)
    with ThreadPoolExecutor(2) as pool:
        for line in pool.map(run, lessons):
            print(line, flush=True)


def main() -> None:
    """Lay out the pages, and have Sphinx make the book of them. Warnings are errors."""
    lessons = [Path(name).resolve() for name in sys.argv[1:]] or sorted((ROOT / "notebooks").glob("*.ipynb"))
    lay_out(lessons)
    for folder in (BOOK, TREES):
        shutil.rmtree(folder, ignore_errors=True)
    sphinx = [sys.executable, "-m", "sphinx", "-q", "--keep-going", "-W", "-d", TREES]
    done = subprocess.run([*sphinx, "-b", "html", PAGES, BOOK])
    for path in [*lessons, *SETS]:
        download(path, BOOK / "_sources" / path.relative_to(ROOT))
    for left in (ROOT / "jupyter_execute", ROOT / "build" / "jupyter_execute"):  # myst-nb's copies
        shutil.rmtree(left, ignore_errors=True)
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
