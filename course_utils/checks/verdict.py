"""What a check says of an answer."""

import os
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

from ..language import known, say, sentences
from .mistakes import Mistake

CODE = re.compile("`([^`]+)`")


@dataclass(frozen=True)
class Verdict:
    """A check's result: whether the answer is right, how many points, and a sentence.

    score: in [0, 1], also float(verdict). slips: the mistakes found, as short data: missing link ∂h/∂z.
    regions: how many regions a right answer was tried in, where kinks divide the space.
    """

    correct: bool
    message: str
    score: float = 0.0
    slips: tuple[str, ...] = ()
    regions: int = field(default=0, compare=False)

    def __float__(self) -> float:
        return float(self.score)

    def require(self, fraction: float = 1.0) -> None:
        """Raise AssertionError with the message unless the score is at least `fraction`."""
        if self.score < fraction:
            raise AssertionError(known(self.message))

    @property
    def mark(self) -> str:
        """The sign and word in front of the sentence: right, not yet, or still open."""
        if "unanswered" in self.slips:
            return say("○ open")
        return say("✓ right") if self.correct else say("✗ not yet")

    def __repr__(self) -> str:
        return say("{mark}: {message}", mark=self.mark, message=known(self.message))

    def __str__(self) -> str:
        """What it says, in letters that can be printed here: some encodings have no check mark."""
        letters = getattr(sys.stdout, "encoding", None) or "utf-8"
        return repr(self).encode(letters, "replace").decode(letters)

    def _repr_html_(self) -> str:
        mark = f"<strong>{self.mark}</strong>"
        message = CODE.sub(r"<code>\1</code>", escape(known(self.message)))
        return f"<p>{say('{mark}: {message}', mark=mark, message=message)}</p>"


def aloud(verdict: Verdict) -> str:
    """What a notebook shows of a verdict; one that is not right is told on stderr as well."""
    if verdict.score < 1:
        print(verdict, file=sys.stderr)
    return verdict._repr_html_()


def load_ipython_extension(ipython) -> None:
    """Under nbgrader's Validate button, say on stderr what is not right yet.

    It runs the notebook by itself, shows what is on stderr, and takes any other value for full marks.
    """
    if "NBGRADER_EXECUTION" in os.environ:
        ipython.display_formatter.formatters["text/html"].for_type(Verdict, aloud)


def right(message: str, regions: int = 0) -> Verdict:
    """The verdict on an answer that is right. regions: in how many of them it was compared."""
    return Verdict(True, message, score=1.0, regions=regions)


def wrong(message: str) -> Verdict:
    """The verdict on an answer that is wrong in no known way: no points."""
    return Verdict(False, message)


def slipped(mistakes: Sequence[Mistake], shown: str = "") -> Verdict:
    """One slip is worth half the points. Two are named, and worth none. shown: a sentence with an example."""
    first, *others = mistakes
    slips = tuple(mistake.short for mistake in mistakes)
    example = f"{shown[0].upper()}{shown[1:]}" if shown else ""
    if not others:
        return Verdict(False, sentences(first.message, example), first.credit, slips)
    one, other = (mistake.beside_another().message for mistake in (first, others[0]))
    if first.sure and others[0].sure:
        text = say("two slips. One: {one} The other: {other}", one=one, other=other)
    else:
        text = say(
            "two slips lead to this, perhaps yours. One: {one} The other: {other}", one=one, other=other
        )
    return Verdict(False, sentences(text, example), slips=slips)
