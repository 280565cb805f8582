"""A course in a folder of its own, graded with the commands that a teacher types."""

import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
from copy import deepcopy
from datetime import datetime, timedelta
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.api import Gradebook, MissingEntry

from course_utils.grading.variants import CLASS, Class

EXERCISES = Path(__file__).parents[1] / "exercises"
SETUP = """%load_ext course_utils
import numpy as np
import sympy as sp

from course_utils import Model, check_choice, check_derivative, check_forward, check_number
x, w, z, L, y = sp.symbols("x w z L y")
line = Model({z: w * x, L: (y - z) ** 2}, parameters=[w], data=[x, y])"""
QUESTIONS = [  # answer cell, its solution, check, points
    ("answer_1 = ...", "answer_1 = 2 * x", "check_derivative(x**2, x, answer_1)", 2),
    ("answer_2 = ...", "answer_2 = 42.0", "check_number(answer_2, line.evaluate(z, {w: 6.0, x: 7.0}))", 1),
    ("def forward(x, w):\n    ...", "    return w * x", "check_forward(line, z, forward)", 3),
]


PRELOADED = ["nbgrader.apps.nbgraderapp", "course_utils.grading.converter", "ipykernel.inprocess.ipkernel"]
SERVER = multiprocessing.get_context("forkserver")  # a process that has imported nbgrader, and forks
SERVER.set_forkserver_preload(PRELOADED)


def nbgrader(words, folder: Path, path: str, said: Path) -> None:
    """The command, in a process of its own; what it says goes into files."""
    from nbgrader.apps.nbgraderapp import main

    for number in (1, 2):
        os.dup2(os.open(said / str(number), os.O_CREAT | os.O_WRONLY), number)
    os.chdir(folder)
    os.environ["PATH"], sys.argv = path, ["nbgrader", *words]
    main()


def bubblewrap_works() -> bool:
    """Whether bubblewrap is installed, and may make a sandbox here."""
    program = shutil.which("bwrap")
    command = [program, "--ro-bind", "/", "/", "--unshare-all", "--proc", "/proc", "true"]
    return program is not None and subprocess.run(command, capture_output=True).returncode == 0


needs_bubblewrap = pytest.mark.skipif(
    not bubblewrap_works(), reason="nothing was graded: bubblewrap is missing, or may not make a sandbox here"
)


def labelled(cell, grade_id, **labels):
    labels = {"grade": False, "solution": False, "locked": False, "task": False, **labels}
    cell.metadata["nbgrader"] = {"grade_id": grade_id, "schema_version": 3, **labels}
    return cell


def tiny_set():
    """A problem set of three questions and one in words: 2, 1, 3 and 4 points."""
    cells = [labelled(new_code_cell(SETUP), "setup", locked=True)]
    for number, (stub, solution, check, points) in enumerate(QUESTIONS, 1):
        indent = " " * (len(solution) - len(solution.lstrip()))
        answer = f"{stub}\n{indent}### BEGIN SOLUTION\n{solution}\n{indent}### END SOLUTION"
        cells.append(labelled(new_code_cell(answer), f"answer_{number}", solution=True))
        cells.append(
            labelled(new_code_cell(check), f"check_{number}", grade=True, locked=True, points=points)
        )
    words = new_markdown_cell("### BEGIN SOLUTION\nThe slope.\n### END SOLUTION")
    cells.append(labelled(words, "words", grade=True, solution=True, points=4))
    return new_notebook(
        cells=cells,
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    )


def solved(notebook):
    """Answers of the source, as a learner would hand them in."""
    return deepcopy(notebook)


class Course:
    """A course folder with the project's own nbgrader_config.py."""

    patience = 600  # seconds that a command may take

    def __init__(self, folder: Path, more_settings: str = ""):
        self.folder, self.submissions = folder, 0
        self.db_url = f"sqlite:///{folder / 'gradebook.db'}"
        config = (EXERCISES / "nbgrader_config.py").read_text()
        (folder / "nbgrader_config.py").write_text(f"{config}\n{more_settings}\n")

    def command(self, *words: str, path: str | None = None) -> subprocess.CompletedProcess:
        """Run `nbgrader words`, as typed in the course folder, with the environment activated."""
        with tempfile.TemporaryDirectory() as said:
            process = self.begin(words, Path(said), path)
            process.join(self.patience)
            texts = [(Path(said) / name).read_text() for name in ("1", "2")]
        return subprocess.CompletedProcess(words, process.exitcode, *texts)

    def begin(self, words, said: Path, path: str | None = None):
        """The process of a command, which writes what it says into files of the folder `said`."""
        folders = [str(Path(sys.executable).parent), path or os.environ["PATH"]]  # nbgrader calls alembic
        arguments = words, self.folder, os.pathsep.join(folders), said
        process = SERVER.Process(target=nbgrader, args=arguments)
        process.start()
        return process

    def add_set(self, name: str, source) -> None:
        """Put a problem set (a notebook, or a folder with one) into source/, and release it."""
        target = self.folder / "source" / name
        if isinstance(source, Path):
            shutil.copytree(source, target)
        else:
            target.mkdir(parents=True)
            nbformat.write(source, target / f"{name}.ipynb")
        done = self.command("generate_assignment", name)
        assert done.returncode == 0, done.stderr

    def enrol(self, *learners: str) -> None:
        """Let learners have variants of the sets."""
        shutil.copytree(EXERCISES / "variants", self.folder / "variants", dirs_exist_ok=True)
        (self.folder / CLASS).write_text(f'seed = "7"\nlearners = {json.dumps(learners)}\n')

    def variant(self, learner: str, name: str, step: str = "release"):
        """A learner's variant of a set: as it was handed out, or solved, as in `source`."""
        return Class.of(self.folder).variant(learner, name).notebook(self.notebook(name, step))

    def notebook(self, name: str, step: str = "release"):
        return nbformat.read(self.folder / step / name / f"{name}.ipynb", 4)

    def submit(self, student: str, name: str, notebook, files: dict[str, str] | None = None) -> Path:
        """Hand in a notebook (or the text of a broken one), later than all before."""
        folder = self.folder / "submitted" / student / name
        folder.mkdir(parents=True, exist_ok=True)
        text = notebook if isinstance(notebook, str) else json.dumps(notebook)
        (folder / f"{name}.ipynb").write_text(text)
        for path, content in (files or {}).items():
            (folder / path).write_text(content)
        self.submissions += 1
        when = datetime(2026, 1, 1) + timedelta(hours=self.submissions)
        (folder / "timestamp.txt").write_text(f"{when:%Y-%m-%d %H:%M:%S} UTC")
        return folder

    @property
    def gradebook(self) -> Gradebook:
        return Gradebook(self.db_url, "gradient_descent_derived")

    def scores(self, student: str, name: str) -> dict[str, float]:
        """What each question is worth, by the names of the check cells."""
        with self.gradebook as gradebook:
            try:
                submission = gradebook.find_submission(name, student)
            except MissingEntry:
                return {}
            return {grade.name: grade.score for notebook in submission.notebooks for grade in notebook.grades}

    def message(self, student: str, name: str, check: str) -> str:
        """What the learner is told about a question."""
        path = self.folder / "autograded" / student / name / f"{name}.ipynb"
        cells = nbformat.read(path, 4).cells
        cell = next(c for c in cells if c.metadata.get("nbgrader", {}).get("grade_id") == check)
        return "".join(output.get("text", "") for output in cell.outputs)


def with_answers(notebook, answers: dict[str, str]):
    """A copy of a notebook with the cells of these names rewritten."""
    notebook = deepcopy(notebook)
    for cell in notebook.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        if grade_id in answers:
            cell.source = answers[grade_id]
    return notebook
