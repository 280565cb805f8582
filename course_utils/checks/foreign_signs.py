"""Signs of mathematics, of word processors and of other keyboards, that Python does not have."""

import re
import unicodedata

from ..language import later, say
from .mistyped import DERIVATIVE

SIGNS = dict.fromkeys("·⋅•∙∗×✕", "*") | dict.fromkeys("−–—‐", "-") | dict.fromkeys("“”„«»", '"') | {
    "½": "(1/2)", "¼": "(1/4)", "÷": "/", "⁄": "/", "‘": "'", "’": "'", "≤": "<=", "≥": ">=", "≠": "!=",
    "∞": "sp.oo", "、": ",", "【": "(", "】": ")",
}  # fmt: skip
CALLS = {"√": "sp.sqrt", "∂": "sp.diff", "∑": "np.sum", "Σ": "np.sum"}
RAISED = re.compile(r"[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
NO_SIGN = {"±": later("Python has no `±`: write what is meant, with `+` or with `-`."), "′": DERIVATIVE}


def plain(sign: str) -> str | None:
    """How a keyboard writes a sign, if it is one that Python does not have."""
    if sign in SIGNS:
        return SIGNS[sign]
    usual = unicodedata.normalize("NFKC", sign)
    return usual if not sign.isascii() and usual.isascii() and not sign.isalpha() else None


def power(found: re.Match) -> str:
    """Raised digits as Python writes a power: **2, **(-1)."""
    number = unicodedata.normalize("NFKC", found[0]).replace("−", "-")
    return f"**{number}" if number.isdigit() else f"**({number})"


def other_sign(line: str) -> tuple[str, str | None]:
    """The line with each such sign as a keyboard writes it, and a sentence about the first."""
    without = next((sign for sign in line if sign in NO_SIGN), "")
    raised = RAISED.search(line)
    foreign = next((sign for sign in line if sign in CALLS or plain(sign)), "")
    instead = plain(foreign) if foreign not in CALLS else f"{CALLS[foreign]}(...)"
    if raised and foreign in raised[0]:
        foreign, instead = raised[0], power(raised)
    for sign, function in CALLS.items():
        line = re.sub(rf"{sign} *(\w+)", rf"{function}(\1)", line).replace(sign, function)
    line = RAISED.sub(power, line).translate({ord(sign): "+" for sign in NO_SIGN})
    line = "".join(plain(sign) or sign for sign in line)
    if without:
        return line, say(NO_SIGN[without])
    said = say(
        "Python does not know the sign `{foreign}`: write `{instead}`.", foreign=foreign, instead=instead
    )
    return line, said if foreign else None
