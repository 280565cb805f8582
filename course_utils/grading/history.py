"""Earlier tries: what came of one is kept, in history/, when a later one takes its place."""

import json
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry, SubmittedAssignment
from nbgrader.coursedir import CourseDirectory

FOLDER, POINTS = "history", "points.json"
STAMP = "%Y-%m-%d_%H.%M.%S.%f"


def keep(coursedir: CourseDirectory, name: str, learner: str, next_try: Path) -> None:
    """Copy the graded notebook of a set, and its points, if what was handed in now came later.

    next_try: the folder with what was handed in now.
    """
    graded = Path(coursedir.format_path(coursedir.autograded_directory, learner, name))
    before, now = map(coursedir.get_existing_timestamp, (str(graded), str(next_try)))
    if not graded.is_dir() or before is None or now is None or before >= now:
        return
    kept = Path(coursedir.root, FOLDER, learner, name, f"{before:{STAMP}}")
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        try:
            points = summary(gradebook.find_submission(name, learner))
        except MissingEntry:
            return
    shutil.copytree(graded, kept, dirs_exist_ok=True)
    (kept / POINTS).write_text(json.dumps(points, indent=1), "utf-8")


def summary(submission: SubmittedAssignment) -> dict:
    """What a try was worth, question by question, and what was written to it by hand."""
    grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
    comments = [comment for notebook in submission.notebooks for comment in notebook.comments]
    return {
        "raw": submission.score,
        "penalty": submission.late_submission_penalty,
        "questions": {grade.name: grade.score for grade in grades},
        "by hand": {grade.name: grade.manual_score for grade in grades if grade.manual_score is not None},
        "comments": {c.name: c.manual_comment for c in comments if c.manual_comment},
    }


def tries(course: Path, learner: str, name: str) -> Iterator[tuple[datetime, dict]]:
    """Each earlier try of a set: when it was handed in (UTC), and what it was worth."""
    for path in sorted((course / FOLDER / learner / name).glob(f"*/{POINTS}")):
        yield datetime.strptime(path.parent.name, STAMP), json.loads(path.read_text("utf-8"))
