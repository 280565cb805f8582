"""Steps of nbgrader's autograde: put the submission on its source's skeleton, examine it, clean it."""

import ast
import multiprocessing
import os
from itertools import zip_longest
from pathlib import Path

import nbformat
from nbgrader.preprocessors import ClearSolutions, NbGraderPreprocessor
from traitlets import Enum, Float, Integer

from .assembly import answered_here, assemble, label
from .attachments import attached, is_picture
from .examination import Examination, Result, SourceFault, limit_memory, names, runs
from .pages import written
from .sandbox import SandboxUnavailable, bubblewrap, limits, unprotected
from .session import Session


def course(step: NbGraderPreprocessor):
    """The course directory that a step of a conversion belongs to."""
    return step.parent.parent.coursedir


def source_folder(step: NbGraderPreprocessor, resources) -> Path:
    directory = course(step)
    assignment = resources["nbgrader"]["assignment"]
    return Path(directory.format_path(directory.source_directory, ".", assignment)).resolve()


def released(step: NbGraderPreprocessor, resources):
    """The source notebook without its solutions."""
    path = source_folder(step, resources) / f"{resources['nbgrader']['notebook']}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    return ClearSolutions(parent=step).preprocess(notebook, {})[0]


class Assemble(NbGraderPreprocessor):
    """Keeps nothing of a submission but what was written into answer cells and added cells."""

    def preprocess(self, nb, resources):
        return assemble(released(self, resources), nb), resources


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
    total_seconds = Float(300, help="Seconds on the clock for a whole notebook.").tag(config=True)
    memory = Integer(2 * 2**30, help="Bytes of memory that a submission may use.").tag(config=True)

    def command(self, resources) -> list[str]:
        if os.name != "posix" or not Path("/proc").is_dir():
            raise SandboxUnavailable("Grading needs Linux. On Windows, WSL is one.")
        limit = limits(self.memory, int(self.total_seconds))
        if self.sandbox == "none":
            self.log.warning("Submissions run without a sandbox: they may read and change your files.")
            return unprotected(limit)
        folder = source_folder(self, resources)
        files = {p.name: p for p in folder.iterdir() if p.is_file() and p.suffix != ".ipynb"}
        return bubblewrap(files, Path(course(self).root), limit)

    def preprocess(self, nb, resources):
        folder = source_folder(self, resources)
        beside = Path(resources["metadata"]["path"])
        session = Session(self.command(resources), self.cell_seconds, self.total_seconds, beside)
        original = [cell for cell in released(self, resources).cells if answered_here(cell)]
        asked = set().union(*(names(c.source, ast.Store) for c in original if c.cell_type == "code"))
        results = examined(session, asked, nb.cells, folder, self.total_seconds + 60)
        for cell, result in zip_longest(filter(runs, nb.cells), results):
            show(cell, result)
        return nb, resources


def examined(session: Session, asked: set[str], cells: list, folder: Path, seconds: float) -> list[Result]:
    """The results of all cells that were reached in time, found in a process of their own.

    Raises SandboxUnavailable or SourceFault if it is not the submission's fault.
    """
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=examine, args=(sender, session, asked, cells, folder))
    process.start()
    sender.close()
    results = []
    try:
        while receiver.poll(seconds):
            result = receiver.recv()
            if isinstance(result, SandboxUnavailable | SourceFault):
                raise result
            results.append(result)
    except EOFError:
        pass
    finally:
        process.kill()
        process.join()
        receiver.close()
    return results


def examine(sender, session: Session, asked: set[str], cells: list, folder: Path) -> None:
    """In the process of its own: send the results one by one."""
    os.chdir(folder)
    limit_memory()
    with session:
        try:
            for result in Examination(session, asked).results(cells):
                sender.send(result)
        except (SandboxUnavailable, SourceFault) as fault:
            sender.send(fault)
    sender.close()


class Harmless(NbGraderPreprocessor):
    """Leaves of learners' Markdown what is safe to open, once nbgrader has compared it with the source."""

    most = Integer(100_000, help="Characters of Markdown in a notebook; what is beyond stays text.").tag(
        config=True
    )

    def preprocess(self, nb, resources):
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
        result = result or Result(score=0.0, message="no points: this check was not reached in time")
        points = result.score * float(label(cell)["points"])
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
