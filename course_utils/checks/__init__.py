"""Checks of a learner's answer. Each computes its key from the question, so there is none to leak."""

from .expressions import check_derivative, check_gradient, check_local
from .functions import check_backward, check_forward
from .plain import check_choice, check_number
from .procedures import check_training, check_update
from .verdict import Verdict

__all__ = [
    "Verdict",
    "check_backward",
    "check_choice",
    "check_derivative",
    "check_forward",
    "check_gradient",
    "check_local",
    "check_number",
    "check_training",
    "check_update",
]
