"""A view of the files that the class alone has: a mount namespace, which ends with its last program.

In it /etc is a copy, where users can be added, and of the folder that the course lies in only what the class
needs is there: no solutions, no tests, and nothing on the way to it that others may not enter.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

MARK = "CLASS_IS_APART"


def is_apart() -> bool:
    """Whether this program runs in a view of its own already."""
    return os.environ.get(MARK) == str(os.stat("/proc/self/ns/mnt").st_ino)


def apart() -> None:
    """Begin again in a view of its own. Raises OSError where the system refuses that."""
    begin = f'{MARK}=$(stat -Lc %i /proc/self/ns/mnt) exec "$0" "$@"'
    command = ["unshare", "--mount", "--propagation", "private", "sh", "-c", begin]
    os.execvp("unshare", [*command, sys.executable, *sys.argv])


def mount(*words: str | Path) -> None:
    """The system's mount. Raises CalledProcessError with what it says on the terminal."""
    subprocess.run(["mount", *words], check=True)


def own_etc(stage: Path) -> None:
    """Let /etc be a copy of itself, in the memory."""
    shutil.copytree("/etc", stage / "etc", symlinks=True, ignore_dangling_symlinks=True)
    for name in ("passwd", "group", "shadow"):
        shutil.copystat(f"/etc/{name}", stage / "etc" / name)
    mount("--bind", stage / "etc", "/etc")


def first_closed(folder: Path) -> list[Path]:
    """The first folder on the way to this one, or itself, that not everybody may enter, if there is one."""
    way = [*reversed(folder.parents), folder]
    return [step for step in way if not step.stat().st_mode & 0o001][:1]


def tops(root: Path, shown: Iterable[Path]) -> set[Path]:
    """The folders to hide: the root, and what is closed on the way to what shall be seen."""
    found = {root, *(step for path in [root, *shown] for step in first_closed(path))}
    return {top for top in found if not found & {*top.parents}}


def cover(root: Path, shown: Iterable[Path]) -> Path:
    """Hide the folder `root`, and what is closed on the way to these folders, but not the folders.

    Returns a folder in the memory, of a short name, which is there as long as the view is.
    """
    stage = Path(tempfile.mkdtemp())
    mount("-t", "tmpfs", "-o", "mode=0711", "class", stage)
    own_etc(stage)
    hidden = tops(root, shown)
    kept = {place: path for place, path in enumerate(shown) if hidden & {path, *path.parents}}
    for place, path in kept.items():
        (stage / str(place)).mkdir()
        mount("--rbind", path, stage / str(place))
    for top in hidden:
        mount("-t", "tmpfs", "-o", "mode=0755", "class", top)
    for place, path in kept.items():
        path.mkdir(parents=True, exist_ok=True)
        mount("--rbind", stage / str(place), path)
    return stage
