"""The sandbox: the command that starts a program which reads almost nothing and reaches nobody."""

import os
import platform
import shutil
import site
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import matplotlib

from . import seccomp
from .programs import EXERCISE, HANDED_IN, HOME, PACKAGE, Program, Sandbox, SandboxUnavailable, environment

SYSTEM = [
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/etc/ld.so.cache",
    "/etc/alternatives",
    "/etc/fonts",
]
SCRATCH = str(64 * 2**20)  # bytes of files that a submission may write
SCRATCH_FOLDER = ["--perms", "1777", "--size", SCRATCH, "--tmpfs"]


def limits(memory: int, cpu_seconds: int) -> dict[str, int]:
    """What the program gives up by itself: memory, seconds of computing, processes, files, core dumps."""
    return {
        "RLIMIT_AS": memory,
        "RLIMIT_CPU": cpu_seconds,
        "RLIMIT_FSIZE": int(SCRATCH),
        "RLIMIT_NPROC": 64,
        "RLIMIT_NOFILE": 1024,
        "RLIMIT_CORE": 0,
    }


def python_folders() -> set[Path]:
    """Where this Python and its packages are."""
    packages = [*site.getsitepackages(), site.getusersitepackages()]
    folders = {Path(sys.prefix), Path(sys.base_prefix), *map(Path, packages)}
    return {folder for folder in folders if folder.is_dir()}


@cache
def mounts(hidden: Path) -> tuple[str, ...]:
    """Options that show the program the system and Python, and never the folder `hidden`."""
    shown = {path: ["--ro-bind", str(path), str(path)] for path in {PACKAGE, *python_folders()}}
    shown |= {Path(path): ["--ro-bind-try", path, path] for path in SYSTEM}
    inside_hidden = [path for path in shown if path.resolve().is_relative_to(hidden) and path != hidden]
    above_hidden = [path for path in shown if hidden.is_relative_to(path.resolve())]
    if hidden in (path.resolve() for path in shown) or (inside_hidden and not above_hidden):
        raise SandboxUnavailable(f"Python must not be installed inside the course folder {hidden}.")
    if above_hidden:
        shown[hidden] = ["--tmpfs", str(hidden), "--remount-ro", str(hidden)]
    options = []
    for path in sorted(shown, key=lambda path: len(path.parts)):
        options += [option for parent in above(path, shown) for option in folder(parent)]
        options += shown[path]
    return tuple(options)


def above(path: Path, shown: Iterable[Path]) -> list[Path]:
    """The folders over a path that are not shown themselves: bubblewrap makes them, for its own user only."""
    return [p for p in reversed(path.parents) if not any(p.is_relative_to(other) for other in shown)]


def folder(path: str | Path) -> list[str]:
    """bubblewrap's options for a new empty folder that all may read."""
    return ["--perms", "0755", "--dir", str(path)]


def font_lists() -> list[Path]:
    """What matplotlib knows of this machine's fonts: it would take long to find out again."""
    return list(Path(matplotlib.get_cachedir()).glob("fontlist-*.json"))


def bubblewrap_program() -> str:
    """Where bubblewrap is. Raises SandboxUnavailable."""
    program = shutil.which("bwrap")
    if program is None:
        raise SandboxUnavailable(
            "bubblewrap is not installed (on Debian and Ubuntu: apt install bubblewrap). Submissions are "
            "other people's programs, so none was run, and none graded. See exercises/README.md."
        )
    if platform.machine() not in seccomp.MACHINES:
        raise SandboxUnavailable(
            f"Submissions run on {' or '.join(seccomp.MACHINES)}, not {platform.machine()}."
        )
    return program


def bubblewrap(files: dict[str, Path], hidden: Path, program: Program) -> Sandbox:
    """A program in bubblewrap, with these files in its working directory.

    hidden: the course folder (absolute), with its sources and gradebook. Raises SandboxUnavailable.
    """
    return Sandbox((*walls(files, hidden, program), *program.command(str(program.user))))


def walls(files: dict[str, Path], hidden: Path, program: Program) -> list[str]:
    """The command of bubblewrap, without that of the program that it starts. Raises SandboxUnavailable."""
    command = [
        bubblewrap_program(),
        "--unshare-ipc",
        "--unshare-pid",
        "--unshare-net",
        "--unshare-uts",
        "--hostname",
        "sandbox",
    ]
    command += ["--unshare-cgroup-try", "--cap-drop", "ALL"]
    if os.geteuid() == 0:  # the program drops the rest: to be nobody, whose processes are counted
        command += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        command += ["--unshare-user", "--disable-userns"]
    command += ["--die-with-parent", "--new-session", "--clearenv", *mounts(hidden.resolve())]
    command += ["--dev", "/dev", *SCRATCH_FOLDER, HOME]  # and no /proc
    for font_list in font_lists():
        command += ["--ro-bind", str(font_list), f"{HOME}/{font_list.name}"]
    command += [*SCRATCH_FOLDER, EXERCISE] if program.writes else folder(EXERCISE)
    command += folder(HANDED_IN) if program.writes else []
    for name, path in files.items():
        command += ["--ro-bind", str(path.resolve()), f"{HANDED_IN if program.writes else EXERCISE}/{name}"]
    command += ["--remount-ro", "/", "--remount-ro", "/dev", "--chdir", EXERCISE]
    for name, value in environment().items():
        command += ["--setenv", name, value]
    return command


def unprotected(program: Program) -> Sandbox:
    """A program without a sandbox: it may do whatever its user may."""
    return Sandbox(tuple(program.command()), filtered=False)
