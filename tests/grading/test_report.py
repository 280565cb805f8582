"""The report over a class of 500: every slip counted, in every group, and nobody named who need not be."""

import csv
import json
import re
from collections import Counter

import nbformat
import pytest
from grading_course import EXERCISES
from nbformat.v4 import new_output

from course_utils.grading import report
from course_utils.grading.assembly import label
from course_utils.grading.variants import CLASS, Class
from course_utils.pictures import bars

SET = "1_chain_rule"
LEARNERS = [f"learner_{number:03}" for number in range(500)]
GROUPS = ["Monday", "Tuesday", "Wednesday", "Thursday", "<Friday>", "Ünder"]


def slip_of(number: int, k: str) -> str | None:
    """What the learner of this number has wrong in question 3: k is their own name for the source's k."""
    return {0: f"missing link ∂u/∂{k}", 1: "sign"}.get(number % 5)


def group_of(number: int) -> str:
    return "few" if number < 3 else GROUPS[number % 6]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course folder with 500 marked notebooks, each of another variant."""
    folder = tmp_path_factory.mktemp("report")
    (folder / "variants").symlink_to(EXERCISES / "variants")
    (folder / CLASS).write_text(f'seed = "7"\nlearners = {json.dumps(LEARNERS)}\n')
    released = nbformat.read(EXERCISES / "release" / SET / f"{SET}.ipynb", 4)
    for number, learner in enumerate(LEARNERS):
        variant = Class.of(folder).variant(learner, SET)
        notebook = variant.notebook(released)
        for cell in filter(
            lambda cell: label(cell).get("grade") and cell.cell_type == "code", notebook.cells
        ):
            slip = slip_of(number, variant.renamed("k")) if label(cell)["grade_id"] == "check_3" else None
            points = 0.0 if slip else label(cell)["points"]
            cell.outputs = [new_output("execute_result", data={"text/plain": str(points)})]
            cell.metadata["slips"] = [slip] if slip else []
        path = folder / "autograded" / learner / SET / f"{SET}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(notebook))
    lines = [f"{learner},{group_of(number)}" for number, learner in enumerate(LEARNERS)]
    (folder / "groups.csv").write_text("\n".join(["learner,group", *lines, "nobody,Monday"]), "utf-8")
    return folder


def reported(course, monkeypatch, *options):
    monkeypatch.chdir(course)
    report.main([SET, *options])
    text = (course / "feedback" / f"{SET}_report.csv").read_text("utf-8-sig")
    return list(csv.DictReader(text.splitlines())), (course / "feedback" / f"{SET}_report.html").read_text()


def test_every_slip_is_counted_in_every_group_whatever_a_variant_calls_its_symbols(course, monkeypatch):
    rows, _ = reported(course, monkeypatch)
    found = {row["slip"]: row for row in rows if row["question"] == "check_3"}
    assert set(found) == {"missing link ∂u/∂k", "sign"}
    for remainder, slip in enumerate(["missing link ∂u/∂k", "sign"]):
        made = range(remainder, 500, 5)
        expected = Counter(map(group_of, made))
        assert found[slip]["how often"] == str(len(made)) == "100"
        assert {group: found[slip][f"in {group}"] for group in GROUPS} == {
            group: str(expected[group]) for group in GROUPS
        }
        assert found[slip]["right"] == "300"
    assert {row["right"] for row in rows if row["question"] != "check_3"} == {"500"}


def test_pictures_carry_the_shares_in_words_and_numbers(course, monkeypatch):
    _, page = reported(course, monkeypatch)
    pictures = re.findall(r'<img src="data:image/png;base64,([^"]{1000,})" alt="([^"]+)">', page)
    assert len(pictures) == 3 * 2  # right, links, one question; five groups and one
    assert all("How many in a hundred" in alt for _, alt in pictures)
    monday = sum(group_of(number) == "Monday" for number in range(500))
    share = 100 * sum(group_of(number) == "Monday" and number % 5 == 0 for number in range(500)) / monday
    numbers = re.findall(r"Monday \(\d+\): (.*)", page)
    assert f"{share:.3g}" in numbers[1].split()
    assert "<Friday>" not in page and "&lt;Friday&gt;" in page


def test_nobody_is_named_and_no_small_group_unless_the_teacher_asks(course, monkeypatch):
    rows, page = reported(course, monkeypatch)
    assert "learner_" not in page and "in few" not in page and not any(row["learners"] for row in rows)
    rows, page = reported(course, monkeypatch, "--names")
    assert "learner_000" in page and "in few" in rows[0]
    assert rows[[row["slip"] for row in rows].index("sign")]["learners"].split() == LEARNERS[1::5]


def test_small_groups_are_put_together(tmp_path):
    lines = [f"{learner},{group}" for learner, group in zip("abcdefghi", "111122222", strict=True)]
    (tmp_path / "groups.csv").write_text("\n".join(["learner,group", *lines]))
    assert report.grouped(tmp_path, {*"abcdefghi"}, names=False) == {"2": {*"efghi"}}
    (tmp_path / "groups.csv").write_text("\n".join(["learner,group", *lines, "j,3"]))
    found = report.grouped(tmp_path, {*"abcdefghij"}, names=False)
    assert found == {"2": {*"efghi"}, "small groups": {*"abcdj"}}


def test_a_file_without_groups_is_named(tmp_path):
    (tmp_path / "groups.csv").write_text("name;team\na;1\n")
    with pytest.raises(ValueError, match=r"groups\.csv needs the columns learner and group"):
        report.grouped(tmp_path, {"a"}, names=False)


def test_bars_say_their_numbers_and_refuse_what_cannot_be_told_apart():
    picture = bars(
        {"one": {"a long name": 3, "b": 5}, "two": {"b": 1}}, "times", "what", "Two kinds of bars."
    )
    assert "one: 3 5" in picture.numbers() and "two: 0 1" in picture.numbers()
    assert [text.get_text() for text in picture.axes[0].get_yticklabels()] == ["a long name", "b"]
    with pytest.raises(ValueError, match="from 1 to 5 kinds of bars, not 6"):
        bars({str(number): {"a": 1} for number in range(6)}, "times", "what", "Six.")
    with pytest.raises(ValueError, match="from 1 to 5 kinds of bars, not 0"):
        bars({}, "times", "what", "None.")
