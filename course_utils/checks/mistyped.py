"""A number, a word or an operator as Python does not have it: the line mended, and a sentence."""

import re
from difflib import get_close_matches
from keyword import iskeyword, kwlist

from ..language import later, say

Repair = tuple[str, str | None]
UNITS = (
    r"%|percent|ppm|counts\S*|[mck]?m|[mk]?g|m?s|h|°C?|(?:sec|second|min|minute|hour|day|year|degree|unit)s?"
)
OTHER_WORDS = {"define": "def", "function": "def", "func": "def", "elseif": "elif", "foreach": "for"}
DERIVATIVE = later("Python has no sign for a derivative: write the derivative itself, or `sp.diff(f, x)`.")
PATTERNS = [  # what is typed, what is meant, and a sentence about it
    (r"(?<![\w.])(\d+),(0\d+)", r"\1.\2",
     later("a decimal point, not a comma: write `{meant}`.")),
    (r"(?<![\w.])(\d{1,3}) (\d{3})\b", r"\1\2",
     later("the digits of one number stand without a space: write `{meant}`.")),
    (r"(?<![\w.,])0+(\d+)\b(?!\.)", r"\1",
     later("a whole number does not begin with 0: write `{meant}`.")),
    (r"(\d+(?:\.\d*)?) ?x ?10\b", r"\1*10",
     later("write the times sign `*`, or `e` for a power of ten: 1.5e-3 is 0.0015.")),
    (rf"(?<![\w.])([\d.]+) ?(?:{UNITS})\s*$", r"\1",
     later("only the number belongs here, without a unit or a per cent sign: 10 % is 0.1.")),
    (r"[.。]\s*$", "", later("a full stop at the end of the line does not belong there.")),
    (r"\b(np|sp|math) (?=\w+\()", r"\1.",
     later("a point stands between a library and its function, such as `{meant}exp(...)`.")),
    (r"\.\s*(?=\()", "*", later("a point is not a times sign: write `*`.")),
    (r"(\w|\))!(?!=)", r"\1", later("Python has no `!`: for a factorial write `sp.factorial(n)`.")),
    (r"\*\s*\*\s*\*+|\*\s+\*", "**",
     later("times is one star `*`, a power is two stars `**` without a space.")),
    (r"[-+]\s*[*/](?![*/])|\*\s*/|/\s*\*", "*",
     later("two operators follow each other, or something between them is missing.")),
    (r"\$|\\\w+\{?", "",
     later("this is LaTeX, for cells of text: in code write `/` for a fraction, `*` for times.")),
    (r"`", "", later("the sign ` is for cells of text: leave it out in code.")),
    (r"(\d|\w|\))\s*\{([^{}]*)\}", r"\1*(\2)",
     later("in a formula only round brackets group: write the times sign, and `(...)`.")),
    (r"^(\s*\w+) (\d+)(?= *=[^=])", r"\1_\2", later("a name has no space in it: write `{meant}`.")),
    (r":\s*=|=\s+=", "=", later("a name gets its value by a single `=`.")),
    (r"\breturn\s*=", "return ", later("after `return` stands the value, without `=`.")),
    (r"^(\s*answer_\d+)\s+(?=[^=\s])", r"\1 = ", later("a sign is missing: write `{meant} ...`.")),
]  # fmt: skip


def by_pattern(line: str) -> list[Repair]:
    """What each pattern makes of a line, if it is there."""
    return [
        (re.sub(pattern, mended, line), say(text, meant=found.expand(mended).strip()))
        for pattern, mended, text in PATTERNS
        if (found := re.search(pattern, line))
    ]


def misspelt(line: str) -> Repair:
    """A line that begins with a word that is nearly one of Python's own."""
    found = re.match(r"\s*([A-Za-z]+)\b", line)
    if not found or iskeyword(found[1]):
        return line, None
    word = found[1]
    near = OTHER_WORDS.get(word.lower()) or next(iter(get_close_matches(word.lower(), kwlist, 1, 0.75)), None)
    mended = line.replace(word, near or word, 1)
    return mended, near and say(
        "`{word}` is none of Python's words: do you mean `{near}`?", word=word, near=near
    )


def own_word(line: str) -> Repair:
    """A word of Python's own as the name of a value."""
    found = re.search(r"\b(\w+)\b(?= *=[^=])", line)
    word = found[1] if found and iskeyword(found[1]) and found[1] != "return" else "lambda"
    another = "lam" if word == "lambda" else f"{word}_"
    after = r"\b(?!\s*[\w,*]*\s*:)" if word == "lambda" else r"\b"
    changed = re.sub(rf"\b{word}{after}", another, line)
    said = say(
        "`{word}` is a word of Python's own: choose another name, such as `{another}`.",
        word=word,
        another=another,
    )
    return changed, said if changed != line else None
