"""Check of a training loop that a learner wrote."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from itertools import chain

import numpy as np
import sympy as sp

from ..compiled.inputs import finite_start, in_order
from ..compiled.settings import count
from ..derivation.chain_rule import backward
from ..language import enumerated, later, say, sentences
from ..models.model import Model
from ..training.update_rules import positive
from .answers import Unreadable
from .arguments import borrowed
from .budget import TooSlow, bounded, patience
from .calls import FEW_SECONDS, as_array, as_numbers, call, call_each, changed_by, in_words
from .carried import carried
from .descents import SUMMED, Descent, Run, all_finite, cut_runs, run_agrees
from .facts import LARGEST
from .floats import Floats
from .judging import judged
from .mistakes import Mistake
from .reruns import Arguments, fewer_steps, is_calm, others
from .symbols import must_be_scalar
from .trials import agrees, compared, differs
from .verdict import Verdict, right, slipped, wrong

STEPS = 10_000  # of a training loop that is checked
SOME, RATES = 6, 12  # steps, and rates, each twice the one before, to find one with which the loss rises
SETTLED, LEAST = 1000, 1e-6  # steps after which the loss falls no more, and of the first loss what is none


@bounded()
def check_training(
    model: Model, function: Callable, start: Mapping, data: Mapping, learning_rate: float, steps: int
) -> Verdict:
    """Check a training loop: function(start, data, learning_rate, steps) by gradient descent.

    start: {name: number}, data: {name: array of shape (samples,)}. It should return the parameters after
    the last step, {name: number}, and the losses: at the start and after each step, steps + 1 numbers.
    Raises ValueError for start, data, learning_rate or steps that are none, or too many of them.
    """
    must_be_scalar(model)
    learning_rate, steps = positive(learning_rate, "learning_rate"), count(steps, "steps", most=STEPS)
    begin = np.array(finite_start(start, model.parameters))
    usual = Arguments(begin, model.compile().check_data(data), learning_rate, steps)
    given = usual.given(model.parameters, model.data)
    try:
        (answer,) = call_each(function, [given], lambda result: returned(result, model))
    except Unreadable as unreadable:
        return unreadable.verdict
    verdict = verdict_on_run(model, function, usual, answer)
    return verdict if verdict.correct else carried(model, function, usual, answer) or verdict


def verdict_on_run(model: Model, function: Callable, usual: Arguments, answer: Run) -> Verdict:
    """The verdict on what a loop returned."""
    descent, steps = Descent(model, usual), usual.steps
    with np.errstate(all="ignore"):
        trail, seen = descent.run(descent.downhill, steps + 1)
        parameters, losses = trail[steps], seen[:-1]
        if run_agrees(answer, (parameters, losses)):
            return with_other_arguments(model, function, usual)
        samples = max(map(np.size, usual.data), default=1)
        runs = chain(descent.mistaken(answer[1], steps, samples), cut_runs(trail, seen, samples))
        for mistake in (mistake for mistake, run in runs if run_agrees(answer, run)):
            return slipped([mistake])
    if outer := borrowed(function, usual.given(model.parameters, model.data)):
        return slipped(outer)
    if len(answer[1]) != len(losses):
        return wrong(
            say(
                "{steps} steps have {count} losses, one before each and one after the last.",
                steps=steps,
                count=len(losses),
            )
        )
    if agrees(answer[1], losses):
        first = differs(answer[0], parameters)
        name = say("the parameter {parameters} at the end", parameters=model.parameters[first])
        return wrong(compared(name, answer[0][first], parameters[first]))
    first = next(step for step in range(steps + 1) if not agrees(answer[1][step:][:1], losses[step:][:1]))
    name = say("the loss after step {first}", first=first) if first else say("the loss at the start")
    shown = compared(name, answer[1][first], losses[first])
    verdict = slipped_gradient(model, function, usual, shown)
    if first or not verdict.slips:
        return verdict
    summed = agrees(answer[1][:1], samples * losses[:1])
    return and_sums(verdict) if summed else replace(verdict, message=and_shown(verdict.message, shown))


def and_sums(verdict: Verdict) -> Verdict:
    """The verdict on a loop with a slip in its steps, whose losses are sums besides: that is another slip."""
    text = say("two slips. One: {one} The other: {other}", one=verdict.message, other=say(SUMMED))
    return Verdict(False, text, slips=(*verdict.slips, "sum for mean"))


def and_shown(message: str, shown: str) -> str:
    """What is wrong in the steps, and the loss that is wrong before any: it may come of the same slip."""
    return sentences(message, f"{shown[0].upper()}{shown[1:]}")


def slipped_gradient(model: Model, function: Callable, usual: Arguments, shown: str) -> Verdict:
    """The verdict on a loop that uses a gradient with a slip, which its first step tells from some starts."""
    passes = backward(model.equations, model.parameters)
    adjoints = {p: passes[p][0] for p in model.parameters}
    starts = [
        usual.start,
        *(0.75 * sign * usual.start + 0.01 * place for place, sign in enumerate((1, -1, 0.4))),
    ]
    data = [np.atleast_1d(np.asarray(numbers, float)) for numbers in usual.data]
    samples = max(map(np.size, data), default=1)
    # others than its own, which may be half of something, and not one: a number of the learner's is no slip
    rates = usual.learning_rate * np.linspace(0.7, 0.5, len(starts))
    given = [
        usual._replace(steps=1, learning_rate=float(rate), start=start).given(model.parameters, model.data)
        for rate, start in zip(rates, starts, strict=True)
    ]
    try:
        ends = call_each(function, given, lambda result: returned(result, model)[0])
    except Unreadable:
        return wrong(shown)
    used = (np.array(starts) - ends).T / rates
    points = {
        p.name: np.repeat([start[i] for start in starts], samples) for i, p in enumerate(model.parameters)
    }
    points |= {
        s.name: np.tile(np.broadcast_to(d, samples), len(starts))
        for s, d in zip(model.data, data, strict=True)
    }
    lines = Floats(points).compute(model.equations | dict(passes.values()))
    keys = {p: lines.points[adjoints[p].name].reshape(-1, samples).mean(axis=1) for p in adjoints}
    lost = {p: answer for p, answer in zip(adjoints, used, strict=True) if not near(answer, keys[p])}
    for p, answer in lost.items() if used.any() else ():
        if mistake := misused_rate(p, answer, keys[p], rates):
            return slipped([mistake])
    verdicts = judged(model, adjoints, lost, lines.points, [{}] * len(starts), samples) if lost else []
    known = [verdict for verdict in verdicts if verdict.slips]
    if not known:
        return wrong(shown)
    length = None if "sum for mean" in known[0].slips else step_length(used, np.array(list(keys.values())))
    return Verdict(
        False,
        say(AS_USED if length is None else LENGTH, number=str(length), message=known[0].message),
        min(map(float, verdicts)),
        known[0].slips,
    )


AS_USED = later("in each step, as it is used, {message}")
LENGTH = later(
    "each step is {number} times as long as it should be. Perhaps the learning rate is changed on the way."
    " Or perhaps a gradient is, as it is used: {message}"
)


def step_length(used: np.ndarray, keys: np.ndarray) -> Fraction | None:
    """How many times too long all steps are, where nothing else is wrong with them.

    used, keys: shape (parameters, starts).
    """
    largest = np.unravel_index(np.abs(keys).argmax(), keys.shape)
    length = Fraction(float(used[largest] / keys[largest])).limit_denominator(LARGEST)
    return length if length > 0 and near(used, float(length) * keys) else None


def misused_rate(parameter: sp.Symbol, used: np.ndarray, key: np.ndarray, rate: np.ndarray) -> Mistake | None:
    """What went wrong with a parameter whose gradient is right. used: its steps, divided by the rates."""
    names = {"parameter": parameter}
    if near(used * rate, key):
        return Mistake(
            "lost rate", "the learning rate is forgotten in the update of {parameter}.", names=names
        )
    if not used.any():
        return Mistake(
            "no step", "the parameter {parameter} never moves: each step changes all.", names=names
        )
    if near(-used, key):
        text = (
            "the update of {parameter} goes uphill: subtract the gradient. If you do, it has the wrong sign."
        )
        return Mistake("sign", text, names=names)
    return None


def near(answer: np.ndarray, key: np.ndarray) -> bool:
    """Whether gradients that a step tells are these: a difference has lost some digits."""
    return bool(np.all(np.abs(answer - key) <= 1e-7 * (np.abs(key) + np.abs(key).max())))


def with_other_arguments(model: Model, function: Callable, usual: Arguments) -> Verdict:
    """The verdict on a loop that is right with the arguments of the question."""
    few, remark = fewer_steps(usual), ""
    unused: list[str] = []
    with suppress(TooSlow):  # a slow loop is no wrong one; what else would be tried takes as long
        misused_arguments(model, function, [("steps", few)], unused)
        few = usual if unused else few
        misused_arguments(model, function, [*others(few), *extremes(model, few)], unused)
        if not unused:
            misused_arguments(model, function, rising(model, few._replace(steps=SOME)), unused)
            remark = changed_by(function, few.given(model.parameters, model.data))
    if not unused:
        return right(sentences(say("this is how the network learns."), remark))
    text = "with other {name} it goes wrong: use the argument {name}, no numbers or limits of your own."
    credit = 0.5 if len(unused) == 1 else 0.0
    return slipped([Mistake("unused argument", text, credit=credit, names={"name": unused[0]})])


def misused_arguments(
    model: Model, function: Callable, tried: Iterable[tuple[str, Arguments]], found: list[str]
) -> None:
    """Add to `found` the arguments with which a loop goes wrong. tried: (an argument's name, arguments).

    Raises TooSlow if that takes FEW_SECONDS of computing; what was found until then is kept.
    """
    runs = [(name, arguments, expected(model, arguments)) for name, arguments in tried]
    runs = [
        (name, arguments, end)
        for name, arguments, end in runs
        if all_finite(end) and (name != "learning_rate" or is_calm(arguments, end[0]))
    ]
    known = len(found)
    with patience(FEW_SECONDS):
        for name, arguments, end in runs:
            try:
                answer = returned(call(function, arguments.given(model.parameters, model.data)), model)
            except Unreadable:
                found[known:] = [name]
                return
            if name not in found and not run_agrees(answer, end):
                found.append(name)


def extremes(model: Model, few: Arguments) -> Iterator[tuple[str, Arguments]]:
    """A start far away, where the loss is steep, and one where it falls no more: steps count there too."""
    descent = Descent(model, few)
    trail, losses = descent.run(descent.downhill, SETTLED)
    settled = [trail[-1]] if losses[-1] > LEAST * losses[0] else []  # else rounding decides
    for start in (4 * few.start, *settled):
        arguments = few._replace(start=start)
        if all_finite(end := expected(model, arguments)) and is_calm(arguments, end[0]):
            yield "start", arguments


def rising(model: Model, some: Arguments) -> Iterator[tuple[str, Arguments]]:
    """A rate with which the loss rises on the way: a loop that stops or slows down then goes astray."""
    descent = Descent(model, some)
    for rate in some.learning_rate * 2.0 ** np.arange(RATES):
        descent.rate = float(rate)
        trail, losses = descent.run(descent.downhill, some.steps)
        rises = np.any(np.diff(losses[:-1]) > 0)
        if rises and all_finite((trail[-1], losses)) and is_calm(some, trail[-1]):
            yield "learning_rate", some._replace(learning_rate=descent.rate)
            return


def expected(model: Model, arguments: Arguments) -> Run:
    """What a right loop returns."""
    descent = Descent(model, arguments)
    trail, losses = descent.run(descent.downhill, arguments.steps)
    return trail[-1], losses


def returned(result, model: Model) -> Run:
    """The parameters and the losses that a training loop returned. Raises Unreadable for anything else."""
    try:
        if not isinstance(result, Collection):
            raise TypeError
        parameters, losses = result
        ordered = in_order(parameters, model.parameters, "parameters")
    except Exception:  # what was returned may be an object of any kind
        names = enumerated(model.parameters)
        raise Unreadable(
            say("it should return the parameters {names} by name, and the losses.", names=names)
        ) from None
    end = [
        as_numbers(v, (), say("the parameter {parameter}", parameter=p))
        for v, p in zip(ordered, model.parameters, strict=True)
    ]
    return np.array(end), losses_in(losses)


def losses_in(losses) -> np.ndarray:
    """The losses that a training loop returned, a number each. Raises Unreadable for anything else."""
    try:
        sizes = [np.size(loss) for loss in losses]
    except Exception:  # as above
        sizes = []
    if len(sizes) > 1 and max(sizes) > 1:
        given = in_words((max(sizes),))
        raise Unreadable(
            say(
                "each of its losses should be one number, the mean over the samples, not {given}.",
                given=given,
            )
        )
    return as_array(losses, say("its losses")).reshape(-1)
