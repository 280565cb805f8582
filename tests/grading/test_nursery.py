"""Programs that start warm stand behind the walls of those that start cold, and find nothing of others."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from grading_course import EXERCISES, Course, labelled, needs_bubblewrap, solved, tiny_set
from nbformat.v4 import new_code_cell
from nbgrader.preprocessors import ClearSolutions

from course_utils.grading.job import beside
from course_utils.grading.preprocessors import Examine, digest, own_cells
from course_utils.grading.programs import Program, SandboxUnavailable
from course_utils.grading.sandbox import bubblewrap, limits, walls
from course_utils.grading.session import Session
from course_utils.grading.warmed import Nursery, Warmed, nursery

pytestmark = needs_bubblewrap
IMPORTS = "%load_ext course_utils\nimport numpy as np"
SETS = [*sorted((EXERCISES / "source").iterdir()), *sorted((EXERCISES / "zh").iterdir())]
KEPT = (IMPORTS,), Path(__file__).parent
PROGRAM = Program("worker", limits(2**30, 60), writes=True)

VIEW = """
import ctypes, glob, json, os, resource, stat, sys
libc = ctypes.CDLL(None, use_errno=True)
rights = (ctypes.c_uint32 * 6)()
libc.capget((ctypes.c_uint32 * 2)(0x20080522, 0), rights)

def descriptor(number):
    try:
        found = os.fstat(number)
    except OSError:
        return
    kind = stat.S_IFMT(found.st_mode)
    return kind, found.st_rdev, kind in (stat.S_IFDIR, stat.S_IFREG, stat.S_IFSOCK)

def files(folder):
    return sorted((p, *os.lstat(p)[:1], *os.lstat(p)[4:6]) for p in glob.glob(folder + "/*"))

view = {
    "capabilities": list(rights),
    "bounding set": [libc.prctl(23, right, 0, 0, 0) for right in range(64)],
    "ambient set": [libc.prctl(47, 1, right, 0, 0) for right in range(64)],
    "no new rights, filter, keeps rights": [libc.prctl(n, 0, 0, 0, 0) for n in (39, 21, 7)],
    "user": [os.getresuid(), os.getresgid(), os.getgroups()],
    "limits": {n: resource.getrlimit(getattr(resource, n)) for n in dir(resource) if n[:7] == "RLIMIT_"},
    "place": [os.getcwd(), *os.uname()[:2], files("/"), files("."), files("/dev"), files("/handed_in")],
    "mounts": {p: os.statvfs(p)[8:9] for p in ("/", "/dev", "/usr", "/scratch", "/exercise", *sys.path[1:])
               if os.path.exists(p)},
    "environment": dict(os.environ),
    "descriptors": sorted({str(descriptor(number)) for number in range(100)}),
    "terminal": [os.getsid(0) == os.getpgid(0), os.path.exists("/proc/self")],
    "path": sys.path,
}
print(json.dumps(view, sort_keys=True))
"""


def cold(folder, files=None):
    return Session(bubblewrap(files or {}, folder, PROGRAM), 10, 60)


def warm(folder, files=None):
    return Session(Warmed(walls(files or {}, folder, PROGRAM), PROGRAM, *KEPT), 10, 60)


def printed(session, source):
    error, outputs = json.loads(session.ask("run", source))
    assert error is None, error
    return "".join(output["text/plain"] for output in outputs)


def views(folder):
    """What a cold and a warm program see. The first imports as well what the second one finds imported."""
    found = []
    for start in (cold, warm):
        with start(folder) as session:
            printed(session, IMPORTS)
            found.append(json.loads(printed(session, VIEW)))
    return found


def same_views(folder):
    """The same; but where a cold program keeps a right that it can never use, a warm one has none."""
    one, other = views(folder)
    for rights in ("capabilities", "bounding set", "ambient set"):
        assert all(mine & theirs == mine for theirs, mine in zip(one.pop(rights), other[rights], strict=True))
        assert max(other.pop(rights)) == 0
    one["environment"].pop("PWD")  # bubblewrap's own
    assert len(one) > 6 and one == other


def test_a_warm_program_sees_what_a_cold_one_sees(tmp_path):
    same_views(tmp_path)


def test_it_does_so_without_root(tmp_path):
    """In a user namespace, where bubblewrap makes one more, as it does for everybody but root."""
    if os.getuid() or not shutil.which("unshare"):
        pytest.skip("the test above runs without root, or nothing can make a user namespace")
    here = Path(__file__).parent
    script = f"import sys; sys.path[:0] = {[str(here), str(here.parent)]!r}\n"
    script += f"from pathlib import Path\nimport test_nursery as t\nt.same_views(Path({str(tmp_path)!r}))"
    command = ["unshare", "--user", "--map-user=1000", "--map-group=1000", sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, cwd=here)
    assert done.returncode == 0, done.stderr[-2000:]


PATCHES = """
import builtins, os, random, sys, types
import numpy, sympy, course_utils
from course_utils.grading import nursery, worker, wire, channel, session
builtins.left = sympy.left = numpy.left = course_utils.left = "left"
sys.modules["left"] = types.ModuleType("left")
os.environ["LEFT"] = "left"
worker.Worker.get = worker.serve = nursery.grow_up = nursery.enter = nursery.main = lambda *a, **k: "left"
sympy.Symbol("left"), sympy.Integer(7).__class__.__hash__
os.umask(0)
"""
FINDS = """
import builtins, os, sys
import numpy, sympy, course_utils
from course_utils.grading import worker
found = [hasattr(module, "left") for module in (builtins, numpy, sympy, course_utils)]
print(any(found), "left" in sys.modules, "LEFT" in os.environ, os.umask(0o022), worker.serve.__name__)
"""
KILLS = """
import ctypes, os, signal
libc = ctypes.CDLL(None, use_errno=True)
for process in (*range(1, 400), os.getppid(), PID, CHILD):
    if process not in (0, os.getpid()):
        for number in (signal.SIGSTOP, signal.SIGKILL):
            try:
                os.kill(process, number)
            except OSError:
                pass
        libc.ptrace(16, process, 0, 0)
"""
STAYS = """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork():
        os._exit(0)
    while True:
        time.sleep(1)
"""


def test_what_one_changes_no_other_one_finds(tmp_path):
    with warm(tmp_path) as one:
        printed(one, PATCHES)
        with warm(tmp_path) as beside:
            assert printed(beside, FINDS).split() == ["False", "False", "False", "18", "serve"]
    with warm(tmp_path) as later:
        assert printed(later, FINDS).split() == ["False", "False", "False", "18", "serve"]


SETTLED = """
import os, sys, json, warnings
import matplotlib, numpy, sympy
sympy_prints = str(sympy.printing.StrPrinter._global_settings)
print(json.dumps([sorted(k for k in globals() if not k.startswith("_")), os.getcwd(), sys.path, sympy_prints,
    numpy.geterr(), str(numpy.get_printoptions()), str(warnings.filters), dict(os.environ),
    str(dict(matplotlib.rcParams)), sys.getrecursionlimit(), os.listdir(), str(sys.displayhook)[:40]]))
"""


TRACES = """
import json, sys, types
import numpy.f2py  # the oldest NumPy imports it for a formula's function, and it sets an attribute of re
from course_utils.grading.shell import QuietShell
from course_utils.grading.warm import warm_up

def attributes():
    return {(name, key): value for name, module in [*sys.modules.items()] if name not in OURS
            for key, value in [*getattr(module, "__dict__", {}).items()]
            if not (key.startswith("__") or isinstance(value, types.ModuleType))}

OURS = "__main__", "__mp_main__"
COUNTS = ("sympy.utilities.lambdify", "_lambdify_generated_counter"), ("PIL.Image", "_initialized")
imports, *own = json.load(sys.stdin)
shell = QuietShell.instance()
shell.run(imports)
known, before = {*sys.modules}, attributes()
one, other = ([shell.run(cell)[0].success for cell in own] for _ in range(2))
changed = [key for key, value in attributes().items()
           if key[0] in known and key not in COUNTS and not key[1].startswith("last_")
           and before.get(key, before) is not value]
QuietShell.clear_instance()
print(json.dumps([one == other, changed, warm_up([imports, *own])]))
"""


@pytest.mark.bank(one_in=5)
@pytest.mark.parametrize("folder", SETS, ids=lambda folder: f"{folder.name} {folder.parent.name}")
def test_a_set_whose_own_cells_run_beforehand_was_tried(folder):
    """Twice the same comes of each, no module has another attribute, and no setting is another one."""
    cells = own_cells(nbformat.read(folder / f"{folder.name}.ipynb", 4))
    known = (EXERCISES / "nbgrader_config.py").read_text()
    assert digest(cells) in known, f"{digest(cells)} is to stand there, if all below holds"
    command = [sys.executable, "-c", TRACES]
    done = subprocess.run(command, input=json.dumps(cells), cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout.splitlines()[-1]) == [True, [], True]


def test_of_any_other_set_only_the_imports_run_beforehand():
    cells = ("import numpy as np", "np.linalg.inv = None")
    examine = Examine(tried=[digest(("import numpy as np", "x = 1"))])
    assert examine.warm(cells) == cells[:1]
    assert Examine(tried=[digest(cells)]).warm(cells) == cells


@pytest.mark.bank(one_in=5)
@pytest.mark.parametrize("folder", SETS, ids=lambda folder: f"{folder.name} {folder.parent.name}")
def test_a_set_that_has_run_leaves_no_name_and_no_setting(folder, tmp_path):
    """A submission begins as in a program that has only imported the same."""
    source = nbformat.read(folder / f"{folder.name}.ipynb", 4)
    cells = own_cells(source)
    began = []
    for warmed in (cells[:1], cells):
        with Session(Warmed(walls({}, tmp_path, PROGRAM), PROGRAM, warmed, folder), 10, 60) as session:
            began.append(json.loads(printed(session, SETTLED)))
    assert len(cells) > 3 and began[0] == began[1]


@pytest.mark.bank(one_in=5)
@pytest.mark.parametrize("given", SETS, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_a_sets_own_cells_do_in_a_warm_program_what_they_do_in_one_that_only_imported(given, tmp_path):
    """Each shows the same, or fails alike where it needs an answer: no open file stays open in a fork."""
    (path,) = given.glob("*.ipynb")
    cells, shown = own_cells(ClearSolutions().preprocess(nbformat.read(path, 4), {})[0]), []
    for warmed in (cells[:1], cells):
        start = Warmed(walls(beside(given), tmp_path, PROGRAM), PROGRAM, warmed, given)
        with Session(start, 20, 120) as session:
            shown.append([session.ask("run", cell) for cell in cells])
    assert shown[0] == shown[1]


OWN = {
    "nothing": "y = np.log(2)\nwarm_up",
    "errors of NumPy": "np.seterr(all='raise')",
    "warnings": "import warnings\nwarnings.simplefilter('error')",
    "a figure": "import matplotlib.pyplot as plt\nfigure, axes = plt.subplots(num='measured')",
    "a style": "import matplotlib.pyplot as plt\nplt.style.use('ggplot')",
    "digits": "import mpmath\nmpmath.mp.dps = 30",
    "decimals": "import decimal\ndecimal.getcontext().prec = 5",
    "depth": "import sys\nsys.setrecursionlimit(1234)",
    "where modules are": "import sys\nsys.path.append('/elsewhere')",
    "what SymPy does": "import sympy.core.parameters as p\np.global_parameters.evaluate = False",
    "environment": "import os\nos.environ['LEFT'] = 'left'",
    "an event loop": "import asyncio\nawait asyncio.sleep(0)",
    "a thread": "import threading, time\nthreading.Thread(target=time.sleep, args=[9], daemon=True).start()",
    "the set's own module": "import sys\nsys.path.insert(0, '')\nimport mine\nsys.path.pop(0)",
}
WARMS = """
import os, sys
from course_utils.grading.warm import warm_up
for own in OWN:
    child = os.fork()
    if child == 0:
        os._exit(42 if warm_up(["import numpy as np", own]) else 1)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), end=" ", flush=True)
"""


def test_a_cell_of_the_sets_own_that_leaves_a_trace_is_found_out(tmp_path):
    (tmp_path / "mine.py").write_text("count = 0")
    script = WARMS.replace("OWN", repr([*OWN.values()]))
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True)
    assert not done.returncode, done.stderr[-2000:]
    ended = dict(zip(OWN, done.stdout.split(), strict=True))
    assert ended == dict.fromkeys(OWN, "1") | {"nothing": "42"}


def test_what_a_set_leaves_behind_no_submission_begins_with(tmp_path):
    """Neither settings, nor files: the set's own folder is as it was."""
    given = tmp_path / "given"
    given.mkdir()
    (given / "data.csv").write_text("1\n")
    own = "np.seterr(all='raise')\nopen('data.csv', 'a').write('2')\nopen('made.csv', 'w').write('3')"
    start = Warmed(walls({}, tmp_path / "hidden", PROGRAM), PROGRAM, (IMPORTS, own), given)
    with Session(start, 10, 60) as session:
        assert printed(session, "import numpy\nprint(numpy.geterr()['divide'])") == "warn\n"
    assert [path.name for path in given.iterdir()] == ["data.csv"]
    assert (given / "data.csv").read_text() == "1\n"


def test_a_set_with_much_in_its_own_cells_starts(tmp_path):
    """More than fits into a word of a command."""
    long = f"data = {list(range(40_000))}"
    start = Warmed(walls({}, tmp_path, PROGRAM), PROGRAM, (IMPORTS, long), KEPT[1])
    with Session(start, 10, 60) as session:
        assert len(long) > 200_000 and printed(session, "print(6 * 7)") == "42\n"


ONCE = """
import os, tempfile
import matplotlib.pyplot as plt
os.mkdir(os.path.join(tempfile.gettempdir(), "course"))
figure, axes = plt.subplots(num="measured")
"""


@pytest.mark.bank(one_in=2)
@pytest.mark.parametrize("tried", [True, False])
def test_a_set_that_can_run_only_once_is_graded_for_everybody(tried, tmp_path):
    """A figure of a name, and a folder, can be made once only. Even if somebody says that it was tried."""
    source = tiny_set()
    home = "" if tried else 'os.mkdir(os.path.expanduser("~/kept"))\n'
    source.cells.append(labelled(new_code_cell(ONCE + home), "own", locked=True))
    course = Course(tmp_path, f"c.Examine.tried = {[digest(own_cells(source))] if tried else []}")
    course.add_set("tiny", source)
    for name in ("ada", "bob"):
        course.submit(name, "tiny", solved(source))
    graded = course.command("autograde", "tiny")
    assert "2 handed in: 2 graded" in graded.stderr, graded.stderr[-2000:]
    for name in ("ada", "bob"):
        assert course.scores(name, "tiny") == {"check_1": 2.0, "check_2": 1.0, "check_3": 3.0, "words": 0.0}


LINES = [
    "%cd .",
    "%pushd .",
    "import os; os.chdir(_dh[0])",
    "%bookmark here",
    "del _",
    "print(__doc__, _, __, _dh, _ih, sorted(name for name in globals() if name.startswith('_')))",
    "print(get_ipython().profile_dir.location, get_ipython().starting_dir, _exit_code)",
    "import asyncio; await asyncio.sleep(0.01)",
    "6 * 7",
]


@pytest.mark.parametrize("line", LINES)
def test_a_learners_notebook_does_in_it_what_it_does_in_a_cold_one(line, tmp_path):
    said = []
    for start in (cold, warm):
        with start(tmp_path) as session:
            printed(session, IMPORTS)
            said.append(json.loads(session.ask("run", line)))
    assert said[0] == said[1]


def test_chance_is_not_the_same_for_all(tmp_path):
    drawn, draw = [], "import random, numpy\nfrom sympy.core.random import rng\n"
    for _ in range(2):
        with warm(tmp_path) as session:
            text = printed(session, f"{draw}print(random.random(), numpy.random.rand(), rng.random())")
            drawn.append(text.split())
    assert all(one != other for one, other in zip(*drawn, strict=True))


def inside(session):
    """The processes in a session's sandbox, from outside."""
    outer = session.program.process.pid
    (init,) = Path(f"/proc/{outer}/task/{outer}/children").read_text().split()
    namespace = os.stat(f"/proc/{init}/ns/pid").st_ino
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "ns/pid").stat().st_ino == namespace:
                found.append(int(process.name))
        except OSError:
            continue
    return found


def alive(process):
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")")[-1].split()[0] != "Z"
    except OSError:
        return False


def test_nobody_outside_can_be_reached(tmp_path):
    with warm(tmp_path) as one:
        printed(one, "x = 1")
        outside = nursery(*KEPT).process.pid
        between = Path(f"/proc/{outside}/task/{outside}/children").read_text().split()[0]
        attack = KILLS.replace("PID", str(outside)).replace("CHILD", between)
        try:
            one.ask("run", attack)
        except Exception as death:  # it may have ended its own sandbox
            assert type(death).__name__ == "Died"
        assert alive(outside) and nursery(*KEPT).process.poll() is None
    with warm(tmp_path) as later:
        assert printed(later, "print(6 * 7)") == "42\n"


def test_nothing_goes_on_after_the_end(tmp_path):
    with warm(tmp_path) as one:
        printed(one, STAYS)
        processes = inside(one)
        assert len(processes) >= 4  # bubblewrap's, the shell, the program, and the one that stays
        ends_first = [Path(f"/proc/{process}/oom_score_adj").read_text() == "1000\n" for process in processes]
        small = [Path(f"/proc/{process}/comm").read_text() in ("bwrap\n", "sh\n") for process in processes]
        assert [not one for one in small] == ends_first and sum(ends_first) >= 2
    until = time.monotonic() + 20
    while any(map(alive, processes)) and time.monotonic() < until:  # the kernel ends them one by one
        time.sleep(0.05)
    assert not any(map(alive, processes))


def test_the_nursery_shares_no_memory_that_can_be_written(tmp_path):
    with warm(tmp_path) as one:
        printed(one, "x = 1")
        maps = Path(f"/proc/{nursery(*KEPT).process.pid}/maps").read_text().splitlines()
    assert len(maps) > 100
    assert not [line for line in maps if "w" in line.split()[1] and "s" in line.split()[1]]
    threads = Path(f"/proc/{nursery(*KEPT).process.pid}/task").iterdir()
    assert len(list(threads)) == 1  # or a child could be forked in the middle of something


def test_a_nursery_that_ended_is_replaced(tmp_path):
    with warm(tmp_path) as one:
        printed(one, "x = 1")
    os.kill(nursery(*KEPT).process.pid, signal.SIGKILL)
    nursery(*KEPT).process.wait()
    with warm(tmp_path) as later:
        assert printed(later, "print(6 * 7)") == "42\n"


@pytest.mark.parametrize("sent", [False, True])
def test_a_nursery_that_ends_at_the_last_moment_is_replaced_too(sent, tmp_path, monkeypatch):
    """Before it is asked for a child, or when it has been asked and has not forked yet."""
    child, ended = Nursery.child, []

    def late(nursery, *arguments):
        first = not ended and not ended.append(nursery.process.pid)
        if first and not sent:
            nursery.process.kill()
            nursery.process.wait()
        elif first:
            os.kill(nursery.process.pid, signal.SIGSTOP)
        child(nursery, *arguments)
        if first:
            nursery.process.kill()

    monkeypatch.setattr(Nursery, "child", late)
    with warm(tmp_path) as one:
        assert printed(one, "print(6 * 7)") == "42\n"
    assert ended != [nursery(*KEPT).process.pid]


def test_what_cannot_be_locked_in_does_not_start(tmp_path, monkeypatch):
    """Nothing runs with more rights than it may have: the program ends, and says why."""
    impossible = Program("worker", {"RLIMIT_NOTHING": 1})
    start = Warmed(walls({}, tmp_path, PROGRAM), impossible, *KEPT)
    with Session(start, 10, 60) as session, pytest.raises(SandboxUnavailable, match="RLIMIT_NOTHING"):
        session.ask("run", "1")
