"""The course heard in another language: what of its words is in no sentence that a catalogue translates."""

import ast
import re
from contextlib import contextmanager
from functools import wraps
from gettext import GNUTranslations, translation
from string import Formatter
from unittest.mock import patch

from IPython.core.inputtransformer2 import TransformerManager

from course_utils import language

# Private letters: around a translated sentence, and around what fills one of its places.
BEGIN, END, FILLED, SO_FAR = "\ue000\ue001\ue002\ue003"
MARKS = re.compile(f"[{BEGIN}{END}{FILLED}{SO_FAR}]")
# What is written alike in every language: code, formulas, objects as Python shows them, what a learner typed.
ALIKE = re.compile(
    r"`[^`]*`|\$[^$]*\$|<[^<>]*>|<.* at 0x\w+>|\{[^{}]*\}|'[^']*'|\"[^\"]*\""
    r"|\b\w+(?:Error|Warning|Exit): .*|^[A-Z]\w+\.$"
)
PHRASE = re.compile(r"\b[A-Za-z]{2,} +[A-Za-z]{2,}\b|\b[A-Za-z]+[.:?!](?= |$)")


class Heard(GNUTranslations):
    """A catalogue that marks each of its sentences, and each place in it."""

    def gettext(self, message):
        said = super().gettext(message)
        return message if said is message else marked(said)

    def pgettext(self, context, message):
        said = super().pgettext(context, message)
        return message if said is message else marked(said)

    def ngettext(self, msgid1, msgid2, n):
        said = super().ngettext(msgid1, msgid2, n)
        return said if said in (msgid1, msgid2) else marked(said)


def marked(sentence):
    """The sentence between marks, with marks around its places."""
    try:
        each = list(Formatter().parse(sentence))
    except ValueError:  # no places: code stands in it
        return BEGIN + sentence + END
    parts = [BEGIN]
    for text, name, form, conversion in each:
        parts.append(text.replace("{", "{{").replace("}", "}}"))
        if name is not None:
            place = name + (f"!{conversion}" if conversion else "") + (f":{form}" if form else "")
            parts.append(f"{FILLED}{{{place}}}{SO_FAR}")
    return "".join([*parts, END])


@contextmanager
def hearing(spoken="zh_CN"):
    """Within, the library speaks this language, and marks its sentences."""
    with patch.object(language, "_spoken", translation("library", language.LOCALE, [spoken], Heard)):
        yield


def plain(text):
    """What a reader sees of a text that was heard."""
    return MARKS.sub("", text)


def pieces(text):
    """What of a text stands in no translated sentence, or fills a place of one, piece by piece."""
    around, piece = [None], ""
    for letter in text:
        if not MARKS.fullmatch(letter):
            piece += letter if around[-1] != BEGIN else ""
            continue
        yield piece
        piece = ""
        around.append(letter) if letter in (BEGIN, FILLED) else around.pop()
    yield piece


def left_over(text):
    """The English in a text that was heard: words in a row, or one that ends a sentence."""
    return [found[0] for piece in pieces(text) for found in PHRASE.finditer(ALIKE.sub("·", piece))]


def judged_twice(check):
    """The check, which judges in Chinese too: its verdict is worth the same, and no word of it is English."""

    @wraps(check)
    def both(*given, **named):
        verdict = check(*given, **named)
        with hearing():
            other = check(*given, **named)
            said = str(other)
        assert worth(other) == worth(verdict), plain(said)
        english = left_over(said)
        assert not english or all(words in repr((given, named)) for words in english), plain(said)
        return verdict

    return both


def worth(verdict):
    """What a verdict is worth, whatever it says."""
    return verdict.correct, verdict.score, verdict.slips


def skeleton(cell):
    """A code cell's syntax tree without its texts."""
    tree = ast.parse(TransformerManager().transform_cell(cell.source))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
        if isinstance(node, ast.JoinedStr):
            places = [part for part in node.values if isinstance(part, ast.FormattedValue)]
            node.values = sorted(places, key=ast.unparse)  # word order differs
    return ast.dump(tree)


def fixed(text):
    """What every language writes alike: formulas, code, links, places."""
    formulas = [re.sub(r"\\text\{[^}]*\}", r"\\text{}", one) for one in re.findall(r"\$\$?[^$]+\$?\$", text)]
    prose = re.sub(r"\$\$?[^$]+\$?\$", "", text)
    return sorted(formulas), sorted(re.findall(r"`[^`]+`|\]\([^)]+\)|\{[^{}]*\}", prose))
