"""Checks of a number and of a choice."""

from collections.abc import Mapping

import sympy as sp

from ..compiled.settings import count
from ..compiled.settings import number as bound
from ..derivation.given import some
from ..derivation.names import duplicates_in
from ..language import enumerated, later, refusal, say
from .answers import UNANSWERED, Unreadable, asked, brief, check_parts, is_number, read, single
from .budget import TooSlow, patience
from .equivalence import shown
from .nearness import digits_of, near, rounded_from, what_is_near
from .values import Undefined, value
from .verdict import Verdict, right, wrong

SECONDS = 3.0  # for an answer's value


def check_number(
    answer,
    expected: float,
    tolerance: float = 1e-6,
    slips: Mapping[float, str] | None = None,
    digits: int | None = None,
    nearly: str = "",
) -> Verdict:
    """Check a number against the one computed in the question, to a relative `tolerance`.

    (Around 0 the tolerance is absolute.)

    slips: numbers that a slip leads to, with a hint for each. digits: how many correct ones the question
    asks for; then they decide. An expected `int` is a count. nearly: what to say to a number beside the right
    one, if it is not that something was rounded.
    Raises ValueError, by name, for what the question gives wrongly.
    """
    key, tolerance = expected_value(expected), bound(tolerance, "tolerance", least=0)
    digits = None if digits is None else count(digits, "digits", least=1, most=15)
    told = sentences({} if slips is None else slips, "slips")
    mistaken = {expected_value(number, say("a number in slips")): hint for number, hint in told.items()}
    try:
        with patience(SECONDS):
            number = value(read(answer, []), {})
    except Unreadable as unreadable:
        counted = isinstance(expected, int)
        return unreadable.verdict if unreadable.verdict is UNANSWERED else wrong(no_number(answer, counted))
    except Undefined:
        return wrong(say("the answer should be a finite number."))
    except TooSlow:
        return wrong(say("this number takes too long to compute: give it in digits."))
    if near(number, key, tolerance, digits):
        return right(say("this is the number."))
    cut = digits is not None and rounded_from(number, key)  # and the same may be rounded from a slip
    likely = [each for each in mistaken.items() if near(number, each[0], tolerance, None if cut else digits)]
    likely = likely or [each for each in mistaken.items() if is_cut(number, each[0]) and not cut]
    if likely:
        return mistaken_for(number, dict(sorted(likely, key=lambda each: abs(each[0] - number))))
    close = what_is_near(number, key, digits, counted=isinstance(expected, int), nearly=nearly)
    return wrong(close or say("{number} is not the number.", number=shown(number)))


def mistaken_for(number, likely: Mapping) -> Verdict:
    """The verdict on a number that a slip leads to. likely: those numbers, the nearest first, with hints.

    Where the answer is rounded from two of them, nobody knows which.
    """
    (nearest, hint), *_ = likely.items()
    rounded = dict.fromkeys(said for other, said in likely.items() if rounded_from(number, other))
    if len(rounded) > 1 and rounded_from(number, nearest):
        one, other, *_ = rounded
        text = later("either of two slips leads to this number. Perhaps {one} Or perhaps {other}")
        hint = say(text, one=one, other=other)
    return Verdict(False, hint, slips=(f"the number {shown(nearest)}",))


def is_cut(number, other) -> bool:
    """Whether a number is what a slip leads to, with three digits or more of it."""
    return digits_of(number) >= 3 and rounded_from(number, other)


def no_number(answer, counted: bool) -> str:
    """What to say of an answer that is no number. counted: whether a count was asked."""
    if isinstance(answer, tuple) and len(answer) == 2:
        if counted:
            return "the answer should be one number, not two: how many are there in all?"
        return "the answer should be one number. Write a decimal point, 0.5, and not a comma."
    try:
        left = check_parts(answer, say("the answer")) if isinstance(answer, sp.Expr) else ()
    except Unreadable as unreadable:
        return say("the answer should be a number. {message}", message=unreadable.verdict.message)
    if left:
        names = some(sorted(left), most=10)
        return say("the answer should be a number: put in the values of {names}.", names=names)
    return say("the answer should be a number, not {answer}.", answer=brief(answer))


def expected_value(number: float, name: str = ""):
    """The exact value of a key. Raises ValueError, by that name, for one with symbols, or not finite."""
    name = name or say("the number expected")
    expression = asked(number, name)
    if expression.free_symbols:
        raise refusal("{name} should have no symbols in it", name=name)
    try:
        return value(expression, {})
    except Undefined:
        raise refusal("{name} should be finite, not {number}", name=name, number=brief(number)) from None


def sentences(given: Mapping, name: str) -> dict:
    """{what may be answered: what to say to it}. Raises ValueError, by that name, for anything else."""
    if not isinstance(given, Mapping) or not all(isinstance(sentence, str) for sentence in given.values()):
        raise refusal(
            "{name} should be {{an answer: a sentence}}, not {given}", name=name, given=brief(given)
        )
    return dict(given)


def check_choice(
    answer, choices: Mapping[str, str], correct: str, beside: Mapping[str, str] | None = None
) -> Verdict:
    """Check a choice among the keys of `choices`, which hold what to say to each.

    Spaces and capitals do not count. beside: other answers that are likely, and what to say to them.
    Raises ValueError for choices that are none, or without the correct one.
    """
    choices = sentences(choices, "choices")
    if not all(isinstance(choice, str) for choice in choices) or duplicates_in(map(plain, choices)):
        raise refusal("choices should be words, each once, not {names}", names=some(choices))
    if not isinstance(correct, str) or correct not in choices:
        raise refusal(
            "the correct choice, {correct}, is none of {names}", correct=brief(correct), names=some(choices)
        )
    if answer is ...:
        return UNANSWERED
    answer = single(answer)
    quoted = isinstance(answer, str)
    if quoted:
        answer = str.__str__(answer)  # its letters, whatever it says of them
    elif is_number(answer):
        answer = shown(float(answer)) if abs(answer) < 1000 else None
    said = {**choices, **sentences({} if beside is None else beside, "beside")}
    chosen = isinstance(answer, str) and {plain(choice): choice for choice in said}.get(plain(answer))
    if not chosen:
        text = later("choose one of {names}, with the quotation marks.")
        if quoted:
            text = later("choose one of {names}.")
        return wrong(say(text, names=enumerated(map(repr, choices))))
    if chosen == correct:
        return right(choices[chosen])
    return Verdict(False, said[chosen], slips=(f"the choice {chosen}",))


def plain(choice: str) -> str:
    """A choice without its spaces and a full stop, in small letters."""
    return "".join(choice.split()).lower().rstrip(".。!")
