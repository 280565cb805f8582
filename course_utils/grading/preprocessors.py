"""Steps of nbgrader's autograde: put the submission on its source's skeleton, examine it, clean it."""

import json
from copy import deepcopy
from functools import lru_cache
from hashlib import sha256
from itertools import zip_longest
from pathlib import Path

import nbformat
from nbgrader.preprocessors import ClearSolutions, ComputeChecksums, NbGraderPreprocessor, OverwriteCells
from traitlets import Enum, Float, Integer, List, Unicode
from traitlets.config import Configurable

from ..language import say
from .assembly import HANDED_IN, answered_here, assemble, label
from .attachments import attached, is_picture
from .job import Bounds, Files, Job, files_of
from .pages import written
from .results import Result
from .syntax import imports, stores
from .variants import Class, Variant


def course(step: NbGraderPreprocessor):
    """The course directory that a step of a conversion belongs to."""
    return step.parent.parent.coursedir


def source_folder(step: NbGraderPreprocessor, resources) -> Path:
    """The folder of the assignment's source."""
    directory = course(step)
    assignment = resources["nbgrader"]["assignment"]
    return Path(directory.format_path(directory.source_directory, ".", assignment)).resolve()


def variant(step: NbGraderPreprocessor, resources) -> Variant | None:
    """The variant of the set that this submission's learner has, if any."""
    asked = resources["nbgrader"]
    return Class.of(Path(course(step).root)).variant(asked["student"], asked["notebook"])


def source_notebook(step: NbGraderPreprocessor, resources) -> Path:
    """The notebook in the folder of the assignment's source."""
    return source_folder(step, resources) / f"{resources['nbgrader']['notebook']}.ipynb"


def released(step: NbGraderPreprocessor, resources):
    """The source notebook as this submission's learner got it: for many, so it is not to be changed."""
    return without_solutions(source_notebook(step, resources), step.parent.parent, variant(step, resources))


def without_solutions(path: Path, parent: Configurable, variant: Variant | None = None):
    """A notebook as learners get it, not to be changed. parent: whoever asks, for nbgrader's settings."""
    return cleared(path, path.stat().st_mtime_ns, parent, variant)


@lru_cache(maxsize=64)
def cleared(path: Path, changed: int, parent: Configurable, variant: Variant | None):
    """The same, made once of a file that was changed at this time."""
    source = nbformat.read(path, as_version=4)
    given = ClearSolutions(parent=parent).preprocess(variant.notebook(source) if variant else source, {})[0]
    return ComputeChecksums().preprocess(given, {})[0]


class Assemble(NbGraderPreprocessor):
    """Keeps nothing of a submission but what was written into answer cells and added cells."""

    def preprocess(self, nb, resources):
        """The source's cells with the submission's answers in them, and nbconvert's resources."""
        return assemble(deepcopy(released(self, resources)), nb), resources


class Overwrite(OverwriteCells):
    """Puts back what the gradebook holds, which knows the set itself. A variant is whole already.

    nbgrader asks for each cell by itself. Cells that it left as they were are not asked for again.
    """

    def preprocess(self, nb, resources):
        """The notebook with the gradebook's locked cells, unless it is a variant; nbconvert's resources."""
        unchanged, own = self.parent.parent.unchanged, fixed(nb)
        asked = resources["nbgrader"]
        known = asked["assignment"], asked["notebook"], own  # which the gradebook has apart
        if variant(self, resources) or known in unchanged:
            return nb, resources
        nb, resources = super().preprocess(nb, resources)
        if fixed(nb) == own:
            unchanged.add(known)
        return nb, resources


def fixed(nb) -> str:
    """What of a notebook on its skeleton the learner did not write."""
    cells = [(c.cell_type, label(c), "" if answered_here(c) else c.source) for c in nb.cells if label(c)]
    return json.dumps(cells, sort_keys=True)


class Examine(NbGraderPreprocessor):
    """Runs a submission in a sandbox, checks its answers outside, and writes scores and messages into it."""

    sandbox = Enum(
        ["bubblewrap", "none"],
        "bubblewrap",
        help="'none' runs submissions with your own rights. They can then read and write whatever you can.",
    ).tag(config=True)
    cell_seconds = Float(20, help="Seconds of computing for each cell, and for each call of a function.").tag(
        config=True
    )
    check_seconds = Integer(
        20, help="Seconds of computing for each check, and a third of those for all."
    ).tag(config=True)
    total_seconds = Float(300, help="Seconds on the clock for a whole notebook.").tag(config=True)
    memory = Integer(2 * 2**30, help="Bytes of memory that a submission may use.").tag(config=True)
    tried = List(
        Unicode(),
        help="The digests of sets whose own cells leave nothing behind in Python: they run beforehand.",
    ).tag(config=True)

    def bounds(self) -> Bounds:
        """What a submission may use."""
        if self.sandbox == "none":
            self.log.warning("Submissions run without a sandbox: they may read and change your files.")
        return Bounds(self.cell_seconds, self.total_seconds, self.memory, self.sandbox != "none")

    def job(self, nb, resources, files: Files) -> Job:
        """All that is needed to examine a submission. files: what was handed in beside it."""
        source = own = released(self, resources)
        if variant(self, resources):  # the set itself is the same for all, whoever has which variant
            own = without_solutions(source_notebook(self, resources), self.parent.parent)
        asked = {label(cell)["grade_id"]: sorted(stores(cell.source)) for cell in code_answers(source)}
        task = {"cells": list(map(described, filter(runs, nb.cells))), "asked": asked}
        given = files_of(source_folder(self, resources))
        names = dict(given)
        return Job(
            owner="/".join(resources["nbgrader"][name] for name in ("student", "assignment", "notebook")),
            task=task | {"seconds": self.check_seconds, "moved": moved(nb, source)},
            warm=self.warm(own_cells(own)),
            given=given,
            handed_in=tuple((name, content) for name, content in files if name not in names),
            course=str(Path(course(self).root).resolve()),
            bounds=self.bounds(),
        )

    def warm(self, own: tuple[str, ...]) -> tuple[str, ...]:
        """What may run before any submission is there: of a set that nobody has tried only the imports.

        An own cell can leave things that a cell before it would find, or that cannot be done twice.
        """
        return own if digest(own) in self.tried else own[:1]

    def preprocess(self, nb, resources):
        """The notebook with scores and messages in it, and nbconvert's resources."""
        cells = list(filter(runs, nb.cells))
        job = self.job(nb, resources, files_of(Path(resources["metadata"]["path"])))
        for cell, result in zip_longest(cells, self.parent.parent.fleet.results(job)):
            show(cell, result)
        return nb, resources


def own_cells(source) -> tuple[str, ...]:
    """The code cells of a set that are no answer and no check, behind all that any of its cells imports."""
    code = [cell for cell in source.cells if cell.cell_type == "code"]
    own = [cell.source for cell in code if not (answered_here(cell) or label(cell).get("grade"))]
    return "\n".join(filter(None, (imports(cell.source) for cell in code))), *own


def digest(own: tuple[str, ...]) -> str:
    """By what a set's own cells are recognised."""
    return sha256(json.dumps(own).encode()).hexdigest()[:16]


def moved(nb, source) -> bool:
    """Whether the source's cells stand in another order than its own."""
    orders = [[name for c in each.cells if (name := label(c).get("grade_id"))] for each in (nb, source)]
    return orders[0] != orders[1]


def code_answers(source) -> list:
    """The code cells of the source whose content is the learner's."""
    return [cell for cell in source.cells if answered_here(cell) and cell.cell_type == "code"]


def runs(cell) -> bool:
    """Whether a cell is to be examined: code, not empty unless it gives points."""
    return cell.cell_type == "code" and (bool(cell.source.strip()) or bool(label(cell).get("grade")))


def described(cell) -> dict:
    """What an examiner has to know of a cell; handed_in: what the learner made of one that was locked."""
    labels = label(cell)
    given = bool(labels) and not answered_here(cell)
    handed_in = cell.metadata.pop(HANDED_IN, cell.source)
    altered = {} if handed_in == cell.source else {"handed_in": handed_in}
    return altered | {
        "id": labels.get("grade_id"),
        "source": cell.source,
        "given": given,
        "check": bool(labels.get("grade")),
    }


class Harmless(NbGraderPreprocessor):
    """Leaves of learners' Markdown what is safe to open, once nbgrader has compared it with the source."""

    most = Integer(100_000, help="Characters of Markdown in a notebook; what is beyond stays text.").tag(
        config=True
    )

    def preprocess(self, nb, resources):
        """The notebook with its Markdown cleaned, for as long as there is not too much of it."""
        left = self.most
        for cell in nb.cells:
            if cell.cell_type == "markdown" and (answered_here(cell) or not label(cell)):
                left -= len(cell.source)
                cell.source = written(cell.source, attached(cell), read=left >= 0)
                cell.pop("attachments", None)
        return nb, resources


def show(cell, result: Result | None) -> None:
    """Write a result into its cell, as outputs that nbgrader reads its points from."""
    cell.outputs, cell.execution_count = [], None
    if label(cell).get("grade"):
        result = result or Result(score=0.0, message=say("no points: this check was not reached in time"))
        cell.metadata["slips"] = result.slips  # for report.py
        points = (result.score or 0.0) * float(label(cell)["points"])
        data = {"text/plain": repr(points)}
        cell.outputs = [
            nbformat.v4.new_output("stream", name="stdout", text=result.message),
            nbformat.v4.new_output("execute_result", data=data, execution_count=1),
        ]
    elif result:
        shown = filter(None, map(harmless, result.outputs))
        cell.outputs = [nbformat.v4.new_output("display_data", data=data) for data in shown]


def harmless(bundle) -> dict:
    """Of what a submission showed: its text, or a picture. No HTML and no script."""
    if not isinstance(bundle, dict):
        return {}
    shown = {kind: bundle[kind] for kind in ("text/plain", "image/png") if isinstance(bundle.get(kind), str)}
    return {kind: data for kind, data in shown.items() if kind == "text/plain" or is_picture(kind, data)}
