"""What is kept of a learner's progress: the numbers of solved questions, beside the lessons, and no more."""

import json

import pytest

from course_utils import check, progress
from course_utils.checks.questions.progress import FILE

RIGHT = {"01.2": 0.09, "03.2": 2.0}


@pytest.fixture
def lessons(tmp_path, monkeypatch):
    """A folder of lessons, in which somebody learns."""
    (tmp_path / "00_start_here.ipynb").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COURSE_PROGRESS")
    return tmp_path


def test_what_is_solved_is_kept_and_shown_and_nothing_else(lessons):
    for question, answer in [("01.2", 0.9), ("01.2", ...), *RIGHT.items(), *RIGHT.items(), ("03.2", 7)]:
        check(question, answer)
    assert json.loads(FILE.read_text()) == ["01.2", "03.2"]
    assert [path.name for path in lessons.iterdir() if path.name != "00_start_here.ipynb"] == [FILE.name]
    assert repr(progress()) == "lesson 01: ✓ 01.2\nlesson 03: ✓ 03.2"
    assert progress()._repr_html_() == "<p>lesson 01: ✓ 01.2</p><p>lesson 03: ✓ 03.2</p>"


@pytest.mark.parametrize("text", ["", "{", '{"01.2": 1}', "[1, null]", "7"])
def test_a_spoiled_file_is_begun_anew(lessons, text):
    FILE.write_text(text)
    assert repr(progress()) == "No question is solved yet."
    assert check("01.2", RIGHT["01.2"]).correct
    assert json.loads(FILE.read_text()) == ["01.2"]


def test_what_cannot_be_written_changes_no_verdict(lessons):
    FILE.mkdir()
    assert check("01.2", RIGHT["01.2"]).correct and repr(progress()) == "No question is solved yet."


def test_nothing_is_kept_where_it_is_off(lessons, monkeypatch):
    FILE.write_text('["01.2"]')
    monkeypatch.setenv("COURSE_PROGRESS", "off")
    assert check("03.2", RIGHT["03.2"]).correct and repr(progress()) == "No question is solved yet."
    assert FILE.read_text() == '["01.2"]'


def test_nothing_is_kept_in_another_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COURSE_PROGRESS")
    check("01.2", RIGHT["01.2"])
    assert not list(tmp_path.iterdir())
