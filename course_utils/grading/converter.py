"""nbgrader's autograde, which copies a submission's regular files first, and looks at nothing else."""

import os
import re
import shutil
from fnmatch import fnmatch
from glob import glob
from pathlib import Path
from tempfile import TemporaryDirectory

from nbgrader.api import Gradebook, MissingEntry, SubmittedNotebook
from nbgrader.converters import Autograde, GenerateFeedback
from nbgrader.converters.base import NbGraderException
from nbgrader.utils import parse_utc

from .handed_in import missing, notebook_in
from .history import keep
from .preprocessors import without_solutions
from .programs import SandboxUnavailable
from .reading import reduce
from .regular import Irregular, copy
from .sandbox import bubblewrap_program
from .variants import Class

# A date, a time and a zone. The name of a zone is no path: nbgrader would open it.
TIME = re.compile(r"[\d-]{8,10}[ T][\d:.]{4,15} ?(Z|[+-][\d:]{2,6}|[A-Za-z]\w*([/+-]\w+)*)?", re.ASCII)


class CarefulAutograde(Autograde):
    """Old scores are 0 before anything of a new try is looked at. One that breaks costs its own points."""

    desk = ""  # the folder that takes the place of submitted/, once its submissions are known
    assignments: dict
    unchanged: set[tuple[str, ...]]  # see preprocessors.Overwrite
    unnamed = 0  # folders whose names cannot be printed

    @property
    def _input_directory(self) -> str:
        return self.desk if self.desk and self._sanitizing else super()._input_directory

    def start(self) -> None:
        """Grade all that is asked for, or nothing, and say so, where the sandbox is missing."""
        if self.config.Examine.get("sandbox") != "none":
            try:
                bubblewrap_program()
            except SandboxUnavailable as reason:  # nothing will be graded: all scores stay
                self.log.error(reason)
                raise NbGraderException(reason) from None
        self.unchanged = set()
        with TemporaryDirectory() as self.folder:
            super().start()

    def init_notebooks(self) -> None:
        """Look for submissions as nbgrader does, but work on copies in a folder apart.

        A folder without a notebook is a submission too: it gets a sentence, and 0 until a better one comes.
        """
        folders = glob(self._format_source(self.coursedir.assignment_id, self.coursedir.student_id))
        try:
            super().init_notebooks()
        except NbGraderException:
            if not folders:
                raise
        self.assignments = {folder: [] for folder in folders} | self.assignments
        self.submitted, self.desk = Path(self.coursedir.root, self._input_directory), self.folder
        excluded = self.coursedir.student_id_exclude.split(",")
        wanted = {
            folder: notebooks
            for folder, notebooks in self.assignments.items()
            if Path(folder).parts[-2] not in excluded
        }
        named = {folder: notebooks for folder, notebooks in wanted.items() if folder.isprintable()}
        for folder in wanted.keys() - named.keys():  # one line break stops nbgrader altogether
            self.log.error("%a cannot be graded: give the folder a name that can be printed.", folder)
        self.unnamed = len(wanted) - len(named)
        self.assignments = {
            self.on_desk(folder): list(map(self.on_desk, notebooks)) for folder, notebooks in named.items()
        }

    def on_desk(self, path: str) -> str:
        """Where the copy of a submitted path lies."""
        return os.path.join(self.desk, os.path.relpath(path, self.submitted))

    def init_destination(self, assignment_id: str, student_id: str) -> bool:
        """Whether to grade this one: then it is copied, and its old scores are gone."""
        copied = Path(self._format_source(assignment_id, student_id))
        try:
            self.take(copied, student_id, assignment_id)
            keep(self.coursedir, assignment_id, student_id, copied)
            self.complete(assignment_id, student_id)
            wanted = super().init_destination(assignment_id, student_id)
        except Exception:
            self.forget(assignment_id, student_id)
            raise
        if wanted:
            self.forget(assignment_id, student_id, self.coursedir.get_existing_timestamp(str(copied)))
        return wanted

    def take(self, copied: Path, student_id: str, assignment_id: str) -> None:
        """Copy a submission to the desk. Raises Irregular."""
        for earlier in Path(self.desk).iterdir():
            shutil.rmtree(earlier)
        copy(self.submitted, copied.relative_to(self.desk), copied)
        self.notebooks = list(map(str, self.answering(copied, student_id, assignment_id)))
        known = Class.of(Path(self.coursedir.root))
        for notebook in map(Path, self.notebooks):
            if strange := known.strange(student_id, notebook.stem, reduce(notebook)):
                self.log.warning(strange)
        stamp = copied / "timestamp.txt"
        if stamp.exists():
            stamp.write_text(time_in(stamp))

    def sources(self, assignment_id: str) -> list[Path]:
        """The notebooks of a problem set."""
        folder = self.coursedir.format_path(self.coursedir.source_directory, ".", assignment_id)
        return sorted(Path(folder).glob("*.ipynb"))

    def asked_for(self, notebook: str) -> bool:
        """Whether this run grades the notebooks of this name: all, unless --notebook says which."""
        return fnmatch(notebook, self.coursedir.notebook_id)

    def answering(self, copied: Path, student_id: str, assignment_id: str) -> list[Path]:
        """The submitted notebooks to be graded. Of a set's only one, the name does not matter.

        Raises Irregular where there is none.
        """
        sources = self.sources(assignment_id)
        wanted = [source for source in sources if self.asked_for(source.stem)]
        if wanted == sources and len(sources) == 1:
            return [self.named(copied, sources[0], student_id)]
        self.tell_of_others(copied, {source.name for source in sources})
        found = [path for source in wanted if (path := copied / source.name).is_file()]
        if sources and not found:
            raise missing(
                copied, [source.name for source in wanted] or [f"{self.coursedir.notebook_id}.ipynb"]
            )
        return found

    def tell_of_others(self, copied: Path, names: set[str]) -> None:
        """Say of which submitted notebooks nothing comes, as they have none of these names."""
        for other in copied.glob("*.ipynb"):
            if other.name not in names:
                self.log.warning("%s is not graded.", other.relative_to(self.desk))

    def named(self, copied: Path, source: Path, student_id: str) -> Path:
        """The submitted notebook that answers one of the source, under that one's name. Raises Irregular."""
        wanted = copied / source.name
        variant = Class.of(Path(self.coursedir.root)).variant(student_id, source.stem)
        found = notebook_in(copied, source.stem, lambda: without_solutions(source, self, variant))
        if found != wanted:
            self.log.warning("%s is taken for %s.", found.relative_to(self.desk), wanted.name)
            found.replace(wanted)
        self.tell_of_others(copied, {wanted.name})
        return wanted

    def complete(self, assignment_id: str, student_id: str) -> None:
        """Have a submission graded whole of which an earlier run was asked for one notebook only.

        Where --notebook names one, nbgrader looks for its file. Otherwise it looks for the folder alone.
        """
        graded = Path(self._format_dest(assignment_id, student_id))
        left = {Path(path).stem for path in self.notebooks if not (graded / Path(path).name).exists()}
        if not (left and graded.is_dir() and self.coursedir.notebook_id == "*"):
            return
        with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook:
            try:
                known = {notebook.name for notebook in gradebook.find_assignment(assignment_id).notebooks}
            except MissingEntry:
                return
        if left & known:
            shutil.rmtree(graded)

    def forget(self, assignment_id: str, student_id: str, *timestamp) -> None:
        """Set the scores of what this run grades to 0 until it is graded.

        Another try, with another timestamp or one that cannot be read, is marked by hand anew as well. One
        that can be read takes the place of all of the earlier one, whatever this run grades of it. No graded
        notebook is left of what is forgotten, or a later run would take it for graded.
        """
        graded = Path(self._format_dest(assignment_id, student_id))
        with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook:
            try:
                submission = gradebook.find_submission(assignment_id, student_id)
            except MissingEntry:
                return
            another_try = timestamp != (submission.timestamp,)
            replaced = another_try and bool(timestamp)
            for notebook in submission.notebooks:
                if replaced or self.asked_for(notebook.name):
                    (graded / f"{notebook.name}.ipynb").unlink(missing_ok=True)
                    clear(notebook, another_try)
                if replaced and not self.asked_for(notebook.name):
                    told = "%s of %s was of an earlier try: it is worth 0 until you grade it, too."
                    self.log.warning(told, notebook.name, student_id)
            gradebook.db.commit()


def clear(notebook: SubmittedNotebook, by_hand: bool) -> None:
    """Set a notebook's scores to 0. by_hand: whether what was given and written by hand goes as well."""
    for grade in notebook.grades:
        grade.auto_score, grade.needs_manual_grade = 0.0, True
        if by_hand:
            grade.manual_score = grade.extra_credit = None
    for comment in notebook.comments if by_hand else ():
        comment.manual_comment = None


class CarefulFeedback(GenerateFeedback):
    """Writes feedback's pages alone: what was handed in beside a notebook could look like one of them."""

    def init_assignment(self, assignment_id: str, student_id: str) -> None:
        """Copy the time of handing in and the exchange's secret, which names the page, and nothing else."""
        handed_in = Path(self._format_source(assignment_id, student_id))
        copied = Path(self._format_dest(assignment_id, student_id))
        copied.mkdir(parents=True, exist_ok=True)
        for name in ("timestamp.txt", "submission_secret.txt"):
            if (handed_in / name).exists():
                shutil.copy(handed_in / name, copied)


def time_in(stamp: Path) -> str:
    """What a timestamp.txt says. Raises Irregular."""
    try:
        text = stamp.read_text("utf-8-sig").strip()
        if text and not (TIME.fullmatch(text) and parse_utc(text)):
            raise ValueError
    except Exception:  # dateutil raises many kinds
        raise Irregular(
            f"{stamp.parent.parent.name}'s timestamp.txt holds no time like 2026-03-01 12:00:00 UTC."
        ) from None
    return text
