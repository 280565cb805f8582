"""Build the web book, once in each language: every lesson run, as pages that need no kernel and no host.

Usage: python tools/site.py [lesson ...]     (all of them unless told, by their English names; into _site/)
"""

import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import nbformat
from book import BOOKS, ROOT, Book
from nbformat.v4 import new_code_cell
from pages import LAST, as_page, download, finished
from refresh import run_notebook, why_not_run
from seed import mark
from seed import page as seed_page
from site_scripts import scripts
from site_words import OWN, SITE, in_other_words

from course_utils.language import speak

DOCUMENTS = [ROOT / "exercises" / "README.md", *ROOT.glob("docs/*.md"), *ROOT.glob("docs/decisions/*.md")]
SETS = sorted(ROOT.glob("exercises/release/*/*.ipynb"))


def document(source: Path, book: Book) -> None:
    """A Markdown file as a page, in English in each book. A link to a file that is no page is none."""
    pages = {*DOCUMENTS, *SETS, *(ROOT / "notebooks").glob("*.ipynb")}

    def link(found: re.Match) -> str:
        target = (source.parent / found[2]).resolve()
        if target not in pages:
            return found[1]
        return f"[{found[1]}]({os.path.relpath(book.place(target), source.parent)}{found[3]})"

    text = re.sub(r"\[([^]]*)\]\((?!http|#)([^)#]*)([^)]*)\)", link, source.read_text("utf-8"))
    target = book.sources / source.relative_to(ROOT)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(in_english(text), "utf-8")


def in_english(text: str) -> str:
    """A page that says, for docs/site/conf.py, that it is in English in every book."""
    return f"---\nenglish: true\n---\n{text}"


def write(notebook: nbformat.NotebookNode, path: Path, book: Book) -> None:
    """Write a page to where its notebook lies in the repository."""
    target = book.sources / path.relative_to(ROOT)
    target.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(as_page(notebook, path, book), target)


def run(path: Path, book: Book) -> str:
    """Run a lesson, and write it as a page with the state of its widgets. Return what was done, in a line."""
    notebook = nbformat.read(path, as_version=4)
    mark(notebook, path.name[:2])
    if reason := why_not_run(path):
        write(notebook, path, book)
        return f"{path.name}: {reason}"
    stored = [cell.metadata for cell in notebook.cells]
    notebook.cells.append(new_code_cell(LAST))
    run_notebook(notebook, path.parent, store_widget_state=True)
    del notebook.cells[-1]
    for cell, metadata in zip(notebook.cells, stored, strict=True):
        cell.metadata = metadata
    write(finished(notebook), path, book)
    return f"{path.relative_to(ROOT)}: run"


def lay_out(book: Book, lessons: list[Path]) -> None:
    """Put all pages of a book into one folder, as Sphinx wants them."""
    shutil.rmtree(book.sources, ignore_errors=True)
    shutil.copytree(SITE, book.sources)
    scripts(book)
    for path in OWN:
        said = book.own(in_other_words(path.read_text("utf-8"), book.say))
        (book.sources / path.name).write_text(said, "utf-8")
    (book.sources / "seed.md").write_text(seed_page(book), "utf-8")
    (book.sources / "api.md").write_text(in_english((SITE / "api.md").read_text("utf-8")), "utf-8")
    for path in DOCUMENTS:
        document(path, book)
    speak(book.language)  # the hints
    for path in map(book.place, SETS):
        write(nbformat.read(path, as_version=4), path, book)
    with ThreadPoolExecutor(2) as pool:
        for line in pool.map(partial(run, book=book), map(book.place, lessons)):
            print(line, flush=True)


def sphinx(book: Book) -> subprocess.Popen:
    """Have Sphinx make the book of its pages. Warnings are errors."""
    trees = ROOT / "build" / "doctrees" / book.folder
    shutil.rmtree(trees, ignore_errors=True)
    options = ["-q", "--keep-going", "-W", "-b", "html", "-d", trees]
    return subprocess.Popen([sys.executable, "-m", "sphinx", *options, book.sources, book.target])


def main() -> None:
    """Lay out each book, and while Sphinx makes it, the next one."""
    lessons = [Path(name).resolve() for name in sys.argv[1:]] or sorted((ROOT / "notebooks").glob("*.ipynb"))
    shutil.rmtree(ROOT / "_site", ignore_errors=True)
    making = []
    for book in BOOKS:
        lay_out(book, lessons)
        making.append(sphinx(book))
    failed = [book for book, made in zip(BOOKS, making, strict=True) if made.wait()]
    for book in BOOKS:
        for path in map(book.place, [*lessons, *SETS]):
            download(path, book.target / "_sources" / path.relative_to(ROOT), book)
        for left in (book.target.parent, book.sources.parent, ROOT / "build"):  # myst-nb's copies
            shutil.rmtree(left / "jupyter_execute", ignore_errors=True)
    sys.exit(f"Not built: {', '.join(book.language for book in failed)}" if failed else 0)


if __name__ == "__main__":
    main()
