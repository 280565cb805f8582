"""Checks of a number and of a choice."""

from collections.abc import Mapping

from .answers import UNANSWERED, Unreadable, asked, brief, read
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
    Raises ValueError if the question's own numbers are none.
    """
    key = expected_value(expected)
    mistaken = [(expected_value(number), hint) for number, hint in (slips or {}).items()]
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
        return abs(number - other) <= max(tolerance, TOLERANCE) * (abs(other) or 1)

    if near(key):
        return right("this is the number.")
    hints = [hint for other, hint in mistaken if near(other)]
    return wrong(hints[0] if hints else f"{shown(number)} is not the number.")


def expected_value(number: float):
    """The exact value of a key. Raises ValueError for one with symbols, or without a finite value."""
    expression = asked(number, "the number expected")
    if expression.free_symbols:
        raise ValueError("the number expected should have no symbols in it")
    try:
        return value(expression, {})
    except Undefined:
        raise ValueError(f"the number expected should be finite, not {brief(number)}") from None


def check_choice(answer, choices: Mapping[str, str], correct: str) -> Verdict:
    """Check a choice among the keys of `choices`, which hold what to say to each."""
    if answer is ...:
        return UNANSWERED
    answer = str.__str__(answer) if isinstance(answer, str) else None  # its letters, whatever it says of them
    if answer not in choices:
        return wrong(f"choose one of {', '.join(map(repr, choices))}, with the quotation marks.")
    return right(choices[answer]) if answer == correct else wrong(choices[answer])
