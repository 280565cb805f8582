"""Lesson 16's tape, from its own cells: the gradients of every scalar model of the course."""

import numpy as np
import pytest
import sympy as sp
from lesson_runs import LESSONS, NOTEBOOKS, run
from model_bank import MODELS

from course_utils import Model
from course_utils.derivation import Activation
from tools.refresh import why_not_run

pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture(scope="module")
def tape():
    """What the lesson defines."""
    return run(NOTEBOOKS / "16_record_a_tape.ipynb").names


def add_activations(functions, model):
    """A line in the tape's table for each activation that a lesson made up."""
    for applied in set().union(*(equation.atoms(Activation) for equation in model.equations.values())):
        made_up, h = applied.func, sp.Symbol("h")
        slope = sp.lambdify(h, made_up.slope(h), [{"step": lambda h: float(h > 0)}, "numpy"])
        functions.setdefault(made_up.__name__, (made_up.numpy, slope))


def assert_agrees(tape, model):
    tape["tape"].clear()
    add_activations(tape["FUNCTIONS"], model)
    symbols = [*model.parameters, *model.data]
    given = dict(zip(symbols, np.random.default_rng(0).normal(size=len(symbols)), strict=True))
    values = tape["run_on_tape"](model, given)
    slopes = tape["slopes_of"](values[model.loss])
    loss, gradients = model.compile()([given[p] for p in model.parameters], [given[d] for d in model.data])
    assert values[model.loss].value == pytest.approx(loss, rel=1e-10)
    found = [slopes[values[parameter].place] for parameter in model.parameters]
    np.testing.assert_allclose(found, gradients, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_the_tape_gives_the_gradients_of_a_model(tape, model):
    assert_agrees(tape, model)


@pytest.mark.bank(one_in=6)
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_the_tape_gives_the_gradients_of_every_scalar_model_of_a_lesson(tape, lesson):
    if reason := why_not_run(lesson):
        pytest.skip(reason)
    for model in run(lesson).models:
        if isinstance(model, Model):
            assert_agrees(tape, model)
