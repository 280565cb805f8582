"""Marks where a school wants them: nbgrader's exporters, for a spreadsheet, Moodle and Canvas.

nbgrader export                                                  a line for each learner and set: grades.csv
nbgrader export --exporter=course_utils.grading.marks.Moodle --to=moodle.csv
nbgrader export --exporter=course_utils.grading.marks.Canvas --to=canvas.csv
nbgrader export --exporter=course_utils.grading.marks.Tries --to=tries.csv      earlier tries as well
"""

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

from nbgrader.api import Assignment, Gradebook, Student, SubmittedAssignment
from nbgrader.plugins import ExportPlugin
from traitlets import Bool, Dict

from .history import tries
from .late import settle
from .tables import plain

Submitted = dict[tuple[str, str], SubmittedAssignment]  # by learner and set


class Marks(ExportPlugin):
    """What all exporters share. In the file is who handed in anything, or was added to nbgrader by hand."""

    unfinished = Bool(False, help="Give marks where some are still to be set by hand.").tag(config=True)
    name, encoding, nothing = "grades.csv", "utf-8", ""  # nothing: where there is no mark

    def export(self, gradebook: Gradebook) -> None:
        """Compute what lateness costs, and write the file."""
        self.course = Path(self.parent.coursedir.root)
        settle(gradebook, self.course, self.parent)
        sets = [each for each in gradebook.assignments if asked(each.name, self.assignment)]
        learners = [each for each in gradebook.students if asked(each.id, self.student)]
        submitted = {
            (submission.student.id, each.name): submission
            for each in sets
            for submission in gradebook.assignment_submissions(each.name)
        }
        path = Path(self.to or self.name)
        with path.open("w", newline="", encoding=self.encoding) as file:
            csv.writer(file).writerows(map(plain, self.lines(sets, learners, submitted)))
        self.log.info("Wrote %s.", path)
        waiting = [" ".join(pair) for pair, found in submitted.items() if found.needs_manual_grade]
        if waiting and not self.unfinished:
            said = "%d submissions wait for marks by hand, and have none in the file: %.500s"
            self.log.warning(said, len(waiting), ", ".join(waiting))

    def lines(
        self, sets: list[Assignment], learners: list[Student], submitted: Submitted
    ) -> Iterator[Iterable]:
        """The rows of the file. Each exporter has its own."""
        raise NotImplementedError

    def mark(self, submission: SubmittedAssignment | None) -> float | str:
        """The points that count, or what stands where there are none yet."""
        if submission is None or (submission.needs_manual_grade and not self.unfinished):
            return self.nothing
        return points(submission.score - submission.late_submission_penalty)


def asked(name: str, names: list) -> bool:
    """Whether a name is among those that were asked for, if any were."""
    return not names or name in map(str, names)


def points(number: float) -> float | int:
    """Points with two digits at most, as platforms keep them."""
    rounded = round(max(0.0, number), 2)
    return int(rounded) if rounded == int(rounded) else rounded


def full_name(learner: Student) -> str:
    """A learner's name as lists have it."""
    return ", ".join(filter(None, [learner.last_name, learner.first_name])) or learner.id


class Plain(Marks):
    """A line for each learner and set, for spreadsheets."""

    encoding = "utf-8-sig"  # as Excel reads it
    columns = ("learner", "name", "email", "set", "handed in (UTC)", "tries", "hours late", "extra hours")
    counts = ("points before lateness", "lost by lateness", "points", "of")

    def lines(self, sets, learners, submitted):
        """Whoever handed in nothing has a line too."""
        yield self.columns + self.counts
        for each in sets:
            for learner in learners:
                yield self.line(each, learner, submitted.get((learner.id, each.name)))

    def line(self, each: Assignment, learner: Student, found: SubmittedAssignment | None) -> list:
        """One learner's line of one set."""
        who = [learner.id, full_name(learner), learner.email or "", each.name]
        if found is None:
            return [*who, "", 0, "", "", "", "", self.nothing, points(each.max_score)]
        count = 1 + sum(1 for _ in tries(self.course, learner.id, each.name))
        extra = found.extension.total_seconds() / 3600 if found.extension else 0
        times = [found.timestamp or "", count, points(found.total_seconds_late / 3600), points(extra)]
        lost = points(found.late_submission_penalty)
        return [*who, *times, points(found.score), lost, self.mark(found), points(each.max_score)]


class Moodle(Marks):
    """For Grades > Import > CSV file: one of the first three columns identifies, a set each are the others.

    Moodle refuses the whole file for one learner whom it does not know, and reads - as no grade.
    """

    name, nothing = "moodle.csv", "-"

    def lines(self, sets, learners, submitted):
        """A line for each learner: user name, number in Moodle (nbgrader's lms_user_id), e-mail address."""
        yield ["Username", "ID number", "Email address", "First name", "Last name", *(s.name for s in sets)]
        for learner in learners:
            who = [learner.lms_user_id, learner.email, learner.first_name, learner.last_name]
            marks = [self.mark(submitted.get((learner.id, each.name))) for each in sets]
            yield [learner.id, *(part or "" for part in who), *marks]


class Canvas(Marks):
    """For Grades > Import: Canvas knows a learner by its own ID (nbgrader's lms_user_id) or the login ID."""

    ids = Dict(help="Canvas's number of a set that it has already: {'1_chain_rule': 4711}.").tag(config=True)
    name = "canvas.csv"
    columns = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")

    def lines(self, sets, learners, submitted):
        """The header, how many points there are, and a line for each learner."""
        numbers = [f" ({self.ids[each.name]})" if each.name in self.ids else "" for each in sets]
        yield [*self.columns, *(each.name + number for each, number in zip(sets, numbers, strict=True))]
        yield ["    Points Possible", "", "", "", "", *(points(each.max_score) for each in sets)]
        for learner in learners:
            marks = [self.mark(submitted.get((learner.id, each.name))) for each in sets]
            yield [full_name(learner), learner.lms_user_id or "", "", learner.id, "", *marks]


class Tries(Marks):
    """Every try that was graded, the last one last."""

    name, encoding = "tries.csv", "utf-8-sig"

    def lines(self, sets, learners, submitted):
        """A line for each try."""
        header = ["learner", "set", "try", "handed in (UTC)"]
        yield [*header, "points before lateness", "lost by lateness", "counts"]
        for learner, name in sorted(submitted):
            earlier = list(tries(self.course, learner, name))
            for place, (when, worth) in enumerate(earlier, 1):
                yield [learner, name, place, when, points(worth["raw"]), points(worth["penalty"]), "no"]
            last = submitted[learner, name]
            worth = points(last.score), points(last.late_submission_penalty)
            yield [learner, name, len(earlier) + 1, last.timestamp or "", *worth, "yes"]
