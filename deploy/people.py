"""Who is in the class: names, passwords, and users of the system who exist while the class runs."""

import csv
import hmac
import os
import re
import secrets
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

TEACHER = "teacher"
FIRST_NUMBER = 52_000  # of a user of the class; 0 to 999 are the system's, and people's begin at 1000
NAME = re.compile(r"[a-z][a-z0-9_-]{0,30}")


def fitting(names: list[str]) -> list[str]:
    """The names, if each can be that of a user. Raises ValueError, naming the first that cannot."""
    taken = {line.split(":")[0] for line in Path("/etc/passwd").read_text().splitlines()} | {TEACHER}
    for name in names:
        if not NAME.fullmatch(name):
            raise ValueError(
                f"{name!a} is no name to log in with: small letters, digits, - and _ alone, a letter first"
            )
        if name in taken:
            raise ValueError(f"{name!a} is the name of a user of this machine: give the learner another")
    return names


def passwords(folder: Path) -> dict[str, str]:
    """Who may log in to the class in a folder, and with which password."""
    path = folder / "logins.csv"
    with path.open(newline="") if path.exists() else open(os.devnull) as file:
        return {row["name"]: row["password"] for row in csv.DictReader(file)}


def is_password(known: Mapping[str, str], name: str, given: str) -> bool:
    """Whether this is the password of that name, which has one; how long it takes tells nothing."""
    right = known.get(name) or secrets.token_hex()
    return hmac.compare_digest(given.encode(), right.encode())


def invite(folder: Path, names: list[str]) -> dict[str, str]:
    """Give everybody a password who has none yet. Only the system's administrator may read the file."""
    known = passwords(folder)
    known |= {name: secrets.token_urlsafe(12) for name in [TEACHER, *names] if name not in known}
    path = folder / "logins.csv"
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", newline="") as file:
        csv.writer(file).writerows([("name", "password"), *known.items()])
    return known


def number_of(place: int) -> int:
    """The system's number of the user who stands at a place of logins.csv: the same at each start."""
    return FIRST_NUMBER + place


def make_users(folder: Path, names: list[str], sockets: Path) -> None:
    """Write users into /etc, without a password for anything but the class, and give each a home.

    sockets: gets a folder for each, where kernels listen; the name of a socket has 107 characters at most.
    """
    with open("/etc/passwd", "a") as users, open("/etc/group", "a") as groups:
        for place, name in enumerate(names):
            number, home = number_of(place), folder / "home" / name
            users.write(f"{name}:x:{number}:{number}::{home}:/bin/bash\n")
            groups.write(f"{name}:x:{number}:\n")
            for own in [home, sockets / name]:
                if not own.exists():
                    own.mkdir(mode=0o700, parents=True)
                    os.chown(own, number, number)


def give(source: Path, home: Path, number: int) -> None:
    """Copy a folder into a home which lacks it, as the user who has that home and what is in it."""
    if not os.path.lexists(home / source.name):
        subprocess.run(["cp", "-r", source, home], user=number, group=number, extra_groups=[], check=True)


@contextmanager
def acting_as(number: int) -> Iterator[None]:
    """Read and write as this user until the `with` block ends."""
    os.setegid(number)
    os.seteuid(number)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)


def own(folder: Path, number: int) -> None:
    """Give a folder that nobody has changed yet, and all in it, to a user."""
    for path in [folder, *folder.rglob("*")]:
        os.lchown(path, number, number)
