"""Calculations told in words: each computes with the digits that it shows, so that a reader can check it."""

import numpy as np

from ..language import later, say
from .words import number_or_beyond

AT_ONCE = later("where λ = {curve:.3g} it lands at once")
STAYING = {
    "swings": later("where λ = {curve:.3g} it swings (times {times:.3g} a step)"),
    "zigzags": later("where λ = {curve:.3g} it zigzags (times {times:.3g} a step)"),
    "glides": later("where λ = {curve:.3g} it glides (times {times:.3g} a step)"),
}
RUNNING_AWAY = {
    "swings": later("where λ = {curve:.3g} it swings, and runs away (times {times:.3g} a step)"),
    "zigzags": later("where λ = {curve:.3g} it zigzags, and runs away (times {times:.3g} a step)"),
    "glides": later("where λ = {curve:.3g} it glides, and runs away (times {times:.3g} a step)"),
}


def shown(value: float, digits: int = 3) -> float:
    """The number as it is shown, with so many digits."""
    return float(f"{value:.{digits}g}")


def term(value: float) -> str:
    """A number as it stands after an operator: in brackets if it is negative."""
    return f"({value:g})" if value < 0 else f"{value + 0:g}"


def step_result(name: str, rate: float, start: tuple[float, float], slope: float, loss: float) -> str:
    """One step along one parameter: where it lands, what its slope promises, and what comes of it.

    start: the parameter's value, and the loss there. loss: where the step lands.
    """
    rate, place, before, slope = (shown(value) for value in (rate, *start, slope))
    lands, promised = place - rate * slope, before - rate * slope**2
    told = number_or_beyond(loss)
    verdict = say("as before, to three digits")
    if told != number_or_beyond(before):
        lower, higher = (
            later("lower than before: the step helps"),
            later("higher than before: the step is too long"),
        )
        verdict = say(lower if loss < before else higher)
    return say(
        "Learning rate {rate:g}: {name} becomes {place:g} - {rate:g} · {slope} = {lands:.3g}. "
        "The tangent promises the loss {before:g} - {rate:g} · {slope}² = {promised:.3g}. "
        "The loss there is {told}, {verdict}.",
        **{"rate": rate, "name": name, "place": place, "slope": term(slope), "lands": lands},
        **{"before": before, "promised": promised, "told": told, "verdict": verdict},
    )


def softmax_steps(scores: np.ndarray) -> tuple[list[float], float, list[float]]:
    """Exponentials of scores, their sum, and the probabilities, computed from the digits that are shown.

    So many digits that raising all scores alike changes no probability: with 4 and 5, some third digits do.
    And so many of a probability near 1 that its logarithm is right.
    """
    exponentials = [shown(value, 6) for value in np.exp(scores)]
    total = shown(sum(exponentials), 7)
    shares = [shown(value / total, 3 if value < 0.99 * total else 5) for value in exponentials]
    return exponentials, total, shares


def softmax_result(scores: np.ndarray, right: int) -> str:
    """Scores, their exponentials, the sum, the probabilities, and the loss of the right one."""
    exponentials, total, shares = softmax_steps(scores)
    powers = say(", ").join(f"e^{term(z)} = {e:g}" for z, e in zip(scores, exponentials, strict=True))
    parts = say(", ").join(f"{e:g}/{total:.7g} = {p:g}" for e, p in zip(exponentials, shares, strict=True))
    loss = -np.log(shares[right]) + 0
    return say(
        "{powers}; total {total}. Probabilities {parts}. The loss is -log {share:g} = {loss:.3g}.",
        **{"powers": powers, "total": f"{total:.7g}", "parts": parts, "share": shares[right], "loss": loss},
    )


def window_result(window: np.ndarray, weights: np.ndarray) -> str:
    """The products of a window's numbers and a filter's, row by row, and their sum; weights of 0 left out."""
    products = " + ".join(f"{a:.4g}·{term(w)}" for a, w in zip(window.flat, weights.flat, strict=True) if w)
    return f"{products or '0'} = {np.sum(window * weights) + 0:.6g}"


def momentum_result(rate: float, beta: float, curvatures: np.ndarray) -> str:
    """What a run with momentum does in each direction of a quadratic loss, and how far its limit is.

    curvatures: the eigenvalues of the Hessian, the largest last.
    """
    ways = say("; ").join(manner(rate, beta, curve) for curve in curvatures[::-1])
    steepest = shown(curvatures[-1])
    limit = shown(2 * (1 + beta) / steepest)
    return say(
        "{ways}. The limit 2(1 + {beta:g})/{steepest:g} is {limit:g}; this is {share:.2f} times it.",
        **{"ways": ways, "beta": beta, "steepest": steepest, "limit": limit, "share": shown(rate) / limit},
    )


def manner(rate: float, beta: float, curvature: float) -> str:
    """How momentum moves on a parabola, and by what each step multiplies the distance in the end.

    Distances obey d'' = (1 + beta - rate*curvature) d' - beta d (Polyak 1964), so they are powers of the
    roots of its characteristic polynomial: complex ones go round, and of two real ones the larger decides.
    """
    roots = np.roots([1, -(1 + beta - rate * curvature), beta])
    root = max(roots, key=abs)
    if abs(root) < 1e-9:
        return say(AT_ONCE, curve=curvature)
    turns = "swings" if abs(root.imag) > 1e-6 else "zigzags" if root.real < 0 else "glides"
    sentence = (RUNNING_AWAY if abs(root) > 1 + 1e-9 else STAYING)[turns]
    return say(sentence, curve=curvature, times=abs(root))
