"""A way on for who is stuck: `hint("03.1")`, again for the next one, and then `solution("03.1")`."""

import tomllib
from collections import Counter
from collections.abc import Callable
from functools import cache, partial

from IPython import get_ipython

from ..derivation.chain_rule import derivative
from ..language import known, say
from ..models.model import Model
from .equivalence import shown
from .notes import Formula, Note
from .passes import check_backward, check_forward
from .questions import ABOUT, HERE, beside, is_read, number_of, question
from .questions.set_5 import first_gradient, own_gradients
from .simple import check_choice, check_number, expected_value
from .steps import backward_hints, forward_hints, gradient_hints, gradient_solution
from .symbols import check_derivative, check_gradient

ASKED: Counter[str] = Counter()  # how many hints each question has given
READ = "This question is answered in words, which your teacher reads: it has no hints."
FIRST = "Run the cells above this question, and its check once: they say what it is about."


def for_first(network: Model, *_) -> list[Note]:
    """Hints to the gradient of a network's first parameter; none for what is no network."""
    return gradient_hints(network, network.parameters[0]) if isinstance(network, Model) else []


def for_all(network: Model, *_) -> list[Note]:
    """Hints to the gradients of a network; none for what is no network."""
    return backward_hints(network) if isinstance(network, Model) else []


COMPUTED: dict[Callable, Callable] = {
    check_gradient: gradient_hints,
    check_forward: forward_hints,
    check_backward: backward_hints,
    first_gradient: for_first,
    own_gradients: for_all,
}


@cache
def written() -> dict:
    """The hints and solutions that stand in hints.toml, by question."""
    return tomllib.loads((HERE / "hints.toml").read_text(encoding="utf-8"))


def hint(name: str) -> Note:
    """A hint to a question, such as "03.1" or "set 1.4"; one more each time, up to three.

    Raises ValueError for a question that does not exist.
    """
    name = number_of(name)
    if is_read(name):
        return Note.of(READ)
    hints = hints_to(name)
    if not hints:
        return Note.of(FIRST)
    ASKED[name] = min(ASKED[name] + 1, len(hints) + 1)
    shown = hints[: ASKED[name]]
    title = say("Hint {number} of {count} to question {name}", number=len(shown), count=len(hints), name=name)
    after = "" if ASKED[name] <= len(hints) else afterwards(name)
    return Note.numbered(say("{title}. {after}", title=title, after=after) if after else title, shown)


def afterwards(name: str) -> str:
    """What is left to do after the last hint."""
    if name.startswith("set "):
        return say("That was the last. Try each part by itself, and look at what its check says")
    return say('That was the last. solution("{name}") shows the steps', name=name)


def hints_to(name: str) -> list[Note]:
    """All hints to a question: those that are written, or else computed; none for a network not known."""
    function, args, _ = parts_of(question(name))
    if texts := written().get(name, {}).get("hints"):
        return [Note(known(text), known(text)) for text in texts]
    shell = get_ipython()
    about = args or ABOUT.get(name) or (beside.about(name, shell.user_ns) if shell else ())
    return COMPUTED[function](*about) if about else []


def parts_of(asked: Callable) -> tuple[Callable, tuple, dict]:
    """The check that a question uses, and what it hands to it."""
    return (asked.func, asked.args, asked.keywords) if isinstance(asked, partial) else (asked, (), {})


def solution(name: str) -> Note:
    """The way to the answer, with its steps, of a question of a lesson. A problem set has none.

    Raises ValueError for a question that does not exist.
    """
    name = number_of(name)
    if is_read(name):
        return Note.of(READ)
    function, args, _ = parts_of(question(name))
    if name.startswith("set "):
        text = say(
            'Problem sets are graded, so {name} has hints, and no solution: hint("{name}").', name=name
        )
        return Note(text, text)
    title = say("Question {name}", name=name)
    if function is check_gradient:
        return Note.numbered(title, gradient_solution(*args))
    key = key_of(name)
    steps = [
        Note(known(step).replace("{key}", key.plain), known(step).replace("{key}", f"${key.latex}$"))
        for step in written()[name]["solution"]
    ]
    return Note.numbered(title, steps)


def key_of(name: str) -> Formula:
    """The answer to a question of a lesson, if it is a word, a number or a derivative."""
    function, args, known = parts_of(question(name))
    if function is check_choice:
        return Formula(known["correct"], rf"\text{{{known['correct']}}}")
    if function is check_number:
        return Formula(*2 * [shown(expected_value(known["expected"]))])
    if function is check_derivative:
        return Formula.of(derivative(*args))
    return Formula("", "")


def load_ipython_extension(ipython) -> None:
    """Let a notebook know `hint` and `solution`, which an unanswered check speaks of."""
    known = {"hint": hint, "solution": solution}
    ipython.push({name: known[name] for name in known.keys() - ipython.user_ns.keys()}, interactive=False)
