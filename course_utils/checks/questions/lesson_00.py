"""The questions of lesson 00."""

from functools import partial

from .kinds import choice

QUESTIONS = {
    "00.1": partial(
        choice(
            "diverging",
            steady="move the slider to about 2, and read the sentence under the picture.",
            slow="move the slider to about 2, and read the sentence under the picture.",
            diverging="each step is so long that it lands higher than the last one.",
        ),
        beside={"oscillating": "it does, and ever further. Which of the three words says that?"},
    ),
}
