"""What the pages of the web book need of the npm registry, laid out beside them."""

import shutil
from pathlib import Path

from book import Book
from npm import unpacked

MANAGER = "@jupyter-widgets/html-manager"
SCRIPTS = {  # where in _static/: what of which package
    "require.js": ("requirejs", "require.js"),
    "embed-amd.js": (MANAGER, "dist/embed-amd.js"),
    "anywidget.js": ("anywidget", "dist/index.js"),
    "mathjax/tex-chtml.js": ("mathjax", "es5/tex-chtml.js"),
    "mathjax/input": ("mathjax", "es5/input"),
    "mathjax/output": ("mathjax", "es5/output"),
    "mathjax/sre": ("mathjax", "es5/sre"),
    "mathjax/a11y": ("mathjax", "es5/a11y"),
}
ICONS = [f"{MANAGER}/dist", "@jupyter-widgets"]  # where the manager looks for them, beside a lesson


def copy(source: Path, target: Path) -> None:
    """Copy a file or a folder, and make the folder that it goes to."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True)
    else:
        shutil.copy(source, target)


def scripts(book: Book) -> None:
    """Lay out what the pages need of the npm registry."""
    static, lessons = book.sources / "_static", book.own("notebooks/*").strip("/*")
    for target, (package, source) in SCRIPTS.items():
        copy(unpacked(package) / source, static / target)
    for folder in ICONS:
        for file in (unpacked(MANAGER) / "dist").iterdir():
            if ".js" not in file.name:
                copy(file, static / "icons" / lessons / folder / file.name)
