"""From an answer to a verdict. Each check computes its key from the question, so there is none to leak.

questions      the lessons' own, by number: check("03.2", answer); progress: which are solved
symbols        a derivative, a link, a gradient
passes         a learner's forward and backward function
loops          an update, and a training loop
reruns         a training loop once more, with other arguments
simple         a number, a choice
adjoints       a backward pass, filled in by hand
network        a network that the learner made up, and loss: is its loss a loss

answers        what may be an answer, of which parts (parts), and calls: a learner's function, called
budget         how much a check may cost
values         an expression's number (floats: at many points at once), and equivalence: of two the same
regions        points in every region between the kinks, and comparison: an answer beside the key there
inputs         the same for a learner's function (kinks, crossings, goals, search: how they are found)
mistakes       what people write in place of a link: a new slip goes here
slips          which of them it was: in a chain (flow, pairs) or in a line (line_slips)
trials         what a learner's function is tried with
verdict        what a check says
"""

from .loops import check_training, check_update
from .network import check_fit, check_network, check_steepest, for_network, predicted
from .passes import check_backward, check_forward
from .questions import check
from .questions.progress import progress
from .simple import check_choice, check_number
from .symbols import check_derivative, check_gradient, check_local
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
    "predicted",
    "progress",
]
