"""Checks of a function that a learner wrote: an update, and a training loop."""

from collections.abc import Callable, Iterator, Mapping
from itertools import chain

import numpy as np
import sympy as sp

from ..compiled.inputs import finite_start, in_order
from ..compiled.settings import count
from ..derivation.chain_rule import until
from ..models.model import Model
from ..training.update_rules import UpdateRule, check_rule, gradient, parameter, positive
from .answers import Unreadable
from .budget import SEARCH, bounded, within
from .calls import FEW_SECONDS, as_array, as_numbers, call_each
from .inputs import chosen_inputs
from .line_slips import slip_in_lines
from .mistakes import Mistake
from .regions import names_in, upstream
from .reruns import Arguments, others
from .symbols import must_be_scalar
from .trials import Trials, agrees, compared, right_in, telling
from .verdict import Verdict, right, slipped, wrong

STEPS = 10_000  # of a training loop that is checked


@bounded()
def check_update(rule: UpdateRule, function: Callable) -> Verdict:
    """Check a function that makes one update of one parameter by this rule.

    Its arguments are called like the rule's symbols: parameter, gradient, its settings (learning_rate, ...)
    and its memory (velocity, ...). It should return the new parameter, followed by the new memory if any.
    """
    check_rule(rule)
    outputs, lines = rule.outputs(), rule.lines()
    shape = (len(outputs),) if rule.memory else ()
    tried = update_trials(rule)
    names = [name for name in tried.values if not name.startswith("new_")]
    try:
        given = ({name: float(trial[name][0]) for name in names} for trial in tried.each())
        results = call_each(function, given, lambda result: as_numbers(result, shape, "its result"))
    except Unreadable as unreadable:
        return unreadable.verdict
    answers = np.reshape(results, (len(results), -1)).T
    keys = np.array([tried.values[output.name][:, 0] for output in outputs])
    correct = right_in(answers[..., None], keys[..., None])
    if correct.all():
        return right("this is the update.", tried.regions)
    wrong_one, told = int(np.argmin(correct.all(axis=1))), telling(correct)
    output, answer, key = outputs[wrong_one], answers[wrong_one, told], keys[wrong_one, told]
    roles = [sorted(set().union(*(line.free_symbols for line in lines.values())), key=str)]
    points, until_there = tried.points(told), until(lines, output)
    slip = within(SEARCH, lambda: slip_in_lines(until_there, roles, points, answer), None)
    return slipped([slip]) if slip else wrong(compared(output, answer, key))


def update_trials(rule: UpdateRule) -> Trials:
    """Trials of an update.

    A gradient and a parameter of either sign, a memory too, but not where a root is taken of it. Settings are
    positive, and below 1 where the rule demands it; not its own, an epsilon of 1e-8 that is forgotten
    could not be seen.
    """
    lines = rule.lines()
    powers = [p for line in lines.values() for p in line.atoms(sp.Pow) if not p.exp.is_Integer]
    rooted = names_in([*upstream(lines, powers).values(), *powers])
    shares = {name for name in rule.settings if is_share(rule, name)}
    raw = {sp.Symbol(name): sp.Symbol(f"raw {name}", positive=True) for name in sorted(shares)}
    above_zero = [*(s.name for s in rule.memory if s.name in rooted), *(rule.settings.keys() - shares)]
    positive = {sp.Symbol(name): sp.Symbol(name, positive=True) for name in sorted(above_zero)}
    lines = {s: r / (1 + r) for s, r in raw.items()} | {s: e.xreplace(positive) for s, e in lines.items()}
    given = [s for s in (parameter, gradient, *rule.memory) if s not in positive]
    given += [*positive.values(), *raw.values()]
    values, regions = chosen_inputs(lines, given, [], rule.outputs(), samples=1)
    return Trials({n: numbers for n, numbers in values.items() if not n.startswith("raw ")}, regions)


def is_share(rule: UpdateRule, name: str) -> bool:
    """Whether the rule takes this setting below 1 alone, as it does a momentum."""
    try:
        type(rule)(**rule.settings | {name: 1.5})
    except (TypeError, ValueError):
        return True
    return False


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
    descent = Descent(model, usual)
    with np.errstate(all="ignore"):
        trail, seen = descent.run(descent.downhill, steps + 1)
        parameters, losses = trail[steps], seen[:-1]
        if run_agrees(answer, (parameters, losses)):
            return with_other_arguments(model, function, usual)
        samples = max(map(np.size, usual.data), default=1)
        runs = chain(descent.mistaken(answer[1], steps, samples), cut_runs(trail, seen))
        for mistake in (mistake for mistake, run in runs if run_agrees(answer, run)):
            return slipped([mistake])
    if len(answer[1]) != len(losses):
        return wrong(f"{steps} steps have {len(losses)} losses, one before each and one after the last.")
    if not agrees(answer[1], losses):
        return wrong(compared("a loss", answer[1], losses))
    return wrong(compared("a parameter at the end", answer[0], parameters))


Run = tuple[np.ndarray, np.ndarray]  # the parameters at the end, and the losses


def with_other_arguments(model: Model, function: Callable, usual: Arguments) -> Verdict:
    """The verdict on a loop that is right with the arguments of the question."""
    runs, tried = list(others(usual)), []

    def given() -> Iterator[dict]:
        for name, arguments in runs:
            tried.append(name)
            yield arguments.given(model.parameters, model.data)

    try:
        answers = call_each(function, given(), lambda result: returned(result, model), FEW_SECONDS)
    except Unreadable:
        unused = [tried[-1]]
    else:
        keys = [expected(model, arguments) for _, arguments in runs]
        told = zip(tried, answers, keys, strict=True)
        unused = list(dict.fromkeys(n for n, a, key in told if all_finite(key) and not run_agrees(a, key)))
    if not unused:
        return right("this is how the network learns.")
    message = f"with other {unused[0]} it goes wrong: use the argument {unused[0]}, no numbers of your own."
    return slipped([Mistake("unused argument", message, parameter, 0.5 if len(unused) == 1 else 0.0)])


def expected(model: Model, arguments: Arguments) -> Run:
    """What a right loop returns."""
    descent = Descent(model, arguments)
    trail, losses = descent.run(descent.downhill, arguments.steps)
    return trail[-1], losses


def all_finite(run: Run) -> bool:
    """Whether a run has stayed within the numbers."""
    return all(np.isfinite(numbers).all() for numbers in run)


class Descent:
    """Gradient descent from a start."""

    def __init__(self, model: Model, arguments: Arguments):
        self.model, self.data = model.compile(), arguments.data
        self.start, self.rate = arguments.start, arguments.learning_rate

    def compiled(self, at: np.ndarray):
        """The loss and the gradients."""
        return self.model(list(at), self.data)

    def run(self, move: Callable, steps: int) -> tuple[list, np.ndarray]:
        """The parameters from the start on, and the losses there. move(parameters, gradients)."""
        trail, losses = [self.start], []
        for step in range(steps + 1):
            loss, gradients = self.compiled(trail[-1])
            losses.append(loss)
            if step < steps:
                trail.append(move(trail[-1], np.array(gradients)))
        return trail, np.array(losses)

    def downhill(self, at, gradients):
        """Where a right step leads."""
        return at - self.rate * gradients

    def uphill(self, at, gradients):
        """Where a step leads that adds the gradients instead of subtracting them."""
        return at + self.rate * gradients

    def one_by_one(self, at, _):
        """Where a step leads whose gradients are computed anew after each parameter's own update."""
        for index in range(len(at)):
            at = at - self.rate * np.array(self.compiled(at)[1]) * (np.arange(len(at)) == index)
        return at

    def mistaken(self, losses: np.ndarray, steps: int, samples: int) -> Iterator[tuple[Mistake, Run]]:
        """Runs with a slip in each step: those that begin like these losses, whole."""
        moves = {
            "sign": (self.uphill, "the update goes uphill: subtract."),
            "sum for mean": (
                lambda at, gradients: at - samples * self.rate * gradients,
                "the gradient should be the mean over the samples, not their sum.",
            ),
            "one by one": (self.one_by_one, "compute all gradients before any parameter changes."),
        }
        few = min(steps, 2)
        for name, (move, message) in moves.items() if len(losses) == steps + 1 else ():
            if agrees(losses[: few + 1], self.run(move, few)[1]):
                trail, run = self.run(move, steps)
                yield Mistake(name, message, parameter), (trail[-1], run)


def cut_runs(trail: list, losses: np.ndarray) -> Iterator[tuple[Mistake, Run]]:
    """Right steps, but one more than was asked, one less, or not all losses. trail: one step more."""
    surplus = Mistake("surplus step", "one step too many.", parameter)
    yield surplus, (trail[-1], losses)
    if len(trail) > 2:
        missing = Mistake("missing step", "one step is missing.", parameter)
        yield missing, (trail[-3], losses[:-2])
    for when, some in (("at the start", losses[1:-1]), ("after the last step", losses[:-2])):
        missing = Mistake("missing loss", f"the loss {when} is missing.", parameter)
        yield missing, (trail[-2], some)


def returned(result, model: Model) -> Run:
    """The parameters and the losses that a training loop returned. Raises Unreadable for anything else."""
    try:
        parameters, losses = result
        ordered = in_order(parameters, model.parameters, "parameters")
    except (TypeError, ValueError):
        names = ", ".join(map(str, model.parameters))
        raise Unreadable(f"it should return the parameters {names} by name, and the losses.") from None
    end = [as_numbers(v, (), f"the parameter {p}") for v, p in zip(ordered, model.parameters, strict=True)]
    return np.array(end), as_array(losses, "its losses").reshape(-1)


def run_agrees(answer: Run, run: Run) -> bool:
    """Whether a learner's run is this one, parameters and losses: the same shapes, the same numbers."""
    return all(a.shape == b.shape and (not a.size or agrees(a, b)) for a, b in zip(answer, run, strict=True))
