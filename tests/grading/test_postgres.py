"""A gradebook in PostgreSQL, as a course on a cluster has it: graded by several workers, and exported."""

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import pytest
from grading_course import Course, needs_bubblewrap, tiny_set, with_answers

PATH = os.pathsep.join([os.environ["PATH"], *map(str, Path("/usr/lib/postgresql").glob("*/bin"))])
USER = "postgres" if os.name == "posix" and os.geteuid() == 0 else None  # the server refuses to be root
RIGHT = {"answer_1": "answer_1 = 2 * x", "answer_2": "answer_2 = 42.0"}

pytestmark = [
    pytest.mark.long,
    needs_bubblewrap,
    pytest.mark.skipif(
        not shutil.which("initdb", path=PATH), reason="no PostgreSQL here: a gradebook in it was not tried"
    ),
]


@pytest.fixture
def folder():
    """A folder on the way to which nothing is closed to others, as pytest's own may be."""
    with tempfile.TemporaryDirectory() as found:
        Path(found).chmod(0o711)
        yield Path(found)


@pytest.fixture
def address(folder):
    """The address of an empty database, which nobody reaches but by a socket in a folder."""
    data, socket = folder / "data", folder / "socket"
    for each in (data, socket):
        each.mkdir(mode=0o700)
        if USER:
            shutil.chown(each, USER)
    environment = {**os.environ, "PATH": PATH}
    begin = ["initdb", "--auth=trust", "--username=course", "--no-sync", f"--pgdata={data}"]
    subprocess.run(begin, check=True, user=USER, env=environment, cwd=data, capture_output=True)
    serve = ["postgres", "-D", str(data), "-k", str(socket), "-h", "", "-F"]
    with open(folder / "log", "w") as log:
        server = subprocess.Popen(serve, user=USER, env=environment, cwd=data, stdout=log, stderr=log)
    try:
        until = time.monotonic() + 30
        while not list(socket.glob(".s.PGSQL.*[0-9]")):
            assert server.poll() is None and time.monotonic() < until, (folder / "log").read_text()
            time.sleep(0.1)
        yield f"postgresql+psycopg://course@/postgres?host={socket}"
    finally:
        server.terminate()
        server.wait()


def test_a_class_is_graded_into_postgresql(tmp_path, address):
    """Enough submissions for several workers; a second try keeps what was found, and the marks come out."""
    settings = f"c.CourseDirectory.db_url = {address!r}\nc.ParallelAutograde.workers = 2"
    course = Course(tmp_path, settings)
    course.db_url = address
    course.add_set("tiny", tiny_set())
    released, expected = course.notebook("tiny"), {}
    for number in range(12):
        answers = RIGHT if number % 2 else {}
        course.submit(f"learner_{number:02}", "tiny", with_answers(released, answers))
        points = {"check_1": 2.0, "check_2": 1.0} if answers else {"check_1": 0.0, "check_2": 0.0}
        expected[f"learner_{number:02}"] = points | {"check_3": 0.0, "words": 0.0}
    graded = course.command("autograde", "tiny")
    assert graded.returncode == 0, graded.stderr[-2000:]
    assert "12 handed in: 12 graded" in graded.stderr
    assert {learner: course.scores(learner, "tiny") for learner in expected} == expected
    assert "12 handed in: 0 graded, 12 graded before" in course.command("autograde", "tiny").stderr
    assert not (tmp_path / "gradebook.db").exists()
    assert course.command("export").returncode == 0
    assert len((tmp_path / "grades.csv").read_text().splitlines()) == 13
