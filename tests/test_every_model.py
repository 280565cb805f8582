"""Every model that a lesson builds, against PyTorch in float64: run where PyTorch is installed.

The lessons' cells are executed here, and each Model and MatrixModel that they make is recorded. PyTorch
then computes the same equations term by term, and differentiates them in its own way.
"""

from functools import reduce
from operator import mul

import numpy as np
import pytest
import sympy as sp
from helpers import value_of
from lesson_runs import LESSONS, run

from course_utils import MatrixModel
from course_utils.compiled.matrices import sizes_of
from tools.refresh import why_not_run

torch = pytest.importorskip("torch", reason="PyTorch is not installed: models not compared with it")

FUNCTIONS = {
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "step": lambda z: torch.heaviside(z.detach(), torch.tensor(0.0, dtype=torch.float64)),
    "softplus": torch.nn.functional.softplus,  # defined by lesson 08
    "leaky_relu": lambda z: torch.nn.functional.leaky_relu(z, 0.1),
    "exp": torch.exp,
    "log": torch.log,
}


def in_torch(expression, values):
    """A scalar expression of tensors, computed by PyTorch."""
    if expression in values:
        return values[expression]
    if expression.is_number:
        return torch.tensor(float(expression), dtype=torch.float64)
    arguments = [in_torch(argument, values) for argument in expression.args]
    if expression.is_Add:
        return sum(arguments)
    if expression.is_Mul:
        return reduce(mul, arguments)
    if expression.is_Pow:
        return arguments[0] ** arguments[1]
    return FUNCTIONS[expression.func.__name__](*arguments)


def entrywise(function, tensor):
    """A function of one number, of each entry of a tensor."""
    entry = sp.Symbol("entry")
    return in_torch(sp.sympify(function(entry)), {entry: tensor})


def tensors_for(symbols, shapes, random):
    return {s: torch.tensor(random.normal(size=shape)) for s, shape in zip(symbols, shapes, strict=True)}


def assert_agrees(model, random):
    """The model's loss and gradients at a random point are PyTorch's, to 1e-9 relative."""
    if isinstance(model, MatrixModel):
        sizes = {s: 3 + i for i, s in enumerate(sorted(sizes_of([*model.parameters, *model.data]), key=str))}
        shapes = [[int(size.subs(sizes)) for size in s.shape] for s in (*model.parameters, *model.data)]
    else:
        shapes = [()] * len(model.parameters) + [(7,)] * len(model.data)
    values = tensors_for([*model.parameters, *model.data], shapes, random)
    learned = [values[parameter].requires_grad_() for parameter in model.parameters]
    for symbol, expression in model.equations.items():
        if isinstance(model, MatrixModel):
            values[symbol] = value_of(expression, values, sizes, torch, entrywise)
        else:
            values[symbol] = in_torch(expression, values)
    expected = values[model.loss].mean()
    expected.backward()
    given = {s: values[s].detach().numpy() for s in (*model.parameters, *model.data)}
    loss, gradients = model.compile()(
        [given[s] if isinstance(model, MatrixModel) else float(given[s]) for s in model.parameters],
        [given[s] for s in model.data],
    )
    np.testing.assert_allclose(loss, expected.item(), rtol=1e-9)
    for gradient, parameter in zip(gradients, learned, strict=True):
        slope = np.zeros_like(gradient) if parameter.grad is None else parameter.grad.numpy()
        np.testing.assert_allclose(gradient, slope, rtol=1e-9, atol=1e-12)


WITHOUT_A_MODEL = {"01"}  # it derives by hand, and has no explorer that makes one


@pytest.mark.bank(one_in=3)
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
@pytest.mark.filterwarnings("default")
def test_every_model_of_a_lesson_agrees_with_pytorch(lesson):
    if reason := why_not_run(lesson):
        pytest.skip(reason)
    models = run(lesson).models
    assert bool(models) == (lesson.name[:2] not in WITHOUT_A_MODEL)
    for model in models:
        assert_agrees(model, np.random.default_rng(0))


@pytest.mark.bank(one_in=3)
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
@pytest.mark.filterwarnings("default")
def test_a_name_stands_for_one_kind_of_thing_throughout_a_lesson(lesson):
    """A symbol that becomes a number makes SymPy's `subs` fail in silence."""
    if reason := why_not_run(lesson):
        pytest.skip(reason)
    assert not {name: kinds for name, kinds in run(lesson).kinds.items() if len(kinds) > 1 and name != "_"}
