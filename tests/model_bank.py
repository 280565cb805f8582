"""Models for the tests of the checks: one path and many, shared weights, other losses, other activations."""

import sympy as sp

from course_utils import Model, relu, sigmoid, tanh

x, x1, x2, y, y1, y2, y3 = sp.symbols("x x1 x2 y y1 y2 y3")
w, w1, w2, w3, b, b1, b2, c, k, m, s, V, K = sp.symbols("w w1 w2 w3 b b1 b2 c k m s V K")
z, z1, z2, z3, h, h1, h2, h3, u, p, y_hat, L = sp.symbols("z z1 z2 z3 h h1 h2 h3 u p y_hat L")
square = (y - y_hat) ** 2

SEED = Model({z: w1 * x + b1, h: sigmoid(z), y_hat: w2 * h + b2, L: square}, [w1, b1, w2, b2], [x, y])
DEEP = Model(
    {z1: w1 * x + b1, h1: tanh(z1), z2: w2 * h1 + b2, h2: sigmoid(z2), y_hat: w3 * h2, L: square},
    [w1, b1, w2, b2, w3],
    [x, y],
)
LOGISTIC = Model(
    {z: w1 * x1 + w2 * x2 + b, p: sigmoid(z), L: -y * sp.log(p) - (1 - y) * sp.log(1 - p)},
    [w1, w2, b],
    [x1, x2, y],
)
TWO_UNITS = Model(
    {z1: w1 * x, h1: sigmoid(z1), z2: w2 * x, h2: tanh(z2), y_hat: h1 * w3 + h2 * b, L: square},
    [w1, w2, w3, b],
    [x, y],
)
TWINS = Model(
    {h1: tanh(w * x1 + b), h2: tanh(w * x2 + b), u: h1 - h2, y_hat: u**2, L: square}, [w, b], [x1, x2, y]
)
RECURRENT = Model(
    {h1: tanh(w * x1), h2: tanh(w * x2 + k * h1), h3: tanh(k * h2 + w * x), y_hat: c * h3, L: square},
    [w, k, c],
    [x1, x2, x, y],
)
FILTER = Model(
    {z1: w1 * x1 + w2 * x2, z2: w1 * x2 + w2 * x, h1: relu(z1), h2: relu(z2), y_hat: h1 + h2, L: square},
    [w1, w2],
    [x1, x2, x, y],
)
BUMP = Model({u: (x - m) / s, h: sp.exp(-(u**2)), y_hat: k * h, L: square}, [m, s, k], [x, y])
ENZYME = Model({u: K + x, y_hat: V * x / u, L: square}, [V, K], [x, y])
RESIDUAL = Model(
    {z: w1 * x + b1, h: tanh(z), u: x + w2 * h, y_hat: w3 * u, L: square}, [w1, b1, w2, w3], [x, y]
)
MEAN_OF_THREE = Model(
    {h: sigmoid(w * x), L: ((y1 - c * h) ** 2 + (y2 - k * h) ** 2 + (y3 - h) ** 2) / 3},
    [w, c, k],
    [x, y1, y2, y3],
)

MODELS = {
    "seed": SEED,
    "deep": DEEP,
    "logistic": LOGISTIC,
    "two units": TWO_UNITS,
    "twins": TWINS,
    "recurrent": RECURRENT,
    "filter": FILTER,
    "bump": BUMP,
    "enzyme": ENZYME,
    "residual": RESIDUAL,
    "mean of three": MEAN_OF_THREE,
}
