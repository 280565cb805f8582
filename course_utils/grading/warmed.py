"""Programs that start warm: bubblewrap makes a sandbox, and a child of a nursery locks itself into it.

See nursery.py. What stands in the sandbox beside the child is a shell that waits for the end.
"""

import atexit
import json
import os
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from functools import cache
from pathlib import Path

from .channel import Channel, Died
from .programs import (
    START_SECONDS,
    Program,
    Running,
    Sandbox,
    SandboxUnavailable,
    environment,
    expendable,
    last_words,
)
from .sandbox import font_lists

WAITS = ("/bin/sh", "-c", "echo; read -r _")  # until its input ends


class Ended(SandboxUnavailable):
    """The process that is kept warm is no longer there."""


class Nursery:
    """A process that has run the set's own cells beside its files, for all submissions.

    Raises SandboxUnavailable.
    """

    def __init__(self, cells: tuple[str, ...], given: Path):
        self.cells, self.given = cells, given
        self.told = tempfile.TemporaryFile()  # noqa: SIM115 (stop closes it)
        atexit.register(self.stop)
        self.start()

    def start(self) -> None:
        """Start the process. Raises SandboxUnavailable."""
        if not any(map(self.starts, tries(self.cells))):
            raise SandboxUnavailable(f"No program can be kept warm here: {self.reason()}")

    def starts(self, cells: tuple[str, ...]) -> bool:
        """Start the process beside a copy of the files. Whether it has run these cells without a trace."""
        self.here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with there, tempfile.TemporaryDirectory() as folder:
            for font_list in font_lists():
                shutil.copy(font_list, folder)
            beside = shutil.copytree(self.given, Path(folder, "given"))
            asked = Path(folder, "cells.json")
            asked.write_text(json.dumps(cells), "utf-8")
            places = dict.fromkeys(("HOME", "TMPDIR", "MPLCONFIGDIR", "IPYTHONDIR"), folder)
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", f"{__package__}.nursery", str(there.fileno()), str(asked)],
                cwd=beside,
                env=environment() | places,
                pass_fds=[there.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=self.told,
                stderr=self.told,
                start_new_session=True,
                preexec_fn=expendable,
            )
            there.close()  # or nobody would notice if it ends
            ready = self.is_ready()
        if not ready:
            self.end()
        return ready

    def reason(self) -> str:
        """How it ended, if it has, and what it printed last, or a child of it, before that was locked in."""
        self.told.seek(0)
        ended = "" if self.process.poll() is None else f"it ended with status {self.process.returncode}. "
        return ended + last_words(self.told.read())

    def is_ready(self) -> bool:
        """Whether it says that it is ready."""
        self.here.settimeout(START_SECONDS)
        try:
            return self.here.recv(10) == b"ready"
        except OSError:
            return False

    def end(self) -> None:
        """End the process. The children that it has now stay."""
        self.here.close()
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """End it for good."""
        self.end()
        self.told.close()

    def child(self, holder: int, program: Program, descriptors: list[int]) -> None:
        """Fork a child that goes into the sandbox of the process `holder`, and talks by these descriptors."""
        request = {"holder": holder, "limits": dict(program.limits), "user": program.user}
        try:
            socket.send_fds(self.here, [json.dumps(request).encode()], descriptors)
        except OSError as error:
            raise Ended(f"The process that is kept warm has ended: {error}. {self.reason()}") from None


def tries(cells: tuple[str, ...]) -> list[tuple[str, ...]]:
    """With what a program is kept warm: the set's own cells; if that cannot be, the first, which imports."""
    return [cells, cells[:1]]


@cache
def nursery(cells: tuple[str, ...], given: Path) -> Nursery:
    """The one nursery for these cells and the folder with their files."""
    return Nursery(cells, given)


class Warmed:
    """Starts a program as a child of a nursery, behind walls that bubblewrap makes for it alone."""

    def __init__(self, walls: list[str], program: Program, cells: tuple[str, ...], given: Path):
        # The program is a nursery's child, and as expendable as that is; a shell is too small to matter.
        self.sandbox = Sandbox((*walls, *WAITS), first=False)
        self.program, self.cells, self.given = program, cells, given

    def ready(self) -> Nursery:
        """The nursery, which starts if need be. Raises SandboxUnavailable."""
        warm = nursery(self.cells, self.given)
        if warm.process.poll() is not None:
            warm.end()
            warm.start()
        return warm

    def run(self, folder: Path | None = None) -> Running:
        """Start the program. Raises SandboxUnavailable."""
        try:
            return self.start(folder)
        except Ended:  # after it was seen to be there: a new one is started
            return self.start(folder)

    def start(self, folder: Path | None) -> Running:
        """Start the program, once. Raises Ended."""
        warm = self.ready()
        process = self.sandbox.start(folder)
        assert process.stdin and process.stdout and process.stderr
        theirs, mine = os.pipe()
        source, sink = os.pipe()
        try:
            warm.child(child_of(process), self.program, [theirs, sink])
        except BaseException:
            process.kill()
            process.communicate()
            os.close(mine)
            os.close(source)
            raise
        finally:
            os.close(theirs)
            os.close(sink)
        return Child(process, Channel(source, mine), warm)


class Child(Running):
    """A program that a nursery has forked, in its sandbox."""

    def __init__(self, process: subprocess.Popen, channel: Channel, nursery: Nursery):
        super().__init__(process, channel)
        self.nursery = nursery

    def wait_until_ready(self) -> None:
        """Wait for its first line. Raises SandboxUnavailable, with what it printed, if it ends."""
        try:
            self.channel.receive(time.monotonic() + START_SECONDS)
        except Died:
            raise SandboxUnavailable(f"The sandbox does not start: {self.nursery.reason()}") from None

    def stop(self) -> None:
        """End the sandbox with all that is in it, and take back the pipes."""
        super().stop()
        self.channel.close()


def child_of(process: subprocess.Popen) -> int:
    """The process in the sandbox that bubblewrap has made, once it stands. Raises SandboxUnavailable."""
    assert process.stdout and process.stderr
    if select.select([process.stdout], [], [], START_SECONDS)[0] and os.read(process.stdout.fileno(), 1):
        task = f"/proc/{process.pid}/task/{process.pid}/children"
        return int(Path(task).read_text().split()[0])
    process.kill()
    _, reason = process.communicate()
    raise SandboxUnavailable(f"The sandbox does not start: {last_words(reason)}")
