"""Is a number right, to as many digits as were asked for? And if not, is it nearly?"""

from math import floor, isfinite, log10

from ..language import later, say
from .equivalence import TOLERANCE

SMALL = 0.02  # of the number: so near is an answer that was rounded on the way
SCALES = [10.0**power for power in (*range(1, 7), *range(-6, 0))]
TOO_LARGE = later("the digits are right, but it is {times:,} times too large: {why}.")
TOO_SMALL = later("the digits are right, but it is {times:,} times too small: {why}.")
NEARLY = later(
    "nearly. Was something rounded on the way? Or else one number or factor is not what it should be."
)

HALVES = {
    0.5: later("this is half of it: is a factor 2 lost?"),
    2.0: later("this is twice as much: is a factor 2 there once too often?"),
}


def near(number, key, tolerance: float = 1e-6, digits: int | None = None) -> bool:
    """Whether a number is the key: relative to it (around 0 absolute), or in its first digits.

    These may be rounded, or cut off: the first three of 0.01668 are 0.0167 or 0.0166.
    """
    if digits is None or key == 0:
        return abs(number - key) <= max(tolerance, TOLERANCE) * (abs(key) or 1)
    unit = 10.0 ** (floor(log10(abs(key))) + 1 - digits)
    cut = floor(float(abs(key)) / unit) * unit * (1 if key > 0 else -1)
    return abs(number - key) <= unit * (0.5 + 1e-9) or abs(number - cut) <= unit * 1e-6


def digits_of(number) -> int:
    """How many significant digits a number shows."""
    return len(f"{abs(float(number)):.14e}".partition("e")[0].replace(".", "").rstrip("0")) or 1


def rounded_from(number, other) -> bool:
    """Whether a number is another one, given to fewer digits."""
    return f"{float(other):.{digits_of(number) - 1}e}" == f"{float(number):.{digits_of(number) - 1}e}"


def what_is_near(number, key, digits: int | None, counted: bool, nearly: str = "") -> str | None:
    """A sentence about a number that is nearly the key. counted: whether the key is a count.

    nearly: what else than rounding leads near to it, if the question knows.
    """
    if not key or not number or not isfinite(float(number)):
        return None
    if near(number, -key, 1e-3, digits):
        return say("the size is right, but the sign is not.")
    if scale := next((scale for scale in SCALES if near(number, scale * key, 5e-3, digits)), 0):
        why = say("count once more") if counted else say("mind the units, such as percent or centimetres")
        return say(TOO_LARGE if scale > 1 else TOO_SMALL, times=round(max(scale, 1 / scale)), why=why)
    for factor, said in HALVES.items() if not counted else ():
        if near(number, factor * key, 1e-3, digits):
            return say(said)
    whole = number == floor(number)
    if counted and not whole and abs(number - key) < 1:
        return say("nearly: this is counted, and the answer is a whole number.")
    rough = whole and digits_of(number) == 1  # as a number that was given may be
    if not counted and not rough and digits_of(number) < (digits or 15) and rounded_from(number, key):
        if digits:
            return say("right as far as it goes: give {digits} correct digits.", digits=digits)
        return say("right as far as it goes: give more digits.")
    if not counted and abs(number - key) <= SMALL * abs(key):
        return say(nearly or NEARLY)
    if counted and whole and abs(key) > 4 and abs(number - key) <= max(1, SMALL * abs(key)):
        return say("nearly: count once more.")
    return None
