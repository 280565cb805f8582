"""An explorer of softmax: from scores to probabilities, and what the right one's costs."""

from collections.abc import Sequence

import numpy as np

from ..language import refusal, say
from ..pictures.arithmetic import softmax_result, softmax_steps
from ..pictures.scores import ScorePicture
from .controls import slider
from .explorer import Explorer
from .given import checked


@checked
def softmax_explorer(scores: Sequence[float], start: Sequence[float], right: int = 0) -> Explorer:
    """A slider for each score: the probabilities as bars, and -log p of the right one.

    scores: the values on each slider, from which overflow is far. start: the scores to begin with, one
        for each class, each of them among the values. right: the index of the right class.
    Raises ValueError for a start that is not on the sliders, or a class that is not there.
    """
    if missing := [score for score in start if score not in scores]:
        raise refusal(
            "start should be among the scores {scores}, but {missing} is not",
            scores=list(scores),
            missing=missing[0],
        )
    if not 0 <= right < len(start):
        raise refusal(
            "right should be the index of one of {count} classes, not {right}", count=len(start), right=right
        )
    names = [f"z{number}" for number in range(1, len(start) + 1)]
    picture = ScorePicture([str(number) for number in range(1, len(start) + 1)], right)

    def show(*indices):
        chosen = np.array([scores[index] for index in indices], float)
        words = softmax_result(chosen, right)
        picture.put(words, softmax_steps(chosen)[2])
        return words

    labels = [f"{score:g}" for score in scores]
    sliders = [
        slider(say("score {name}", name=name), labels, list(scores).index(score))
        for name, score in zip(names, start, strict=True)
    ]
    return Explorer(sliders, picture, show)
