"""nbgrader's exchange for a class on one server: a variant for each, and nobody speaks for anybody else.

All learners may read what is released, so a variant lies there under a name that nobody guesses, in a folder
that nobody can list, as nbgrader keeps feedback. Who may know the name has the key to it (see deploy/).
"""

import hmac
import os
import pwd
import secrets
import shutil
from contextlib import suppress
from datetime import UTC, datetime
from glob import glob
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from nbgrader.exchange.default import (
    ExchangeCollect,
    ExchangeFetchAssignment,
    ExchangeReleaseAssignment,
    ExchangeReleaseFeedback,
)
from nbgrader.preprocessors import ComputeChecksums

from .regular import Irregular, copy
from .variants import Class

KEY = "COURSE_FETCH_KEY"  # of a learner's server
NOT_LISTED = 0o711


def key_of(known: Class, learner: str) -> str:
    """What a learner's server is told, to find the variants of that learner alone."""
    return known.hashed("fetch", learner).hex()


def place_of(exchange: Path, key: str, name: str) -> Path:
    """The folder with the variant of a set that goes with a key. exchange: the course's folder there."""
    return exchange / "variants" / hmac.digest(key.encode(), name.encode(), "sha256").hex()


def write_variant(known: Class, release: Path, learner: str, folder: Path) -> None:
    """A released set as a learner has it, with the data beside, into a folder that is not there yet."""
    shutil.copytree(release, folder)
    for path in folder.glob("*.ipynb"):
        if variant := known.variant(learner, path.stem):
            varied = variant.notebook(nbformat.read(path, as_version=4))
            nbformat.write(ComputeChecksums().preprocess(varied, {})[0], path)


class ReleaseVariants(ExchangeReleaseAssignment):
    """Releases a set, and each learner's variant of it."""

    def copy_files(self) -> None:
        """Copy the set as nbgrader does; then the variants, each whole before it has its name."""
        super().copy_files()
        exchange, known = Path(self.course_path), Class.of(Path(self.coursedir.root))
        (exchange / "variants").mkdir(exist_ok=True)
        (exchange / "variants").chmod(NOT_LISTED)
        for learner in known.learners:
            place = place_of(exchange, key_of(known, learner), self.coursedir.assignment_id)
            made = place.with_name(f"{place.name}.{secrets.token_hex(8)}")
            write_variant(known, Path(self.src_path), learner, made)
            self.set_perms(made, 0o644, 0o755)
            shutil.rmtree(place, ignore_errors=True)
            made.rename(place)


class FetchVariant(ExchangeFetchAssignment):
    """Fetches a learner's variant, or the set itself where there is none."""

    def init_src(self) -> None:
        """Look for the set as nbgrader does, then for the variant."""
        super().init_src()
        place = place_of(Path(self.course_path), os.environ.get(KEY, ""), self.coursedir.assignment_id)
        if place.is_dir():
            self.src_path = str(place)


class CollectOwn(ExchangeCollect):
    """Collects what learners handed in themselves, each one's newest that can be copied; the rest is said."""

    src_records: list[dict]

    def _path_to_record(self, path: str) -> dict:
        """Who handed a folder in, and when, by the file system: its name is the learner's words."""
        folder, owner = Path(path), owner_of(path)
        claimed = folder.name.split("+")[0]
        if claimed != owner:
            said = "%s was handed in by %s in the name of %s. It is not collected."
            self.log.warning(said, path, owner, claimed)
        mine = claimed == owner and self.is_whole(folder)
        return {"username": owner * mine, "filename": folder.name, "timestamp": time_of(folder)}

    def is_whole(self, folder: Path) -> bool:
        """Whether a folder can be copied; if not, the teacher reads why."""
        try:
            with TemporaryDirectory() as desk:
                copy(folder.parent, Path(folder.name), Path(desk, "copied"))
        except (Irregular, OSError) as reason:
            self.log.error("%s It is not collected.", reason)
            return False
        return True

    def init_src(self) -> None:
        """Each learner's newest folder, of their own."""
        super().init_src()
        self.src_records = [record for record in self.src_records if record["username"]]

    def do_copy(self, src: str, dest: str, log=None) -> None:
        """Copy regular files alone: nbgrader would follow a link to whatever the teacher may read."""
        copy(Path(src).parent, Path(Path(src).name), Path(dest))
        Path(dest, "timestamp.txt").write_text(f"{time_of(Path(src)):%Y-%m-%d %H:%M:%S.%f} UTC")


def time_of(folder: Path) -> datetime:
    """When a folder and what is in it last changed (UTC): unlike a file's date, nobody can set that."""
    changed = 0.0
    for part in [folder, *folder.rglob("*")]:
        with suppress(FileNotFoundError):  # it is not whole, then
            changed = max(changed, part.lstat().st_ctime)
    return datetime.fromtimestamp(changed, UTC).replace(tzinfo=None)


def owner_of(path: str) -> str:
    """The user who has a folder."""
    number = os.stat(path, follow_symlinks=False).st_uid
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"user {number}"


class ReleaseEachFeedback(ExchangeReleaseFeedback):
    """Releases feedback. What a learner spoilt of it costs that learner's alone."""

    src_path: str

    def copy_files(self) -> None:
        """Copy each learner's pages, and say whose cannot be told apart from others'."""
        for folder in sorted(glob(self.src_path)):
            self.src_path = folder
            try:
                super().copy_files()
            except (OSError, ValueError) as error:
                self.log.error("%s is not released: %s. Hand it over in another way.", folder, error)
