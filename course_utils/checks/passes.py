"""Checks of a function that a learner wrote: forward, and backward.

Each is called with numbers of the check's own choice, and what it returns is compared with the derivation.
"""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import sympy as sp

from ..compiled.inputs import in_order
from ..derivation.chain_rule import backward, until
from ..derivation.given import some
from ..models.model import Model
from .answers import Unreadable
from .calls import as_array, as_numbers, call_each
from .flow import Chains, same
from .line_slips import slip_in_lines
from .mistakes import Mistake
from .slips import Slips
from .symbols import as_arrays, called, must_be_scalar, must_have_derivatives, roles_of
from .trials import (
    SAMPLES,
    asked_by,
    borrowed,
    compared,
    differs,
    numbers,
    resized,
    right_in,
    telling,
    trials,
)
from .values import Point
from .verdict import Verdict, right, slipped, wrong


def given_by(model: Model, trial: Sequence[Point]) -> dict[str, float | np.ndarray]:
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

    def known(trial):
        return {k: v for k, v in given_by(model, trial).items() if k not in later}

    try:
        results = call_each(function, map(known, tried), per_sample)
    except Unreadable as unreadable:
        return unreadable.verdict
    correct = right_in(np.array(results), np.array([numbers(trial, symbol) for trial in tried]))
    if correct.all():
        keys = [(trial, numbers(trial, symbol)) for trial in resized(tried)]
        return wrong_size(function, known, per_sample, keys) or right(f"this computes {symbol}.", regions)
    told = telling(correct[None])
    points = [point for trial in told for point in tried[trial]]
    answer, key = np.concatenate([results[trial] for trial in told]), numbers(points, symbol)
    first = differs(answer, key)
    at = {k: v[first] if np.ndim(v) else v for k, v in known(points).items()}
    at |= {p.name: float(points[first][p.name]) for p in model.parameters}
    shown = compared(symbol.name, answer[first], key[first], asked_by(function, at))
    if (
        mistakes := borrowed(function, at)
        or mean_instead(answer, key)
        or slip_in_line(model, symbol, points, answer)
    ):
        return slipped(mistakes, shown)
    return wrong(shown)


def slip_in_line(model: Model, symbol: sp.Symbol, points: list[Point], answer: np.ndarray) -> list[Mistake]:
    """The slip in one of the equations that gives these values."""
    return slip_in_lines(until(model.equations, symbol), roles_of(model), as_arrays(points), answer)


def mean_instead(answer: np.ndarray, key: np.ndarray) -> list[Mistake]:
    """One number where there should be one for each sample."""
    means = np.repeat(key.reshape(-1, SAMPLES).mean(axis=1), SAMPLES)
    text = "this is the mean over the samples: return an array, one number for each sample."
    return [Mistake("mean for each", text)] if same(answer, means) else []


def per_sample(result, samples: int = SAMPLES) -> np.ndarray:
    """A number for each sample; a single one, which depends on no data, is repeated."""
    numbers = as_array(result, "its result")
    shape = (samples,) if numbers.ndim else ()
    wanted = f"one number for each of the {samples} samples"
    return np.broadcast_to(as_numbers(numbers, shape, "its result", wanted), samples)


def wrong_size(function: Callable, given: Callable, read: Callable, keys: Sequence) -> Verdict | None:
    """The verdict on a function that is right, but not with another number of samples.

    given: what it may ask for in a trial. read(result, samples): its numbers. keys: (trial, right numbers).
    """
    for trial, key in keys:
        some = f"with {len(trial)} sample{'s' * (len(trial) > 1)}"
        try:
            (answer,) = call_each(function, [given(trial)], partial(read, samples=len(trial)))
        except Unreadable as unreadable:
            return wrong(f"{some}: {unreadable.verdict.message}")
        if not right_in(answer[None], key[None]).all():
            first = differs(answer, key)
            return wrong(f"{some}: {compared('its result', answer[first], key[first])}")
    return None


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

    def means(trial):
        return np.array([numbers(trial, adjoint).mean() for adjoint in adjoints.values()])

    def read(result, **_):
        return gradients_of(result, model)

    try:
        given = (given_by(model, trial) for trial in tried)
        results = call_each(function, given, read)
    except Unreadable as unreadable:
        return unreadable.verdict
    answers = np.transpose(results)
    keys = np.transpose([means(trial) for trial in tried])
    correct = right_in(answers[..., None], keys[..., None])
    if correct.all():
        sized = [(trial, means(trial)) for trial in resized(tried)]
        unsized = wrong_size(function, lambda trial: given_by(model, trial), read, sized)
        return unsized or right("these are the gradients.", regions)
    told = telling(correct)
    trial = tried[told[0]] if not correct[:, told[0]].all() else tried[int(np.argmin(correct.all(axis=0)))]
    if outer := borrowed(function, given_by(model, trial)):
        return slipped(outer)
    points = as_arrays([point for trial in told for point in tried[trial]])
    lost = {
        p: answer[told] for p, answer, each in zip(adjoints, answers, correct, strict=True) if not each.all()
    }
    if swapped := order_swapped(answers[:, told], keys[:, told], model.parameters):
        return slipped(swapped)
    at = [asked_by(function, given_by(model, tried[trial])) for trial in told]
    verdicts = judged(model, adjoints, lost, points, at)
    score = 1 - sum(1 - float(verdict) for verdict in verdicts) / len(adjoints)
    return Verdict(
        False, verdicts[0].message, score, tuple(dict.fromkeys(s for v in verdicts for s in v.slips))
    )


def order_swapped(answers: np.ndarray, keys: np.ndarray, parameters: Sequence[sp.Symbol]) -> list[Mistake]:
    """The mistake that all gradients are right, in another order. answers, keys: (parameters, trials)."""
    found = [next((i for i, key in enumerate(keys) if same(answer, key)), None) for answer in answers]
    text = "the gradients are right, but in another order: return them for {names}."
    names = {"names": some(map(str, parameters), most=10)}
    swapped = None not in found and len(set(found)) == len(found)
    return [Mistake("order swapped", text, credit=0.0, names=names)] if swapped else []


def judged(
    model: Model, adjoints: dict, lost: dict, points: dict, at: list[dict], samples: int = SAMPLES
) -> list:
    """The verdicts on the gradients that are wrong. lost: {parameter: the answer in each trial}.

    points: the values of all symbols at the samples of all trials. at: the inputs of each trial.
    """

    def over_trials(values: np.ndarray) -> np.ndarray:
        """The mean over the samples of each trial, of values at all points (the last axis)."""
        return values.reshape(*values.shape[:-1], -1, samples).mean(axis=-1)

    keys = {p: over_trials(points[adjoints[p].name]) for p in lost}
    sums = {p for p in lost if same(lost[p], samples * keys[p])}
    found = {p: [Mistake("sum for mean", "take the mean over the samples.")] for p in sums}
    if unknown := [p for p in lost if p not in sums]:
        text = "the gradient of {other} stands in its place: mind the order."
        others = [
            Mistake("another", text, dL_dp, credit=0.0, names={"other": p.name})
            for p, dL_dp in adjoints.items()
        ]
        slips = Slips(model.equations, unknown, points, roles_of(model), others)
        explained = slips.explain(np.array([lost[p] for p in unknown]), over_trials)
        means = [means_multiplied(slips.chains, i, lost[p], over_trials) for i, p in enumerate(unknown)]
        found |= {p: each or mean for p, each, mean in zip(unknown, explained, means, strict=True)}
    return [judged_alone(p, found[p], lost[p], keys[p], at) for p in lost]


def means_multiplied(chains: Chains, index: int, answer: np.ndarray, mean: Callable) -> list[Mistake]:
    """The mistake that the mean is taken of each factor, and not of their products."""
    flow, text = (
        chains.flow,
        "the mean is taken of each factor: multiply sample by sample, then take the mean.",
    )
    for of, wrt in chains.way(index):
        after = np.broadcast_to(flow.links[of, wrt] * flow.tangent[wrt][index], flow.links[of, wrt].shape)
        before = np.broadcast_to(flow.adjoint[of], after.shape)
        if same(mean(before) * mean(after), answer):
            return [Mistake("means multiplied", text)]
    return []


def judged_alone(
    p: sp.Symbol, mistakes: list[Mistake], answer: np.ndarray, key: np.ndarray, at: list[dict]
) -> Verdict:
    """The verdict on one parameter's gradient that is wrong in some trial, a number for each."""
    first, name = differs(answer, key), f"the gradient of {p}"
    shown = compared(name, answer[first], key[first], at[first])
    if not mistakes:
        return wrong(shown)
    verdict = slipped(mistakes, shown)
    return Verdict(False, f"{name}: {verdict.message}", verdict.score, verdict.slips)


def gradients_of(result, model: Model) -> np.ndarray:
    """One number for each parameter. Raises Unreadable for anything else."""
    names = some(map(str, model.parameters), most=10)
    try:
        ordered = in_order(result, model.parameters, "the gradients")
    except (TypeError, ValueError):
        raise Unreadable(f"it should return {len(model.parameters)} gradients, for {names}.") from None
    return np.array(
        [
            as_numbers(g, (), f"the gradient of {p}", "one number, the mean over the samples")
            for g, p in zip(ordered, model.parameters, strict=True)
        ]
    )
