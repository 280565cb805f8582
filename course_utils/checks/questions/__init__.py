"""The questions at the end of the lessons, by number: `check("03.2", answer)`.

The keys are computed, from the derivation wherever there is one. The hints are for likely slips.
A lesson's questions are loaded when the first of them is checked. progress: which ones are solved.
"""

from importlib import import_module
from pathlib import Path

from ..verdict import Verdict
from .progress import remember

LESSONS = sorted(path.stem[-2:] for path in Path(__file__).parent.glob("lesson_*.py"))


def questions(lesson: str) -> dict:
    """The questions of a lesson, such as "03", by number. Empty for a lesson that has none."""
    if lesson not in LESSONS:
        return {}
    return import_module(f".lesson_{lesson}", __package__).QUESTIONS


def check(question: str, answer) -> Verdict:
    """Check the answer to a lesson's question, such as "03.2". Raises ValueError for another name."""
    known = questions(str(question)[:2])
    if question not in known:
        every = [name for lesson in LESSONS for name in questions(lesson)]
        raise ValueError(f"there is no question {question!r}: they are {', '.join(every)}")
    verdict = known[question](answer=answer)
    if verdict.correct:
        remember(question)
    return verdict
