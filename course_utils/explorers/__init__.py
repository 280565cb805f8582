"""Explorers: controls, a picture, and what it shows in words. Wiring only.

What they show is computed beforehand by functions of the other modules, so a move only looks it up.
"""

from .activations import activation_explorer
from .descent import learning_rate_explorer, surface_explorer
from .explorer import Explorer, finish
from .knobs import knob_explorer, step_explorer
from .recurrence import recurrence_explorer
from .rounds import round_explorer
from .rules import momentum_explorer, race_explorer, rule_explorer
from .scores import softmax_explorer
from .task import Fit, Task
from .windows import window_explorer

__all__ = [
    "Explorer",
    "Fit",
    "Task",
    "activation_explorer",
    "finish",
    "knob_explorer",
    "learning_rate_explorer",
    "momentum_explorer",
    "race_explorer",
    "recurrence_explorer",
    "round_explorer",
    "rule_explorer",
    "softmax_explorer",
    "step_explorer",
    "surface_explorer",
    "window_explorer",
]
