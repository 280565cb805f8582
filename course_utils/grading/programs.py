"""Programs of this package: how they start, in a sandbox or without, and how they are stopped."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from . import seccomp
from .channel import Channel, Died

PACKAGE = Path(__file__).resolve().parents[1]
EXERCISE = "/exercise"  # the working directory of a program
HOME = "/scratch"  # for temporary files
HANDED_IN = "/handed_in"  # what lies beside the notebook: it is copied, so that cells may write into it
START_SECONDS = 60


class SandboxUnavailable(RuntimeError):
    """Nothing is graded, because submissions cannot be locked away here."""


def environment() -> dict[str, str]:
    """All the environment that the program sees, the course's language among it."""
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": HOME,
        "TMPDIR": HOME,
        "MPLBACKEND": "agg",
        "MPLCONFIGDIR": HOME,
        "IPYTHONDIR": HOME,
        "PYTHONPATH": str(PACKAGE.parent),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "LC_ALL": "C.UTF-8",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "COURSE_LANGUAGE": os.environ.get("COURSE_LANGUAGE", ""),
    }


@dataclass(frozen=True)
class Program:
    """A module of this package as a program: its limits, and the user that root becomes to run it.

    writes: whether it may write files in its working directory.
    """

    module: str
    limits: Mapping[str, int]
    user: int = 65534
    writes: bool = False

    def command(self, *user: str) -> list[str]:
        """The words that start it: Python, the module, its limits and, where given, the user.

        With -P, or a learner's file called like a module of Python's would run before anything is locked.
        """
        return [
            sys.executable,
            "-P",
            "-m",
            f"{__package__}.{self.module}",
            json.dumps(dict(self.limits)),
            *user,
        ]


class Startable(Protocol):
    """Whatever starts a program: a Sandbox, or one that a nursery has warmed."""

    def ready(self) -> object:
        """Do what is to be done before the first start."""
        ...

    def run(self, folder: Path | None = None) -> "Running":
        """Start the program in a folder."""
        ...


@dataclass(frozen=True)
class Sandbox:
    """A command that starts a program: with a filter of system calls, or with your own rights.

    first: whether the kernel ends it before others if the machine's memory is short. To say so takes a fork
    of this process, which costs ten times as much as the start.
    """

    command: tuple[str, ...]
    filtered: bool = True
    first: bool = True

    def ready(self) -> None:
        """Nothing is to be done before the first start."""

    def run(self, folder: Path | None = None) -> "Running":
        """Start the program in a folder."""
        process = self.start(folder)
        assert process.stdin and process.stdout
        return Running(process, Channel(process.stdout.fileno(), process.stdin.fileno()))

    def start(self, folder: Path | None = None) -> subprocess.Popen:
        """The program in a folder, with pipes to talk with it."""
        reading, writing = os.pipe()
        try:
            os.write(writing, seccomp.program() if self.filtered else b"")
            os.close(writing)
            option = ("--seccomp", str(reading)) if self.filtered else ()
            return subprocess.Popen(
                [self.command[0], *option, *self.command[1:]],
                cwd=folder,
                env=environment(),
                pass_fds=[reading] if self.filtered else [],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                preexec_fn=expendable if self.filtered and self.first else None,
            )
        finally:
            os.close(reading)


def expendable() -> None:
    """Let the kernel end this program first if the machine's memory is short: see proc(5), oom_score_adj."""
    Path("/proc/self/oom_score_adj").write_text("1000")


def last_words(printed: bytes) -> str:
    """What a program printed last, before it ended."""
    return printed.decode(errors="replace")[-500:].strip() or "it printed no reason"


class Running:
    """A program in its sandbox: the process that ends all of it, and the channel to it."""

    def __init__(self, process: subprocess.Popen, channel: Channel):
        self.process, self.channel = process, channel

    def wait_until_ready(self) -> None:
        """Wait for its first line. Raises SandboxUnavailable, with what it printed, if it ends."""
        try:
            self.channel.receive(time.monotonic() + START_SECONDS)
        except Died:
            self.process.kill()
            _, reason = self.process.communicate()
            raise SandboxUnavailable(f"The sandbox does not start: {last_words(reason)}") from None

    def stop(self) -> None:
        """Kill it, and take back its pipes."""
        self.process.kill()  # bubblewrap takes everything inside with it
        self.process.communicate()
