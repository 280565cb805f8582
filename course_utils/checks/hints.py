"""A way on for who is stuck: `hint("03.1")`, again for the next one, and then `solution("03.1")`."""

import tomllib
from collections import Counter
from functools import cache, partial

from .answers import Unreadable
from .network import check_network
from .notes import Formula, Note
from .passes import check_backward, check_forward
from .questions import ABOUT, HERE, SETS, question
from .simple import check_choice, check_number
from .steps import backward_hints, forward_hints, gradient_hints, gradient_solution
from .symbols import check_gradient

MOST = 3
ASKED: Counter[str] = Counter()  # how many hints each question has given
FIRST = Note.of("Run the check of this question once, the cell below its answer: then I know what it is about.")
COMPUTED = {check_gradient: gradient_hints, check_forward: forward_hints, check_backward: backward_hints}


@cache
def written() -> dict:
    """The hints and solutions that stand in hints.toml, by question."""
    return tomllib.loads((HERE / "hints.toml").read_text(encoding="utf-8"))


def hint(name: str) -> Note:
    """A hint to a question, such as "03.1" or "set 1.4"; one more each time, up to three.

    Raises ValueError for a question that does not exist.
    """
    hints = hints_to(name)
    if not hints:
        return FIRST
    ASKED[name] = min(ASKED[name] + 1, len(hints) + 1)
    shown = hints[: ASKED[name]]
    title = f"Hint {len(shown)} of {len(hints)} to question {name}"
    after = "" if ASKED[name] <= len(hints) else afterwards(name)
    return Note.list(title + after, shown)


def afterwards(name: str) -> str:
    """What is left to do after the last hint."""
    if name.startswith("set "):
        return ". That was the last. Try each part by itself, and look at what its check says"
    return f'. That was the last. solution("{name}") shows the steps'


def hints_to(name: str) -> list[Note]:
    """All hints to a question: those that are written, or else computed. None yet for a network unknown so far."""
    asked = question(name)
    if texts := written().get(name, {}).get("hints"):
        return list(map(Note.of, texts))
    if not isinstance(asked, partial) and name not in ABOUT:
        return []
    about = asked.args if isinstance(asked, partial) else ABOUT[name]
    return COMPUTED[getattr(asked, "func", asked)](*about)
