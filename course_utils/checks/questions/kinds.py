"""The kinds of questions that are asked: each a function whose last argument is the answer."""

from dataclasses import replace
from functools import partial

from ...language import enumerated, say
from ..answers import is_number
from ..simple import check_choice, check_number
from ..symbols import check_derivative, check_gradient, check_local
from ..verdict import Verdict, wrong

TRAINED = (
    "nearly. Train with the learning rate of the question, and for as many steps, and round at the end only."
)


def number(expected, slips: dict[float, str], tolerance: float = 1e-6, digits: int | None = None):
    """The check of a number, as a function of the answer. slips: {a wrong number: its hint}."""
    return partial(check_number, expected=expected, slips=slips, tolerance=tolerance, digits=digits)


def derivative(expression, wrt):
    """The check of an expression's derivative, as a function of the answer."""
    return partial(check_derivative, expression, wrt)


def gradient(model, parameter):
    """The check of ∂loss/∂parameter of a model, as a function of the answer."""
    return partial(check_gradient, model, parameter)


def choice(correct: str, **hints: str):
    """The check of one word among the names in hints, which hold what to say to each."""
    return partial(check_choice, choices=hints, correct=correct)


def among(answer, numbers, correct: float, slips: dict[float, str]) -> Verdict:
    """The check of a number that stands in a list, and is read from it."""
    verdict = check_number(answer, correct, slips=slips)
    if verdict.correct or verdict.slips or not is_number(answer):
        return verdict
    return wrong(say("this is none of them: choose one of {numbers}.", numbers=enumerated(numbers)))


def of_output(model, of, wrt, answer) -> Verdict:
    """The check of a link that should be written as a formula of its own output, as that of the sigmoid."""
    verdict = check_local(model, of, wrt, answer)
    if any(slip.startswith("output for input") for slip in verdict.slips):
        message = say(
            "{of} stands here where the slope has {wrt}. Say first what {wrt} is as a formula of {of}.",
            of=of,
            wrt=wrt,
        )
        return replace(verdict, message=message)
    if not verdict.correct or {symbol.name for symbol in answer.free_symbols} == {of.name}:
        return verdict
    message = say(
        "right, but not as a formula of {of}, the output: turn {of} = {equation} round.",
        of=of,
        equation=model.equations[of],
    )
    return Verdict(False, message, 0.5, (f"input for output ∂{of.name}/∂{wrt.name}",))
