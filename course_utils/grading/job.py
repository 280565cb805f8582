"""Examining a submission as one function, without side effects: from a job to its results.

A job holds all that it needs, so it runs on any machine that has this course and bubblewrap.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from .broker import EndedEarly, examiner
from .programs import Program, Sandbox, SandboxUnavailable, Startable
from .results import Result
from .sandbox import bubblewrap, limits, unprotected, walls
from .session import Session
from .warmed import Warmed

EXAMINER_MEMORY = 3 * 2**30  # bytes, of which Python and its packages take one
FIRST_USER, USERS = 65_000, 267  # whom root becomes: two for each process that examines, which count apart

Files = tuple[tuple[str, bytes], ...]  # path and content


@dataclass(frozen=True)
class Bounds:
    """What a submission may use: seconds of computing for a cell, on the clock for all, bytes of memory."""

    cell_seconds: float
    total_seconds: float
    memory: int
    sandbox: bool = True


@dataclass(frozen=True)
class Job:
    """A submission on the cells of its set.

    owner: whose it is. task: cells, asked, moved and seconds, as the Examination has them. warm: the set's
    own cells. given, handed_in: files of the set, and of the submission. course: the folder that is hidden.
    """

    owner: str
    task: Mapping = field(hash=False)
    warm: tuple[str, ...]
    given: Files
    handed_in: Files
    course: str
    bounds: Bounds

    @cached_property
    def key(self) -> str:
        """A name that no other job has."""
        files = [
            (name, sha256(content).digest()) for name, content in (*self.given, ("", b""), *self.handed_in)
        ]
        said = self.owner, json.dumps(self.task), self.warm, files, self.course, self.bounds
        return f"examine-{sha256(repr(said).encode()).hexdigest()}"


def files_of(folder: Path) -> Files:
    """What lies beside the notebooks of a folder, with the folders in it."""
    found = sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".ipynb")
    return tuple((str(path.relative_to(folder)), path.read_bytes()) for path in found)


def unpack(files: Files, folder: Path) -> None:
    """Write files into a folder."""
    for name, content in files:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


UNPACKED: dict[Files, TemporaryDirectory] = {}  # folders that hold these files


def unpacked(files: Files) -> Path:
    """A folder with the files of a set, which stays for the next submissions."""
    if files in UNPACKED and not is_whole(Path(UNPACKED[files].name), files):
        UNPACKED.pop(files).cleanup()
    if files not in UNPACKED:
        UNPACKED[files] = TemporaryDirectory()
        unpack(files, Path(UNPACKED[files].name))
    return Path(UNPACKED[files].name)


def is_whole(folder: Path, files: Files) -> bool:
    """Whether a folder still holds these files: machines clear old ones away, while a program may stay."""
    return folder.is_dir() and all((folder / name).is_file() for name, _ in files)


def beside(folder: Path) -> dict[str, Path]:
    """What lies in a folder, by name."""
    return {path.name: path for path in folder.iterdir()}


def examine(job: Job) -> list[Result]:
    """What comes of each cell that was reached in time. Raises SandboxUnavailable and SourceFault.

    If the program that examines is ended on the way, as by a machine without memory, all is done once more.
    """
    results: list[Result] = []
    for _ in range(2):
        try:
            return examined(job)
        except EndedEarly as early:
            results = early.results
    return results


def examined(job: Job) -> list[Result]:
    """The same, once. Raises EndedEarly."""
    given = unpacked(job.given)
    with TemporaryDirectory() as name:
        folder = Path(name)
        unpack(job.handed_in, folder)
        checks = examiner(examiners_sandbox(job, beside(given)), job.warm, given)
        worker = workers_sandbox(job, beside(folder), given)
        checks.ready()  # before the submission's time begins, or the first one would pay for all
        worker.ready()
        with Session(worker, job.bounds.cell_seconds, job.bounds.total_seconds, folder) as session:
            return checks.results(session, **job.task)


def program(job: Job, module: str, memory: int, writes: bool = False) -> Program:
    """One of this package's programs, within the bounds of a job. Raises SandboxUnavailable outside Linux."""
    if os.name != "posix" or not Path("/proc").is_dir():
        raise SandboxUnavailable("Grading needs Linux. On Windows, WSL is one.")
    user = FIRST_USER + 2 * (os.getpid() % USERS) + (module == "worker")
    return Program(module, limits(memory, int(job.bounds.total_seconds)), user, writes)


def examiners_sandbox(job: Job, files: dict[str, Path]) -> Sandbox:
    """The sandbox of the program that goes through submissions."""
    checks = program(job, "examiner", EXAMINER_MEMORY)
    return bubblewrap(files, Path(job.course), checks) if job.bounds.sandbox else unprotected(checks)


def workers_sandbox(job: Job, files: dict[str, Path], given: Path) -> Startable:
    """The sandbox of the submission's own program."""
    submitted = program(job, "worker", job.bounds.memory, writes=True)
    if not job.bounds.sandbox:
        return unprotected(submitted)
    there = files | beside(given)
    return Warmed(walls(there, Path(job.course), submitted), submitted, job.warm, given)
