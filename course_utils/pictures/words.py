"""What happened in a run, in words."""

from collections.abc import Mapping

import numpy as np

from ..compiled.settings import number
from ..language import enumerated, later, say, sentences
from .given import array


def number_or_beyond(loss: float, digits: int = 3) -> str:
    """A loss in so many digits, or that it is beyond the largest number."""
    return f"{loss:.{digits}g}" if np.isfinite(loss) else say("beyond the largest number")


def in_words(path: np.ndarray, loss: np.ndarray, reachable: float) -> str:
    """A run's regime, and where its loss went.

    path: shape (steps + 1, number of parameters). loss: (steps + 1,). reachable: as for `regime`.
    """
    return say(
        "{regime}. After {steps} steps the loss went from {first:.3g} to {last}.",
        regime=say(regime(path, loss, reachable)),
        **went(loss),
    )


def went(loss: np.ndarray) -> dict:
    """The places of a sentence about where a run's loss went: steps, first and last."""
    return {"steps": len(loss) - 1, "first": loss[0], "last": number_or_beyond(loss[-1])}


def arrival(loss: np.ndarray) -> str:
    """From when on a run was below a thousandth of its first loss, as far as it goes, and where it ended."""
    step = settled(loss, loss[0] / 1000)
    came = say("the loss is not below a thousandth of the first one at the end")
    if step:
        came = say("the loss is below a thousandth of the first one from step {step} to the end", step=step)
    return say(
        "{came}. After {steps} steps it is {end}; its highest was {highest:.2g}.",
        **{"came": came, "steps": len(loss) - 1, "end": number_or_beyond(loss[-1], digits=2)},
        highest=np.max(loss),
    )


def race_result(losses: Mapping[str, np.ndarray], level: float) -> str:
    """Who came below the level for good, in the order of arrival, and who did not or exploded.

    losses: by name, each of shape (steps + 1,).
    """
    arrivals = {name: settled(loss, level) for name, loss in losses.items()}
    order = sorted((step, name) for name, step in arrivals.items() if step is not None)
    lost = [name for name, loss in losses.items() if not loss[-1] <= loss[0]]
    late = [name for name, step in arrivals.items() if step is None and name not in lost]
    told = [say("{name} at step {step}", name=name, step=step) for step, name in order]
    sentences = [say("nobody arrived")]
    if told:
        sentences = [say(", ").join([say("first {arrival}", arrival=told[0]), *map(then, told[1:])])]
    sentences += [say("{names} not below the finish at the end", names=enumerated(late))] if late else []
    sentences += [say("{names} above the start", names=enumerated(lost))] if lost else []
    return say("{sentences}.", sentences=say("; ").join(sentences))


def then(arrival: str) -> str:
    """One who did not arrive first."""
    return say("then {arrival}", arrival=arrival)


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
    return sentences(
        *(
            say(
                "“{name}”: {fate}, the steps count {least:.3g} to {most:.3g} times as much as the newest.",
                **{"name": name, "fate": say(fate(part))},
                **{"least": np.min(part), "most": np.max(part)},
            )
            for name, part in parts.items()
        )
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
        return later("diverging")
    moves = np.diff(path, axis=0)
    lengths = np.linalg.norm(moves, axis=1)[1:]
    turns = np.sum(moves[1:] * moves[:-1], axis=1) < 0
    if np.sum(lengths[turns]) > np.sum(lengths) / 2:
        return later("oscillating")
    if losses[-1] - reachable > 0.1 * (losses[0] - reachable):
        return later("slow")
    return later("steady")


STEADY = 0.1, 10  # as multiples of what the newest time step adds


def fate(parts: np.ndarray) -> str:
    """What becomes of a gradient on its way back in time: "vanishing", "exploding" or "steady".

    parts: what each time step adds, as a multiple of what the newest adds.
    It explodes if one is above 10, vanishes if one is below 1/10, and is steady otherwise.
    Raises ValueError for what is no numbers in a row.
    """
    sizes = np.abs(array(parts, "parts"))
    low, high = STEADY
    if np.max(sizes) > high:
        return later("exploding")
    return later("vanishing") if np.min(sizes) < low else "steady"
