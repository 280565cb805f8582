"""What a network that a learner made up has learned: was it trained, and what does it predict?"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

import numpy as np
import sympy as sp

from ..compiled.inputs import as_floats, as_mapping, finite_start, in_order
from ..compiled.settings import number
from ..derivation.chain_rule import needed_for
from ..derivation.given import listed, some
from ..derivation.names import by_name
from ..language import refusal, say
from ..models.model import Model
from .answers import UNANSWERED
from .equivalence import shown_apart
from .floats import Floats
from .network import bend
from .simple import check_number
from .symbols import called, must_be_scalar
from .verdict import Verdict, right, wrong

UNFIT = AttributeError, KeyError, TypeError, ValueError  # what a model raises for parameters that are none
VISIBLE = 0.1  # of the data's standard deviation: so far from a straight line once it is trained
UNLIKELY = 1e6  # of the target's mean square: nobody starts with such an error
STRAIGHT = 1e-9  # relative: slopes so near to one another are one
FOREIGN = 100  # times: so much flatter than its own is an error where a model was trained on other data
LEARNED = 0.9  # of the mean squared error at the start: at most so much is left after training


def predicted(model: Model, prediction: sp.Symbol, parameters: Mapping, places: Mapping) -> np.ndarray | None:
    """What a model predicts, or None if it predicts nothing, or these are no parameters of it.

    parameters: a number for each, by name. places: {data symbol: array of shape (points,)}.
    Raises ValueError for places that are none.
    """
    try:
        must_predict(model, prediction)
        values = finite_start(parameters, model.parameters, "parameters")
    except UNFIT:
        return None
    return curve(model, prediction, values, places)


def curve(model: Model, prediction: sp.Symbol, parameters: Sequence[float], places: Mapping) -> np.ndarray:
    """The prediction at places, {data symbol or its name: array}, nan where there is none."""
    lines, inputs = needed_for(model.equations, prediction)
    named = by_name(as_mapping(places, "places"), "places")
    if missing := {s.name for s in inputs - {*model.parameters}} - named.keys():
        raise refusal("places should give a value to {names}", names=some(sorted(missing)))
    places = {name: as_floats(numbers, sp.Symbol(name)) for name, numbers in named.items()}
    shape = np.broadcast_shapes(*(numbers.shape for numbers in places.values()))
    numbers = {p.name: np.full(shape, v) for p, v in zip(model.parameters, parameters, strict=True)}
    return Floats(places | numbers).compute(lines).points[prediction.name]


def must_predict(model: Model, prediction: sp.Symbol) -> None:
    """Raise ValueError for what is no model, or does not compute the prediction."""
    must_be_scalar(model)
    if not (isinstance(prediction, sp.Symbol) and prediction in model.equations):
        raise refusal("{symbol} is not computed by this model", symbol=called(prediction))


def pair(things, name: str) -> list:
    """Both of two things. Raises ValueError, by that name, for anything else."""
    if len(both := listed(things, name, "two")) != 2:
        raise refusal("{name} should be two, not {count}", name=name, count=len(both))
    return both


def check_fit(model: Model, prediction: sp.Symbol, parameters: tuple, data: tuple, rival: float) -> Verdict:
    """Check that a model was trained, bends, and has a smaller mean squared error than a rival on new data.

    parameters: those at the start, and those after training, a number for each by name.
    data: what it was trained on, and what was held out, {"x": array, "y": array}. rival: the error to beat.
    The model's own loss is not asked: its scale is the learner's.
    Raises ValueError for data and a rival that are none.
    """
    must_predict(model, prediction)
    samples = [model.compile().check_data(sample) for sample in pair(data, "data")]
    rival = number(rival, "rival")
    if any(some is ... for some in pair(parameters, "parameters")):
        return UNANSWERED
    start, end = parameters
    if lost := fault_of_training(end, model.parameters):
        return wrong(lost)
    try:
        start, end = (finite_start(some, model.parameters, "parameters") for some in parameters)
    except UNFIT as error:
        return wrong(say("this cannot be evaluated: {error!s:.200}.", error=error))

    def drawn(numbers, axis):
        return curve(model, prediction, numbers, {model.data[0]: axis})

    fault = next(faults_of_fit(drawn, start, end, samples, rival), None)
    return wrong(fault) if fault else right(say("it was trained, it bends, and it is better than its rival."))


def fault_of_training(end, parameters: Sequence[sp.Symbol]) -> str:
    """What is wrong if these are no parameters: all that a loop returned, or of a run that diverged."""
    if isinstance(end, tuple) and len(end) == 2 and isinstance(end[0], Mapping):
        return say("this is a pair, the parameters and the losses: take it apart, `trained, losses = ...`.")
    try:
        values = map(as_floats, in_order(end, parameters, "parameters"), parameters)
        finite = all(np.isfinite(one).all() for one in values)
    except UNFIT:
        return ""
    return "" if finite else DIVERGED


DIVERGED = "this is not finite: it seems that the training diverged. Take a smaller learning rate."


def faults_of_fit(drawn: Callable, start: list, end: list, samples: Sequence, rival: float) -> Iterator[str]:
    """What is wrong with a fit. drawn(parameters, axis): its curve. samples: (axis, target), and held out."""
    (axis, target), held_out = samples

    @np.errstate(all="ignore")
    def error_of(numbers, axis, target):
        return np.mean((drawn(numbers, axis) - target) ** 2)

    error, before, after = (
        error_of(end, *held_out),
        error_of(start, axis, target),
        error_of(end, axis, target),
    )
    if not np.isfinite(error):
        yield DIVERGED
    if not error < rival:
        now, bar = shown_apart(error, rival, 4)
        yield say("its mean squared error is {now}. It should be smaller than {bar}.", now=now, bar=bar)
    if start == end:
        yield (
            "these are the parameters of the start: train, and keep both."
            " If your loop changes `start` itself, begin it with `dict(start)`."
        )
    if not before <= UNLIKELY * np.mean(target**2):
        yield say(
            "nobody can train from this start: its error is {before:.3g}. Begin with smaller numbers.",
            before=before,
        )
    if not after <= LEARNED * before:
        was, now = shown_apart(before, after, 4)
        yield say("training should bring the error well down: it was {was}, and is {now}.", was=was, now=now)
    here, there = (steepness(partial(error_of, axis=some[0], target=some[1]), end) for some in samples)
    if len(end) > 1 and there * FOREIGN < here:  # a single one may cross that place on its way
        yield "it seems to be trained on the held-out years: only with these its error is at rest."
    if not bend(axis, drawn(end, axis)) >= VISIBLE * np.std(target):
        yield "to the eye this is a straight line: train until it bends."


def steepness(error: Callable, parameters: Sequence[float]) -> float:
    """The size of the gradient of an error at some parameters, by differences."""
    steps = 1e-5 * np.eye(len(parameters))
    slopes = [(error(parameters + step) - error(parameters - step)) / 2e-5 for step in steps]
    return float(np.linalg.norm(slopes))


def check_steepest(curve: np.ndarray | None, axis: np.ndarray, answer) -> Verdict:
    """Check where on an axis a curve changes fastest, to a thousandth: where it is straight, anywhere.

    curve, axis: shape (points,), the axis evenly spaced; None where there is no curve yet.
    Raises ValueError for others.
    """
    if answer is ...:
        return UNANSWERED
    axis = as_floats(axis, sp.Symbol("axis"))
    curve = np.full(axis.shape, np.nan) if curve is None else as_floats(curve, sp.Symbol("curve"))
    if axis.ndim != 1 or len(axis) < 2 or curve.shape != axis.shape or not np.isfinite(axis).all():
        raise refusal(
            "curve and axis should be rows of numbers, not {shape} and {other}",
            shape=curve.shape,
            other=axis.shape,
        )
    if not np.isfinite(curve).all() or curve.min() == curve.max():
        return wrong(say("train first: the answer is read from your trained network."))
    change = np.abs(np.gradient(curve, axis))
    steepest = axis[change >= (1 - STRAIGHT) * change.max()]
    return check_number(answer, nearest(answer, steepest), tolerance=1e-3)


def nearest(answer, places: np.ndarray) -> float:
    """The one of some places that is nearest to an answer; the first for what is no number."""
    try:
        return places[np.abs(places - float(answer)).argmin()]
    except Exception:  # an object of any kind decides by itself how it becomes a number
        return places[0]
