"""Whatever is given in the wrong place is refused at once, by name; nothing is silently wrong."""

import ast
import math
import re
import signal
from decimal import Decimal
from fractions import Fraction
from functools import partial
from types import SimpleNamespace
from unicodedata import normalize

import numpy as np
import pytest
import sympy as sp
from languages import hearing, left_over, plain

from course_utils import (
    Activation,
    Adam,
    Compiled,
    GradientDescent,
    MatrixModel,
    Model,
    Momentum,
    RMSprop,
    check,
    check_backward,
    check_choice,
    check_derivative,
    check_forward,
    check_gradient,
    check_local,
    check_number,
    check_training,
    check_update,
    derivation,
    hint,
    relu,
    sigmoid,
    solution,
    step,
    train,
)
from course_utils.checks import check_fit, check_network, check_steepest, for_network, predicted
from course_utils.compiled import CompiledMatrices, evaluate, meanings
from course_utils.derivation import log_sum_exp, ones, reshaped
from course_utils.explorers import Task, step_explorer
from course_utils.models import (
    classifier,
    cross_entropy,
    dense,
    dense_layers,
    gradient_by_time_step,
    random_start,
    untie,
)
from course_utils.pictures import chain, computation_graph, system
from course_utils.training import (
    UpdateRule,
    curvature,
    gradient,
    hessian,
    largest_stable_learning_rate,
    loss_grid,
    moments,
    parameter,
    sweep,
    train_in_batches,
)

x, y, w, b, z, h, L = sp.symbols("x y w b z h L")
n, m = sp.symbols("n m", integer=True, positive=True)
X, Y, W, B, Z = (sp.MatrixSymbol(name, n, m) for name in "XYWBZ")
W, B, LOSS = sp.MatrixSymbol("W", m, m), sp.MatrixSymbol("B", 1, m), sp.MatrixSymbol("L", 1, 1)
EQUATIONS = {z: w * x + b, h: sigmoid(z), L: (y - h) ** 2}
NEURON = Model(EQUATIONS, [w, b], [x, y])
SQUARES = {Z: X * W + ones(n, 1) * B - Y, LOSS: ones(1, n) * sp.HadamardProduct(Z, Z) * ones(m, 1) / n}
LAYER = MatrixModel(SQUARES, [W, B], [X, Y])
START, DATA = [0.5, -0.25], [[1.0, 2.0, 3.0], [0.0, 1.0, 1.0]]
ARRAYS = {"start": [np.eye(2), np.ones((1, 2))], "data": [np.ones((3, 2)), np.zeros((3, 2))]}


class Text(str):
    """Text of a class of one's own."""


def doubling(times, form=lambda e: sp.sin(e) + sp.cos(e)):
    """An expression of 2**times parts, made in no time."""
    expression = x
    for _ in range(times):
        expression = form(expression)
    return expression


def doubling_model(times):
    """A model with 2**times paths."""
    steps = sp.symbols(f"u1:{times + 1}")
    equations, before = {}, w
    for after in steps:
        equations[after], before = sp.sin(before) + sp.cos(before) * before, after
    halves = {s: (sp.Symbol(f"{s}_a"), sp.Symbol(f"{s}_b")) for s in steps}
    equations, before = {}, w
    for after, (one, other) in halves.items():
        equations |= {one: sp.sin(before), other: sp.cos(before), after: one + other}
        before = after
    return Model(equations, [w])


KNOBS = sp.symbols("k1:1002")
LARGE = Model({L: sp.Add(*KNOBS)}, KNOBS)  # more than a check takes

NAN, INF, HOOK = float("nan"), float("inf"), SimpleNamespace(_sympy_=lambda: w)
NO_NUMBER = ["1", b"1", ..., NAN, -INF, 1j, True, [1], {}, 10**400, w, np.array(["1"])]
NO_COUNT = [*NO_NUMBER, None, -1, 0.5, 2.0, 10**30]
NO_RATE = [*NO_NUMBER, None, 0, -1, np.array([0.1, -1]), np.array([])]
NO_SHARE = [*NO_NUMBER, None, -0.1, 1, np.array([0.1])]
NO_TEXT = ["w*x", b"w", bytearray(b"w"), Text("w"), "__import__('os').abort()"]
NO_EXPRESSION = [*NO_TEXT, None, ..., [w], {w}, (w, x), HOOK, sigmoid, sp.true, sp.Eq(w, x), sp.Matrix([w])]
NO_FORMULA = [
    *NO_EXPRESSION, NAN, INF, 1j, 10 ** 400, Decimal("Infinity"), w * sp.I, w + sp.oo, w * sp.Float("1e400"),
]  # fmt: skip
NO_CODE = [
    *(sp.Function("f")(w), sp.Integral(sp.sin(w * x), (x, 0, 1)), sp.Sum(w * x, (x, 1, 3)), sp.Lambda(x, w *
        x)),
    *(sp.Limit(w, x, 0), sp.Order(w), sp.zeta(w), sp.Derivative(sp.Function("f")(w), w)),
    *(doubling(40) * w, doubling(100, sp.sin) * w, w * sp.Symbol("c", commutative=False)),
]  # fmt: skip
NO_SYMBOL = [*NO_TEXT, None, ..., 3, w * x, sigmoid, sp.Symbol("w", positive=True), HOOK, W, [w]]
NO_LIST = [*NO_TEXT, None, ..., 3, w, {w, b}, W]
NO_MODEL = ["model", None, ..., 3, [1, 2], Model, {}, EQUATIONS]
NO_RULE = ["Adam", 0, ..., Adam, [0.1], 0.1, GradientDescent(np.array([0.1, 0.2]))]
NO_FUNCTION = ["f", 0, [1], w]
NO_VALUES = [
    "ab", b"ab", None, ..., 3, {1.0, 2.0}, (v for v in START), [1.0], [1.0] * 3, {"w": 1.0}, {w: 1, "w": 2, b:
    1},
]  # fmt: skip
NO_COLUMN = [
    *("abc", b"abc", None, ..., ["1", "2", "3"], {1.0, 2.0, 3.0}, (v for v in "abc"), {"a": 1}, 1j, NAN, INF),
    *([1, 2], [1, NAN, 2], [1, -INF, 2], [1, None, 2], [1, [2], 3], [1j, 2, 3], np.array([1, 2, 3j]), [1, "2",
    3]), *(np.array(["2020-01-01"] * 3, "M8[D]"), np.array([1, 2, 3], "m8[s]"), np.array([1, "2", 3], object),
    [w] * 3), *(np.ma.masked_equal([1.0, 2.0, 3.0], 2), [10 ** 400, 1, 2], np.zeros(3, "i4,i4"), [],
    np.ones((3, 3)), sp.oo),
]  # fmt: skip
NO_WIDTHS = [
    "221", None, ..., 3, [2], [2, 0, 1], [2, -1], [2, 1.5], [2, NAN], ["2", "1"], {1, 2}, [2, True, None],
]  # fmt: skip
NO_START = [*NO_NUMBER, None, sp.oo]

GOOD = {
    Model: {"equations": EQUATIONS, "parameters": [w, b], "data": [x, y]},
    MatrixModel: {"equations": SQUARES, "parameters": [W, B], "data": [X, Y]},
    train: {"model": NEURON, "start": START, "data": DATA, "max_steps": 2},
    sweep: {"model": NEURON, "start": START, "data": DATA, "learning_rates": [0.1, 0.2], "steps": 2},
    moments: {"model": NEURON, "start": START, "sample": [1.0, 0.0], "learning_rate": 0.1, "rounds": 1},
    loss_grid: {"model": NEURON, "data": DATA, "range_1": (-1, 1), "range_2": (0, 1), "size": 3},
    curvature: {"model": NEURON, "parameters": START, "data": DATA},
    largest_stable_learning_rate: {"model": NEURON, "parameters": START, "data": DATA},
    hessian: {"model": NEURON},
    untie: {"model": NEURON, "weight": w},
    gradient_by_time_step: {"model": NEURON, "weight": w, "parameters": START, "data": DATA},
    dense: {"widths": [1, 2, 1], "activation": relu},
    classifier: {"widths": [1, 2, 1], "activation": relu},
    dense_layers: {"widths": [1, 2, 1], "activation": relu},
    random_start: {"model": LAYER, "seed": 0, "m": 2},
    cross_entropy: {"scores": X, "targets": Y},
    GradientDescent: {"learning_rate": 0.1},
    Momentum: {"learning_rate": 0.1, "momentum": 0.5},
    RMSprop: {"learning_rate": 0.1, "decay": 0.5, "epsilon": 1e-8},
    Adam: {"learning_rate": 0.1, "beta1": 0.5, "beta2": 0.9, "epsilon": 1e-8},
    check_update: {"rule": Adam(0.1), "function": lambda parameter: parameter},
    check_training: {
        "model": NEURON,
        "function": lambda start: (start, [0.0]),
        "start": START,
        "data": DATA,
        "learning_rate": 0.1,
        "steps": 2,
    },
    check_forward: {"model": NEURON, "symbol": h, "function": lambda z: z},
    check_backward: {"model": NEURON, "function": lambda x: [x, x]},
    check_fit: {
        "model": NEURON,
        "prediction": h,
        "parameters": (START, START),
        "data": (DATA, DATA),
        "rival": 0.1,
    },
    check_steepest: {"curve": np.arange(3.0), "axis": np.arange(3.0), "answer": 1},
    predicted: {"model": NEURON, "prediction": h, "parameters": START, "places": {x: [1.0, 2.0]}},
    check: {"question_": "03.2", "answer": 0.3},
    hint: {"name": "03.1"},
    solution: {"name": "03.1"},
    check_number: {"answer": 0.5, "expected": 0.5, "tolerance": 1e-6, "slips": {0.2: "a slip"}, "digits": 3},
    check_choice: {"answer": "up", "choices": {"up": "it is", "down": "it is not"}, "correct": "up"},
    check_derivative: {"expression": x**2, "wrt": x, "answer": 2 * x},
    check_gradient: {"model": NEURON, "parameter": w, "answer": x},
    check_local: {"model": NEURON, "of": z, "wrt": w, "answer": x},
    check_network: {"model": NEURON, "prediction": h, "data": [x, y], "most": 10},
    for_network: {"model": NEURON, "prediction": h, "data": [x, y], "check": lambda model: None},
    evaluate: {"equations": EQUATIONS, "symbol": h, "values": {w: 1.0, "b": 2.0, x: [1.0, 2.0]}},
}


def rows():
    """(callable, what is good, what is overridden, the word that the message has to have)."""
    bad = [
        (Model, "parameters", NO_LIST, "parameters|symbol"),
        (Model, "data", NO_LIST, "data|symbol"),
        (Model, "equations", [*NO_LIST, {}, [], [w], [(L,)], [(L, w, x)]], "equation"),
        *((Model, "equations", [{**EQUATIONS, L: one}], r"\bL\b|NumPy|\w\(w\)") for one in [*NO_FORMULA,
            *NO_CODE]),
        *((Model, "parameters", [[w, one]], "symbol|defined twice|name") for one in NO_SYMBOL),
        *((Model, "equations", [{**EQUATIONS, one: w}], "symbol|defined twice") for one in NO_SYMBOL if
            getattr(one, "__hash__", None)),
        (MatrixModel, "parameters", NO_LIST, "parameters|symbol"),
        (MatrixModel, "equations", [*NO_LIST, {}], "equation"),
        *((MatrixModel, "equations", [{**SQUARES, LOSS: one}], r"\bL\b") for one in [*NO_FORMULA, w, ones(2,
            2)]),
        (train, "model", NO_MODEL, "model"),
        (train, "rule", NO_RULE, "rule|learning_rate"),
        (train, "max_steps", NO_COUNT, "max_steps"),
        (train, "tolerance", [*NO_NUMBER, None, -1, INF], "tolerance"),
        (train, "on_step", NO_FUNCTION, "on_step"),
        (sweep, "model", [*NO_MODEL, LAYER], "model"),
        (sweep, "steps", NO_COUNT, "steps"),
        (sweep, "learning_rates", [*NO_RATE[:7], *NO_RATE[8:], 0.1, [], [0.1, 0], [[0.1]], {0.1}, ["0.1"]],
            "learning_rate"),
        (sweep, "rule", ["Adam", 0, ..., Adam(0.1), lambda rates: rates, Model], "rule|Model"),
        (moments, "model", [*NO_MODEL, LAYER], "model"),
        (moments, "rounds", [*NO_COUNT, 0], "rounds"),
        (moments, "learning_rate", [v for v in [*NO_RATE, np.array([0.1])] if v is not None],
            "learning_rate"),
        (moments, "sample", NO_VALUES, "the sample"),
        (loss_grid, "model", [*NO_MODEL, LAYER, dense([1, 1, 1])], "model"),
        (loss_grid, "size", [*NO_COUNT, 0, 1], "size"),
        *((loss_grid, f"range_{i}", [*NO_NUMBER, (1, 1), (1, 0), (0, INF), (NAN, 1), (0, 1, 2), "01"],
            f"range_{i}") for i in (1, 2)),
        (curvature, "model", [*NO_MODEL, LAYER], "model"),
        (hessian, "model", [*NO_MODEL, LAYER, doubling_model(20), dense([2, 8, 8, 1])], "model|parts"),
        (untie, "model", [*NO_MODEL, LAYER], "model"),
        (untie, "weight", [*NO_SYMBOL, x, z], "parameter"),
        (gradient_by_time_step, "weight", NO_SYMBOL, "parameter"),
        *((kind, "widths", NO_WIDTHS, "widths|width") for kind in (dense, classifier, dense_layers)),
        (dense, "widths", [[10 ** 6, 10 ** 6]], "weights"),
        *((kind, "activation", ["relu", None, ..., 3, np.maximum, w], "activation") for kind in (dense,
            classifier)),
        (random_start, "model", [*NO_MODEL, NEURON], "model"),
        (random_start, "seed", NO_COUNT[:-1], "seed"),
        (random_start, "m", [*NO_COUNT, 0], "m "),
        (random_start, "k", [3], "k"),
        (cross_entropy, "targets", ["Y", None, W, w], "targets"),
        *((kind, "learning_rate", [*NO_RATE, [0.1, 0.2]], "learning_rate") for kind in (GradientDescent,
            Momentum, RMSprop, Adam)),
        *((kind, name, NO_SHARE, name) for kind, name in [(Momentum, "momentum"), (RMSprop, "decay"), (Adam,
            "beta1"), (Adam, "beta2")]),
        *((kind, "epsilon", NO_RATE, "epsilon") for kind in (RMSprop, Adam)),
        *((kind, "model", [*NO_MODEL, LAYER, LARGE], "model|Model") for kind in (check_training,
            check_forward, check_backward, check_fit, check_gradient, check_local)),
        (check_backward, "model", [Model({L: y}, [], [y])], "no gradients"),
        *((kind, name, ["", "99.9", "3", "9" * 1000, None, ..., True, [1], b"03.1", w, NAN],
            "no question|called by") for kind, name in ((check, "question_"), (hint, "name"), (solution,
            "name"))),
        (check_number, "expected", [*NO_NUMBER[:7], w, w + 1, sp.oo, "1"], "the number expected"),
        (check_number, "tolerance", [*NO_NUMBER, None, -1, INF], "tolerance"),
        (check_number, "digits", [*(v for v in NO_COUNT if v is not None), 0, 16], "digits"),
        (check_number, "slips", ["ab", 3, [1], {1}, {1: 2}, {1: None}, {"1": "a"}, {w: "a"}, {NAN: "a"},
            sp.Eq(w, x)], "slips"),
        (check_choice, "choices", [None, "up", ["up"], {"up"}, {"up": 1}, {1: "a"}, {"up": "", "Up ": ""}, {},
            {"down": "a"}, 3, w], "choice"),
        (check_choice, "correct", [None, ..., 1, "Up", "left", ["up"], w], "correct choice"),
        (check_derivative, "expression", [*NO_TEXT, None, ..., [w], sp.floor(x), sp.Heaviside(x, sp.cos(x)),
            sp.sec(sp.acos(x, evaluate=False), evaluate=False) + sp.erf(sp.Symbol("s" * 101)), doubling(40),
            doubling(90, sp.sin), sp.Symbol("s" * 10 ** 5)], "function|derivative"),
        (check_derivative, "wrt", [*NO_TEXT, None, ..., 3, w * x, sigmoid, W, [w], sp.Symbol("s" * 10 ** 5)],
            "symbol"),
        (check_gradient, "parameter", [*NO_SYMBOL, x], "no parameter"),
        (check_local, "of", [*NO_SYMBOL, w], "not computed"),
        (check_local, "wrt", [*NO_SYMBOL, b * 2], "not computed"),
        *((kind, "prediction", [*NO_TEXT, None, ..., 3, w * x, [h]], "prediction") for kind in (check_network,
            for_network)),
        *((kind, "data", [*NO_LIST, [x], [x, y, z], ["x", "y"]], "data") for kind in (check_network,
            for_network)),
        (check_network, "most", [*NO_COUNT, 0], "most"),
        (for_network, "check", NO_FUNCTION, "check"),
        (check_update, "rule", NO_RULE, "rule|learning_rate"),
        (check_training, "steps", [*NO_COUNT, 10 ** 6], "steps"),
        (check_training, "learning_rate", [v for v in NO_RATE if v is not None], "learning_rate"),
        (check_forward, "symbol", [*NO_SYMBOL, w], "not computed"),
        (check_fit, "prediction", [*NO_SYMBOL, w], "not computed"),
        (check_fit, "data", [*NO_VALUES, (DATA,), (DATA, DATA, DATA)], "data"),
        (check_fit, "rival", NO_NUMBER, "rival"),
        (check_steepest, "axis", [*NO_COLUMN, [1.0], [1.0, 2.0]], "axis"),
        (check_steepest, "curve", ["abc", ..., {1.0}, 1j, [1.0], [1, "2", 3], np.ones((3, 3))], "curve"),
        (predicted, "places", [*NO_VALUES[:-1], {}, {x: "1"}, {y: [1.0]}], "places|x should|keys"),
        (evaluate, "values", [*NO_VALUES[:-1], {w: 1}, {w: 1, "w": 2, b: 1, x: 1}, {3: 1}],
            "values|depends on|two values|keys"),
    ]  # fmt: skip
    for kind, name, what in [
        (train, "start", "start"),
        (sweep, "start", "start"),
        (moments, "start", "start"),
        (curvature, "parameters", "parameters"),
    ]:
        bad.append((kind, name, NO_VALUES, what))
        bad.append((kind, name, [[0.5, one] for one in NO_START if one is not True], r"\bb\b"))
    for kind in (train, sweep, curvature, loss_grid, gradient_by_time_step):
        bad.append((kind, "data", NO_VALUES, "data"))
        bad.append((kind, "data", [[one, DATA[1]] for one in NO_COLUMN], r"\bx\b"))
    return [(kind, name, one, word) for kind, name, many, word in bad for one in many]


@pytest.fixture
def at_once():
    """A call that takes longer than this has hung."""

    def hung(*_):
        raise AssertionError("it takes for ever")

    before = signal.signal(signal.SIGALRM, hung)
    signal.alarm(20)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("kind", GOOD, ids=lambda kind: kind.__name__)
def test_what_is_good_is_taken(kind):
    kind(**GOOD[kind])


ROWS = rows()


@pytest.mark.parametrize("row", ROWS, ids=[f"{row[0].__name__} {row[1]} {i}" for i, row in enumerate(ROWS)])
def test_what_is_bad_is_refused_by_name(row, at_once):
    kind, name, bad, word = row
    with pytest.raises((ValueError, TypeError), match=word) as refusal:
        kind(**{**GOOD[kind], name: bad})
    assert len(str(refusal.value)) < 400


def heard(call):
    """What a refusal says in Chinese, with its marks."""
    with hearing(), pytest.raises((ValueError, TypeError)) as refusal:
        call()
    return str(refusal.value)


PYTHONS_OWN = "missing a required argument: "  # Python says it, and in English


def test_no_word_of_a_refusal_is_english_where_chinese_is_spoken():
    calls = [call for call, _ in BAD_CALLS[::3]]
    calls += [partial(kind, **{**GOOD[kind], name: bad}) for kind, name, bad, _ in ROWS[::15]]
    told = [heard(call) for call in calls]
    assert not [(plain(text), left_over(text)) for text in told if left_over(text.replace(PYTHONS_OWN, ""))]
    assert len(told) > 100


class Unfinished(Activation):
    """Neither a slope nor a NumPy form."""


class FailingSlope(sigmoid):
    @staticmethod
    def slope(output):
        raise RuntimeError


class Worded(sigmoid):
    @staticmethod
    def slope(output):
        return "output*(1 - output)"


def rule(name="Own", **equations):
    return type(name, (UpdateRule,), {"equations": {sp.Symbol(k): v for k, v in equations.items()}})


def batches(**changed):
    good = {"rows": [0, 1], "data_of": lambda rows: ARRAYS["data"], "rule": Adam(0.1), "epochs": 1}
    return list(train_in_batches(**{"compiled": LAYER, "start": ARRAYS["start"], **good, **changed}))


def layer(**changed):
    given = dict(zip("WBXY", [*ARRAYS["start"], *ARRAYS["data"]], strict=True)) | changed
    return train(LAYER, [given.pop("W"), given.pop("B")], given, max_steps=1)


V, long = sp.MatrixSymbol("V", n, 1), {LOSS: ones(1, 1)}


def named(name):
    """An activation of this name, 2*z."""
    methods = {"slope": staticmethod(lambda _: 2), "numpy": staticmethod(lambda z: 2 * z)}
    return type(name, (Activation,), methods)


BAD_CALLS = [
    *((lambda t=t: NEURON.expand(t), "expanded") for t in NO_EXPRESSION),
    *((lambda s=s: NEURON.gradient(s), "no equation") for s in NO_SYMBOL),
    *((lambda s=s: NEURON.paths(s), "no equation") for s in NO_SYMBOL),
    *((lambda s=s: NEURON.factors(s), "no equation") for s in NO_SYMBOL),
    *((lambda s=s: NEURON.local(L, s), "no equation") for s in NO_SYMBOL),
    *((lambda s=s: NEURON.local(s, w), "no equation") for s in NO_SYMBOL),
    *((lambda s=s: NEURON.evaluate(s, {}), "no equation") for s in NO_SYMBOL),
    *((lambda s=s: LAYER.evaluate(s, {}), "not computed") for s in [*NO_TEXT, None, w, X]),
    *((lambda s=s: LAYER.evaluate(Z, s), "values|depends") for s in [[], "X", None, {}, {X: 1}]),
    *((lambda s=s: derivation.local(EQUATIONS, L, s), "no derivative|unhashable") for s in NO_TEXT),
    *((lambda s=s: derivation.expand(EQUATIONS, s), "expanded") for s in NO_TEXT),
    *((lambda s=s: derivation.backward(EQUATIONS, s), "parameters") for s in [*NO_TEXT, None, w, {w}]),
    *((lambda f=f, e=e: f(e), "equation|model|given|derivative of") for e in [*NO_LIST, {}, {"L": w}, {L:
        1.0}, [(L, w)], np.array(1)] for f in (lambda e: derivation.local(e, L, w),
        lambda e: derivation.gradient(e, w), lambda e: derivation.paths(e, w),
        lambda e: derivation.expand(e, L), lambda e: derivation.backward(e, [w]),
        lambda e: evaluate(e, L, {}), system, computation_graph)),
    *((lambda f=f, s=s: f(s), "no symbol|unhashable|no derivative") for s in NO_SYMBOL for
        f in
        (lambda s: derivation.gradient(EQUATIONS, s), lambda s: derivation.paths(EQUATIONS, s), lambda s:
        derivation.backward(EQUATIONS, [s]), lambda s: chain(EQUATIONS, s))),
    *((lambda s=s: evaluate(EQUATIONS, s, {}), "no symbol") for s in ["a" * 10 ** 4, 10 ** 400, [w]]),
    *((lambda name=name: Model({z: named(name)(w), L: z + sp.exp(w)}, [w]), f"activation {name}") for name in
        ("exp", "Max", "Piecewise", "Add", "range", "abs")),
    *((lambda k=k: k(np.ma.masked_equal([0.1, 0.2], 0.2)), "learning_rate") for k in
        (GradientDescent, Adam)),
    *((lambda r=r: sweep(NEURON, START, DATA, [0.1, 0.2], 1, r), "learning_rate of|epsilon of") for r in
        (lambda rates: Adam(np.ones(3)), lambda rates: Adam(rates[:, None]), lambda rates: Adam(rates,
        epsilon=np.ones(3)))),
    (lambda: loss_grid(NEURON, [np.ones(10 ** 5)] * 2, (0, 1), (0, 1), 1000), "1000000 runs"),
    (lambda: rule(parameter=parameter)(**{"a b": 1}), "a b"),
    (lambda: train(NEURON, START, DATA, type("R", (UpdateRule,), {"__init__": lambda self: None})()), "R "),
    (lambda: derivation.backward({}, [w]), "equation"),
    *((lambda k=k: step_explorer(**{"task": Task(NEURON, START, DATA), "knob": w, "learning_rates": [0.1, 1],
        "ends": (0, 1), **k}), next(iter(k))) for k in [*({"task": o} for o in [3, NEURON, (NEURON, START)]),
        *({"learning_rates": o} for o in NO_COLUMN[:5]), *({"ends": o} for o in [3, (0,), (0, NAN), "01"]),
        *({"shown": one} for one in [2, -1, 0.5, "0"])]),
    (lambda: check("set 1.4", w), "set 1.4 .*parameter"),
    (lambda: Model({L: sp.Heaviside(w, sp.cos(w))}, [w]).gradient(w), "no derivative"),
    (lambda: Model({L: sp.sech(sp.gamma(sp.tan(sp.Rational(8, 7), evaluate=False), evaluate=False),
        evaluate=False) * w}, [w]), "cannot be written"),
    (lambda: FailingSlope(w).diff(w), "slope of FailingSlope fails with RuntimeError"),
    *((lambda t=t: sigmoid(t), "argument of sigmoid") for t in NO_EXPRESSION if t not in ([w], (w, x))),
    (lambda: Model({L: Unfinished(w)}, [w]), "Unfinished"),
    (lambda: Unfinished(w).diff(w), "Unfinished has no slope"),
    (lambda: Worded(w).diff(w), "the slope of Worded .* quotation"),
    (lambda: NEURON.expand(doubling(17)), "parts"),
    *((lambda f=f: f(doubling_model(30)), "paths|parts") for f in (lambda model: model.paths(w), lambda model:
        model.gradient(w), lambda model: model.factors(w), lambda model: model.expand(model.loss), hessian)),
    *((lambda a=a: Compiled(*a), "parameters|equation|symbol|quotation|nothing gives") for kind in (Compiled,)
        for a in [("L", [w], []), ({L: "w"}, [w], []), ({"L": w}, [w], []), ({L: w}, "w", []), ({L: w * x},
        [w], []), ({L: w}, None, [])]),
    *((lambda a=a: CompiledMatrices(*a), "parameters|equation|symbol|quotation") for a in [("L", [W], []),
        ({LOSS: "W"}, [W], []), ({"L": W}, [W], []), (SQUARES, "W", [X]), (SQUARES, [w], [X])]),
    *((lambda k=k: batches(**k), next(iter(k))) for k in [*({"rows": r} for r in (None, "12", 3, [], [0.5],
        [[1]], {1})), *({"epochs": e} for e in NO_COUNT), *({"batch_size": e} for e in [*NO_COUNT, 0]),
        *({"seed": e} for e in NO_COUNT if e != 10 ** 30), *({"rule": r} for r in NO_RULE[:-1]), {"data_of":
        3}, {"start": [1]}, {"start": [[[NAN] * 2] * 2, [[1, 1]]]}]),
    (lambda: batches(compiled=[1]), "model"),
    *((lambda k=k, v=v: layer(**{k: v}), f"\\b{k}\\b|B should have shape") for k in "XYWB" for v in
        [*NO_COLUMN, [1.0, 2.0], np.ones((3, 2, 2))]),
    (lambda: layer(X=np.ones((2, 2))), "Y should have shape"),
    (lambda: layer(W=np.ones((2, 3))), "W should have shape|B should have shape"),
    (lambda: UpdateRule(), "parameter should be"),
    (lambda: rule(velocity=w)(), "parameter"),
    (lambda: rule(parameter="parameter")(), "quotation"),
    (lambda: rule(parameter=parameter - 0.1 * gradient * w)(), "nothing gives w a value"),
    (lambda: rule(parameter=parameter - w * gradient)(w="0.1"), r"\bw should be a finite number"),
    (lambda: rule(parameter=parameter - w * gradient)(w=NAN), r"\bw should be a finite number"),
    (lambda: Adam(0.1).step([1.0], [1.0, 2.0], [[]]), "gradient"),
    *((lambda e=e: MatrixModel({Z: e, **long}, [W, B], [X]), "Z .*ones") for e in [X * W + B, X * W - 2 * B,
        sp.HadamardProduct(X * W, B)]),
    *((lambda e=e: MatrixModel({Z: e, **long}, [W, B], [X, V]), r"Z .*ones\(1, m\)") for e in [X * W + V]),
    (lambda: MatrixModel({sp.MatrixSymbol("q", n, 1): sp.MatMul(X, V, evaluate=False)}, [X], [V]),
        "q multiplies"),
    (lambda: log_sum_exp("X"), "X"),
    (lambda: reshaped(X, 3, "m"), "m"),
    (lambda: Model({L: w ** 2}, [sp.Symbol("w", imaginary=True)]), "w"),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(BAD_CALLS)))
def test_a_bad_call_is_refused_by_name(number, at_once):
    call, word = BAD_CALLS[number]
    with pytest.raises((ValueError, TypeError), match=word) as refusal:
        call()
    assert len(str(refusal.value)) < 400


@pytest.mark.parametrize("text", NO_TEXT, ids=repr)
def test_text_is_told_to_leave_its_quotation_marks(text):
    for make in (
        lambda: Model({L: text}, [w]),
        lambda: MatrixModel({LOSS: text}, [W]),
        lambda: NEURON.expand(text),
    ):
        with pytest.raises(ValueError, match="leave out the quotation marks"):
            make()


def test_a_function_whose_name_is_code_is_refused():
    with pytest.raises(ValueError, match="cannot be a name"):
        Model({L: type("abs(0) or abs", (sp.Function,), {})(w)}, [w])


@pytest.mark.parametrize(
    "value", [2, 0.5, Fraction(1, 2), Decimal("0.5"), np.float32(0.5), np.int64(2), sp.pi], ids=repr
)
def test_a_number_of_any_kind_is_an_expression(value):
    loss, (slope,) = Model({L: w * x, z: L * 1, h: z + value}, [w], [x]).compile()([0.0], [[1.0]])
    assert (loss, slope) == (float(value), 1)


class Table:
    """A column with labels, as pandas has it."""

    def __init__(self, values, index):
        self.values, self.index = np.asarray(values), index

    def __array__(self, dtype=None, copy=None):
        return self.values.astype(dtype or float)

    def __len__(self):
        return len(self.values)

    def __iter__(self):
        return iter(self.values)


def series(kind):
    return Table if kind == "stand-in" else pytest.importorskip("pandas").Series


@pytest.mark.parametrize("kind", ["stand-in", "pandas"])
def test_labels_are_minded(kind):
    column, days = series(kind), [0.0, 1.0, 2.0]
    model = Model({L: (y - w * x) ** 2}, [w], [x, y]).compile()
    same = model([1.0], [column(days, index=[7, 8, 9]), column(days, index=[7, 8, 9])])
    assert same == model([1.0], [days, days])
    with pytest.raises(ValueError, match="labels of y"):
        model([1.0], [column(days, index=[7, 8, 9]), column(days[::-1], index=[9, 8, 7])])
    pair = Model({L: w + 2 * b}, [w, b]).compile()
    assert pair(column([1.0, 10.0], index=["b", "w"]), [])[0] == 12
    assert pair(column([1.0, 10.0], index=[0, 1]), [])[0] == 21
    with pytest.raises(ValueError, match=r"w.* two values"):
        pair(column([1.0, 10.0], index=["w", "w"]), [])


def test_a_table_is_taken_by_its_columns():
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame({"y": [0.0, 1.0, 1.0], "x": [1.0, 2.0, 3.0]}, index=[3, 1, 2])
    assert NEURON.compile()(START, table) == NEURON.compile()(START, DATA)


t = sp.Symbol("t")
FORMS = [
    *(sp.exp(t), sp.log(t), sp.sqrt(t), sp.sin(t), sp.tanh(t), sp.atan(t), sp.cot(t), sp.Abs(t), sp.sign(t)),
    *(sp.erf(t), sp.gamma(t), sp.loggamma(t), sp.besselj(0, t), sp.polygamma(0, t), sp.Heaviside(t)),
    *(relu(t), step(t), sigmoid(t), sp.Max(t, 1), sp.Min(t, 1), sp.Piecewise((t, t < 1), (t**2, True))),
    *(sp.pi * t, sp.E * t, sp.GoldenRatio + sp.EulerGamma * t, sp.Rational(1, 3) ** t),
]
FLAT = [sp.floor(t), sp.ceiling(t)]  # their derivatives cannot be computed
NAMES = [
    *("e", "E", "pi", "I", "oo", "nan", "inf", "zoo", "S", "N", "Q", "O", "numpy", "np", "math"),
    *("builtins", "sum", "range", "float", "abs", "array", "step", "self", "x0", "lambda", "w₁"),
    *("__class__", "__debug__", "__import__", "ﬁ", "µ", "ª", "ℯ", "print", "True", "_lambdifygenerated"),
    *("dL_dz", "L", "z", "None", "_"),
]  # fmt: skip


def names_for(form, model):
    """What the form's own code uses, and whatever else might disturb."""
    tree = ast.walk(ast.parse(model.compile().source if form not in FLAT else "0"))
    return {node.id for node in tree if isinstance(node, ast.Name)} | {
        *NAMES[: None if form == FORMS[0] else 4]
    }


def between_numbers(form, name):
    own = sp.Symbol(name)
    return Model({z: form.subs(t, own * x), L: z * own}, [own], [x])


def between_matrices(form, name):
    own, one = sp.MatrixSymbol(name, 2, 1), sp.MatrixSymbol("A", 2, 1)
    mean = ones(1, 2) * sp.HadamardProduct(one, own) / 2
    return MatrixModel({one: own.applyfunc(sp.Lambda(t, form)), LOSS: mean}, [own])


WAYS = {
    "evaluate": lambda form, name: between_numbers(form, name).evaluate(L, {name: 1.25, x: 1}),
    "numbers": lambda form, name: between_numbers(form, name).compile()([1.25], [[1.0]])[0],
    "matrices": lambda form, name: between_matrices(form, name).compile()([[[1.25], [1.25]]], [])[0],
}


@pytest.mark.bank(one_in=4)
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("form", [*FORMS, *FLAT], ids=str)
def test_a_name_with_another_meaning_is_refused_or_does_not_disturb(form, way):
    if way != "evaluate" and form in FLAT:
        with pytest.raises(ValueError, match=r"derivative|NumPy form"):
            WAYS[way](form, "own")
        return
    right = float(sp.N(form.subs(t, sp.Rational(5, 4)) * sp.Rational(5, 4), 30))  # by mpmath
    assert WAYS[way](form, "own") == pytest.approx(right, rel=1e-12)
    for name in names_for(form, between_numbers(form, "own")):
        try:
            assert WAYS[way](form, name) == pytest.approx(right, rel=1e-12), name
        except ValueError as refusal:
            assert normalize("NFKC", name) in normalize("NFKC", str(refusal))


def test_without_scipy_its_functions_are_refused_when_the_model_is_made(monkeypatch):
    monkeypatch.setattr(meanings, "ARRAYS", {"numpy"})
    with pytest.raises(ValueError, match="no NumPy form of jv"):
        Model({L: sp.besselj(0, w)}, [w])
    assert Model({L: sp.erf(w)}, [w]).compile()([1.0], [])[0] == math.erf(1)
    assert Model({L: sp.pi * w}, [w]).compile()([1.0], [])[0] == np.pi


POWER = Model({z: w ** sp.Rational(3, 2), h: z * x, L: (y - h) ** 2}, [w], [x, y])
LOG = Model({z: sp.log(w * x), L: z**2}, [w], [x])
ROOT = Model({z: sp.sqrt(w**2), L: z + x}, [w], [x])
MATRIX_LOG = MatrixModel({Z: (X * W).applyfunc(sp.log), LOSS: ones(1, n) * Z * ones(m, 1)}, [W], [X])
SQUARE = Model({L: w**2}, [w])


@pytest.mark.parametrize(
    ("model", "start", "data", "steps", "told"),
    [
        (POWER, [-2.0], [[1.0], [2.0]], 0, "at the start z is nan; there is no finite number"),
        (LOG, [1.0], [[1.0, -1.0]], 0, "at the start z is nan at sample 1; there is no finite number"),
        (ROOT, [0.0], [[1.0, 1.0]], 1, "dL_dw is nan; there is no finite number"),
        (Model({L: 1 / w}, [w]), [0.0], [], 0, "at the start L is inf; there is no finite number"),
        (SQUARE, [1e200], [], 0, "at the start L is inf"),
        (Model({L: sp.LambertW(w * x) ** 2}, [w], [x]), [-1.0], [[1.0]], 0, "at the start L is .*j"),
        (MATRIX_LOG, [np.eye(2)], [[[1.0, 2.0], [3.0, -1.0]]], 0, "at the start Z is nan in row 1"),
    ],
)
def test_what_is_no_number_is_told_with_its_place(model, start, data, steps, told):
    history = train(model, start, data, GradientDescent(0.1), max_steps=5)
    assert (history.stop_reason, history.steps) == ("undefined", steps)
    assert re.search(told, repr(history)) and "smaller learning rate" not in repr(history)


def test_a_run_that_leaves_the_numbers_tells_where():
    history = train(Model({L: sp.log(w) ** 2 * x}, [w], [x]), [3.0], [[1.0, 1.0]], GradientDescent(5.0))
    assert history.stop_reason == "diverged" and history.where == "L is nan at sample 0"
    assert "a step led to where it has no value" in repr(history) and "without bound" not in repr(history)


def interrupt(step, _):
    if step == 3:
        raise KeyboardInterrupt


@pytest.mark.parametrize(
    "engine", [lambda model: model, lambda model: model.compile()], ids=["model", "compiled"]
)
@pytest.mark.parametrize(
    ("model", "given"),
    [(NEURON, {"start": START, "data": DATA}), (LAYER, ARRAYS)],
    ids=["numbers", "matrices"],
)
def test_either_kind_of_model_trains_and_stops_alike(model, given, engine):
    whole = train(engine(model), **given, max_steps=5)
    assert (len(whole.parameters), whole.loss.shape, whole.stop_reason) == (6, (6,), "max_steps")
    compiled, rule = model.compile(), GradientDescent(0.1)
    parameters = compiled.start(given["start"])
    for reached, loss in zip(whole.parameters, whole.loss, strict=True):
        assert (
            all(map(np.array_equal, reached, parameters)) and loss == compiled(parameters, given["data"])[0]
        )
        parameters, _ = rule.step(parameters, compiled(parameters, given["data"])[1], rule.start(parameters))
    part = train(engine(model), **given, max_steps=5, on_step=interrupt)
    assert (part.stop_reason, part.steps) == ("interrupted", 3) and "stopped by hand" in repr(part)
    assert np.array_equal(part.loss, whole.loss[:4])
    assert train(engine(model), **given, tolerance=1e9).stop_reason == "converged"
    assert train(engine(model), **given, rule=GradientDescent(1e9)).stop_reason in ("diverged", "max_steps")


@pytest.mark.parametrize("calls", [1, 3, 4])
def test_an_interrupted_sweep_keeps_its_steps(calls, monkeypatch):
    engine, whole = NEURON.compile(), sweep(NEURON, START, DATA, [0.1, 0.2], 3)
    given = iter([engine.__call__] * calls)

    def interrupted(compiled, *arguments):
        if (call := next(given, None)) is None:
            raise KeyboardInterrupt
        return call(*arguments)

    monkeypatch.setattr(Compiled, "__call__", interrupted)
    part = sweep(engine, START, DATA, [0.1, 0.2], 3)
    assert np.array_equal(part.loss, whole.loss[:calls])
    assert np.array_equal(part.parameters, whole.parameters[:calls])


def test_interrupted_batches_keep_what_was_yielded():
    calls = iter(range(100))

    def data_of(rows):
        if next(calls) == 2:
            raise KeyboardInterrupt
        return ARRAYS["data"]

    assert len(batches(data_of=data_of, epochs=9)) == 2


def test_what_the_caller_changes_later_stays_in_the_history():
    weights = np.eye(2)
    history = train(LAYER, [weights, np.ones((1, 2))], ARRAYS["data"], max_steps=1)
    weights[:] = 7
    assert history.parameters[0][0].tolist() == [[1, 0], [0, 1]]


def test_an_activation_may_be_called_like_what_is_not_used_beside_it():
    assert Model({z: named("tanh")(w), L: z + sp.exp(w)}, [w]).compile()([0.0], []) == (1, (3,))
    named("exp")  # which no other model calls
    one = MatrixModel({LOSS: LOSS.func("A", 1, 1).applyfunc(sp.exp)}, [LOSS.func("A", 1, 1)])
    assert one.compile()([[[0.0]]], [])[0] == 1


def test_numbers_that_leave_the_real_ones_are_told_as_nan():
    lambert = Model({L: sp.LambertW(w) ** 2}, [w])
    assert "= nan" in moments(lambert, [-1.0], [])[1].words
    assert np.isnan(curvature(lambert, [-1.0], [])).all()


def test_the_curvature_of_an_absolute_value_is_that_of_a_real_number():
    assert curvature(Model({L: sp.Abs(w * x) ** 3}, [w], [x]), [-1.0], [[1.0, 2.0]]) == [[(6 + 48) / 2]]


@pytest.mark.parametrize(("power", "written"), [(2, "w²"), (20, "w^20"), (2.5, "w^2.5"), (3, "w^3")])
def test_powers_in_words(power, written):
    assert f"L = {written} = 1" in moments(Model({L: w**power}, [w]), [1.0], [])[1].words


def test_two_activations_of_one_name_are_not_mixed_up():
    def scaled(factor):
        return type(
            "scaled",
            (Activation,),
            {"numpy": staticmethod(lambda z: factor * z), "slope": staticmethod(lambda h: factor)},
        )

    one, two = scaled(2), scaled(3)
    assert [Model({L: kind(w)}, [w]).compile()([1.0], [])[0] for kind in (one, two, one)] == [2, 3, 2]
    with pytest.raises(ValueError, match="two different activations are called scaled"):
        Model({z: one(w), L: two(z)}, [w])
