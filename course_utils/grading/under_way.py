"""What is being graded: one run at a time has a set, and one that is killed leaves a note."""

import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from stat import S_IWGRP
from typing import TextIO

from nbgrader.converters.base import NbGraderException

FOLDER = ".grading"  # in the course folder: a file for each set


class Busy(NbGraderException):
    """A set that this run cannot have, because another one is grading it, or because of its file."""


class Note:
    """The file of a set: it holds the name of the student whose submission is under way."""

    def __init__(self, file: TextIO):
        self.file = file

    def student(self) -> str:
        """Who was under way when this was written; nobody if it is empty."""
        self.file.seek(0)
        return self.file.read()

    def put(self, student: str = "") -> None:
        """Note who is under way."""
        self.file.truncate(0)
        self.file.write(student)
        self.file.flush()


@contextmanager
def notes(course: Path, sets: Iterable[str]) -> Iterator[dict[str, Note]]:
    """The note of each set, which no other run has meanwhile; empty after a run, unless it is killed.

    Raises Busy, which names the set, if another run has it, and the file, if it is somebody else's alone.
    """
    import fcntl  # Windows has none; it grades nothing, but reads the settings

    (course / FOLDER).mkdir(exist_ok=True)
    share(course / FOLDER, course, 0o2770)
    found = {}
    with ExitStack() as stack:
        for name in sorted(sets):
            path = course / FOLDER / name
            try:
                file = stack.enter_context(path.open("a+", errors="surrogateescape"))
            except PermissionError:
                raise Busy(
                    f"{path} cannot be written. Whoever graded {name} before you owns it, or its folder, and "
                    "can let the group write there."
                ) from None
            share(path, course, 0o660)
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Busy(
                    f"{name} is being graded by another run in this folder. Start again when that has ended."
                ) from None
            except OSError as error:  # some disks of a network have no locks
                raise Busy(
                    f"{path} cannot be locked ({error.strerror}), so nothing is graded: a second run could "
                    "not be kept apart. Put the course on a disk whose files can be locked."
                ) from None
            found[name] = Note(file)
        try:
            yield found
        finally:
            for note in found.values():
                note.put()


def share(path: Path, course: Path, mode: int) -> None:
    """Give what this user made here to the group that may write into the course's folder, if one may."""
    there, here = course.stat(), path.stat()
    if there.st_mode & S_IWGRP and here.st_gid == there.st_gid and here.st_uid == os.geteuid():
        path.chmod(mode)
