"""A notebook as a page of the web book, and as what is downloaded from there."""

import os
import re
from base64 import b64decode, b64encode
from io import BytesIO
from pathlib import Path

import nbformat
from book import ROOT, TITLES, Book
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from PIL import Image

from course_utils.checks.hints import hints_to, solution
from course_utils.language import later

VIEW = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"
PNG, COLOURS = b"\x89PNG", 96
LAST = "from course_utils.explorers import finish\n\nfinish()"  # all pages of all sliders
CHECK = re.compile(r'^check\("([^"]+)"', re.MULTILINE)
TURN = later("## Your turn")
TO_RUN = later("To have your answers checked, [run the lesson](/setup.md).")
TO_READ = later("Once you have your prediction, open this and read on.")
ABOUT = later("Installs the course where it is missing, as on a rented machine. Otherwise it does nothing.")
INSTALL = """\
# {}
from importlib.util import find_spec

if not find_spec("course_utils"):
    %pip install --quiet "gradient-descent-derived[lab] @ git+{}"
"""

# A link to the same lesson in another language.
ACROSS = re.compile(rf"\[({'|'.join(TITLES.values())})\]\([^)]*\)")


def as_page(notebook: nbformat.NotebookNode, path: Path, book: Book) -> nbformat.NotebookNode:
    """What was folded stays folded, and each question has its hints below it. path: its notebook."""
    for index, cell in reversed(list(enumerate(notebook.cells))):
        if cell.metadata.get("jupyter", {}).get("outputs_hidden"):
            cell.metadata.setdefault("tags", []).append("hide-output")
        asked = cell.cell_type == "code" and CHECK.search(cell.source)
        if asked and (folded := hints(asked[1], book)):
            notebook.cells.insert(index + 1, new_markdown_cell(folded))
        if cell.cell_type == "markdown":
            cell.source = prose(cell.source, path, book)
    return notebook


def prose(text: str, path: Path, book: Book) -> str:
    """A cell's text as the page has it: folded if it answers a prediction, and with what leads elsewhere."""
    if text.startswith("<!--"):  # WORDS, in any language
        return fold(book.say(TO_READ), text.partition("\n")[2], "words")
    beside = book.beside(path.relative_to(ROOT).with_suffix("").as_posix())
    text = ACROSS.sub(lambda found: f'<a href="{beside[found[1]]}">{found[1]}</a>', text)
    turn = book.say(TURN)
    return re.sub(rf"^{turn}$", f"{turn}\n\n{book.say(TO_RUN)}", text, flags=re.MULTILINE)


def fold(title: str, text: str, kind: str) -> str:
    """A text that is opened by a click on its title."""
    return f'<details class="{kind}">\n<summary>{title}</summary>\n\n{text}\n\n</details>\n\n'


def hints(name: str, book: Book) -> str:
    """The hints to a question, each folded in the one before; in a lesson the way to the answer is last."""
    say, notes = book.say, [note.markdown for note in hints_to(name)]
    count = len(notes)
    titles = [say("Hint {number} of {count}", number=number, count=count) for number in range(1, count + 1)]
    if notes and not name.startswith("set "):
        notes.append(solution(name).markdown.partition("\n\n")[2])
        titles.append(say("The way to the answer"))
    folded = ""
    for title, note in reversed([*zip(titles, notes, strict=True)]):
        folded = fold(title, f"{note}\n\n{folded}", "hint")
    return folded


def finished(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """A notebook that was run: its sliders lighter, and before each explorer what stands in for it."""
    for cell in notebook.cells:
        for index, output in reversed(list(enumerate(cell.get("outputs", [])))):
            if VIEW in output.get("data", {}) and (still := output.data.get("text/html")):
                shown = {"text/html": f'<div class="stands-in">{still}</div>'}
                cell.outputs.insert(index, new_output("display_data", shown))
    lighten(notebook.metadata.get("widgets", {}).get(STATE, {}).get("state", {}))
    return notebook


def lighten(widgets: dict) -> None:
    """Give the pictures that the sliders turn through fewer colours: a third of the bytes, unseen."""
    for buffer in (buffer for widget in widgets.values() for buffer in widget.get("buffers", [])):
        picture = b64decode(buffer["data"])
        if picture.startswith(PNG):
            light = BytesIO()
            Image.open(BytesIO(picture)).convert("RGB").quantize(COLOURS).save(light, "PNG", optimize=True)
            buffer["data"] = b64encode(min(picture, light.getvalue(), key=len)).decode()


def download(path: Path, target: Path, book: Book) -> None:
    """What is downloaded: the notebook as it is in the course, behind a cell that installs the course."""
    notebook = nbformat.read(path, as_version=4)
    if repository := os.environ.get("COURSE_REPOSITORY"):
        notebook.cells.insert(0, new_code_cell(INSTALL.format(book.say(ABOUT), repository), id="install"))
    nbformat.write(notebook, target)
