"""From an answer to a verdict. Each check computes its key from the question, so there is none to leak.

questions      those of the lessons and sets, by number: check("03.2", answer); progress: which are solved
hints          a way on: hint("03.1"), solution("03.1"); steps, which a model gives; notes, how they are shown
unreadable     what an error means: miswritten, source that does not parse; explanations, a new one goes there
misused        and other_library: what they explain
symbols        a derivative, a link, a gradient
passes         a learner's forward and backward function
judging        gradients that such a function computed, and that are wrong; sums, where means belong
updates        a learner's update of a parameter
loops          a training loop (descents: right runs and slipped ones), and once more with others (reruns);
               carried: what it only takes over from the gradients
simple         a number, and nearness: is it nearly right; a choice
adjoints       a backward pass, filled in by hand
network        a network that the learner made up, loss: is its loss a loss, and fit: was it trained

answers        what may be an answer, of which parts (parts), and calls: a learner's function, called;
               arguments: those it does without
budget         how much a check may cost
values         an expression's number (floats: at many points at once), and equivalence: of two the same
regions        points in every region between the kinks, and comparison: an answer beside the key there
inputs         the same for a learner's function (kinks, crossings, goals, search: how they are found),
               and rounding: where its floats can tell
mistakes       what a slip is, and how likely
link_slips     what people write in place of a link, school in place of a derivative: a new slip goes here
chain_slips    what goes wrong in a chain as a whole (facts: a sign, a number; everywhere: in several links)
slips          which of them it was, in a chain (flow, forms, pairs); line_slips: in a line; written: what
               stands in the answer itself, and one_change in it that would mend it
trials         what a learner's function is tried with
verdict        what a check says
"""

from .fit import check_fit, check_steepest, predicted
from .hints import hint, solution
from .loops import check_training
from .network import check_network, for_network
from .passes import check_backward, check_forward
from .questions import check
from .questions.progress import progress
from .simple import check_choice, check_number
from .symbols import check_derivative, check_gradient, check_local
from .updates import check_update
from .verdict import Verdict

__all__ = [
    "Verdict",
    "check",
    "check_backward",
    "check_choice",
    "check_derivative",
    "check_fit",
    "check_forward",
    "check_gradient",
    "check_local",
    "check_network",
    "check_number",
    "check_steepest",
    "check_training",
    "check_update",
    "for_network",
    "hint",
    "predicted",
    "progress",
    "solution",
]
