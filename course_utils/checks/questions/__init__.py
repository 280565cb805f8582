"""The questions of the lessons and of the problem sets, by number: `check("03.2", answer)`.

The keys are computed, from the derivation wherever there is one. Beside them is what to say to likely slips.
hints.toml holds the hints that are written, and the solutions; hints.py computes the others.
The questions of a lesson or set are loaded when the first of them is needed. progress: which ones are solved.
beside: what a question of a set is about, as its notebook says.
"""

from collections.abc import Callable
from dataclasses import replace
from difflib import get_close_matches
from importlib import import_module
from inspect import signature
from pathlib import Path

from ...derivation.given import brief, some
from ...language import known, later, refusal, say
from ..answers import UNANSWERED
from ..verdict import Verdict, wrong
from .progress import remember

HERE = Path(__file__).parent
LESSONS = sorted(path.stem[-2:] for path in HERE.glob("lesson_*.py"))
SETS = sorted(path.stem.replace("_", " ") for path in HERE.glob("set_*.py"))
ABOUT: dict[str, tuple] = {}  # what a question of a set was last checked with: its network, its data
IN_A_SET = later("no answer yet. Put yours in place of the three dots, run its cell, and then this one.")


def questions(unit: str) -> dict[str, Callable]:
    """The questions of a lesson, such as "03", or of a set, such as "set 1", by number.

    Empty for a lesson that has none.
    """
    if unit not in (*LESSONS, *SETS):
        return {}
    module = unit.replace(" ", "_") if unit in SETS else f"lesson_{unit}"
    return import_module(f".{module}", __package__).QUESTIONS


def number_of(name) -> str:
    """A question's number as it is kept: 3.1 for "03.1" and "set1.4" for "set 1.4" are understood.

    Raises ValueError for what is neither text nor a number.
    """
    if not isinstance(name, str | int | float) or isinstance(name, bool):
        raise refusal('a question is called by its number, such as "03.1", and not {name}', name=brief(name))
    number = "".join(str(name).split()).lower()
    return number.replace("set", "set ") if number.startswith("set") else number.zfill(4)


def is_read(name: str) -> bool:
    """Whether it is the last question of a set, which is answered in words: no check has its number."""
    unit, _, number = name.rpartition(".")
    return unit in SETS and number == str(len(questions(unit)) + 1)


def question(name: str) -> Callable:
    """The question of this number. Raises ValueError for another name."""
    known = questions(name.rpartition(".")[0])
    if name not in known:
        every = [number for unit in (*LESSONS, *SETS) for number in questions(unit)]
        near = list(known) or get_close_matches(name[:20], every, n=5, cutoff=0)
        raise refusal(
            "there is no question {name}. Near to it are {names}.",
            name=brief(name),
            names=some(near, most=20),
        )
    return known[name]


def check(question_: str, answer, *about) -> Verdict:
    """Check the answer to a question of a lesson, such as "03.2", or of a set, such as "set 1.4".

    about: what a question of a set is about, such as its network and the parameter.
    Raises ValueError for another name, TypeError for a question of a set without what it is about.
    """
    name = number_of(question_)
    asked = question(name)
    if about and name[:2] in LESSONS:
        return wrong("give one answer only. In a number write a decimal point, 0.5, and not a comma.")
    try:
        signature(asked).bind(*about, answer)
    except TypeError as error:
        raise TypeError(
            say("question {name} is about something else than this: {error}", name=name, error=error)
        ) from None
    ABOUT[name] = about
    verdict = asked(*about, answer)
    if verdict.correct:
        remember(name)
    return with_a_way_on(verdict, name) if "unanswered" in verdict.slips else verdict


def with_a_way_on(verdict: Verdict, name: str) -> Verdict:
    """The verdict on an open question, and how to get a hint."""
    message = known(verdict.message)
    if name.startswith("set ") and message == known(UNANSWERED.message):  # whose answer has a cell of its own
        message = say(IN_A_SET)
    return replace(verdict, message=say('{message} Stuck? hint("{name}") helps.', message=message, name=name))
