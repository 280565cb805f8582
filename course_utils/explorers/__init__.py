"""Explorers: controls, a picture, and what it shows in words. Wiring only.

What they show is computed beforehand by functions of the other modules, so a move only looks it up.
"""

from .activations import activation_explorer
from .descent import learning_rate_explorer, surface_explorer
from .explorer import Explorer
from .recurrence import recurrence_explorer
from .rounds import round_explorer
from .rules import race_explorer, rule_explorer
from .task import Fit, Task

__all__ = [
    "Explorer",
    "Fit",
    "Task",
    "activation_explorer",
    "learning_rate_explorer",
    "race_explorer",
    "recurrence_explorer",
    "round_explorer",
    "rule_explorer",
    "surface_explorer",
]
