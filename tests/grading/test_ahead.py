"""A class graded by several workers, while much goes wrong: each score is as expected, none missing or twice.

Thirty submissions, with --quick half as many; as many as CLASS in the environment says (make class-test).
"""

import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from distributed import Client, LocalCluster
from grading_course import Course, needs_bubblewrap, tiny_set, with_answers
from nbformat.v4 import new_code_cell

from course_utils.grading.fleet import Fleet, SetAside, fleet, missing
from course_utils.grading.job import Bounds, Job
from course_utils.grading.programs import SandboxUnavailable
from course_utils.grading.results import Result

SIZE = int(os.environ.get("CLASS", 30))
SEED = 16
KILLED = 3  # workers, at least
FULL = {"check_1": 2.0, "check_2": 1.0, "check_3": 3.0}
ANSWERS = {"answer_1": "answer_1 = 2 * x", "answer_2": "answer_2 = 42.0"}
ANSWERS |= {"answer_3": "def forward(x, w):\n    return w * x"}


def kinds():
    """What is handed in, by kind: the cell before all others, the answers, and the scores they get."""
    first_only = {"check_1": 2.0, "check_2": 0.0, "check_3": 0.0}
    one = {"answer_1": ANSWERS["answer_1"]}
    yield "right", "", ANSWERS, FULL
    yield "untouched", "", {}, dict.fromkeys(FULL, 0.0)
    yield "half_right", "", ANSWERS | {"answer_1": "answer_1 = x"}, FULL | {"check_1": 1.0}
    yield "wrong_number", "", ANSWERS | {"answer_2": "answer_2 = 41.0"}, FULL | {"check_2": 0.0}
    yield "does_not_parse", "", ANSWERS | {"answer_2": "answer_2 = = 42"}, FULL | {"check_2": 0.0}
    yield "leaves_at_once", "import os; os._exit(0)", one, first_only
    yield "kills", "import os, signal\nos.kill(-1, signal.SIGKILL)", one, first_only
    yield "loops", "while True: pass", one, first_only
    yield "fills_the_memory", "hoard = []\nwhile True: hoard.append(bytearray(10**7))", one, first_only
    yield "broken", None, {}, {}


def hand_in(course, size):
    """Submissions of all kinds in turn, and the scores that they should have."""
    released, expected = course.notebook("tiny"), {}
    several = list(kinds())
    for number in range(size):
        name, first, answers, scores = several[number % len(several)]
        student = f"{number:03}_{name}"
        notebook = with_answers(released, answers)
        if first:
            notebook.cells.insert(0, new_code_cell(first))
        course.submit(student, "tiny", "{" if first is None else deepcopy(notebook))
        expected[student] = scores and scores | {"words": 0.0}
    return expected


def workers_of(process):
    """The processes of Dask that examine."""
    try:
        children = psutil.Process(process.pid).children()
        return [child for child in children if any("spawn_main" in word for word in child.cmdline())]
    except psutil.Error:
        return []


def entered(course):
    return len(list((course.folder / "autograded").glob("*/tiny/tiny.ipynb")))


class Trouble:
    """Kills workers and locks the gradebook at random, and may end the whole run with a signal."""

    def __init__(self, course, chance):
        self.course, self.chance, self.killed, self.locked = course, chance, 0, 0
        self.most = max(KILLED, len(course.expected) // 7)

    def during(self, process, end=None, at=0):
        """Make trouble until the process ends; send it the signal `end` when so many are entered."""
        seen = entered(self.course)
        while process.is_alive():
            process.join(self.chance.uniform(0.1, 0.4))
            now = entered(self.course)
            if end and now >= at:
                os.kill(process.pid, end)
                end = None
            elif now > seen + 1 and self.killed < self.most:  # or one is always hit
                seen = now
                for worker in workers_of(process)[:1]:
                    worker.kill()
                    self.killed += 1
            elif self.chance.random() < 0.3:
                self.lock()

    def lock(self):
        with closing(sqlite3.connect(self.course.folder / "gradebook.db", timeout=0)) as database:
            try:
                database.execute("begin exclusive")
            except sqlite3.OperationalError:
                return
            self.locked += 1
            time.sleep(self.chance.uniform(0.1, 0.6))


@pytest.fixture(scope="module")
def graded(tmp_path_factory, pytestconfig):
    limits = {"cell_seconds": 1.5, "check_seconds": 10, "total_seconds": 240, "memory": 2**29}
    settings = "\n".join(f"c.Examine.{name} = {value}" for name, value in limits.items())
    course = Course(tmp_path_factory.mktemp("class"), f"{settings}\nc.ParallelAutograde.workers = 2")
    course.add_set("tiny", tiny_set())
    size = SIZE // 2 if pytestconfig.getoption("quick") else SIZE
    course.expected = hand_in(course, size)
    course.trouble, course.said, course.codes = Trouble(course, random.Random(SEED)), [], []
    for end, at in ((signal.SIGINT, size // 4), (signal.SIGKILL, size // 2), (None, 0)):
        said = tmp_path_factory.mktemp("said")
        process = course.begin(("autograde", "tiny"), said)
        course.trouble.during(process, end, at)
        course.said.append((said / "2").read_text())
        course.codes.append(process.exitcode)
    return course


@needs_bubblewrap
def test_every_score_is_as_expected(graded):
    """Whatever happened to workers, to the gradebook and to the program itself."""
    assert graded.trouble.killed >= min(KILLED, len(graded.expected) // 7) and graded.trouble.locked >= 1
    assert graded.codes[1] == -signal.SIGKILL
    found = {student: graded.scores(student, "tiny") for student in graded.expected}
    assert found == graded.expected


@needs_bubblewrap
def test_none_is_missing_and_none_is_there_twice(graded):
    with graded.gradebook as gradebook:
        students = [submission.student_id for submission in gradebook.assignment_submissions("tiny")]
    readable = {student for student, scores in graded.expected.items() if scores}
    assert len(students) == len(set(students)) and set(students) == readable
    assert entered(graded) == len(readable)


@needs_bubblewrap
def test_nothing_is_graded_twice(graded):
    """Each is graded in one of the runs. What the end of a run met halfway is begun once more."""
    begun = re.findall(r"Autograding \S*/autograded/(\S+)/tiny/", "".join(graded.said))
    assert len(begun) - len(set(begun)) <= 2


@needs_bubblewrap
def test_the_last_line_adds_up(graded):
    numbers = re.search(
        r"(\d+) handed in: (\d+) graded, (\d+) graded before, (\d+) not graded", graded.said[-1]
    )
    all_, now, before, not_graded = map(int, numbers.groups())
    assert all_ == len(graded.expected) == now + before + not_graded
    assert not_graded == sum(not scores for scores in graded.expected.values())
    assert before >= all_ // 2 - 1  # what the runs before this one had entered


# In a small disk of its own: graded while 130 kB of it are free, and once more when there is room.
ON_A_SMALL_DISK = """
cp -a "$1/." "$2"; cd "$2"; head -c $(($(df --output=avail -B1 . | tail -1) - 130000)) /dev/zero > ballast
for again in 0 1; do
    nbgrader autograde tiny 2> "$1/said_$again"; echo $?
    rm -f ballast
done
cp -a gradebook.db autograded "$1"
"""


@pytest.mark.long
@needs_bubblewrap
def test_a_full_disk_costs_nobody_a_point(tmp_path):
    """What does not fit is counted as not graded, and graded once there is room."""
    help_text = subprocess.run(["bwrap", "--help"], capture_output=True, text=True).stdout
    if "--size" not in help_text:
        pytest.skip("this bubblewrap makes no small disk: the full disk was not tried")
    (folder := tmp_path / "course").mkdir()
    (disk := tmp_path / "disk").mkdir()
    course = Course(folder, "c.ParallelAutograde.workers = 1\nc.Examine.memory = 2**29")
    course.add_set("tiny", tiny_set())
    kind, _, answers, scores = next(kinds())
    for number in range(8):
        course.submit(f"{number}_{kind}", "tiny", with_answers(course.notebook("tiny"), answers))
    rights = ["--cap-add", "ALL"] if os.geteuid() == 0 else []  # for the sandboxes inside
    walls = ["bwrap", "--dev-bind", "/", "/", *rights, "--size", "2000000", "--tmpfs", str(disk)]
    run = subprocess.run(
        [*walls, "bash", "-c", ON_A_SMALL_DISK, "bash", str(folder), str(disk)],
        env={**os.environ, "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])},
        capture_output=True,
        text=True,
    )
    assert run.stdout.split() == ["1", "0"], run.stderr
    lines = [(folder / f"said_{again}").read_text() for again in (0, 1)]
    counts = [re.search(r"8 handed in: (\d) graded, (\d) graded before, (\d) not", line) for line in lines]
    (first, none, waiting), (second, before, left) = (map(int, count.groups()) for count in counts)
    assert 0 < first < 8 and (none, waiting) == (0, 8 - first)
    assert (second, before, left) == (waiting, first, 0)
    found = [course.scores(f"{number}_{kind}", "tiny") for number in range(8)]
    assert found == [scores | {"words": 0.0}] * 8


def job(owner="ada", **changes):
    bounds = Bounds(cell_seconds=5, total_seconds=60, memory=2**29)
    task = {"cells": [], "asked": {}, "moved": False, "seconds": 5}
    return replace(Job(owner, task, (), (), (), "/nowhere", bounds), **changes)


def ends_its_worker(job):
    with open(job.course, "a") as file:
        file.write("x")
    os.kill(os.getpid(), signal.SIGKILL)


def greets(job):
    return [Result(message=f"hello {job.owner}")]


def cannot(job):
    raise SandboxUnavailable("bubblewrap is not installed")


@pytest.fixture(scope="module")
def one_worker():
    with fleet(1) as found:
        yield found


def with_function(fleet, function):
    return Fleet(fleet.client, function, fleet.missed)


@pytest.mark.long
def test_what_ends_three_workers_is_set_aside_with_a_reason_and_the_next_is_graded(one_worker, tmp_path):
    deaths = tmp_path / "deaths"
    with pytest.raises(SetAside, match=r"eve.*3 workers ended"):
        with_function(one_worker, ends_its_worker).results(job("eve", course=str(deaths)))
    assert deaths.read_text() in ("x", "xx", "xxx")  # on a busy machine, a worker may end otherwise too
    assert with_function(one_worker, greets).results(job("bob"))[0].message == "hello bob"


def test_where_no_worker_is_left_new_ones_are_hired(monkeypatch):
    monkeypatch.setattr("course_utils.grading.fleet.WAIT", 0.2)
    with fleet(1) as lonely:
        (nanny,) = lonely.client.cluster.workers.values()
        nanny.auto_restart = False
        lonely.client.run(lambda: os.kill(os.getpid(), signal.SIGKILL), on_error="ignore")
        until = time.monotonic() + 30
        while lonely.client.scheduler_info()["workers"] and time.monotonic() < until:
            time.sleep(0.1)  # the scheduler has not noticed yet
        assert not lonely.client.scheduler_info()["workers"]
        lonely.function = greets
        assert lonely.results(job())[0].message == "hello ada"


def test_a_worker_that_cannot_lock_submissions_away_is_named(one_worker):
    with_function(one_worker, greets).results(job("first"))  # so there is a worker
    (address,) = one_worker.client.run(missing)
    with pytest.raises(SandboxUnavailable, match=f"{address} cannot grade: bubblewrap is not"):
        with_function(one_worker, cannot).results(job())


def test_a_cluster_is_asked_by_its_address():
    with (
        LocalCluster(n_workers=1, dashboard_address="127.0.0.1:0") as cluster,
        fleet(5, cluster.scheduler_address) as other,
    ):
        assert set(other.client.run(missing)) == set(cluster.scheduler.workers)
        assert with_function(other, greets).results(job("cluster"))[0].message == "hello cluster"


def test_nobody_else_on_this_machine_can_send_work(one_worker):
    address = one_worker.client.scheduler.address
    assert address.startswith("tls://127.0.0.1")
    for stranger in (address, address.replace("tls", "tcp")):
        with pytest.raises((OSError, TypeError)):
            Client(stranger, timeout=2)


def test_a_job_has_its_owners_name_and_all_that_matters_in_its_key():
    others = [job("bob"), job(course="/else"), job(handed_in=(("a", b"1"),)), job(given=(("a", b"1"),))]
    others += [job(task=job().task | {"cells": [1]}), job(warm=("import numpy",))]
    assert len({each.key for each in [job(), *others]}) == 1 + len(others)
    assert job().key == job().key


@needs_bubblewrap
def test_what_was_examined_ahead_is_what_the_loop_asks_for(graded):
    """Or each submission would be examined a second time, and one after the other."""
    counted = re.findall(r"examined ahead: (\d+) of (\d+)", "".join(graded.said))
    assert counted and all(ahead == of for ahead, of in counted)
