"""What handing in late costs, and who has more time for it.

The policy is a setting of the course, c.LatePolicy. Who has more time stands in extra_time.csv in its folder,
with the columns learner, set (or * for all) and hours; nbgrader calls that an extension.
"""

import csv
import math
from datetime import timedelta
from pathlib import Path

from nbgrader.api import Gradebook, SubmittedAssignment
from nbgrader.plugins import LateSubmissionPlugin
from nbgrader.preprocessors import AssignLatePenalties
from traitlets import Float
from traitlets.config import LoggingConfigurable

from .preprocessors import course as course_of

EXTRA_TIME, EVERY_SET = "extra_time.csv", "*"
DAY, MINUTE = 86_400, 60  # seconds


class LatePolicy(LateSubmissionPlugin):
    """For each day that has begun, a share of what was earned is lost; and never more than that."""

    grace = Float(0, min=0, help="Minutes after the due date that cost nothing.").tag(config=True)
    per_day = Float(0, min=0, max=1, help="The share that each day begun costs.").tag(config=True)
    most = Float(1, min=0, max=1, help="The share that is lost at most.").tag(config=True)

    def late_submission_penalty(
        self, student_id: str, score: float, total_seconds_late: float
    ) -> float | None:
        """The points that are lost. None if the grace was enough."""
        late = total_seconds_late - self.grace * MINUTE
        return score * min(self.most, self.per_day * math.ceil(late / DAY)) if late > 0 else None


class Penalties(AssignLatePenalties):
    """nbgrader's step of autograde, which knows who has more time."""

    def preprocess(self, nb, resources):
        """Enter the extra time before it is asked how late it is."""
        names = resources["nbgrader"]
        with Gradebook(names["db_url"]) as gradebook:
            submission = gradebook.find_submission(names["assignment"], names["student"])
            extend(submission, extra_time(Path(course_of(self).root)))
            gradebook.db.commit()
        return super().preprocess(nb, resources)


def extra_time(course: Path) -> dict[tuple[str, str], timedelta]:
    """More time, by learner and set. Raises ValueError for a line of the file that says none."""
    path = course / EXTRA_TIME
    if not path.exists():
        return {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        return dict(map(granted, csv.DictReader(file)))


def granted(row: dict[str, str]) -> tuple[tuple[str, str], timedelta]:
    """Who has more time for what, and how much, by a line of the file. Raises ValueError."""
    try:
        hours = float(row["hours"])
        if not (0 <= hours < 10_000 and row["learner"] and row["set"]):
            raise ValueError
    except (ValueError, TypeError, KeyError):
        raise ValueError(
            f"{EXTRA_TIME} needs the columns learner, set and hours, a number that is not negative: {row}"
        ) from None
    return (row["learner"], row["set"]), timedelta(hours=hours)


def extend(submission: SubmittedAssignment, given: dict[tuple[str, str], timedelta]) -> None:
    """Let a submission have the extra time that its learner has: for this set, or for every set."""
    learner = submission.student.id
    extra = given.get((learner, submission.name), given.get((learner, EVERY_SET)))
    submission.extension = extra if submission.assignment.duedate else None


def settle(gradebook: Gradebook, course: Path, app: LoggingConfigurable) -> None:
    """Compute all penalties again: after autograde there may be more time, or points by hand.

    app: whose settings name the policy.
    """
    given, step = extra_time(course), AssignLatePenalties(parent=app)
    policy = step.plugin_class(parent=step)
    for assignment in gradebook.assignments:
        for submission in gradebook.assignment_submissions(assignment.name):
            extend(submission, given)
            learner, late = submission.student.id, submission.total_seconds_late
            for notebook in submission.notebooks:
                lost = policy.late_submission_penalty(learner, notebook.score, late) if late else None
                notebook.late_submission_penalty = None if lost is None else min(lost, notebook.score)
    gradebook.db.commit()
