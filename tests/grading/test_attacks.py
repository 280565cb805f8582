"""Submissions that try to be worth more than they are, or that break: none gains, none stops the rest."""

import contextlib
import hashlib
import json
import os
import re
import shutil
import socket
import sqlite3
from copy import deepcopy
from pathlib import Path

import nbformat
import pytest
from grading_course import SETUP, Course, needs_bubblewrap, tiny_set, with_answers
from nbformat.v4 import new_code_cell

from course_utils.grading import seccomp
from course_utils.grading.programs import Program
from course_utils.grading.report_page import line
from course_utils.grading.sandbox import bubblewrap, limits
from course_utils.grading.session import Session
from course_utils.grading.tables import plain

pytestmark = needs_bubblewrap

# Each attacker has answered question 1 and nothing else: without an attack this is 2 points.
HONEST = {"answer_1": "answer_1 = 2 * x"}
WITHOUT_ATTACK = {"check_1": 2.0, "check_2": 0.0, "check_3": 0.0, "words": 0.0}

FIRST_CELL = {  # what the attacker runs before anything else
    "patches the checks": """
import course_utils
from course_utils.checks import simple, verdict
right = lambda *a, **k: course_utils.Verdict(True, "forged", 1.0)
for module in (course_utils, course_utils.checks, simple):
    module.check_number = module.check_forward = module.check_derivative = right
course_utils.Verdict.__float__ = lambda self: 1.0
""",
    "patches SymPy and builtins": """
import builtins, sympy
sympy.Basic.__eq__ = sympy.Expr.__eq__ = lambda *a: True
builtins.float = builtins.abs = lambda *a: 1.0
""",
    "shadows modules": """
import sys, types
for name in ("course_utils", "course_utils.checks", "course_utils.checks.verdict"):
    sys.modules[name] = types.ModuleType(name)
open("course_utils.py", "w").write("raise SystemExit")
""",
    "empties cells by an AST transformer": """
import ast
class Empty(ast.NodeTransformer):
    def visit_Module(self, node):
        return ast.Module(body=[], type_ignores=[])
get_ipython().ast_transformers.append(Empty())
""",
    "swallows results": """
import sys
sys.displayhook = lambda value: None
get_ipython().display_formatter.format = lambda *a, **k: ({"text/plain": "99"}, {})
get_ipython().display_pub.publish = lambda *a, **k: None
""",
    "speaks for the worker": """
import json, os
for number in range(200):
    for channel in range(3, 30):
        try:
            os.write(channel, json.dumps({"id": number, "reply": ["float", "0x1p4"]}).encode() + b"\\n")
        except OSError:
            pass
""",
    "patches the worker": """
from course_utils.grading import question, worker
worker.Worker.get = lambda self, name: ["model", ["dict", []], ["list", []], ["list", []]]
worker.Worker.call = lambda self, *a: [None, ["tuple", [["float", "nan"]] * 3]]
question.Question.score = lambda *a: (1.0, 'forged', [])
""",
    "sends code for data": """
import course_utils.grading.worker
course_utils.grading.worker.Worker.get = lambda self, name: ["formula", ["__import__('os').abort", []]]
""",
    "answers with what equals everything": """
class Always(float):
    __eq__ = __le__ = __ge__ = __lt__ = __gt__ = lambda *a: True
    __abs__ = __sub__ = __rsub__ = lambda self, *a: self
    hex = lambda self: "0x0p0"
answer_2 = Always(1)
""",
    "loops for ever": "while True: pass",
    "loops and will not be stopped": """
while True:
    try:
        while True: pass
    except BaseException: pass
""",
    "sleeps": "import time; time.sleep(10_000)",
    "leaves": "import sys; sys.exit(0)",
    "leaves at once": "import os; os._exit(0)",
    "kills its parents": """
import os, signal
for process in (1, os.getppid(), -1):
    try:
        os.kill(process, signal.SIGKILL)
    except OSError:
        pass
""",
    "fills the memory": "hoard = []\nwhile True: hoard.append(bytearray(10**7))",
    "fills the memory by files": """
for number in range(100):
    with open(f"/scratch/{number}", "wb") as file:
        file.write(bytes(10**7))
""",
    "fills the output": "while True: print('x' * 10**6)",
    "starts processes": "import os\nfor _ in range(1000):\n    os.fork()",
    "hides a deep formula": """
answer_2 = x
for _ in range(20_000):
    answer_2 = sp.Function("f")(answer_2, evaluate=False)
""",
    "hides a huge number": "answer_2 = 10**100_000_000",
    "looks for the solutions": """
import os
for folder, _, names in os.walk("/"):
    for name in names:
        if name.endswith(".ipynb") or name == "gradebook.db":
            if not folder.startswith(("/proc", "/usr")) and "site-packages" not in folder:
                answer_2 = 42.0
""",
}
ANSWERS = {  # what the attacker writes into answer cells
    "returns for ever": {"answer_3": "def forward(x, w):\n    while True: pass"},
    "leaves from a function": {"answer_3": "def forward(x, w):\n    import os; os._exit(0)"},
    "raises what nobody catches": {"answer_3": "def forward(x, w):\n    raise SystemExit"},
    "does not parse": {"answer_2": "answer_2 = = 42"},
    "labels without an end": {
        "answer_2": "import itertools\nclass Table(list): index = itertools.count()\nanswer_2 = Table([42])"
    },
    "an array of itself": {
        "answer_2": "class Deep:\n"
        "    __array__ = lambda self, *a, **k: np.array([self, self], dtype=object)\n"
        "answer_2 = Deep()"
    },
    "a metaclass that equals everything": {
        "answer_2": "class Meta(type):\n    __eq__ = __le__ = __lt__ = lambda *a: True\n"
        "    __hash__ = lambda self: 0\n"
        "    __float__ = __abs__ = __sub__ = lambda *a: 42.0\nclass answer_2(metaclass=Meta): pass"
    },
    "says it is another class": {
        "answer_2": "class Lies:\n    __class__ = property(lambda self: sp.Integer)\n"
        "    p = q = 42\n    args = ()\n"
        "    __float__ = __abs__ = lambda self: 42.0\nanswer_2 = Lies()"
    },
    "a class that returns itself": {
        "answer_3": "class forward:\n    def __new__(cls, x, w):\n        return cls"
    },
    "hides in a tensor": {
        "answer_3": "class Tensor:\n    shape, ndim, index = (3,), 1, property(lambda self: 1 / 0)\n"
        "    __array__ = lambda self, *a, **k: exit()\ndef forward(x, w):\n    return Tensor()"
    },
    "changes the set's files": {
        "answer_2": "import os\nfor name in os.listdir():\n    try: os.remove(name)\n"
        "    except OSError: pass\n"
        "os.symlink('/', 'root')\nfor n in range(99): open(f'{n}.py', 'wb').write(bytes(10**6))"
    },
    "a check in its answer": {
        "answer_2": "answer_2 = check_number(42, 42)\ncheck_number = lambda *a: answer_2",
        "answer_3": "forward = check_forward(line, z, lambda x, w: w * x)",
    },
    "forges a verdict": {"answer_2": "import course_utils\nanswer_2 = course_utils.Verdict(True, '', 1.0)"},
    "ends the cell early": {"answer_2": "get_ipython().run_cell = print"},
}


HOSTILE_CELLS = [  # each costs itself: the answers after them get all points
    f"answer_2 = {'-' * 20_000}1\n1 / 0",
    f"answer_2 = {'(' * 150}{')' * 150}",
    f"answer_2 = {'[' * 90}{']' * 90}",
    "answer_2 = 42.0\0",
    "answer_2 = '\ud800'",
    "print('\\ud800' * 3)",
    "raise ValueError('\\ud800')",
    "from IPython.display import display\nfor _ in range(200): display('x' * 90_000)",
    "class Odd:\n    def _repr_mimebundle_(self, **k): return {'text/plain': 7}\nOdd()",
    "answer_2 = " + " + ".join(["1"] * 200_000),
    f"answer_2 = {'x' * 1_000_000!r}",
    *["'y' * 190_000"] * 30,
]


def remove(path):
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def link(to):
    return lambda path, course: path.symlink_to(course.folder / to)


def hard_link(to):
    return lambda path, course: path.hardlink_to(course.folder / to)


def unix_socket(path, _):
    with socket.socket(socket.AF_UNIX) as server, contextlib.chdir(path.parent):
        server.bind(path.name)


def holding(content, size=0):
    def write(path, _):
        path.write_bytes(content)
        os.truncate(path, size or len(content))

    return write


def fifo(path, _):
    os.mkfifo(path)


def folders(path, _):
    path.joinpath(*"abcdefghijkl").mkdir(parents=True)


NOTEBOOK, SOURCE, OTHER = "tiny.ipynb", "source/tiny/tiny.ipynb", "submitted/aaa_honest/tiny"
IRREGULAR = {  # what takes the place of a part of a submission that was right
    "links_to_the_source": (NOTEBOOK, link(SOURCE)),
    "links_to_another": (NOTEBOOK, link(f"{OTHER}/tiny.ipynb")),
    "links_to_nothing": (NOTEBOOK, link("nothing")),
    "links_to_a_device": (NOTEBOOK, link("/dev/zero")),
    "is_the_source": (NOTEBOOK, hard_link(SOURCE)),
    "learner_is_a_link": ("..", link("submitted/aaa_honest")),
    "set_is_a_link": ("../tiny", link(OTHER)),
    "set_is_the_source": ("../tiny", link("source/tiny")),
    "notebook_is_a_fifo": (NOTEBOOK, fifo),
    "notebook_is_a_socket": (NOTEBOOK, unix_socket),
    "notebook_is_a_folder": (NOTEBOOK, folders),
    "notebook_is_huge": (NOTEBOOK, holding(b"{", 10**12)),
    "data_links_to_the_gradebook": ("data.csv", link("gradebook.db")),
    "data_is_the_gradebook": ("data.csv", hard_link("gradebook.db")),
    "data_links_to_a_folder": ("data", link("source")),
    "data_in_a_folder_is_a_link": ("data/more/x.csv", link(SOURCE)),
    "data_is_a_fifo": ("data.csv", fifo),
    "data_is_huge": ("data.csv", holding(b"", 10**12)),
    "data_lies_deep": ("data", folders),
    "time_is_a_fifo": ("timestamp.txt", fifo),
    "time_is_a_folder": ("timestamp.txt", folders),
    "time_is_a_link": ("timestamp.txt", link(f"{OTHER}/timestamp.txt")),
    "time_is_no_time": ("timestamp.txt", holding(b"tomorrow")),
    "time_is_a_path": ("timestamp.txt", holding(b"2026-01-01 12:00:00 /dev/zero")),
    "time_is_binary": ("timestamp.txt", holding(b"\xff\xfe\0")),
}


def cell_of(notebook, grade_id):
    return next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == grade_id)


def without_checks(notebook):
    notebook.cells = [cell for cell in notebook.cells if "check" not in cell.metadata.nbgrader.grade_id]


def edited_checks(notebook):
    for cell in notebook.cells:
        if cell.metadata.nbgrader.grade:
            cell.source, cell.metadata.nbgrader.points = "1.0", 100
            cell.metadata.nbgrader.checksum = "0" * 32


def doubled_checks(notebook):
    for number in (2, 3):
        forged = deepcopy(cell_of(notebook, f"check_{number}"))
        forged.source, forged.id = "3.0", f"forged-{number}"
        notebook.cells.append(forged)


def checks_of_words(notebook):
    for number in (2, 3):
        cell = cell_of(notebook, f"check_{number}")
        cell.cell_type, cell.source = "markdown", "Full marks, please."
        cell.pop("outputs"), cell.pop("execution_count")


def invented_check(notebook):
    forged = deepcopy(cell_of(notebook, "check_2"))
    forged.metadata.nbgrader.grade_id, forged.source, forged.id = "check_99", "100.0", "forged"
    notebook.cells.append(forged)


def answers_made_checks(notebook):
    for number in (2, 3):
        cell_of(notebook, f"answer_{number}").metadata.nbgrader.update(grade=True, points=50, locked=True)


def stored_outputs(notebook):
    for number in (2, 3):
        data = {"text/plain": "3.0"}
        output = nbformat.v4.new_output("execute_result", data=data, execution_count=1)
        cell_of(notebook, f"check_{number}").outputs = [output]


def strange_metadata(notebook):
    for cell, strange in zip(notebook.cells[2:], (None, [], "x", {"grade_id": 7}), strict=False):
        cell.metadata["nbgrader"] = strange


EDITS = [without_checks, edited_checks, doubled_checks, checks_of_words, invented_check]
EDITS += [answers_made_checks, stored_outputs, strange_metadata]
BESIDE = {  # files that the attacker hands in beside the notebook
    "course_utils.py": "raise SystemExit",
    "sympy.py": "raise SystemExit",
    "nbgrader_config.py": "c = get_config()\nc.Examine.sandbox = 'none'",
    "sitecustomize.py": "raise SystemExit",
    "gradebook.db": "forged",
    "feedback.html": "<script>",
}
BROKEN = {"broken JSON": "{", "another format": json.dumps({"cells": "none"}), "binary": "\0\1\2"}
BROKEN |= {
    "a list": "[]",
    "deep JSON": "[" * 10**6,
    "another kind of cells": '{"cells": [[]], "nbformat": 4}',
}
BROKEN["too many cells"] = json.dumps({"cells": [new_code_cell()] * 2001, "nbformat": 4})


# These may break what their own answer to question 1 needs, or the cell that it stands in.
SPOILT = {"patches_SymPy_and_builtins", "shadows_modules", "empties_cells_by_an_AST_transformer"}
SPOILT |= {"patches_the_worker", "speaks_for_the_worker", "sends_code_for_data", "starts_processes"}
SPOILT |= {"strange_metadata"}


def name_of(attack: str) -> str:
    """A student id: nbgrader makes folders of it."""
    return attack.replace(" ", "_")


@pytest.fixture(scope="module")
def graded(tmp_path_factory, request):
    """A course in which all attackers that are asked for, and honest learners, were graded in one run."""
    limits = {"cell_seconds": 1.5, "check_seconds": 10, "total_seconds": 240, "memory": 2**29}
    settings = "\n".join(f"c.Examine.{name} = {value}" for name, value in limits.items())
    course = Course(tmp_path_factory.mktemp("attacked"), settings)
    setup = SETUP.split("\n", 1)[1]  # without its magic, which loads what is not needed here
    course.add_set("tiny", with_answers(tiny_set(), {"setup": setup}))
    attacker = with_answers(course.notebook("tiny"), HONEST)
    for attack, source in FIRST_CELL.items():
        notebook = deepcopy(attacker)
        notebook.cells.insert(0, new_code_cell(source))
        course.submit(name_of(attack), "tiny", notebook)
    for attack, answers in ANSWERS.items():
        course.submit(name_of(attack), "tiny", with_answers(attacker, answers))
    for edit in EDITS:
        notebook = deepcopy(attacker)
        edit(notebook)
        course.submit(edit.__name__, "tiny", notebook)
    course.submit("files_beside", "tiny", attacker, BESIDE)
    notebook = tiny_set()
    notebook.cells[:0] = map(new_code_cell, HOSTILE_CELLS)
    course.submit("hostile_cells", "tiny", notebook)
    database = course.folder / "gradebook.db"
    forgery = (
        f"import sqlite3\nfor path in ({str(database)!r}, '../gradebook.db'):\n    open(path, 'wb').close()"
    )
    notebook = deepcopy(attacker)
    notebook.cells.insert(0, new_code_cell(forgery))
    course.submit("forges_the_gradebook", "tiny", notebook)
    for student, text in BROKEN.items():
        course.submit(name_of(student), "tiny", text)
    for student in ("aaa_honest", "new\nline", "zzz_honest"):
        course.submit(student, "tiny", tiny_set())
    for student, (part, spoil) in IRREGULAR.items():
        path = Path(os.path.normpath(course.submit(student, "tiny", tiny_set()) / part))
        remove(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        spoil(path, course)
    course.attacks = {"files_beside"} | {asked_for(item) for item in request.session.items} & {*ATTACKERS}
    for attack in {*ATTACKERS} - course.attacks:
        shutil.rmtree(course.folder / "submitted" / attack)
    source = course.folder / "source" / "tiny" / "tiny.ipynb"
    before = hashlib.sha256(source.read_bytes()).hexdigest()
    course.done = course.command("autograde", "tiny")
    assert hashlib.sha256(source.read_bytes()).hexdigest() == before
    return course


ATTACKS = [*FIRST_CELL, *ANSWERS, *(edit.__name__ for edit in EDITS), "files_beside", "forges_the_gradebook"]
ATTACKERS = [*map(name_of, ATTACKS)]


def asked_for(item):
    """The attack that a test is about, if it is."""
    return item.callspec.params.get("attack") if hasattr(item, "callspec") else None


@pytest.mark.bank(one_in=4)
@pytest.mark.parametrize("attack", ATTACKERS)
def test_an_attack_gains_nothing_and_loses_nothing_else(graded, attack):
    scores = graded.scores(attack, "tiny")
    first = scores["check_1"] if attack in SPOILT else 2.0
    assert scores == WITHOUT_ATTACK | {"check_1": first}, graded.message(attack, "tiny", "check_1")
    assert first <= 2.0


@pytest.mark.parametrize("student", IRREGULAR)
def test_what_is_no_regular_file_costs_one_submission(graded, student):
    """It is named, and nothing of what it leads to is copied."""
    assert not any(graded.scores(student, "tiny").values())
    assert not (graded.folder / "autograded" / student / "tiny").exists()
    name = "" if ".." in IRREGULAR[student][0] else IRREGULAR[student][0]
    assert re.search(rf"Irregular: {student}.*{re.escape(name)}", graded.done.stderr)


@pytest.mark.parametrize("student", ["aaa_honest", "zzz_honest", "hostile_cells"])
def test_right_answers_among_attacks_get_all_points(graded, student):
    told = [graded.message(student, "tiny", f"check_{number}") for number in (1, 2, 3)]
    full = {"check_1": 2.0, "check_2": 1.0, "check_3": 3.0, "words": 0.0}
    assert graded.scores(student, "tiny") == full, told
    marked = graded.folder / "autograded" / student / "tiny" / "tiny.ipynb"
    assert marked.stat().st_size < 9_000_000


@pytest.mark.parametrize("student", map(name_of, BROKEN))
def test_what_is_no_notebook_is_reported_and_worth_nothing(graded, student):
    assert sum(graded.scores(student, "tiny").values()) == 0
    assert f"for student '{student}'" in graded.done.stderr
    assert graded.done.returncode != 0


HOSTILE_TEXTS = [
    "=cmd|' /C calc'!A0",
    "@SUM(A1)",
    "+1",
    "-1",
    "\t=1",
    "\x00=1",
    "\n=1",
    '","=1',
    "<script>1</script>",
]


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_the_report_computes_and_runs_nothing_of_a_learners(text):
    row = ["check_1", 1, text, 2, text, text]
    assert not [cell for cell in plain(row) if cell.strip()[:1] in {*"=+-@"} or "\x00" in cell]
    assert "<script" not in line(row)


def test_a_folder_that_nbgrader_cannot_name_is_said(graded):
    assert r"new\nline" in graded.done.stderr and not graded.scores("new\nline", "tiny")


def test_feedback_holds_no_file_of_a_learner(graded):
    assert graded.command("generate_feedback", "tiny", "--student", "files_beside").returncode == 0
    folder = graded.folder / "feedback" / "files_beside" / "tiny"
    assert {path.name for path in folder.iterdir()} == {"tiny.html", "timestamp.txt"}


def test_the_gradebook_holds_nobody_else(graded):
    with sqlite3.connect(graded.folder / "gradebook.db") as database:
        (students,) = database.execute("select count(*) from student").fetchone()
    assert students == len(graded.attacks) + 3


LEAVES = """
import ctypes, glob, os, socket, subprocess, sys
libc = ctypes.CDLL(None, use_errno=True)
add_key, keyctl = (248, 250) if os.uname().machine == "x86_64" else (217, 219)
for ring in (-3, -4, -5):
    libc.syscall(add_key, b"user", b"left", b"42", 2, ring)
libc.shmget(42, 4096, 0o1666), libc.semget(42, 1, 0o1666), libc.msgget(42, 0o1666)
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"], start_new_session=True)
for folder in ("/tmp", "/var/tmp", "/dev/shm", "/scratch", "/exercise", "/run", "/usr", "/library"):
    try:
        open(f"{folder}/left", "w").write("42")
    except OSError:
        pass
server = socket.socket(socket.AF_UNIX)
server.bind("\\0left")
server.listen()
"""
FINDS = (
    LEAVES[: LEAVES.index("for ring")]
    + """
found = [libc.syscall(keyctl, 10, ring, b"user", b"left", 0) for ring in (-3, -4, -5)]
found += [libc.shmget(42, 4096, 0), libc.semget(42, 1, 0), libc.msgget(42, 0)]
found += [socket.socket(socket.AF_UNIX).connect_ex("\\0left") or "a server"]
found += [number for number in range(1, 99) if os.path.exists(f"/proc/{number}")]
found += glob.glob("/*/left") + glob.glob("/dev/shm/*") + glob.glob("/var/tmp/*")
print([what for what in found if what not in (-1, 111)])
"""
)
REFUSED_CALLS = """
import ctypes, errno, os
libc = ctypes.CDLL(None, use_errno=True)
x86 = os.uname().machine == "x86_64"
calls = {
    "unshare": (272, 97, 0x10000000), "setns": (308, 268, 0, 0), "clone": (56, 220, 0x10000011, 0, 0, 0, 0),
    "mount": (165, 40, 0, 0, 0, 0, 0), "ptrace": (101, 117, 0, 0, 0, 0), "keyctl": (250, 219, 0, -3, 1),
    "process_vm_readv": (310, 270, os.getpid(), 0, 0, 0, 0, 0), "bpf": (321, 280, 0, 0, 0),
    "perf_event_open": (298, 241, 0, 0, 0, 0, 0), "userfaultfd": (323, 282, 1), "io_uring": (425, 425, 1, 0),
    "clone3": (435, 435, 0, 0), "statmount": (457, 457, 0, 0, 0, 0), "vsock": (41, 198, 40, 1, 0),
    "netlink": (41, 198, 16, 3, 0), "memfd_create": (319, 279, b"", 0), "memfd_secret": (447, 447, 0),
    "prlimit64": (302, 261, os.getpid(), 7, 0, 0), "setpriority": (141, 140, 0, 0, 5),
    "the other numbers of x86": (0x40000000 + 39, 9999),
}
for name, (number, other, *words) in calls.items():
    refused = libc.syscall(number if x86 else other, *words) == -1
    if not refused or ctypes.get_errno() not in (errno.EPERM, errno.ENOSYS):
        print("may call", name)
rights = (ctypes.c_uint32 * 6)()
libc.capget((ctypes.c_uint32 * 2)(0x20080522, 0), rights)
print(*(rights[part] for part in (0, 1, 3, 4) if rights[part]))  # effective and permitted
shown = ("/proc/self", "/proc/1", "/sys/kernel", "/root/.bashrc", "/home", "/etc/passwd")
print(*filter(os.path.exists, shown), "" if os.getuid() else "root", os.uname().nodename)
"""


def session(folder):
    return Session(bubblewrap({}, folder, Program("worker", limits(2**30, 60))), 10, 60)


def printed(program, source):
    error, outputs = json.loads(program.ask("run", source))
    assert error is None
    return "".join(output["text/plain"] for output in outputs).split()


def test_nothing_outlives_a_submission_or_is_seen_from_another(tmp_path):
    with session(tmp_path) as first, session(tmp_path) as beside:
        printed(first, LEAVES)
        assert printed(beside, FINDS) == ["[]"]
    with session(tmp_path) as later:
        assert printed(later, FINDS) == ["[]"]
        assert printed(later, REFUSED_CALLS) == ["sandbox"]
        inside = Path(f"/proc/{later.program.process.pid}/task/{later.program.process.pid}/children")
        for process in (later.program.process.pid, *inside.read_text().split()):
            assert Path(f"/proc/{process}/oom_score_adj").read_text() == "1000\n"


HEADERS = {"x86_64": "x86_64-linux-gnu/asm/unistd_64.h", "aarch64": "asm-generic/unistd.h"}


@pytest.mark.parametrize("machine", HEADERS)
def test_the_numbers_of_system_calls_are_the_kernels(machine):
    path = Path("/usr/include", HEADERS[machine])
    if not path.exists():
        pytest.skip("the kernel's headers are not installed")
    known = re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", path.read_text())
    column = 1 + seccomp.MACHINES[machine][0]
    calls = [call.split() for call in ",".join(seccomp.REFUSED.values()).split(",")]
    assert {(call[0], call[column]) for call in calls if call[column] != "-"} <= set(known)


def test_the_network_is_out_of_reach(tmp_path):
    """A server that is there, and that a submission does not find."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()
        socket.create_connection(address).close()  # it can be reached from here
        connect = f"import socket; socket.create_connection({address!r}, timeout=1)"
        with session(tmp_path) as program:
            error, _ = json.loads(program.ask("run", connect))
    assert error[0] in ("OSError", "ConnectionRefusedError", "PermissionError")
