"""Copies folders that somebody else filled: their regular files, and no link to anywhere."""

import os
import stat
from pathlib import Path

FILE = 20_000_000  # bytes
FOLDER = 50_000_000  # bytes of all files together
FILES, DEPTH = 1_000, 10
OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC  # opening a FIFO would wait for a writer


class Irregular(ValueError):
    """A folder holds what may not be copied. The message names it."""


def copy(root: Path, path: Path, target: Path) -> None:
    """Copy the folder `path`, relative to `root`, which itself may be anything, to the new folder `target`.

    Raises Irregular for links, hard links, FIFOs, devices and sockets in it or on the way, and for too much.
    """
    descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for place, name in enumerate(path.parts, start=1):
            inner = opened(descriptor, name, Path(*path.parts[:place]))
            os.close(descriptor)
            descriptor = inner
        Copy().folder(descriptor, path, target)
    finally:
        os.close(descriptor)


class Copy:
    """One copy, and how much may still be copied."""

    def __init__(self):
        self.bytes, self.files = FOLDER, FILES

    def folder(self, descriptor: int, path: Path, target: Path) -> None:
        """Copy an open folder and all that is in it. Raises Irregular, naming what is too deep."""
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise Irregular(f"{path} is no folder.")
        if len(path.parts) > DEPTH:
            raise Irregular(f"{path} is a folder in too many folders.")
        target.mkdir(parents=True)
        with os.scandir(descriptor) as entries:
            for entry in entries:
                self.part(descriptor, path / entry.name, target / entry.name)

    def part(self, above: int, path: Path, target: Path) -> None:
        """Copy what a folder holds under one name, itself a folder or a file. Raises Irregular."""
        self.files -= 1
        if self.files < 0:
            raise Irregular(f"{path.parent} holds too many files: {FILES} may be handed in.")
        descriptor = opened(above, path.name, path)
        try:
            if stat.S_ISDIR(os.fstat(descriptor).st_mode):
                self.folder(descriptor, path, target)
            else:
                self.file(descriptor, path, target)
        finally:
            os.close(descriptor)

    def file(self, descriptor: int, path: Path, target: Path) -> None:
        """Copy an open file. Raises Irregular for what is no regular file, is linked or is too large."""
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise Irregular(f"{path} is no file, but a FIFO, a device or a socket. Hand in a file.")
        if found.st_nlink != 1:
            raise Irregular(f"{path} is a hard link. Hand in a copy of the file.")
        if found.st_size > min(FILE, self.bytes):
            raise Irregular(f"{path} is too large: {found.st_size:,} bytes.")
        with open(descriptor, "rb", closefd=False) as file:
            content = file.read(found.st_size)
        self.bytes -= len(content)
        target.write_bytes(content)


def opened(above: int, name: str, path: Path) -> int:
    """A descriptor of what is called like this in the folder `above`, whatever it is but a link."""
    try:
        return os.open(name, OPEN, dir_fd=above)
    except OSError as error:
        raise Irregular(
            f"{path} is a link, a socket, or cannot be read ({error.strerror}). Hand in a file."
        ) from None
