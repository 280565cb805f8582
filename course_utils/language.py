"""The language that the course speaks: English, unless a notebook or the environment asks for another.

A text that a person reads is a whole English sentence with named places, such as
`say("{name} is no number", name=name)`. gettext finds its translation in `locale/`.
What nobody has translated yet is said in English.
"""

import os
import re
from collections.abc import Iterable, Mapping
from functools import reduce
from gettext import NullTranslations, translation
from pathlib import Path
from string import Formatter

LOCALE = Path(__file__).with_name("locale")
HAN, LATIN = "[\u4e00-\u9fff]", "[A-Za-z0-9∂]"
LETTERS_MEET = re.compile(f"{HAN}{LATIN}|{LATIN}{HAN}")
SIGN = "[\u3000-\u303f\uff00-\uffef]"  # full-width, with its space in it
CLOSE = re.compile(f"{HAN}{HAN}|{SIGN}.|.{SIGN}")
_spoken = NullTranslations()


def speak(language: str) -> None:
    """From now on, say everything in this language: "en", or a folder of `locale/` such as "zh_CN".

    Raises ValueError for a language that the course does not speak.
    """
    global _spoken
    known = ["en", *sorted(path.name for path in LOCALE.iterdir())]
    if language not in known:
        raise ValueError(f"the course speaks {', '.join(known)}, not {language!r}")
    _spoken = translation("library", LOCALE, [language], fallback=language == "en")


def say(sentence: str, /, **places: object) -> str:
    """The sentence in the language that is spoken, its places filled in as `str.format` does."""
    return _filled(_spoken.gettext(sentence), places)


def say_in(context: str, sentence: str, /, **places: object) -> str:
    """The same for a word that another language says in several ways. context: which of them is meant."""
    return _filled(_spoken.pgettext(context, sentence), places)


def say_count(one: str, many: str, count: int, /, **places: object) -> str:
    """The sentence for this number of things, which each language chooses by its own rules."""
    return _filled(_spoken.ngettext(one, many, count), {"count": count, **places})


def _filled(sentence: str, places: Mapping[str, object]) -> str:
    """The sentence with its places filled in, and set as Chinese is where text and a place meet."""
    text = ""
    for words, name, form, conversion in Formatter().parse(sentence):
        text = _met(text, words)
        if name is not None:
            place = f"{{{name}{f'!{conversion}' if conversion else ''}:{form}}}"
            text = _met(text, place.format(**places))
    return text


def _met(before: str, after: str) -> str:
    """One after the other: no space between two Chinese letters, one between a Chinese and a Latin one."""
    if CLOSE.fullmatch(before.rstrip(" ")[-1:] + after.lstrip(" ")[:1]):
        return before.rstrip(" ") + after.lstrip(" ")
    return before + (" " if LETTERS_MEET.fullmatch(before[-1:] + after[:1]) else "") + after


def refusal(sentence: str, /, **places: object) -> ValueError:
    """The error to raise for what somebody gave, which names the culprit in the language that is spoken."""
    return ValueError(say(sentence, **places))


def known(text: str) -> str:
    """A whole text in the language that is spoken, if it has a translation."""
    return _spoken.gettext(text) if text else text


def enumerated(names: Iterable[object]) -> str:
    """Names one after the other, as a list within a sentence."""
    return say_in("list", ", ").join(map(str, names))


def sentences(*each: str) -> str:
    """Whole sentences one after the other; in Chinese there is no space between them."""
    return reduce(_then, filter(None, each), "")


def _then(before: str, after: str) -> str:
    return say("{before} {after}", before=before, after=after) if before else after


def later(sentence: str) -> str:
    """The sentence as it is: a mark for translators on a text that `say` gets from a variable."""
    return sentence


if os.environ.get("COURSE_LANGUAGE"):
    speak(os.environ["COURSE_LANGUAGE"])
