"""Check of a backward pass that was filled in by hand, number by number."""

from collections.abc import Mapping, Sequence

import sympy as sp

from ..language import say, sentences
from ..models.model import Model
from ..training.trace import moments
from .answers import UNANSWERED
from .simple import check_number
from .verdict import Verdict, right, wrong

TOLERANCE = 0.01  # three digits will do


def check_adjoints(answer, model: Model, start: Sequence, sample: Sequence) -> Verdict:
    """Check ∂loss/∂symbol for each symbol of a model's graph, a dictionary {symbol: number}.

    The first number that is wrong is named, with how to get it; what is still open is none.
    """
    if answer is ...:
        return UNANSWERED
    if not isinstance(answer, Mapping):
        return wrong(say("the answer should be a dictionary with a number for each symbol: keep the braces."))
    given = {str(symbol): number for symbol, number in answer.items()}
    keys = moments(model, start, sample)[-1].gradients
    for done, (symbol, key) in enumerate(keys.items()):
        name = f"∂{model.loss}/∂{symbol}"
        verdict = check_number(given.get(str(symbol), ...), key, TOLERANCE)
        if "unanswered" in verdict.slips:
            message = say(
                "{done} of {count} numbers are right so far. Next comes {name}.",
                done=done,
                count=len(keys),
                name=name,
            )
            return Verdict(False, message, slips=verdict.slips)
        if not verdict.correct:
            return wrong(
                say("{name}: {message}", name=name, message=sentences(verdict.message, rule(model, symbol)))
            )
    return right(say("every number is right: you went backward through the whole graph."))


def rule(model: Model, symbol: sp.Symbol) -> str:
    """How a symbol's derivative comes from those of the circles that use it."""
    users = [of for of, expression in model.equations.items() if symbol in expression.free_symbols]
    parts = [
        say(
            "∂{loss}/∂{of}, times the number on the arrow from {symbol} to {of}",
            loss=model.loss,
            of=of,
            symbol=symbol,
        )
        for of in users
    ]
    return (
        say("It is {parts}.", parts=say(", plus ").join(parts))
        if users
        else say("The loss moves exactly as far as itself.")
    )
