"""Plausible wrong answers to every question of the problem sets: exercise_bank.toml, as whole cells.

BANK[set][answer] is a list of (the cell, its credit, words of the message).
"""

import tomllib
from pathlib import Path

import nbformat

HERE = Path(__file__).parent


def solutions(name):
    """{the name of an answer: its cell in the source, without the marks around the solution}."""
    cells = nbformat.read(HERE.parent / "exercises" / "source" / name / f"{name}.ipynb", 4).cells
    marked = {cell.metadata["nbgrader"]["grade_id"]: cell.source for cell in cells}
    return {
        answer: "\n".join(line for line in text.splitlines() if " SOLUTION" not in line)
        for answer, text in marked.items()
    }


def cell(answer, solution, edit):
    """A wrong answer's cell. edit: what to replace in the solution and by what, or the answer's value."""
    if len(edit) == 1:
        return f"{solution}\n{answer} = {edit[0]}"  # what else the cell binds, others may need
    assert edit[0] in solution, f"{answer}: no {edit[0]!r} in\n{solution}"
    return solution.replace(*edit)


def bank_of(name, answers):
    solved = solutions(name)
    return {
        answer: [(cell(answer, solved[answer], edit), credit, words) for *edit, credit, words in entries]
        for answer, entries in answers.items()
    }


BANK = {
    name: bank_of(name, answers)
    for name, answers in tomllib.loads((HERE / "exercise_bank.toml").read_text()).items()
}
