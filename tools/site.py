"""Build the web book: every lesson run, with what its sliders need, as pages that need no kernel and no host.

Usage: python tools/site.py [lesson ...]     (all lessons unless told; the book stands in _site/)
"""

import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from base64 import b64decode, b64encode
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell
from PIL import Image
from refresh import run_notebook, why_not_run

ROOT = Path(__file__).resolve().parents[1]
PAGES = ROOT / "build" / "site"
BOOK = ROOT / "_site"
FONTS = "fonts/lessons/@jupyter-widgets/html-manager/dist/"  # where the manager looks for its icons
SCRIPTS = {  # packages of the npm registry, and what of them the pages need
    "requirejs@2.3.7": {"package/require.js": "require.js"},
    "@jupyter-widgets/html-manager@1.0.14": {
        "package/dist/embed-amd.js": "embed-amd.js",
        "package/dist/": FONTS,
    },
    "anywidget@0.9.21": {"package/dist/index.js": "anywidget.js"},
    "mathjax@3.2.2": {"package/es5/": "mathjax/"},
}
PNG, COLOURS = b"\x89PNG", 96
LAST = "from course_utils.explorers import finish\n\nfinish()"  # all pages of all sliders


def scripts(folder: Path) -> None:
    """Fetch the scripts from the npm registry, once, and lay out what the pages need of them."""
    for package, wanted in SCRIPTS.items():
        if all((folder / target).exists() for target in wanted.values()):
            continue
        with tempfile.TemporaryDirectory() as place:
            done = subprocess.run(
                ["npm", "pack", "--silent", package], cwd=place, capture_output=True, text=True
            )
            if done.returncode:
                sys.exit(f"npm cannot fetch {package}: {done.stderr.strip()[-300:]}")
            with tarfile.open(next(Path(place).glob("*.tgz"))) as archive:
                archive.extractall(place, filter="data")
            for source, target in wanted.items():
                shutil.rmtree(folder / target, ignore_errors=True)
                (folder / target).parent.mkdir(parents=True, exist_ok=True)
                shutil.move(Path(place) / source, folder / target)
    for file in (folder / FONTS).iterdir():
        if ".js" in file.name:
            file.unlink()
        else:  # some are looked for two folders up
            shutil.copy(file, (folder / FONTS).parents[1])


def document(source: Path, target: Path) -> None:
    """A Markdown file as a page: what leads to a file of the code is no link there."""
    text = re.sub(r"\[([^]]*)\]\((?!http|#)[^)]*\)", r"\1", source.read_text("utf-8"))
    target.write_text(text, "utf-8")


def page(path: Path) -> nbformat.NotebookNode:
    """A notebook as a page: what was folded stays folded, and links lead to pages."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.metadata.get("jupyter", {}).get("outputs_hidden"):
            cell.metadata.setdefault("tags", []).append("hide-output")
        cell.source = re.sub(
            r"\]\(\.\./exercises/(?:release/)?\w+/(\w+\.ipynb)\)", r"](../sets/\1)", cell.source
        )
        cell.source = cell.source.replace("](../exercises/README.md)", "](../teachers.md)")
    return notebook


def lighten(notebook: nbformat.NotebookNode) -> None:
    """Give the pictures that the sliders turn through fewer colours: a third of the bytes, unseen."""
    widgets = notebook.metadata.get("widgets", {}).get("application/vnd.jupyter.widget-state+json", {})
    for buffer in (
        buffer for model in widgets.get("state", {}).values() for buffer in model.get("buffers", [])
    ):
        picture = b64decode(buffer["data"])
        if picture.startswith(PNG):
            light = BytesIO()
            Image.open(BytesIO(picture)).convert("RGB").quantize(COLOURS).save(light, "PNG", optimize=True)
            buffer["data"] = b64encode(min(picture, light.getvalue(), key=len)).decode()


def run(path: Path) -> str:
    """Run a lesson, and write it as a page with the state of its widgets. Return what was done, in a line."""
    notebook = page(path)
    if reason := why_not_run(path):
        nbformat.write(notebook, PAGES / "lessons" / path.name)
        return f"{path.name}: {reason}"
    folded = [cell.metadata for cell in notebook.cells]
    notebook.cells.append(new_code_cell(LAST))
    run_notebook(notebook, path.parent, store_widget_state=True)
    del notebook.cells[-1]
    for cell, metadata in zip(notebook.cells, folded, strict=True):
        cell.metadata = metadata
    lighten(notebook)
    nbformat.write(notebook, PAGES / "lessons" / path.name)
    return f"{path.name}: run"


def lay_out(lessons: list[Path]) -> None:
    """Put all pages into one folder, as Sphinx wants them."""
    for folder in ("lessons", "sets", "decisions"):
        shutil.rmtree(PAGES / folder, ignore_errors=True)
        (PAGES / folder).mkdir(parents=True)
    shutil.copytree(ROOT / "docs" / "site", PAGES, dirs_exist_ok=True)
    document(ROOT / "docs" / "DESIGN.md", PAGES / "design.md")
    document(ROOT / "exercises" / "README.md", PAGES / "teachers.md")
    for path in ROOT.glob("docs/decisions/*.md"):
        document(path, PAGES / "decisions" / path.name)
    scripts(PAGES / "_static")
    for path in sorted(ROOT.glob("exercises/release/*/*.ipynb")):
        nbformat.write(page(path), PAGES / "sets" / path.name)
    with ThreadPoolExecutor(2) as pool:
        for line in pool.map(run, lessons):
            print(line, flush=True)


def main() -> None:
    """Lay out the pages, and have Sphinx make the book of them. Warnings are errors."""
    lay_out([Path(name) for name in sys.argv[1:]] or sorted((ROOT / "notebooks").glob("*.ipynb")))
    shutil.rmtree(BOOK, ignore_errors=True)
    command = [sys.executable, "-m", "sphinx", "-q", "--keep-going", "-W", "-b", "html", PAGES, BOOK]
    done = subprocess.run(command)
    shutil.rmtree(ROOT / "jupyter_execute", ignore_errors=True)  # myst-nb's copies of the notebooks
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
