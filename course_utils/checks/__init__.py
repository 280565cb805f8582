"""Checks of a learner's answer. Each computes its key from the question, so there is none to leak."""

from .expressions import check_derivative, check_gradient, check_local
from .plain import check_choice, check_number
from .verdict import Verdict

__all__ = ["Verdict", "check_choice", "check_derivative", "check_gradient", "check_local", "check_number"]
