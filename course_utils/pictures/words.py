"""What happened in a run, in words."""

from collections.abc import Mapping

import numpy as np

from ..compiled.settings import number
from .given import array


def number_or_beyond(loss: float, digits: int = 3) -> str:
    """A loss in so many digits, or that it is beyond the largest number."""
    return f"{loss:.{digits}g}" if np.isfinite(loss) else "beyond the largest number"


def in_words(path: np.ndarray, loss: np.ndarray, reachable: float) -> str:
    """A run's regime, and where its loss went.

    path: shape (steps + 1, number of parameters). loss: (steps + 1,). reachable: as for `regime`.
    """
    return (
        f"{regime(path, loss, reachable)}. After {len(loss) - 1} steps the loss went "
        f"from {loss[0]:.3g} to {number_or_beyond(loss[-1])}."
    )


def arrival(loss: np.ndarray) -> str:
    """When a run came down to a thousandth of its first loss for good, and where it ended."""
    step = settled(loss, loss[0] / 1000)
    came = f"settled below a thousandth of its first loss at step {step}" if step else "not settled"
    end = number_or_beyond(loss[-1], digits=2)
    return f"{came}. After {len(loss) - 1} steps the loss is {end}; its highest was {np.max(loss):.2g}."


def race_result(losses: Mapping[str, np.ndarray], level: float) -> str:
    """Who came below the level for good, in the order of arrival, and who did not or exploded.

    losses: by name, each of shape (steps + 1,).
    """
    arrivals = {name: settled(loss, level) for name, loss in losses.items()}
    order = sorted((step, name) for name, step in arrivals.items() if step is not None)
    lost = [name for name, loss in losses.items() if not loss[-1] <= loss[0]]
    late = [name for name, step in arrivals.items() if step is None and name not in lost]
    told = [f"{name} at step {step}" for step, name in order]
    sentences = [f"{', '.join(late)} still on the way"] if late else []
    sentences += [f"{', '.join(lost)} above where it began"] if lost else []
    winner = f"first {told[0]}{''.join(f', then {one}' for one in told[1:])}" if told else "nobody arrived"
    return "; ".join([winner, *sentences]) + "."


def neuron_state(slopes: np.ndarray) -> str:
    """What a neuron's slopes on all samples say: "blocked", "saturated", "straight" or "bent".

    It is blocked where every slope is 0, saturated where none reaches a hundredth, straight where all
    are the same within a tenth of the largest, and bent otherwise.
    """
    sizes = np.abs(slopes)
    if not np.any(sizes):
        return "blocked"
    if np.max(sizes) < 0.01:
        return "saturated"
    return "straight" if np.ptp(slopes) < 0.1 * np.max(sizes) else "bent"


def memory_result(parts: Mapping[str, np.ndarray]) -> str:
    """What becomes of each model's gradient on its way back in time.

    parts: by name, what each time step adds as a multiple of what the newest adds, shape (steps,).
    """
    return " ".join(
        f"{name.capitalize()}: {fate(part)}, the steps count {np.min(part):.3g}"
        f" to {np.max(part):.3g} times as much as the newest."
        for name, part in parts.items()
    )


def settled(losses: np.ndarray, level: float) -> int | None:
    """The step from which on a run's loss stays below the level; None if it does not end below it.

    losses: shape (steps + 1,). Raises ValueError naming what is no numbers.
    """
    losses, level = array(losses, "losses"), number(level, "level")
    above = np.flatnonzero(~(losses < level))  # nan counts as above
    first = int(above[-1]) + 1 if len(above) else 0
    return first if first < len(losses) else None


def regime(path: np.ndarray, losses: np.ndarray, reachable: float) -> str:
    """One run's behaviour in a word: "diverging", "oscillating", "slow" or "steady".

    path: shape (steps + 1, number of parameters). losses: (steps + 1,).
    reachable: the loss that a good run gets to.
    A run diverges if it ends above its start or overflows, oscillates if steps that turn back on the step
    before make most of the way that it goes after the first step, and is slow if it ends with over a tenth
    of the way down still to go.
    Raises ValueError naming what is no numbers, or of another shape.
    """
    path, losses, reachable = array(path, "path", 2), array(losses, "losses"), number(reachable, "reachable")
    if not losses[-1] <= losses[0]:
        return "diverging"
    moves = np.diff(path, axis=0)
    lengths = np.linalg.norm(moves, axis=1)[1:]
    turns = np.sum(moves[1:] * moves[:-1], axis=1) < 0
    if np.sum(lengths[turns]) > np.sum(lengths) / 2:
        return "oscillating"
    if losses[-1] - reachable > 0.1 * (losses[0] - reachable):
        return "slow"
    return "steady"


def fate(parts: np.ndarray) -> str:
    """What becomes of a gradient on its way back in time: "vanishing", "exploding" or "steady".

    parts: what each time step adds, as a multiple of what the newest adds.
    It explodes if one is above 10, vanishes if one is below 1/10, and is steady otherwise.
    Raises ValueError for what is no numbers in a row.
    """
    sizes = np.abs(array(parts, "parts"))
    return "exploding" if np.max(sizes) > 10 else "vanishing" if np.min(sizes) < 0.1 else "steady"
