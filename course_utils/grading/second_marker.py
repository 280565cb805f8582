"""A second marker: some of what was marked by hand is marked again, by somebody who sees no name and no mark.

Run it in the course's folder, after the first marking:
    python -m course_utils.grading.second_marker draw 1_chain_rule --share 0.2
writes second/1_chain_rule.csv for the second marker, who fills in the column `second`. The first marks are in
second/1_chain_rule_first.csv, and for you.
    python -m course_utils.grading.second_marker enter 1_chain_rule --tolerance 0.1
says how far the two agree. Where they differ by no more than this share of the points, the mean counts. Where
they differ by more, the first mark stays until you both write one into the column `agreed`, and enter again.
"""

import argparse
import csv
import hashlib
import math
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook
from nbgrader.apps import NbGrader

from .assembly import label
from .marks import points
from .tables import plain

SHEET = ["code", "question", "of", "answer", "second", "agreed"]
FIRST = ["code", "learner", "question", "first"]


def marked_by_hand(gradebook: Gradebook, name: str) -> Iterator:
    """The grades of a set that somebody has given."""
    for submission in gradebook.assignment_submissions(name):
        for notebook in submission.notebooks:
            yield from (grade for grade in notebook.grades if grade.manual_score is not None)


def drawn(grades: list, share: float) -> list:
    """This share of each question's grades, at least one: always the same, in no order of names."""
    by_question: dict[str, list] = {}
    for grade in sorted(grades, key=lambda grade: hashlib.sha256(grade.id.encode()).digest()):
        by_question.setdefault(grade.name, []).append(grade)
    return [grade for each in by_question.values() for grade in each[: math.ceil(share * len(each))]]


def answer(course: Path, grade) -> str:
    """What a learner wrote into the cell of a grade."""
    name = grade.notebook.assignment.name
    path = course / "autograded" / grade.student.id / name / f"{grade.notebook.name}.ipynb"
    cells = nbformat.read(path, as_version=4).cells
    return next(cell.source for cell in cells if label(cell).get("grade_id") == grade.name)


def write(path: Path, *rows: list) -> None:
    """A table as a file. Raises FileExistsError rather than write over one that may be filled in."""
    with path.open("x", newline="", encoding="utf-8-sig") as file:
        csv.writer(file).writerows(map(plain, rows))


def read(path: Path) -> dict[str, dict[str, str]]:
    """The rows of a table by their code."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        return {row["code"]: row for row in csv.DictReader(file)}


def draw(gradebook: Gradebook, course: Path, name: str, share: float) -> str:
    """Write the two tables. Returns what to say."""
    grades = drawn(list(marked_by_hand(gradebook, name)), share)
    if not grades:
        raise ValueError(f"Nothing of {name} was marked by hand yet.")
    folder = course / "second"
    folder.mkdir(exist_ok=True)
    sheet = [
        [grade.id, grade.name, points(grade.max_score), answer(course, grade), "", ""] for grade in grades
    ]
    write(folder / f"{name}.csv", SHEET, *sheet)
    first = [[grade.id, grade.student.id, grade.name, grade.manual_score] for grade in grades]
    write(folder / f"{name}_first.csv", FIRST, *first)
    return f"Wrote {folder / name}.csv with {len(grades)} answers to be marked again."


def mark(row: dict[str, str], column: str) -> float | None:
    """A mark in the second marker's table, None where there is none. Raises ValueError, naming the row."""
    text = row[column].strip().replace(",", ".")
    try:
        value = float(text) if text else None
    except ValueError:
        value = math.nan
    if value is not None and not 0 <= value <= float(row["of"]):
        raise ValueError(f"{row['code']}: {text!a} in the column {column} is no mark from 0 to {row['of']}.")
    return value


def settled(row: dict[str, str], first: float, tolerance: float) -> float | None:
    """The mark that counts once there are two. None where they are too far apart, and nobody has agreed."""
    second, agreed = mark(row, "second"), mark(row, "agreed")
    if agreed is not None:
        return agreed
    if second is None:
        return first
    near = abs(first - second) <= tolerance * float(row["of"]) + 1e-9
    return (first + second) / 2 if near else None


def enter(gradebook: Gradebook, course: Path, name: str, tolerance: float) -> str:
    """Enter the marks that count. Returns what to say. Raises ValueError, and then none is entered."""
    first = read(course / "second" / f"{name}_first.csv")
    sheet = read(course / "second" / f"{name}.csv")
    if unknown := sheet.keys() ^ first.keys():
        raise ValueError(f"{min(unknown)} stands in one of the two tables of {name} only.")
    given = {code: row for code, row in sheet.items() if mark(row, "second") is not None}
    counts = {code: settled(row, float(first[code]["first"]), tolerance) for code, row in given.items()}
    for grade in marked_by_hand(gradebook, name):
        if (value := counts.get(grade.id)) is not None:
            grade.manual_score = value
    gradebook.db.commit()
    equal = sum(mark(row, "second") == float(first[code]["first"]) for code, row in given.items())
    apart = [code for code, value in counts.items() if value is None]
    lines = [f"{len(given)} of {len(sheet)} were marked again: {equal} alike, {len(apart)} to talk about."]
    for code in apart:
        row = first[code]
        marks = f"{points(float(row['first']))} and {points(float(sheet[code]['second'].replace(',', '.')))}"
        lines.append(f"  {row['learner']}, {row['question']}: {marks} of {sheet[code]['of']} (code {code})")
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> None:
    """Draw, or enter. Exits with a sentence where that cannot be."""
    parser = argparse.ArgumentParser(prog="python -m course_utils.grading.second_marker", description=__doc__)
    steps = parser.add_subparsers(dest="step", required=True)
    for step, option, default in [("draw", "--share", 0.2), ("enter", "--tolerance", 0.1)]:
        of_step = steps.add_parser(step)
        of_step.add_argument("name", help="the problem set")
        of_step.add_argument(option, dest="share", type=float, default=default)
    chosen = parser.parse_args(arguments)
    app = NbGrader()
    app.initialize([])
    course, does = Path(app.coursedir.root), {"draw": draw, "enter": enter}[chosen.step]
    with Gradebook(app.coursedir.db_url, app.coursedir.course_id) as gradebook:
        try:
            print(does(gradebook, course, chosen.name, chosen.share))
        except FileExistsError as error:
            sys.exit(f"{error.filename} is there already: delete it to draw anew.")
        except (ValueError, FileNotFoundError) as error:
            sys.exit(str(error))


if __name__ == "__main__":
    main()
