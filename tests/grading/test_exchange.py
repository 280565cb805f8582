"""The exchange of a class server, by one user: who gets what, and what is collected."""

import getpass
import os
import shutil
from pathlib import Path

import nbformat
import pytest
from grading_course import EXERCISES, Course

from course_utils.grading.exchange import KEY, key_of, place_of, time_of
from course_utils.grading.variants import Class

SET, ME = "1_chain_rule", getpass.getuser()
CONFIG = EXERCISES.parent / "deploy" / "etc" / "nbgrader_config.py"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course whose set is released to two learners with variants."""
    folder = tmp_path_factory.mktemp("course")
    exchange = tmp_path_factory.mktemp("exchange")
    exchange.chmod(0o777)
    key = folder / "key.txt"  # commands run in processes that were begun with another environment
    key.write_text("")
    told = {"COURSE_EXCHANGE": str(exchange)}
    begin = f"from pathlib import Path\nos.environ |= {told} | {{{KEY!r}: Path({str(key)!r}).read_text()}}"
    course = Course(folder, f"{begin}\n{CONFIG.read_text()}")
    course.exchange = exchange / "gradient_descent_derived"
    course.add_set(SET, EXERCISES / "source" / SET)
    course.enrol("ada", "bob")
    done = course.command("release_assignment", SET)
    assert done.returncode == 0, done.stderr
    return course


def fetched(course, key):
    """What a learner with this key gets."""
    (course.folder / "key.txt").write_text(key)
    done = course.command("fetch_assignment", SET)
    assert done.returncode == 0, done.stderr
    notebook = nbformat.read(course.folder / SET / f"{SET}.ipynb", 4)
    shutil.rmtree(course.folder / SET)
    return notebook


def test_a_key_opens_its_learners_variant_and_no_key_the_set(course):
    known = Class.of(course.folder)
    expected = [cell.source for cell in course.variant("ada", SET).cells]
    assert [cell.source for cell in fetched(course, key_of(known, "ada")).cells] == expected
    assert "variant" not in fetched(course, "guessed").metadata
    assert key_of(known, "ada") != key_of(known, "bob")


def test_variants_cannot_be_listed_and_can_be_read_by_who_knows_the_name(course):
    place = place_of(course.exchange, key_of(Class.of(course.folder), "ada"), SET)
    assert place.parent.stat().st_mode & 0o777 == 0o711
    assert place.stat().st_mode & 0o777 == 0o755
    assert {path.name for path in place.iterdir()} == {
        path.name for path in (course.folder / "release" / SET).iterdir()
    }
    assert len(list(place.parent.iterdir())) == 2


def hand_in(course, name, notebook=True) -> Path:
    folder = course.exchange / "inbound" / name
    folder.mkdir()
    if notebook:
        shutil.copy(course.folder / "release" / SET / f"{SET}.ipynb", folder)
    return folder


def test_collected_is_the_newest_of_ones_own_that_can_be_copied(course):
    hand_in(course, f"{ME}+{SET}+2026-01-01 00:00:00 UTC+a")
    newest = hand_in(course, f"{ME}+{SET}+no time+b")
    (newest / "newest.txt").write_text("yes")
    (hand_in(course, f"{ME}+{SET}+2099-01-01 00:00:00 UTC+c", False) / f"{SET}.ipynb").symlink_to(
        "/etc/passwd"
    )
    hand_in(course, f"ada+{SET}+2026-01-01 00:00:00 UTC+d")
    (course.exchange / "inbound" / f"{ME}+{SET}+x+e").write_text("no folder")
    done = course.command("collect", SET)
    assert done.returncode == 0, done.stderr
    assert [path.name for path in (course.folder / "submitted").iterdir()] == [ME]
    collected = course.folder / "submitted" / ME / SET
    assert (collected / "newest.txt").exists()
    stamp = (collected / "timestamp.txt").read_text()
    assert stamp == f"{time_of(newest):%Y-%m-%d %H:%M:%S.%f} UTC"  # the file system's, not the learner's
    assert f"was handed in by {ME} in the name of ada. It is not collected." in done.stderr
    assert "is a link" in done.stderr and "is no folder" in done.stderr


def test_a_date_cannot_be_set_back(tmp_path):
    before = time_of(tmp_path)
    (tmp_path / "late").write_text("")
    os.utime(tmp_path / "late", (0, 0))
    os.utime(tmp_path, (0, 0))
    assert time_of(tmp_path) > before


def test_what_a_learner_spoilt_of_feedback_costs_that_learners_alone(course):
    for name, secret in [("ada", None), ("bob", "s")]:
        folder = course.folder / "feedback" / name / SET
        folder.mkdir(parents=True)
        (folder / f"{SET}.html").write_text(f"for {name}")
        (folder / "timestamp.txt").write_text("2026-01-01 00:00:00 UTC")
        if secret:
            (folder / "submission_secret.txt").write_text(secret)
    done = course.command("release_feedback", SET)
    assert done.returncode == 0, done.stderr
    assert [path.read_text() for path in (course.exchange / "feedback").iterdir()] == ["for bob"]
    assert "ada" in done.stderr and "is not released" in done.stderr
