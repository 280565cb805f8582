"""A mistake: what stands in place of a right expression, and the sentence about it."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import sympy as sp

from ..language import enumerated, later, say

Link = tuple[sp.Symbol, sp.Symbol]  # (of, wrt) stands for ∂of/∂wrt
OTHER = sp.Symbol("(other)")  # in an expression: one of several symbols
LONGEST = 45  # letters of an expression that is named in a message

# From the likeliest on. Those in FACTS say what an answer is, and blame no link.
PATHS, OTHERS = ("missing path", "only one path"), ("another", "stops early")
ON_PATHS = ("lost number on a path", "lost division on a path")
FACTS = (*PATHS, *ON_PATHS, "forgotten function", *OTHERS)
LIKELIEST = (*ON_PATHS, "lost number", "sum for mean", "lost division", *PATHS, "missing link",
             "inner derivative", "exponential rule", "product rule", "quotient rule", "power rule",
             "chain rule", "slope of another", "input for output", "output for input",
             "wrong derivative", "function for derivative", "outer derivative", "lost factor",
             "forgotten function", "lost term", "kept constant", "kept term", "inside kept", "bracket",
             "exponent", "sign", "sign inside", "doubled link", "doubled factor", "wrong symbol")  # fmt: skip
LAST = ("inverted link", *OTHERS)


class Mistake(NamedTuple):
    """An expression that stands in place of a right one.

    slip: a short name. text: a sentence that names the culprit and does not tell the answer, with places for
    names. credit: the score for an answer that has this slip alone. others: what may stand for OTHER.
    links: where it happened; in a text {link} stands for them, and {wrt} for what was asked.
    every: it happened in each of the links; else, of several, in one of them.
    sure: no other slips lead to the same, or not as easily.
    """

    slip: str
    text: str
    expression: sp.Expr = sp.S.Zero
    credit: float = 0.5
    others: Sequence[sp.Symbol] = ()
    links: tuple[Link, ...] = ()
    names: Mapping[str, "str | sp.Expr | Link"] = {}
    every: bool = False
    sure: bool = True

    def about(self, **names: str) -> "Mistake":
        """The mistake with more names for the places of its text."""
        return self._replace(names={**self.names, **names})

    def renamed(self, symbols: Mapping[sp.Symbol, sp.Symbol]) -> "Mistake":
        """The same mistake where other symbols stand in place of its own; names that are text stay."""
        if not symbols:
            return self
        links = tuple(other_link(link, symbols) for link in self.links)
        names = {name: other_name(value, symbols) for name, value in self.names.items()}
        return self._replace(expression=self.expression.xreplace(symbols), links=links, names=names)

    @property
    def message(self) -> str:
        """The sentence, with the names in their places."""
        names = {name: shortened(value) for name, value in self.names.items()}
        return say(self.text, **{"link": listed(self.links), **names})

    def beside_another(self) -> "Mistake":
        """The same as one of two slips, of which a sentence speaks."""
        return self._replace(text=BESIDE.get(self.text, self.text))

    @property
    def short(self) -> str:
        """The slip and where it happened, as data: missing link ∂h/∂z. Of several | one, or & each."""
        return f"{self.slip} {(' & ' if self.every else ' | ').join(map(partial, self.links))}".strip()

    @property
    def rank(self) -> int:
        """The less, the likelier."""
        if self.slip in LIKELIEST:
            return LIKELIEST.index(self.slip)
        return len(LIKELIEST) + (1 + LAST.index(self.slip) if self.slip in LAST else 0)


def other_link(link: Link, symbols: Mapping[sp.Symbol, sp.Symbol]) -> Link:
    """The link between the symbols that stand in place of its own."""
    of, wrt = link
    return symbols.get(of, of), symbols.get(wrt, wrt)


def other_name(value: str | sp.Expr | Link, symbols: Mapping[sp.Symbol, sp.Symbol]) -> str | sp.Expr | Link:
    """What a name stands for where other symbols stand in place of its own."""
    if isinstance(value, tuple):
        return other_link(value, symbols)
    return value.xreplace(symbols) if isinstance(value, sp.Expr) else value


def shortened(value: str | sp.Expr | Link) -> str:
    """A name, or a link or an expression as a learner types it; of a long one the beginning."""
    if isinstance(value, tuple):
        return partial(value)
    text = str(value)
    return text if isinstance(value, str | sp.Symbol) or len(text) <= LONGEST else f"{text[:LONGEST]}…"


def new_name(symbol: sp.Symbol) -> str:
    """What an output of an update is called: the new w for new_w."""
    name = symbol.name.removeprefix("new_")
    return name if name == symbol.name else say("the new {name}", name=name)


def by_name(symbol: sp.Symbol) -> str:
    """The key that sorts symbols alphabetically."""
    return symbol.name


def partial(link: Link) -> str:
    """A link as people write it: ∂of/∂wrt."""
    of, wrt = link
    return f"∂{of.name}/∂{wrt.name}"


def listed(links: Sequence[Link]) -> str:
    """The links as people write them, with `and` before the last."""
    *names, last = map(partial, links) if links else [""]
    return say("{names} and {last}", names=enumerated(names), last=last) if names else last


def one_of(mistakes: Sequence[Mistake]) -> Mistake:
    """One mistake for several in different links that lead to the same answer: none is blamed alone."""
    likeliest, *others = mistakes
    if not others:
        return likeliest
    links = tuple(dict.fromkeys(link for mistake in mistakes for link in mistake.links))
    together = likeliest._replace(links=links)
    if all(other.slip == likeliest.slip for other in others) and likeliest.slip in SEVERAL:
        return together._replace(text=SEVERAL[likeliest.slip])
    if len(others) > 1:
        return together._replace(slip="one of several", text=UNKNOWN)
    return together._replace(
        slip=f"{likeliest.slip} or {others[0].slip}" if others[0].slip != likeliest.slip else likeliest.slip,
        text=ONE_OF_TWO,
        names={**likeliest.names, "one": likeliest.message, "other": others[0].message},
    )


ONE_OF_TWO = later("one slip, and there are two that lead to this. Perhaps {one} Or perhaps {other}")
ONE_OF_THREE = later(
    "one slip, and there are three that lead to this. Perhaps {one} Or perhaps {other} Or perhaps {third}"
)
UNKNOWN = "one slip, in one of {link}: work them out once more, each by itself."
ONE_OF_THESE_OR = later(
    "one slip, in one of {link}: work them out once more, each by itself. Or perhaps {third}"
)
BESIDE = {  # the same, as one of two slips
    ONE_OF_TWO: later("perhaps {one} Or perhaps {other}"),
    UNKNOWN: later("it is in one of {link}: work them out once more, each by itself."),
}
SEVERAL = {
    "sign": "the sign of one part of the sum is turned, that through {link}: count the minus signs.",
    "lost factor": "a factor is lost, and it belongs into one of {link}.",
    "doubled factor": "a factor is there once too often, in one of {link}.",
    "doubled link": "a factor is there once too often: each of {link} belongs there once.",
    "missing link": "one of {link} is missing: each is a link on the way to {wrt}.",
    "lost number": "a factor {number} is lost, in one of {link}.",
    "surplus factor": "a factor 2 too many comes with one of {link}.",
}
