"""Checks of a function that a learner wrote: forward, and backward.

Each is called with numbers of the check's own choice, and what it returns is compared with the derivation.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import sympy as sp

from ..compiled.inputs import in_order
from ..derivation.chain_rule import backward, until
from ..derivation.given import some
from ..models.model import Model
from .answers import Unreadable
from .budget import SEARCH, bounded, within
from .calls import FEW_SECONDS, as_array, as_numbers, call_each
from .flow import same
from .line_slips import slip_in_lines
from .mistakes import Mistake
from .slips import Slips
from .symbols import called, must_be_scalar, must_have_derivatives, roles_of
from .trials import SAMPLES, Trial, compared, right_in, telling, trials_of
from .verdict import Verdict, right, slipped, wrong


def given_by(model: Model, trial: Trial) -> dict[str, float | np.ndarray]:
    """What a learner's function may ask for: a number for each parameter, an array for anything else."""
    parameters = {p.name: float(trial[p.name][0]) for p in model.parameters}
    return parameters | {s.name: trial[s.name] for s in (*model.data, *model.equations)}


@bounded()
def check_forward(model: Model, symbol: sp.Symbol, function: Callable) -> Verdict:
    """Check a function that computes one of the model's equations.

    Its arguments are called like the model's symbols. It gets a number for each parameter, and arrays of
    shape (samples,) for data and symbols computed before; what it returns should have that shape too.
    Raises ValueError if the model does not compute `symbol`.
    """
    must_be_scalar(model)
    if not (isinstance(symbol, sp.Symbol) and symbol in model.equations):
        raise ValueError(f"{called(symbol)} is not computed by this model")
    tried = trials_of(model.equations, model.parameters, model.data, [symbol])
    later = {s.name for s in list(model.equations)[list(model.equations).index(symbol) :]}

    def known(trial):
        return {k: v for k, v in given_by(model, trial).items() if k not in later}

    try:
        results = np.array(call_each(function, map(known, tried.each()), per_sample))
    except Unreadable as unreadable:
        return unreadable.verdict
    correct = right_in(results, tried.values[symbol.name])
    if correct.all():
        keys = [(trial, trial[symbol.name]) for trial in tried.resized()]
        unsized = wrong_size(function, known, per_sample, keys)
        return unsized or right(f"this computes {symbol}.", tried.regions)
    told = telling(correct[None])
    points, answer = tried.points(told), results[told].ravel()
    lines = until(model.equations, symbol)
    slip = within(SEARCH, lambda: slip_in_lines(lines, roles_of(model), points, answer), None)
    return slipped([slip]) if slip else wrong(compared(symbol, answer, points[symbol.name]))


def per_sample(result, samples: int = SAMPLES) -> np.ndarray:
    """A number for each sample; a single one, which depends on no data, is repeated."""
    numbers = as_array(result, "its result")
    shape = (samples,) if numbers.ndim else ()
    return np.broadcast_to(as_numbers(numbers, shape, "its result"), samples)


def wrong_size(function: Callable, given: Callable, read: Callable, keys: Sequence) -> Verdict | None:
    """The verdict on a function that is right, but not with another number of samples.

    given: what it may ask for in a trial. read(result, samples): its numbers. keys: (trial, right numbers).
    """
    counts, answers, fault = [len(next(iter(trial.values()))) for trial, _ in keys], [], None

    def read_next(result) -> None:
        answers.append(read(result, samples=counts[len(answers)]))

    try:
        call_each(function, (given(trial) for trial, _ in keys), read_next, FEW_SECONDS)
    except Unreadable as unreadable:
        fault = unreadable.verdict.message
    where = [f"with {count} sample{'s' * (count > 1)}" for count in counts]
    for place, answer, (_, key) in zip(where, answers, keys, strict=False):
        if not right_in(answer[None], key[None]).all():
            return wrong(f"{place}: {compared('its result', answer, key)}")
    return wrong(f"{where[len(answers)]}: {fault}") if fault else None


@bounded()
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
    tried = trials_of(lines, model.parameters, model.data, list(adjoints.values()))
    labels = [f"the gradient of {p}" for p in model.parameters]

    def means(values):
        return np.array([values[adjoint.name].mean(axis=-1) for adjoint in adjoints.values()])

    def read(result, **_):
        return gradients_of(result, model.parameters, labels)

    try:
        given = (given_by(model, trial) for trial in tried.each())
        answers = np.transpose(call_each(function, given, read))
    except Unreadable as unreadable:
        return unreadable.verdict
    correct = right_in(answers[..., None], means(tried.values)[..., None])
    if correct.all():
        sized = [(trial, means(trial)) for trial in tried.resized()]
        unsized = wrong_size(function, lambda trial: given_by(model, trial), read, sized)
        return unsized or right("these are the gradients.", tried.regions)
    told, lost = telling(correct), ~correct.all(axis=1)
    given_up = {
        p: answer[told] for p, answer, is_lost in zip(adjoints, answers, lost, strict=True) if is_lost
    }
    verdicts = judged(model, adjoints, given_up, tried.points(told))
    score = 1 - sum(1 - float(verdict) for verdict in verdicts) / len(adjoints)
    return Verdict(False, verdicts[0].message, score, verdicts[0].slips)


def judged(model: Model, adjoints: Mapping, lost: Mapping, points: Mapping[str, np.ndarray]) -> list[Verdict]:
    """The verdicts on the gradients that are wrong. lost: {parameter: the answer in each trial}.

    Two slips are sought in the first alone, of which the message speaks: they are worth nothing.
    """
    keys = {p: over_trials(points[adjoints[p].name]) for p in lost}
    sums = {p for p in lost if same(lost[p], SAMPLES * keys[p])}
    found = {p: [Mistake("sum for mean", "take the mean over the samples.", p)] for p in sums}
    if unknown := [p for p in lost if p not in sums]:
        message = "the gradient of {} stands in its place: mind the order."
        others = [Mistake("another", message.format(p), dL_dp, credit=0.0) for p, dL_dp in adjoints.items()]
        answers, first = np.array([lost[p] for p in unknown]), range(unknown[:1] == list(lost)[:1])

        def explained() -> list[list[Mistake]]:
            slips = Slips(model.equations, unknown, points, roles_of(model), others)
            return slips.explain(answers, over_trials, pairs_of=first)

        found |= zip(unknown, within(SEARCH, explained, [[]] * len(unknown)), strict=True)
    return [judged_alone(p, found[p], lost[p], keys[p]) for p in lost]


def judged_alone(p: sp.Symbol, mistakes: list[Mistake], answer: np.ndarray, key: np.ndarray) -> Verdict:
    """The verdict on one parameter's gradient that is wrong in some trial, a number for each."""
    name = f"the gradient of {p}"
    if not mistakes:
        return wrong(compared(name, answer, key))
    verdict = slipped(mistakes)
    return Verdict(False, f"{name}: {verdict.message}", verdict.score, verdict.slips)


def over_trials(values: np.ndarray) -> np.ndarray:
    """The mean over the samples of each trial, of values at all points (the last axis)."""
    return values.reshape(*values.shape[:-1], -1, SAMPLES).mean(axis=-1)


def gradients_of(result, parameters: Sequence[sp.Symbol], labels: Sequence[str]) -> np.ndarray:
    """One number for each parameter. Raises Unreadable for anything else, by its label."""
    try:
        ordered = in_order(result, parameters, "the gradients")
    except (TypeError, ValueError):
        names = some(map(str, parameters), most=10)
        raise Unreadable(f"it should return {len(parameters)} gradients, for {names}.") from None
    return np.array([as_numbers(g, (), label) for g, label in zip(ordered, labels, strict=True)])
