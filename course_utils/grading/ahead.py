"""nbgrader's autograde with many workers: submissions are examined ahead, and entered by one writer.

nbgrader's loop stays as it is. What its step Examine needs is on its way, or there, when its turn comes.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

import nbformat
from nbgrader.api import Gradebook
from nbgrader.converters.base import NbGraderException
from nbgrader.utils import find_all_files
from sqlalchemy import Engine, event
from tqdm import tqdm
from tqdm.contrib.logging import logging_redirect_tqdm
from traitlets import Integer, Unicode

from .converter import CarefulAutograde, time_in
from .handed_in import notebook_in
from .job import Job, examine
from .preprocessors import Assemble, Examine, without_solutions
from .programs import SandboxUnavailable
from .reading import reduce
from .regular import copy
from .released import NotReleased, check_source
from .results import Result
from .under_way import Busy, notes
from .variants import Class

FEW = 12  # submissions: they are graded before workers are there
AHEAD = 20  # jobs under way, for each worker
PATIENCE = 120_000  # milliseconds: so long another program may keep the gradebook locked


@event.listens_for(Engine, "connect")
def wait_for_others(connection, _) -> None:
    """Wait when another program writes into the gradebook, rather than stop everything."""
    if type(connection).__module__.startswith("sqlite3"):
        connection.execute(f"PRAGMA busy_timeout = {PATIENCE}")


class Workforce(Protocol):
    """Whoever examines jobs."""

    def send(self, job: Job) -> None:
        """Let somebody begin with a job, if there is anybody."""

    def results(self, job: Job) -> list[Result]:
        """What comes of a job."""
        ...


class Alone:
    """Examines each submission when nbgrader's loop comes to it."""

    def send(self, job: Job) -> None:
        """Do nothing ahead."""

    def results(self, job: Job) -> list[Result]:
        """What comes of a job."""
        return examine(job)


class ParallelAutograde(CarefulAutograde):
    """Examines submissions ahead of nbgrader's loop, counts them, and finishes what an earlier run left."""

    workers = Integer(
        os.cpu_count() or 1, help="How many submissions are examined at a time; 1: in this process."
    ).tag(config=True)
    scheduler = Unicode("", help="The address of a Dask cluster that examines instead, tcp://...").tag(
        config=True
    )
    fleet: Workforce = Alone()

    def convert_notebooks(self) -> None:
        """Grade all submissions, and say at the end what became of each. Raises Busy and NotReleased."""
        folders = [Path(folder) for folder in sorted(self.assignments)]
        sets = {folder.name for folder in folders}
        try:
            self.check_sources(sets)
            with notes(Path(self.coursedir.root), sets) as self.notes:
                self.grade(folders)
        except (Busy, NotReleased) as reason:
            self.log.error(reason)
            raise

    def check_sources(self, sets: set[str]) -> None:
        """Raise NotReleased, before any score is forgotten, if a set's source is not what was released."""
        with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook:
            for name in sorted(sets):
                check_source(name, self.sources(name), gradebook, self.coursedir.notebook_id)

    def grade(self, folders: list[Path]) -> None:
        """Grade the submissions of these folders, as they lie on the desk."""
        self.counts = {"graded": 0, "graded before": 0}
        self.finish_earlier()
        new = [folder for folder in folders if not self.seems_graded(folder)]
        self.coming = iter(new)
        try:
            with (
                self.workforce(len(new)),
                logging_redirect_tqdm([self.log]),
                tqdm(total=len(folders), unit="submission", disable=None) as self.bar,
            ):
                super().convert_notebooks()
        finally:
            self.log.info(self.account(len(folders) + self.unnamed))

    def seems_graded(self, folder: Path) -> bool:
        """Whether the loop will pass this one over, as far as can be told before it is copied."""
        student, assignment = folder.parts[-2:]
        graded = Path(self._format_dest(assignment, student))
        handed_in = self.submitted / folder.relative_to(self.desk)
        return not self.force and graded.is_dir() and stamp(graded) == stamp(handed_in)

    def account(self, handed_in: int) -> str:
        """A line that adds up."""
        counts = self.counts | {"not graded": handed_in - sum(self.counts.values())}
        return f"{handed_in} handed in: " + ", ".join(f"{number} {what}" for what, number in counts.items())

    @contextmanager
    def workforce(self, submissions: int) -> Iterator[None]:
        """Have workers, if there is enough to do. Raises NbGraderException, which names one that cannot."""
        if not self.scheduler and (self.workers < 2 or submissions < FEW):
            yield
            return
        from .fleet import fleet  # Dask takes a second

        with fleet(self.workers, self.scheduler) as many, TemporaryDirectory() as self.desk_ahead:
            if self.config.Examine.get("sandbox") != "none":
                try:
                    many.check()
                except SandboxUnavailable as reason:
                    self.log.error(reason)
                    raise NbGraderException(reason) from None
            try:
                self.fleet = many
                self.send(AHEAD * self.workers)
                yield
            finally:
                self.fleet = Alone()
                self.log.info("examined ahead: %d of %d", many.asked_ahead, many.asked)

    def send(self, number: int = 1) -> None:
        """Send the next jobs ahead. What cannot be sent is found out about when its turn comes."""
        for folder in islice(self.coming, number):
            with suppress(Exception):
                for job in self.jobs_ahead(folder):
                    self.fleet.send(job)

    def jobs_ahead(self, folder: Path) -> Iterator[Job]:
        """The job of a submission as the loop will come to it, if its set has one notebook."""
        student, assignment = folder.parts[-2:]
        (source,) = self.sources(assignment)
        copied = Path(self.desk_ahead, student, assignment)
        copy(self.submitted, folder.relative_to(self.desk), copied)
        variant = Class.of(Path(self.coursedir.root)).variant(student, source.stem)
        notebook = notebook_in(copied, source.stem, lambda: without_solutions(source, self, variant))
        reduce(notebook)
        names = {"student": student, "assignment": assignment, "notebook": source.stem}
        resources = {"nbgrader": names}
        assembled, _ = Assemble(parent=self.exporter).preprocess(nbformat.read(notebook, 4), resources)
        files = find_all_files(str(copied), [*self.coursedir.ignore, "*.ipynb"])
        beside = {str(Path(file).relative_to(copied)): Path(file).read_bytes() for file in files}
        if "timestamp.txt" in beside:
            beside["timestamp.txt"] = time_in(copied / "timestamp.txt").encode()
        yield Examine(parent=self.exporter).job(assembled, resources, tuple(sorted(beside.items())))
        shutil.rmtree(copied)

    def finish_earlier(self) -> None:
        """Take away what a run left that was ended in the middle of a submission."""
        for assignment, note in self.notes.items():
            student = note.student()
            half = Path(self._format_dest(assignment, student))
            if student and half.is_dir():
                told = "%s of %s was not finished by an earlier run: it is graded anew, now or next time."
                self.log.warning(told, assignment, student)
                shutil.rmtree(half, ignore_errors=True)

    def init_destination(self, assignment_id: str, student_id: str) -> bool:
        """Whether to grade this one: then it is noted as under way until it is done."""
        self.bar.update()
        self.send()
        self.note = self.notes[assignment_id]
        wanted = super().init_destination(assignment_id, student_id)
        if wanted:
            self.note.put(student_id)
        else:
            self.counts["graded before"] += 1
        return wanted

    def run_post_convert_hook(self) -> None:
        """Count a submission that is graded."""
        super().run_post_convert_hook()
        self.note.put()
        self.counts["graded"] += 1


def stamp(folder: Path) -> bytes:
    """What the timestamp.txt of a folder begins with; nothing if it is no file."""
    path = folder / "timestamp.txt"
    if not path.is_file():
        return b""
    with path.open("rb") as file:
        return file.read(100).strip()
