"""Lessons executed here, cell by cell, without a kernel: what they make, and what their names stand for."""

import contextlib
import io
from collections import defaultdict
from collections.abc import Callable
from functools import cache
from numbers import Number
from pathlib import Path
from typing import NamedTuple

import nbformat
import numpy as np
import pytest
import sympy as sp

from course_utils import MatrixModel, Model
from course_utils.checks.questions import questions

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
LESSONS = sorted(NOTEBOOKS.glob("*.ipynb"))


class Run(NamedTuple):
    """models: those that a lesson makes, each set of equations once. kinds: of each name, in their order.

    names: what they stand for at the end.
    """

    models: list
    kinds: dict[str, list[str]]
    names: dict


def kind_of(value) -> str | None:
    """What a name stands for, where that must not change within a lesson."""
    if isinstance(value, sp.Symbol | sp.MatrixSymbol):
        return "symbol"
    if isinstance(value, sp.Basic | sp.MatrixBase) and not isinstance(value, type):
        return "expression"
    if isinstance(value, Number | np.ndarray):
        return "number"
    return "function" if isinstance(value, Callable) else None


def recording(patch: pytest.MonkeyPatch, kind: type, found: dict) -> None:
    """From now on every instance of the class is put into `found`, by what it says of itself."""
    original = kind.__init__

    def init(self, *args, **kwargs):
        original(self, *args, **kwargs)
        found[str(self)] = self

    patch.setattr(kind, "__init__", init)


@cache
def run(lesson: Path) -> Run:
    """Execute a lesson's code, with training in batches left out."""
    models, kinds, names = {}, defaultdict(list), {"__name__": "lesson", "display": lambda *shown: None}
    questions(lesson.name[:2])  # they make models of their own when they are first asked
    with pytest.MonkeyPatch.context() as patch:
        recording(patch, Model, models)
        recording(patch, MatrixModel, models)
        patch.chdir(NOTEBOOKS)
        patch.setattr("tqdm.notebook.tqdm", lambda steps, **_: steps)
        patch.setattr(
            "course_utils.training.train_in_batches", lambda compiled, start, epochs, **_: [start] * epochs
        )
        for cell in nbformat.read(lesson, 4).cells:
            if cell.cell_type == "code":
                code = "\n".join(line for line in cell.source.splitlines() if not line.startswith("%"))
                with contextlib.redirect_stdout(io.StringIO()):
                    exec(compile(code, lesson.name, "exec"), names)
                for name, kind in ((name, kind_of(value)) for name, value in names.items()):
                    if kind and kinds[name][-1:] != [kind]:
                        kinds[name].append(kind)
    return Run(list(models.values()), dict(kinds), names)
