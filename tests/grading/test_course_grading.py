"""What is left of a submitted notebook, and what its program and its examiner may see and say."""

import json
import shutil
import sys
import time
from copy import deepcopy
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from grading_course import needs_bubblewrap, tiny_set
from nbformat.v4 import new_code_cell, new_markdown_cell

from course_utils.checks.verdict import Verdict
from course_utils.grading.assembly import ELSEWHERE, HANDED_IN, Unrecognised, assemble, label
from course_utils.grading.broker import EndedEarly, Examiner
from course_utils.grading.channel import Died
from course_utils.grading.job import Bounds, Job, examine, unpacked
from course_utils.grading.preprocessors import described
from course_utils.grading.programs import Program, Sandbox, SandboxUnavailable
from course_utils.grading.question import Question, score
from course_utils.grading.reading import CODE, reduce
from course_utils.grading.regular import Irregular
from course_utils.grading.results import OUTPUTS, Result, SourceFault, believed, fitting
from course_utils.grading.sandbox import bubblewrap, limits, mounts
from course_utils.grading.session import Session
from course_utils.grading.shell import QuietShell


def test_of_a_submission_only_the_text_of_answers_and_added_cells_is_left():
    released, submitted = tiny_set(), tiny_set()
    for cell in submitted.cells:
        cell.source = f"# mine: {cell.metadata.nbgrader.grade_id}"
        cell.metadata.nbgrader.points = 1000
    submitted.cells.insert(
        2, new_code_cell("help = 1", metadata={"tags": ["x"], "nbgrader": {"grade": True}})
    )
    expected = deepcopy(released)
    for cell in expected.cells:
        if cell.metadata.nbgrader.solution:
            cell.source = f"# mine: {cell.metadata.nbgrader.grade_id}"
        elif cell.cell_type == "code":  # for the learner's own program alone
            cell.metadata[HANDED_IN] = f"# mine: {cell.metadata.nbgrader.grade_id}"
    result = assemble(released, submitted)
    added = result.cells.pop(2)
    assert (added.source, added.metadata) == ("help = 1", {})
    assert result.cells == expected.cells


def test_a_malformed_notebook_is_reduced_before_anything_reads_it(tmp_path):
    cell = {"cell_type": "code", "metadata": [], "source": ["a\n", "b"], "outputs": [{}] * 9, "id": 7}
    cells = [cell | {"metadata": metadata} for metadata in ({"nbgrader": 7}, {"nbgrader": {"grade_id": "a"}})]
    path = tmp_path / "notebook.ipynb"
    path.write_text(json.dumps({"cells": [*cells, {"cell_type": "heading"}], "metadata": 7, "nbformat": 4}))
    reduce(path)
    notebook = nbformat.read(path, 4)
    nbformat.validate(notebook)
    assert [(cell.source, cell.metadata, cell.outputs) for cell in notebook.cells] == [
        ("a\nb", {}, []),
        ("a\nb", {"nbgrader": {"grade_id": "a"}}, []),
    ]


def test_deleted_cells_are_back_in_their_place():
    released = tiny_set()
    ids = [cell.metadata.nbgrader.grade_id for cell in released.cells]
    submitted = deepcopy(released)
    submitted.cells = submitted.cells[::3]
    assert [cell.metadata.nbgrader.grade_id for cell in assemble(released, submitted).cells] == ids


def test_cells_run_in_the_learners_order_and_the_last_copy_counts():
    submitted = tiny_set()
    setup, answer, check, *others = submitted.cells
    first, second = deepcopy(answer), deepcopy(answer)
    first.source, second.source = "answer_1 = 1", "answer_1 = 2"
    submitted.cells = [setup, first, check, second, *others]
    cells = assemble(tiny_set(), submitted).cells
    assert [cell.source for cell in cells[1:4]] == ["answer_1 = 1", check.source, "answer_1 = 2"]
    assert [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in cells[1:4]] == [
        None,
        "check_1",
        "answer_1",
    ]


def test_words_are_kept_whatever_became_of_their_cell():
    """A cell of words made code, an answer made text, words in a cell that was added: all is seen."""
    submitted = tiny_set()
    words, answer = submitted.cells[-1], submitted.cells[1]
    words.cell_type, words.source = "code", "My words."
    answer.cell_type, answer.source = "raw", "answer_1 = 2*x"
    cells = {label(c).get("grade_id"): c for c in assemble(tiny_set(), submitted).cells}
    assert (cells["words"].cell_type, cells["words"].source) == ("markdown", "My words.")
    assert (cells["answer_1"].source, cells[None].source) == ("", "answer_1 = 2*x")
    elsewhere = tiny_set()
    elsewhere.cells.append(new_markdown_cell("My words."))
    assert ELSEWHERE in assemble(tiny_set(), elsewhere).cells[-2].source


def test_a_notebook_without_labels_is_not_worth_nothing_in_silence():
    submitted = tiny_set()
    for cell in submitted.cells:
        cell.metadata = {}
    with pytest.raises(Unrecognised, match="none of the 8 cells of this set is recognised"):
        assemble(tiny_set(), submitted)


def test_the_course_folder_is_covered_where_python_lies_above_it(monkeypatch, tmp_path):
    """A course inside a folder that must be shown is hidden again."""
    course = tmp_path / "course"
    monkeypatch.setattr("course_utils.grading.sandbox.python_folders", lambda: {tmp_path})
    options = mounts(course)
    assert options.index(str(course)) > options.index(str(tmp_path))
    assert options[options.index(str(course)) - 1] == "--tmpfs"


def test_python_inside_the_course_folder_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(
        "course_utils.grading.sandbox.python_folders", lambda: {tmp_path / "course" / ".venv"}
    )
    with pytest.raises(SandboxUnavailable, match="must not be installed inside"):
        mounts(tmp_path / "course")


def test_without_bubblewrap_there_is_no_sandbox(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SandboxUnavailable, match="not installed"):
        bubblewrap({}, Path("/"), Program("worker", {}))


EVIL = """
import contextlib, json, os, resource, signal
from course_utils.checks import verdict
from course_utils.grading import examination, examiner, question, results

def evil(self, data):
    what = data[1]
    if what == "patches":
        verdict.Verdict.__float__ = verdict.Verdict.__eq__ = lambda *a: 1.0
        question.score = lambda value: (1.0, "forged", [])
        examination.Examination.checked = lambda *a: results.Result(score=1.0)
    if what in ("speaks", "counts"):
        result = {"outputs": [], "score": 1.0, "message": "", "slips": []}
        lines = [["graded", 1.0, "forged", []], ["result", result], ["ended", 0]]
        for line in lines if what == "speaks" else [["graded", 10**400, "forged", []]]:
            for channel in range(40):
                with contextlib.suppress(OSError):
                    os.write(channel, json.dumps(line).encode() + b"\\n")
    if what == "forks" and os.fork() >= 0:
        return "right"
    if what == "writes" and open("/scratch/left", "w").write("42" * 10_000):
        return "right"
    if what == "limits others":
        for process in set(range(1, 99)) - {os.getpid()}:
            with contextlib.suppress(OSError):
                resource.prlimit(process, resource.RLIMIT_NPROC, (0, 0))
        return "right"
    if what == "never ends":
        signal.signal(signal.SIGALRM, signal.SIG_IGN)
        while True: pass
    if what == "fills the memory":
        return bytearray(4 * 2**30) and "right"
    if what == "kills":
        os.killpg(0, signal.SIGKILL)
    if what == "leaves":
        os._exit(0)
    return what

question.Decoder.decode = evil
examiner.main()
"""


class Submission:
    """Stands for a submission's program: every name is a text, `first`, then `first` no more."""

    def __init__(self, *texts: str):
        self.texts, self.end = list(texts), time.monotonic() + 60

    def ask(self, do, *arguments) -> bytes:
        replies = {"run": [None, []], "check": None}
        return json.dumps(replies[do] if do in replies else ["text", self.texts.pop(0)]).encode()


@pytest.fixture(scope="module")
def possessed(tmp_path_factory):
    """An examiner whose reader of answers does what an answer says: the first wall has fallen."""
    program = Program("examiner", limits(3 * 2**30, 60), user=65533)
    *bwrap, _, _, limit, user = bubblewrap({}, tmp_path_factory.mktemp("hidden"), program).command
    examiner = Examiner(Sandbox((*bwrap, "-c", EVIL, limit, user)), ("",))
    yield examiner
    examiner.stop()


def scores(examiner, *texts):
    """What three questions are worth whose right answer is "right"."""
    right = "from course_utils.checks.verdict import Verdict, right, wrong"
    cells = [{"id": "setup", "source": right, "given": True, "check": False}]
    check = "right('yes') if answer == 'right' else wrong('no')"
    cells += [{"id": f"check_{n}", "source": check, "given": True, "check": True} for n in range(len(texts))]
    task = {"cells": cells, "asked": {"cell": ["answer"]}, "seconds": 1}
    return [result.score for result in examiner.results(Submission(*texts), **task)[1:]]


EVILS = [
    "patches",
    "speaks",
    "forks",
    "writes",
    "never ends",
    "fills the memory",
    "leaves",
    "limits others",
    "counts",
]


@needs_bubblewrap
@pytest.mark.parametrize("evil", EVILS)
def test_an_answer_that_takes_over_its_reader_reaches_its_own_question_only(possessed, evil):
    first, *others = scores(possessed, evil, "right", "wrong")
    assert others == [1.0, 0.0]
    assert first == 0.0 or evil in ("patches", "speaks", "limits others")


@needs_bubblewrap
def test_an_answer_that_kills_its_examiner_costs_one_submission(possessed):
    with pytest.raises(EndedEarly) as early:
        scores(possessed, "right", "kills", "right")
    assert [result.score for result in early.value.results[1:]] == [1.0]
    assert scores(possessed, "right", "wrong") == [1.0, 0.0]
    possessed.program.process.kill()  # by whomever, between two submissions
    possessed.program.process.wait()
    assert scores(possessed, "right", "wrong") == [1.0, 0.0]


def test_a_cell_may_use_what_the_ones_before_it_showed():
    shell = QuietShell.instance()
    try:
        results = [shell.run(cell)[0] for cell in ("6 * 7", "float(_) + Out[1]", "_2 - _")]
    finally:
        QuietShell.clear_instance()
    assert [result.result for result in results] == [42, 84.0, 0.0]


def test_what_ended_before_its_time_is_examined_once_more(monkeypatch):
    """By a machine without memory, say: the second time counts, even if it ends early as well."""

    def examined(job):
        tries.append(job)
        if len(tries) <= job:
            raise EndedEarly([Result(score=1.0)] * len(tries))
        return [Result(score=1.0)] * 3

    monkeypatch.setattr("course_utils.grading.job.examined", examined)
    for ended, results in [(0, 3), (1, 3), (2, 2)]:
        tries = []
        assert examine(ended) == [Result(score=1.0)] * results and len(tries) == min(ended + 1, 2)


@needs_bubblewrap
@pytest.mark.parametrize("cleared", [shutil.rmtree, lambda folder: (folder / "data.csv").unlink()])
def test_a_set_is_unpacked_anew_where_its_folder_was_cleared(cleared, tmp_path):
    """As by a machine that cleans /tmp while a program stays for weeks."""
    cell = {"id": "first", "source": "print(open('data.csv').read())", "given": True, "check": False}
    task = {"cells": [cell], "asked": {}, "seconds": 5, "moved": False}
    given = (("data.csv", b"a,b"),)
    job = Job("ada", task, ("",), given, (), str(tmp_path), Bounds(5, 60, 2**30))
    shown = [{"text/plain": "a,b\n"}]
    assert [result.outputs for result in examine(job)] == [shown]
    cleared(unpacked(given))
    assert [result.outputs for result in examine(job)] == [shown]


@needs_bubblewrap
def test_the_checks_of_a_submission_have_an_end_together(possessed):
    assert scores(possessed, *["never ends"] * 4, "right") == [0.0] * 5


@needs_bubblewrap
def test_a_notebook_with_much_code_is_examined(possessed):
    """Eleven megabytes: each text goes to the examiner once, and Chinese as it is."""
    cell = nbformat.v4.new_code_cell("# " + "变" * 3_600_000)
    task = {"cells": [described(cell)], "asked": {}, "seconds": 1}
    assert possessed.results(Submission(), **task) == [Result()]


def test_a_notebook_with_too_much_code_is_named(tmp_path):
    (path := tmp_path / "ada" / "tiny" / "tiny.ipynb").parent.mkdir(parents=True)
    for cell in (new_markdown_cell("a" * CODE), new_code_cell("a" * (CODE - 100))):
        nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)
        reduce(path)
    nbformat.write(nbformat.v4.new_notebook(cells=[new_code_cell("a" * CODE)]), path)
    with pytest.raises(Irregular, match=r"ada/tiny/tiny\.ipynb has 19,000,004 bytes of code"):
        reduce(path)


UNBELIEVABLE = [
    None,
    [],
    {},
    {"outputs": [], "score": 1.0},
    {"outputs": [], "score": 1.0, "message": ""},
    {"outputs": [], "score": 1.0, "message": "", "slips": [], "more": 1},
    {"outputs": [], "score": 1.0, "message": "", "slips": [1]},
    {"outputs": [], "score": 1.0, "message": "", "slips": "sign"},
]
UNBELIEVABLE += [
    {"outputs": [], "score": score, "message": "", "slips": []}
    for score in (1.1, -1, True, "1", [], float("nan"))
]
UNBELIEVABLE += [{"outputs": o, "score": 1.0, "message": m, "slips": []} for o, m in [(1, ""), ([], 7)]]


@pytest.mark.parametrize("said", UNBELIEVABLE, ids=str)
def test_no_other_result_is_believed(said):
    with pytest.raises(Died):
        believed(said)


def test_of_a_result_only_text_and_pictures_are_left_up_to_a_limit():
    outputs = [{"text/html": "<script>", "text/plain": "a\ud800"}, "no output", {"text/plain": 7}]
    result = believed({"outputs": outputs, "score": None, "message": "\udfff", "slips": ["a" * 999] * 99})
    assert result == Result([{"text/plain": "a?"}], None, "?", ["a" * 200] * 10)
    large = [Result([{"image/png": "x" * 1_000_000}]) for _ in range(9)]
    assert sum(len(str(result.outputs)) for result in fitting(large)) < OUTPUTS + 1000


class Right(Verdict):
    __float__ = __eq__ = lambda *a: 1.0


def test_the_score_is_read_from_the_verdicts_own_fields(monkeypatch):
    monkeypatch.setattr(Verdict, "__float__", lambda self: 1.0)
    assert score(Verdict(False, "no"))[0] == 0.0
    with pytest.raises(SourceFault):
        score(Right(True, "forged", 1.0))


@pytest.mark.parametrize(
    ("stopped", "said"),
    [({}, "no answer yet"), ({"answer": "NameError: Seven"}, "no points: NameError: Seven")],
)
def test_where_a_cell_failed_below_its_three_dots_there_was_an_answer(stopped, said):
    check = "from course_utils import check_number\ncheck_number(answer, 42)"
    answers = SimpleNamespace(get=lambda name: ...)
    try:
        score, message, _ = Question(check, [], {"answer"}, stopped).score(QuietShell.instance(), answers)
    finally:
        QuietShell.clear_instance()
    assert score == 0.0 and said in message


@pytest.mark.parametrize(
    ("printed", "told"), [("no memory", "start: no memory"), ("", "it printed no reason")]
)
def test_a_sandbox_that_does_not_start_says_why_or_that_nothing_says_so(printed, told):
    script = f"import sys; sys.exit({printed!r})"
    with (
        Session(Sandbox((sys.executable, "-c", script), filtered=False), 5, 30) as session,
        pytest.raises(SandboxUnavailable, match=told),
    ):
        session.ask("get", "x")


@pytest.mark.parametrize("reply", [b"x 1", b"-1 1", b"", b"9" * 100 + b" 1"])
def test_a_program_that_speaks_out_of_turn_is_stopped(reply):
    script = f"import sys; print('0 true', flush=True); input(); sys.stdout.buffer.write({reply!r} + b'\\n')"
    with Session(Sandbox((sys.executable, "-c", script), filtered=False), 5, 30) as session:
        with pytest.raises(Died):
            session.ask("get", "x")
        assert session.program is None


@pytest.mark.parametrize(
    "doing", ["time.sleep(60)", "[os.write(1, b'0 \\n' * 20_000) for _ in iter(int, 1)]"]
)
def test_a_program_that_reads_nothing_is_stopped_in_time(doing):
    """Even if it never stops to speak."""
    script = f"import os, time; print('0 true', flush=True); {doing}"
    sandbox = Sandbox((sys.executable, "-c", script), filtered=False)
    with Session(sandbox, 0.1, 30) as session, pytest.raises(Died, match="too long"):
        session.ask("run", "x" * 10**7)
