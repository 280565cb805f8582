"""Checks of a function that a learner wrote: forward, and backward.

Each is called with numbers of the check's own choice, and what it returns is compared with the derivation.
"""

from collections.abc import Callable, Sequence

import numpy as np
import sympy as sp

from ..compiled.inputs import in_order
from ..derivation.chain_rule import backward
from ..models.model import Model
from .answers import Unreadable, listed
from .calls import as_array, as_numbers, call
from .mistakes import Mistake
from .slips import Slips, same
from .symbols import called, must_be_scalar, must_have_derivatives, roles_of
from .trials import SAMPLES, compared, equations_mistaken, explained, numbers, right_in, telling, trials
from .values import Point
from .verdict import Verdict, right, slipped, wrong


def given_by(model: Model, trial: Sequence[Point]) -> dict[str, np.ndarray]:
    """What a learner's function may ask for: a number for each parameter, an array for anything else."""
    parameters = {p.name: float(trial[0][p.name]) for p in model.parameters}
    return parameters | {s.name: numbers(trial, s) for s in (*model.data, *model.equations)}


def check_forward(model: Model, symbol: sp.Symbol, function: Callable) -> Verdict:
    """Check a function that computes one of the model's equations.

    Its arguments are called like the model's symbols. It gets a number for each parameter, and arrays of
    shape (samples,) for data and symbols computed before; what it returns should have that shape too.
    Raises ValueError if the model does not compute `symbol`.
    """
    must_be_scalar(model)
    if not (isinstance(symbol, sp.Symbol) and symbol in model.equations):
        raise ValueError(f"{called(symbol)} is not computed by this model")
    tried, regions = trials(model.equations, model.parameters, model.data, [symbol])
    later = {s.name for s in list(model.equations)[list(model.equations).index(symbol) :]}
    known = [{k: v for k, v in given_by(model, trial).items() if k not in later} for trial in tried]
    try:
        results = [per_sample(call(function, given)) for given in known]
    except Unreadable as unreadable:
        return unreadable.verdict
    correct = right_in(np.array(results), np.array([numbers(trial, symbol) for trial in tried]))
    if correct.all():
        return right(f"this computes {symbol}.", regions)
    told = telling(correct[None])
    points = [point for trial in told for point in tried[trial]]
    answer, key = np.concatenate([results[trial] for trial in told]), numbers(points, symbol)
    mistakes = equations_mistaken(model.equations, symbol, roles_of(model))
    return explained(answer, symbol, mistakes, points) or wrong(compared(symbol, answer, key))


def per_sample(result) -> np.ndarray:
    """A number for each sample; a single one, which depends on no data, is repeated."""
    numbers = as_array(result, "its result")
    shape = (SAMPLES,) if numbers.ndim else ()
    return np.broadcast_to(as_numbers(numbers, shape, "its result"), SAMPLES)


def check_backward(model: Model, function: Callable) -> Verdict:
    """Check a function that computes the gradients of the model's mean loss.

    Its arguments are called like the model's symbols, as for `check_forward`. It should return one number
    for each parameter, in the model's order or by name. The score is the mean over the parameters.
    """
    must_be_scalar(model)
    passes = backward(model.equations, model.parameters)
    must_have_derivatives(dict(passes.values()))
    adjoints = {p: passes[p][0] for p in model.parameters}
    lines = model.equations | dict(passes.values())
    tried, regions = trials(lines, model.parameters, model.data, list(adjoints.values()))
    try:
        results = [gradients_of(call(function, given_by(model, trial)), model) for trial in tried]
    except Unreadable as unreadable:
        return unreadable.verdict
    answers = np.transpose(results)
    keys = np.array([[numbers(trial, adjoint).mean() for trial in tried] for adjoint in adjoints.values()])
    correct = right_in(answers[..., None], keys[..., None])
    if correct.all():
        return right("these are the gradients.", regions)
    told = telling(correct)
    points = [point for trial in told for point in tried[trial]]
    verdicts = [
        right(f"this computes the gradient of {p}.") if always else judged(model, p, adjoints, some, points)
        for p, always, some in zip(model.parameters, correct.all(axis=1), answers[:, told], strict=True)
    ]
    worst = next(verdict for verdict in verdicts if not verdict.correct)
    return Verdict(False, worst.message, sum(map(float, verdicts)) / len(verdicts), worst.slips)


def judged(model: Model, p: sp.Symbol, adjoints: dict, answer: np.ndarray, points: list[Point]) -> Verdict:
    """The verdict on one parameter's gradient that is wrong in some trial, a number for each."""
    name, key = f"the gradient of {p}", over_trials(numbers(points, adjoints[p]))
    if same(answer, SAMPLES * key):
        return slipped([Mistake("sum for mean", f"{p}: take the mean over the samples.", p)])
    others = [
        Mistake(
            "another", f"the gradient of {other} stands in its place: mind the order.", adjoint, credit=0.0
        )
        for other, adjoint in adjoints.items()
        if other != p
    ]
    mistakes = Slips(model.equations, p, points, roles_of(model), others).match(answer, over_trials)
    if not mistakes:
        return wrong(compared(name, answer, key))
    verdict = slipped(mistakes)
    return Verdict(False, f"{name}: {verdict.message}", verdict.score, verdict.slips)


def over_trials(values: np.ndarray) -> np.ndarray:
    """The mean over the samples of each trial, of values at all points (the last axis)."""
    return values.reshape(*values.shape[:-1], -1, SAMPLES).mean(axis=-1)


def gradients_of(result, model: Model) -> np.ndarray:
    """One number for each parameter. Raises Unreadable for anything else."""
    names = listed(map(str, model.parameters), most=10)
    try:
        ordered = in_order(result, model.parameters, "the gradients")
    except (TypeError, ValueError):
        raise Unreadable(f"it should return {len(model.parameters)} gradients, for {names}.") from None
    return np.array(
        [as_numbers(g, (), f"the gradient of {p}") for g, p in zip(ordered, model.parameters, strict=True)]
    )
