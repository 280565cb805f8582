"""The notebooks: comparable, true to the derivation, and caught when they are not.

That each one runs and gives its stored outputs is tested by nbval itself (`make test` collects the
.ipynb files). Here: nothing escapes that comparison, and what it cannot see is checked otherwise.
"""

import json
import re
import sys
from pathlib import Path

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell
from threadpoolctl import threadpool_info, threadpool_limits
from traitlets.config import Config

import course_utils

ROOT = Path(__file__).parents[1]
LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))
by_name = pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
TRANSLATED = sorted((ROOT / "notebooks").glob("*/*.ipynb"))
in_any_language = pytest.mark.parametrize(
    "lesson", [*LESSONS, *TRANSLATED], ids=lambda path: f"{path.parent.name} {path.stem}"
)

NO_HISTORY = Config({"HistoryManager": {"enabled": False}})
OUTPUT_LIMIT, NOTEBOOK_LIMIT = 300_000, 2_000_000  # bytes


def cells(lesson, kind):
    return [cell for cell in nbformat.read(lesson, 4).cells if cell.cell_type == kind]


@in_any_language
def test_every_code_cell_was_run_in_order(lesson):
    counts = [cell.execution_count for cell in cells(lesson, "code")]
    assert counts == list(range(1, len(counts) + 1)), "a cell stored without its count is not compared"


@by_name
def test_a_cell_holds_one_idea(lesson):
    lines = {
        cell.source: len(list(filter(str.strip, cell.source.splitlines()))) for cell in cells(lesson, "code")
    }
    assert not [source for source, count in lines.items() if count > 12]


@in_any_language
def test_no_cell_is_left_out_of_the_comparison(lesson):
    for cell in cells(lesson, "code"):
        excused = re.search(r"(?im)^# *nbval[_-](?!compare).*", cell.source) or [
            tag for tag in cell.metadata.get("tags", []) if tag.startswith("nbval")
        ]
        assert not excused, cell.source


@in_any_language
def test_no_output_is_an_error_or_a_warning(lesson):
    for cell in cells(lesson, "code"):
        for output in cell.outputs:
            assert output.output_type != "error", cell.source
            assert output.get("name") != "stderr", cell.source


@in_any_language
def test_outputs_say_nothing_of_the_machine(lesson):
    text = json.dumps([cell.get("outputs", []) for cell in cells(lesson, "code")])
    assert not re.search(r"/(home|Users|root|tmp|work)/|[A-Z]:\\\\|0x[0-9a-f]{6,}|np\.float64", text)


@in_any_language
def test_no_output_and_no_notebook_is_too_large(lesson):
    assert lesson.stat().st_size < NOTEBOOK_LIMIT
    for cell in cells(lesson, "code"):
        for output in cell.outputs:
            assert len(json.dumps(output)) < OUTPUT_LIMIT, cell.source


@in_any_language
def test_every_picture_has_alt_text_and_numbers(lesson):
    pictures = [
        output.data for cell in cells(lesson, "code") for output in cell.outputs if "image/png" in str(output)
    ]
    for data in pictures:
        assert re.search(r'<img [^>]*alt="[^"]{10,}"', data["text/html"])
        assert re.search(r"\d", data["text/plain"])
        assert "<Figure size" not in data["text/plain"]


@by_name
def test_a_lesson_opens_and_closes_like_every_lesson(lesson):
    text = "\n".join(cell.source for cell in cells(lesson, "markdown"))
    order = ["**You will**", "**You need**", "**Predict:**", "## What you derived", "## Your turn"]
    places = [text.find(part) for part in [*order, "## Further reading"]]
    assert -1 not in places and places == sorted(places)


@by_name
def test_unanswered_questions_say_so_and_do_not_fail(lesson):
    asked = [cell for cell in cells(lesson, "code") if "answer = ..." in cell.source]
    assert asked
    for cell in asked:
        assert "no answer yet" in str(cell.outputs)


MUTATIONS = {  # what is changed in the stored output of the cell that shows it
    "a printed number": ("nudge   0.1   slope 6.100", "nudge   0.1   slope 6.101"),
    "a number behind a picture": ("tangent, slope 6.00: x 1 ", "tangent, slope 6.00: x 1.1 "),
}


def with_stored_outputs_changed(cell):
    """The cell's JSON after the mutation that concerns it, if one does."""
    for old, new in MUTATIONS.values():
        cell = nbformat.from_dict(json.loads(json.dumps(cell).replace(old, new)))
    return cell


def test_nbval_fails_where_a_stored_number_was_changed_and_only_there(pytester):
    notebook = nbformat.read(LESSONS[1], 4)
    last = next(i for i, cell in enumerate(notebook.cells) if "tangent, slope" in str(cell.get("outputs")))
    notebook.cells = [with_stored_outputs_changed(cell) for cell in notebook.cells[: last + 1]]
    nbformat.write(notebook, pytester.path / "mutant.ipynb")
    options = ["--nbval", "--nbval-current-env", f"--nbval-sanitize-with={ROOT / 'tests' / 'nbval.ini'}"]
    result = pytester.inline_run(*options, "-p", "no:cacheprovider", "-p", "no:xdist", "mutant.ipynb")
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    changed = [i for i, cell in enumerate(code) if any(new in str(cell) for _, new in MUTATIONS.values())]
    _, _, failed = result.listoutcomes()
    assert len(changed) == len(MUTATIONS)
    assert [int(re.search(r"Cell (\d+)", report.nodeid)[1]) for report in failed] == changed


def test_a_lesson_multiplies_its_small_matrices_on_one_thread(monkeypatch):
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])  # a shell puts its own there
    with threadpool_limits(2, user_api="blas"):
        course_utils.load_ipython_extension(InteractiveShell(config=NO_HISTORY))
        assert {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"} == {1}
