"""What a learner writes down: equations, parameters, data.

model          between scalars
matrix_model   between matrices
networks       ready ones: dense layers, a classifier
shared         one weight in many places
"""

from .matrix_model import MatrixModel
from .model import Model
from .networks import classifier, cross_entropy, dense, dense_layers, random_start
from .shared import gradient_by_time_step, untie

__all__ = [
    "MatrixModel",
    "Model",
    "classifier",
    "cross_entropy",
    "dense",
    "dense_layers",
    "gradient_by_time_step",
    "random_start",
    "untie",
]
