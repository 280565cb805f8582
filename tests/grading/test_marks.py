"""Marks as a school wants them: lateness, extra time, earlier tries, and files that platforms read."""

import csv
import json
from datetime import timedelta

import pytest
from grading_course import Course, needs_bubblewrap, tiny_set, with_answers

from course_utils.grading import second_marker
from course_utils.grading.history import tries
from course_utils.grading.late import LatePolicy, extra_time
from course_utils.grading.marks import points

pytestmark = needs_bubblewrap
WRONG = {"answer_2": "answer_2 = 41.0"}  # worth 1 of 10 points


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Ann is on time, Bob 26 hours late, Cem as late with 48 hours more, Dee handed in nothing, Eve waits."""
    course = Course(tmp_path_factory.mktemp("marks"), "c.LatePolicy.per_day, c.LatePolicy.grace = 0.25, 60")
    course.add_set("tiny", tiny_set())
    with course.gradebook as gradebook:
        gradebook.update_or_create_assignment("tiny", duedate="2026-01-01 10:00:00 UTC")
        gradebook.add_student("dee", first_name="=Dee", last_name='O"D, e')
        gradebook.add_student("ann", first_name="Ann", last_name="Á", email="ann@x.org", lms_user_id="77")
    (course.folder / "extra_time.csv").write_text("learner,set,hours\ncem,*,48\nbob,other,48\n")
    for learner, hour in {"ann": 9, "bob": 36, "cem": 36, "eve": 9}.items():
        hand_in(course, learner, hour, {})
    autograde(course)
    return course


def hand_in(course, learner, hour, answers):
    folder = course.submit(learner, "tiny", with_answers(tiny_set(), answers))
    day, hour = divmod(hour, 24)
    (folder / "timestamp.txt").write_text(f"2026-01-0{1 + day} {hour:02}:00:00 UTC")


def autograde(course):
    """Grade what is new, and mark the words of all but Eve with full points."""
    done = course.command("autograde", "tiny")
    assert done.returncode == 0, done.stderr
    with course.gradebook as gradebook:
        for submission in gradebook.assignment_submissions("tiny"):
            for grade in submission.notebooks[0].grades:
                if grade.name == "words" and submission.student.id != "eve":
                    grade.manual_score, grade.needs_manual_grade = 4.0, False
        gradebook.db.commit()


def exported(course, *words, exporter="Plain", encoding="utf-8"):
    """The rows of a file that `nbgrader export` wrote, and what it said."""
    target = course.folder / f"{exporter}.csv"
    done = course.command(
        "export", f"--exporter=course_utils.grading.marks.{exporter}", f"--to={target}", *words
    )
    assert done.returncode == 0, done.stderr
    with target.open(encoding=encoding, newline="") as file:
        return list(csv.reader(file)), done.stderr


def test_late_costs_a_share_for_each_day_begun_and_extra_time_is_heeded(course):
    (header, *rows), said = exported(course, encoding="utf-8-sig")
    found = {row[0]: dict(zip(header, row, strict=True)) for row in rows}
    assert {name: row["points"] for name, row in found.items()} == {
        "ann": "10", "bob": "5", "cem": "10", "dee": "", "eve": ""
    }  # fmt: skip
    assert (
        found["bob"]["lost by lateness"] == "5"
    )  # of the points by hand as well, which came after autograde
    assert (found["bob"]["hours late"], found["bob"]["extra hours"]) == ("26", "0")
    assert (found["cem"]["hours late"], found["cem"]["extra hours"]) == ("0", "48")
    assert found["dee"]["name"] == 'O"D, e, =Dee'
    assert "1 submissions wait for marks by hand, and have none in the file: eve tiny" in said


def test_unfinished_marks_are_given_where_that_is_asked_for(course):
    rows, said = exported(course, "--Marks.unfinished=True", "--student=['eve']", encoding="utf-8-sig")
    assert [row[-2] for row in rows] == ["points", "6"]
    assert "wait for marks" not in said


def test_moodle_reads_each_line(course):
    """As grade/import/csv reads it: a grade is a number or -, and an empty name identifies nobody."""
    (header, *rows), _ = exported(course, exporter="Moodle")
    assert header == ["Username", "ID number", "Email address", "First name", "Last name", "tiny"]
    assert {row[0]: row[5] for row in rows} == {"ann": "10", "bob": "5", "cem": "10", "dee": "-", "eve": "-"}
    assert ["ann", "77", "ann@x.org", "Ann", "Á", "10"] in rows
    assert next(row for row in rows if row[0] == "dee")[3] == "'=Dee"  # a spreadsheet computes nothing


def test_canvas_recognises_the_header_and_the_points(course):
    """By the rules of its importer: names of five columns, then the sets; a row of points; equal lengths."""
    (header, possible, *rows), _ = exported(course, "--Canvas.ids={'tiny': 4711}", exporter="Canvas")
    assert "Student" in header[0] and "ID" in header[1] and header[4] == "Section"
    assert header[2:4] == ["SIS User ID", "SIS Login ID"] and header[5:] == ["tiny (4711)"]
    assert "Points Possible" in possible[0] and possible[5] == "10"
    assert {len(row) for row in rows} == {len(header)}
    assert ["Á, Ann", "77", "", "ann", "", "10"] in rows
    assert {row[3]: row[5] for row in rows}["dee"] == ""


def test_a_later_try_counts_and_the_earlier_one_is_kept(course):
    hand_in(course, "ann", 10, WRONG)
    with course.gradebook as gradebook:
        gradebook.find_submission("tiny", "ann").notebooks[0].comments[0].manual_comment = "Well said."
        gradebook.db.commit()
    autograde(course)
    assert sum(course.scores("ann", "tiny").values()) == 9
    [(when, worth)] = tries(course.folder, "ann", "tiny")
    assert (f"{when}", worth["raw"], worth["by hand"]) == ("2026-01-01 09:00:00", 10.0, {"words": 4.0})
    assert "Well said." in worth["comments"].values()
    [notebook] = (course.folder / "history" / "ann" / "tiny").glob("*/tiny.ipynb")
    assert "answer_2 = 42.0" in json.dumps(json.loads(notebook.read_text()))
    rows, _ = exported(course, exporter="Tries", encoding="utf-8-sig")
    assert [row[2:] for row in rows if row[0] == "ann"] == [
        ["1", "2026-01-01 09:00:00", "10", "0", "no"],
        ["2", "2026-01-01 10:00:00", "9", "0", "yes"],
    ]


@pytest.mark.parametrize(
    ("late", "lost"),
    [(0, None), (3600, None), (3601, 2), (3600 + 86_400, 2), (3601 + 86_400, 4), (10 * 86_400, 6)],
)
def test_what_lateness_costs(late, lost):
    policy = LatePolicy(per_day=0.2, grace=60, most=0.6)
    assert policy.late_submission_penalty("ann", 10, late) == (None if lost is None else pytest.approx(lost))


@pytest.mark.parametrize(
    "line", ["ann,tiny,soon", "ann,tiny,-1", "ann,tiny,nan", ",tiny,1", "ann,,1", "ann,tiny", "ann,tiny,inf"]
)
def test_a_line_that_gives_no_time_is_named(tmp_path, line):
    (tmp_path / "extra_time.csv").write_text(f"learner,set,hours\nbob,*,1.5\n{line}\n")
    with pytest.raises(ValueError, match=r"extra_time\.csv needs the columns"):
        extra_time(tmp_path)
    (tmp_path / "extra_time.csv").write_text("learner,set,hours\nbob,*,1.5\n")
    assert extra_time(tmp_path) == {("bob", "*"): timedelta(minutes=90)}


@pytest.mark.parametrize(("number", "shown"), [(10.0, "10"), (1 / 3, "0.33"), (-1e-9, "0"), (7.5, "7.5")])
def test_points_have_two_digits(number, shown):
    assert str(points(number)) == shown


def test_a_second_marker_sees_no_name_and_no_mark_and_the_mean_counts(course, monkeypatch, capsys):
    """Three answers in words: as good, a little less, and much less than the first marker thought."""
    monkeypatch.chdir(course.folder)
    second_marker.main(["draw", "tiny", "--share", "1"])
    sheet = course.folder / "second" / "tiny.csv"
    (header, *rows) = list(csv.reader(sheet.read_text("utf-8-sig").splitlines()))
    assert header == ["code", "question", "of", "answer", "second", "agreed"] and len(rows) == 3
    assert not [name for name in ("ann", "bob", "cem") if name in sheet.read_text()]
    of = {
        row["code"]: row["learner"] for row in second_marker.read(sheet.with_name("tiny_first.csv")).values()
    }

    def enter(marks, agreed):
        filled = [[*row[:4], marks[of[row[0]]], agreed.get(of[row[0]], "")] for row in rows]
        sheet.write_text("\n".join(",".join(row) for row in [header, *filled]))
        second_marker.main(["enter", "tiny", "--tolerance", "0.1"])
        return capsys.readouterr().out, [
            course.scores(name, "tiny")["words"] for name in ("ann", "bob", "cem")
        ]

    said, words = enter({"ann": "4", "bob": "3.6", "cem": "1"}, {})
    assert "3 of 3 were marked again: 1 alike, 1 to talk about." in said
    assert "cem, words: 4 and 1 of 4" in said and words == [4, 3.8, 4]
    assert enter({"ann": "4", "bob": "3.6", "cem": "1"}, {"cem": "2.5"})[1] == [
        4,
        3.8,
        2.5,
    ]  # and no mean of means
    for wrong in ("5", "-1", "nan", "good"):
        with pytest.raises(SystemExit, match="is no mark from 0 to 4"):
            enter({"ann": "0", "bob": wrong, "cem": "1"}, {})
    assert course.scores("ann", "tiny")["words"] == 4
    with pytest.raises(SystemExit, match="is there already"):
        second_marker.main(["draw", "tiny"])
    with pytest.raises(SystemExit, match="Nothing of other was marked by hand"):
        second_marker.main(["draw", "other"])
