"""A class on this machine: JupyterHub and nbgrader's exchange, for a teacher and learners, on loopback.

Usage: python deploy/start.py [--learners N or names.txt] [--folder FOLDER] [--port 8000]
It needs the rights of the system's administrator, to keep learners apart, and changes nothing of the system:
the users of the class, and how they see the files, last for as long as it runs (README.md says more).
"""

import argparse
import os
import secrets
import shutil
import subprocess
import sys
from pathlib import Path

DEPLOY = Path(__file__).resolve().parent
ROOT = DEPLOY.parent
sys.path.insert(0, str(ROOT))

from course_utils.grading.variants import Class  # noqa: E402
from deploy import people  # noqa: E402
from deploy.private import apart, cover, is_apart  # noqa: E402
from tools.variants import enrol, named  # noqa: E402

COURSE = ["nbgrader_config.py", "source", "variants"]  # of exercises/
EXCHANGE_MODES = {  # learners write into the first and the third, and list neither this one nor the last two
    "": 0o1777,
    "gradient_descent_derived": 0o755,
    "gradient_descent_derived/inbound": 0o3733,
    "gradient_descent_derived/outbound": 0o755,
    "gradient_descent_derived/feedback": 0o711,
    "gradient_descent_derived/variants": 0o711,
}


def asked() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(prog="python deploy/start.py", description=__doc__)
    parser.add_argument("--learners", default="3", help="a file with a name in each line, or how many")
    parser.add_argument(
        "--folder", type=Path, default=ROOT / "build" / "class", help="where the class is kept"
    )
    parser.add_argument("--port", type=int, default=8000, help="the first of three ports on loopback")
    return parser.parse_args()


def proxy() -> Path:
    """The program that JupyterHub sends browsers through, fetched from npm if it is not there."""
    folder = ROOT / "build" / "proxy"
    program = folder / "node_modules" / "configurable-http-proxy" / "bin" / "configurable-http-proxy"
    if not program.exists():
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(DEPLOY / "package.json", folder)
        command = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]
        subprocess.run([*command, "--no-package-lock"], cwd=folder, check=True)
    return program


def copy_course(folder: Path) -> None:
    """The teacher's copy of the problem sets, made once: only the teacher may enter it."""
    course = folder / "course"
    if not course.exists():
        course.mkdir(mode=0o700)
        for name in COURSE:
            part = ROOT / "exercises" / name
            (shutil.copytree if part.is_dir() else shutil.copy)(part, course / name)
        people.own(course, people.number_of(0))


def furnish(folder: Path, learners: list[str], sockets: Path) -> list[str]:
    """Everybody's name, the teacher's first, once each has a home, a variant, and a way to the exchange."""
    (folder / "hub").mkdir(mode=0o700, exist_ok=True)
    everybody = list(people.invite(folder, learners))
    people.make_users(folder, everybody, sockets)
    with people.acting_as(people.number_of(0)):
        course = folder / "course"
        enrol(course, Class.of(course).seed or secrets.token_urlsafe(24), everybody[1:])
    for name, mode in EXCHANGE_MODES.items():
        part = folder / "exchange" / name
        part.mkdir(exist_ok=True)
        os.chown(part, *2 * [people.number_of(0) if name else 0])
        part.chmod(mode)
    for place, name in enumerate(everybody):
        people.give(ROOT / "notebooks", folder / "home" / name, people.number_of(place))
    return everybody


def try_as(place: int, home: Path) -> None:
    """Exit with what is in the way if a learner cannot get at Python, the course, or the home."""
    number, command = people.number_of(place), [sys.executable, "-c", "import course_utils, jupyterhub"]
    try:
        subprocess.run(command, cwd=home, user=number, group=number, extra_groups=[], check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"A learner cannot use {sys.executable} in {home}: {error}")


def main() -> None:
    """Start the class, and say where it is. Exits with a sentence where that cannot be."""
    given = asked()
    if os.geteuid() != 0:
        sys.exit(
            "Learners are kept apart as users of the system, so this needs its administrator's rights: sudo."
        )
    os.umask(0o022)
    folder, program = given.folder.resolve(), proxy()
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o711)
    copy_course(folder)
    if not is_apart():
        apart()
    try:
        learners = people.fitting(named(given.learners))
    except ValueError as reason:
        sys.exit(str(reason))
    needed = [ROOT / name for name in ("course_utils", "notebooks", "deploy")]
    pythons = {Path(sys.prefix), Path(sys.base_prefix)}
    sockets = cover(ROOT, {*needed, *pythons, program.parents[3], folder}) / "sockets"
    everybody = furnish(folder, learners, sockets)
    try_as(1, folder / "home" / everybody[1])
    print(
        f"The class is at http://127.0.0.1:{given.port} and its passwords in {folder / 'logins.csv'}.",
        flush=True,
    )
    os.chdir(folder / "hub")
    told = {"FOLDER": folder, "PORT": given.port, "PROXY": program, "SOCKETS": sockets}
    os.environ |= {f"CLASS_{name}": str(value) for name, value in told.items()}
    config = str(DEPLOY / "jupyterhub_config.py")
    os.execv(sys.executable, [sys.executable, "-m", "jupyterhub", "--config", config])


if __name__ == "__main__":
    main()
