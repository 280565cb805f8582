"""Checks of a number and of a choice."""

from collections.abc import Mapping

from .answers import UNANSWERED, Unreadable, brief, read
from .budget import TooSlow, time_limit
from .equivalence import TOLERANCE, shown
from .values import Undefined, value
from .verdict import Verdict, right, wrong

SECONDS = 3.0  # for an answer's value


def check_number(
    answer, expected: float, tolerance: float = 1e-6, slips: Mapping[float, str] | None = None
) -> Verdict:
    """Check a number against the one computed in the question, to a relative `tolerance`.

    (Around 0 the tolerance is absolute.)

    slips: numbers that a slip leads to, with a hint for each.
    """
    try:
        with time_limit(SECONDS):
            number = value(read(answer, []), {})
    except Unreadable as unreadable:
        if unreadable.verdict is UNANSWERED:
            return UNANSWERED
        return wrong(f"the answer should be a number, not {brief(answer)}.")
    except Undefined:
        return wrong("the answer should be a finite number.")
    except TooSlow:
        return wrong("this number takes too long to compute: give it in digits.")

    def near(other):
        exact = value(read(other, []), {})
        return abs(number - exact) <= max(tolerance, TOLERANCE) * (abs(exact) or 1)

    if near(expected):
        return right("this is the number.")
    hints = [hint for other, hint in (slips or {}).items() if near(other)]
    return wrong(hints[0] if hints else f"{shown(number)} is not the number.")


def check_choice(answer, choices: Mapping[str, str], correct: str) -> Verdict:
    """Check a choice among the keys of `choices`, which hold what to say to each."""
    if answer is ...:
        return UNANSWERED
    if not isinstance(answer, str) or answer not in choices:
        return wrong(f"choose one of {', '.join(map(repr, choices))}, with the quotation marks.")
    return right(choices[answer]) if answer == correct else wrong(choices[answer])
