"""Checks of a function that a learner wrote: forward, and backward.

Each is called with numbers of the check's own choice, and what it returns is compared with the derivation.
"""

from collections.abc import Callable, Sequence

import numpy as np
import sympy as sp

from ..compiled.inputs import in_order
from ..derivation.chain_rule import backward, until
from ..derivation.given import some
from ..language import enumerated, refusal, say, say_count, sentences
from ..models.model import Model
from .answers import Unreadable
from .arguments import borrowed, replaced
from .budget import SEARCH, bounded, within
from .calls import FEW_SECONDS, as_array, as_numbers, call_each, changed_by, needed
from .flow import same
from .judging import exchanged, judged, out_of_order
from .line_slips import slip_in_lines
from .mistakes import Mistake
from .rounding import CLOSE
from .sums import growth_of
from .symbols import called, must_be_scalar, roles_of
from .trials import SAMPLES, Trial, asked_by, compared, differs, right_in, telling, trials_of
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
        raise refusal("{symbol} is not computed by this model", symbol=called(symbol))
    tried = trials_of(model.equations, model.parameters, model.data, [symbol], model.equations)
    later = {s.name for s in list(model.equations)[list(model.equations).index(symbol) :]}

    def known(trial):
        return {k: v for k, v in given_by(model, trial).items() if k not in later}

    try:
        results = np.array(call_each(function, map(known, tried.each()), per_sample))
    except Unreadable as unreadable:
        return unreadable.verdict
    correct = right_in(results, tried.values[symbol.name], tried.close)
    if correct.all():
        keys = [(trial, trial[symbol.name]) for trial in tried.resized()]
        unsized = wrong_size(function, known, per_sample, keys)
        said = say("this computes {symbol}.", symbol=symbol), changed_by(function, known(next(tried.each())))
        return unsized or right(sentences(*said), tried.regions)
    told = telling(correct[None])
    points, answer = tried.points(told), results[told].ravel()
    key = points[symbol.name]
    first = differs(answer, key)
    at = {name: float(numbers[first]) for name, numbers in points.items() if name not in later}
    shown = compared(symbol.name, answer[first], key[first], asked_by(function, at))
    tested = list(map(known, tried.some(told)))
    if mistakes := borrowed(function, at) or mean_instead(answer, key):
        return slipped(mistakes, shown)
    lines = until(model.equations, symbol)
    slips = within(SEARCH, lambda: slip_in_lines(lines, roles_of(model), points, answer), [])
    slips = slips or replaced(function, tested, per_sample)
    return slipped(slips, shown) if slips else wrong(shown)


def mean_instead(answer: np.ndarray, key: np.ndarray) -> list[Mistake]:
    """One number where there should be one for each sample."""
    means = np.repeat(key.reshape(-1, SAMPLES).mean(axis=1), SAMPLES)
    text = "this is the mean over the samples: return an array, one number for each sample."
    return [Mistake("mean for each", text)] if same(answer, means) else []


def per_sample(result, samples: int = SAMPLES) -> np.ndarray:
    """A number for each sample; a single one, which depends on no data, is repeated."""
    numbers = as_array(result, say("its result"))
    shape = (samples,) if numbers.ndim else ()
    wanted = say("one number for each sample")
    return np.broadcast_to(as_numbers(numbers, shape, say("its result"), wanted), samples)


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
    where = [say_count("with {count} sample", "with {count} samples", count) for count in counts]
    for place, answer, (_, key) in zip(where, answers, keys, strict=False):
        if not right_in(answer[None], key[None], np.array([CLOSE])).all():
            first = differs(answer, key)
            fault = compared(say("its result"), answer[first], key[first])
            return wrong(say("{name}: {message}", name=place, message=fault))
    return wrong(say("{name}: {message}", name=where[len(answers)], message=fault)) if fault else None


@bounded()
def check_backward(model: Model, function: Callable) -> Verdict:
    """Check a function that computes the gradients of the model's mean loss.

    Its arguments are called like the model's symbols, as for `check_forward`. It should return one number
    for each parameter, in the model's order or by name. The score is the mean over the parameters.
    """
    must_be_scalar(model)
    if not model.parameters:
        raise refusal("a model without parameters has no gradients")
    passes = backward(model.equations, model.parameters)
    adjoints = {p: passes[p][0] for p in model.parameters}
    lines = model.equations | dict(passes.values())
    tried = trials_of(lines, model.parameters, model.data, list(adjoints.values()), model.equations)
    labels = [say("the gradient of {parameter}", parameter=p) for p in model.parameters]

    def means(values):
        return np.array([values[adjoint.name].mean(axis=-1) for adjoint in adjoints.values()])

    def read(result, **_):
        return gradients_of(result, model.parameters, labels)

    try:
        given = (given_by(model, trial) for trial in tried.each())
        answers = np.transpose(call_each(function, given, read))
    except Unreadable as unreadable:
        return unreadable.verdict
    correct = right_in(answers[..., None], means(tried.values)[..., None], tried.close)
    if correct.all():
        sized = [(trial, means(trial)) for trial in tried.resized()]
        unsized = wrong_size(function, lambda trial: given_by(model, trial), read, sized)
        first = given_by(model, next(tried.each()))
        remarks = changed_by(function, first), computed_in(function, model)
        return unsized or right(sentences(say("these are the gradients."), *remarks), tried.regions)
    told, lost = telling(correct), ~np.all(correct, axis=1)
    tested = [given_by(model, trial) for trial in tried.some(told)]
    at = [asked_by(function, given) for given in tested]
    if mistakes := borrowed(function, tested[0]):
        return slipped(mistakes)
    used, keys = answers[:, told], means(tried.values)[:, told]
    circle = exchanged(used, keys)
    given_up = {p: used[i] for i, p in enumerate(adjoints) if lost[i] and i not in circle}
    verdicts = []
    if given_up:
        growth = growth_of(function, tested, read, dict(zip(adjoints, used, strict=True)))
        verdicts = judged(model, adjoints, given_up, tried.points(told), at, growth=growth)
    score = 1 - (len(circle) + sum(1 - float(verdict) for verdict in verdicts)) / len(adjoints)
    slips = tuple(dict.fromkeys(slip for verdict in verdicts for slip in verdict.slips))
    if circle:
        exact = bool(same(used[circle][:, np.newaxis], keys).any(axis=1).all())
        message = out_of_order(exact, verdicts, model.parameters)
        return Verdict(False, message, score, ("order swapped", *slips))
    if not verdicts[0].slips and (mistakes := replaced(function, tested, read)):
        return slipped(mistakes, verdicts[0].message)
    return Verdict(False, verdicts[0].message, score, slips)


def computed_in(function: Callable, model: Model) -> str:
    """The sentence about arguments that a loop has no numbers for, as the model computes them."""
    asked = needed(function)
    names = [s.name for s in model.equations if s.name in asked]
    text = "It asks for {names}: a loop has numbers for parameters and data alone, so compute {names} in it."
    return say(text, names=enumerated(f"`{name}`" for name in names)) if names else ""


def gradients_of(result, parameters: Sequence[sp.Symbol], labels: Sequence[str]) -> np.ndarray:
    """One number for each parameter. Raises Unreadable for anything else, by its label."""
    try:
        ordered = in_order(result, parameters, say("the gradients"))
    except (TypeError, ValueError):
        names = some(map(str, parameters), most=10)
        raise Unreadable(
            say(
                "it should return {count} gradients in a tuple or a list, for {names}.",
                count=len(parameters),
                names=names,
            )
        ) from None
    one = say("one number, the mean over the samples")
    return np.array([as_numbers(g, (), label, one) for g, label in zip(ordered, labels, strict=True)])
