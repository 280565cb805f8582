"""Models of matrices: gradients checked against four others, shapes, what comes back, and refusals."""

import re
from types import SimpleNamespace

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils import Activation, sigmoid, step, tanh
from course_utils.derivation.matrix_rules import log_sum_exp, ones, reshaped
from course_utils.models.matrix_model import MatrixModel
from course_utils.models.networks import dense

t, n, d, k, m = sp.symbols("t n d k m")
X, Y = sp.MatrixSymbol("X", n, d), sp.MatrixSymbol("Y", n, m)
W1, b1 = sp.MatrixSymbol("W1", d, k), sp.MatrixSymbol("b1", 1, k)
W2, b2 = sp.MatrixSymbol("W2", k, m), sp.MatrixSymbol("b2", 1, m)
V, W = sp.MatrixSymbol("V", k, k), sp.MatrixSymbol("W", d, m)
Z1, H1, Z2, H2 = (sp.MatrixSymbol(name, n, k) for name in ("Z1", "H1", "Z2", "H2"))
Z3, Y_hat, R = (sp.MatrixSymbol(name, n, m) for name in ("Z3", "Y_hat", "R"))
L, S, T, s = (sp.MatrixSymbol(name, 1, 1) for name in ("L", "S", "T", "s"))
SIZES = {n: 5, d: 4, k: 3, m: 2}


class stretch(Activation):
    """asinh(z), as a learner would define it. Its derivative is 1/cosh(h)."""

    @staticmethod
    def slope(output):
        return 1 / sp.cosh(output)

    @staticmethod
    def numpy(z):
        return np.arcsinh(z)


def total(matrix):
    return ones(1, matrix.rows) * matrix * ones(matrix.cols, 1)


def squared_error(matrix):
    return total(sp.HadamardPower(matrix, 2)) / matrix.rows


def some_arrays(symbols, sizes=SIZES, seed=0):
    numbers = np.random.default_rng(seed)
    return [numbers.normal(size=[int(size.subs(sizes)) for size in symbol.shape]) for symbol in symbols]


def central_differences(compiled, parameters, data, nudge=1e-5):
    """The gradients by nudging each entry of each parameter both ways."""
    gradients = [np.empty(parameter.shape) for parameter in parameters]
    for place, (parameter, gradient) in enumerate(zip(parameters, gradients, strict=True)):
        for index in np.ndindex(parameter.shape):
            change = np.zeros(parameter.shape)
            change[index] = nudge
            there, back = (
                compiled([*parameters[:place], changed, *parameters[place + 1 :]], data)[0]
                for changed in (parameter + change, parameter - change)
            )
            gradient[index] = (there - back) / (2 * nudge)
    return gradients


def assert_finite_differences_agree(model, sizes=SIZES):
    compiled, parameters = model.compile(), some_arrays(model.parameters, sizes)
    data = some_arrays(model.data, sizes, seed=1)
    loss, gradients = compiled(parameters, data)
    largest = max(np.abs(gradient).max() for gradient in gradients)
    for expected, gradient in zip(central_differences(compiled, parameters, data), gradients, strict=True):
        assert np.shape(gradient) == expected.shape
        np.testing.assert_allclose(gradient, expected, rtol=1e-5, atol=1e-7 * (1 + abs(loss) + largest))


HIDDEN = {Z1: X * W1 + ones(n, 1) * b1, H1: Z1.applyfunc(tanh)}
OUTPUT = {Y_hat: H1 * W2 + ones(n, 1) * b2, R: Y_hat - Y}
ERROR = {L: squared_error(R)}
SOFTMAX = {
    Z3: H1 * W2 + ones(n, 1) * b2,
    L: (ones(1, n) * log_sum_exp(Z3) - total(sp.HadamardProduct(Y, Z3))) / n,
}


def network(activation):
    equations = HIDDEN | {H1: Z1.applyfunc(activation)} | OUTPUT | ERROR
    return equations, [W1, b1, W2, b2], [X, Y]


A = sp.MatrixSymbol("A", n, n)
SCORES = X * W1 * W1.T * X.T
MODELS = {
    "sigmoid": network(sigmoid),
    "the learner's own activation": network(stretch),
    "softmax": (HIDDEN | SOFTMAX, [W1, b1, W2, b2], [X, Y]),
    "one weight in three places": (
        HIDDEN | {Z2: H1 * V, H2: (Z2 * V).applyfunc(tanh) * V.T, R: H2 * W2 - Y} | ERROR,
        [W1, b1, V, W2],
        [X, Y],
    ),
    "one weight twice in an equation": ({R: X * W1 * W1.T * W - Y} | ERROR, [W1, W], [X, Y]),
    "a residual connection": (
        {Z1: X * W1, H1: (Z1 * V).applyfunc(tanh) + Z1, R: H1 * W2 - Y} | ERROR,
        [W1, V, W2],
        [X, Y],
    ),
    "a gate": (
        {Z1: X * W1, H1: sp.HadamardProduct(Z1.applyfunc(sigmoid), ones(n, k) - Z1), R: H1 * W2 - Y} | ERROR,
        [W1, W2],
        [X, Y],
    ),
    "attention": (
        {A: (SCORES - log_sum_exp(SCORES) * ones(1, n)).applyfunc(sp.exp), R: A * X * W - Y} | ERROR,
        [W1, W],
        [X, Y],
    ),
    "a root": (
        {R: X * W, L: total(sp.HadamardPower(sp.HadamardPower(R, 2) + ones(n, m), sp.Rational(1, 2)))},
        [W],
        [X],
    ),
    "only a bias": ({Y_hat: ones(n, 1) * b2, R: Y_hat - Y} | ERROR, [b2], [Y]),
    "a bias that is multiplied": ({Z1: ones(n, 1) * b1, R: Z1 * W2 - Y} | ERROR, [b1, W2], [Y]),
    "a bias in log_sum_exp": ({Z1: ones(n, 1) * b1, L: ones(1, n) * log_sum_exp(Z1)}, [b1], [X]),
    "the loss in two steps": ({R: X * W - Y, S: total(sp.HadamardPower(R, 2)), L: S / n}, [W], [X, Y]),
    "a penalty": (
        {R: X * W - Y, S: squared_error(R), T: total(sp.HadamardPower(W, 2)), L: S + T / 8},
        [W],
        [X, Y],
    ),
    "a number to learn": (
        {R: X * W + ones(n, 1) * s * ones(1, m), L: squared_error(R) + s},
        [W, s],
        [X],
    ),
    "a number that is the loss": ({L: s}, [s], []),
    "an inner product": ({S: b1 * b1.T, L: sp.HadamardPower(S, 2)}, [b1], []),
    "no slope": network(step),
    "a constant slope": network(sp.Lambda(t, 2 * t)),
    "a constant": ({H1: (X * W1).applyfunc(sp.Lambda(t, 5)), L: total(H1 + X * W1)}, [W1], [X]),
    "a bell": network(sp.Lambda(t, sp.exp(-(t**2)))),
}


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_gradients_agree_with_finite_differences(model):
    assert_finite_differences_agree(MatrixModel(*model))


def test_a_size_may_be_called_h_and_stand_in_a_function():
    h = sp.Symbol("h")
    image, weights = sp.MatrixSymbol("X", h, d), sp.MatrixSymbol("W", d, m)
    equations = {L: total((image * weights).applyfunc(sp.Lambda(t, t / h)))}
    assert_finite_differences_agree(MatrixModel(equations, [weights], [image]), SIZES | {h: 6})


def test_a_matrix_may_be_called_h_where_a_slope_needs_input_and_output():
    h = sp.MatrixSymbol("h", n, k)
    equations = {
        Z1: X * W1,
        h: Z1.applyfunc(sp.Lambda(t, sp.exp(-(t**2)))),
        L: total(sp.HadamardProduct(h, h)),
    }
    assert_finite_differences_agree(MatrixModel(equations, [W1], [X]))


SYMBOLS = sp.symbols("u1:6")


@st.composite
def chains(draw):
    """A random chain of equations with its sizes: .model, .sizes."""
    width = st.one_of(st.integers(1, 3).map(sp.Integer), st.sampled_from(SYMBOLS))
    sizes = {size: draw(st.integers(1, 3)) for size in (n, *SYMBOLS)}
    last = draw(width)
    data = sp.MatrixSymbol("X", n, last)
    signal, equations, parameters, everything = data, {}, {}, [data, sp.MatrixSymbol("D", *SYMBOLS[:2])]
    everything += [sp.MatrixSymbol("E", *SYMBOLS[2:4]), sp.MatrixSymbol("F", SYMBOLS[4], n)]

    def weights(rows, cols):
        """Weights of one shape are the same, so a chain may share them."""
        symbol = sp.MatrixSymbol(f"W_{rows}_{cols}", rows, cols)
        return parameters.setdefault(symbol, symbol)

    for layer in range(draw(st.integers(1, 3))):
        square, wide = signal * weights(last, last), draw(width)
        forms = {
            "layer": lambda s, w=wide: s * weights(s.cols, w) + ones(n, 1) * weights(1, w),
            "product": lambda s, w=wide: s * weights(s.cols, w) / 2,
            "tanh": lambda s, q=square: q.applyfunc(tanh),
            "own": lambda s: s.applyfunc(stretch),
            "residual": lambda s, q=square: s + q.applyfunc(sigmoid),
            "gate": lambda s, q=square: sp.HadamardProduct(q, s.applyfunc(sp.cos)),
            "softmax": lambda s: (s - log_sum_exp(s) * ones(1, s.cols)).applyfunc(sp.exp),
            "spread": lambda s, w=wide: s * ones(s.cols, w) / 2 + ones(n, 1) * weights(1, w),
            "average": lambda s: s - ones(n, n) * s / n,
            "turned": lambda s, q=square: reshaped(q.T, *s.shape),
            "together": lambda s: s * (s.T * s) / n,
        }
        expression = forms[draw(st.sampled_from(sorted(forms)))](signal)
        signal = sp.MatrixSymbol(f"Z{layer}", *expression.shape)
        equations[signal], last = expression, signal.cols
    equations[L] = squared_error(signal - ones(n, last) + signal * weights(last, last))
    used = {symbol for expression in equations.values() for symbol in expression.atoms(sp.MatrixSymbol)}
    model = MatrixModel(equations, [p for p in parameters if p in used], everything)
    return SimpleNamespace(model=model, sizes=sizes)


@given(chains())
@settings(max_examples=8)
def test_gradients_of_random_chains_agree_with_finite_differences(chain):
    assert_finite_differences_agree(chain.model, chain.sizes)


def three_layers(torch, w1, w2, w3, x, y):
    return ((torch.tanh(torch.tanh(x @ w1) @ w2) @ w3 - y) ** 2).sum() / len(x)


def softmax(torch, w1, b1, w2, b2, x, y):
    scores = torch.sigmoid(x @ w1 + b1) @ w2 + b2
    return torch.nn.functional.cross_entropy(scores, y)


def shared(torch, w1, w2, x, y):
    return ((torch.tanh(torch.tanh(x @ w1) @ w1) @ w2 - y) ** 2).sum() / len(x)


def convolution(torch, kernel, w2, x, y):
    windows = x.reshape(len(x) * 4, 3)
    features = torch.tanh(windows @ kernel).reshape(len(x), -1)
    return ((features @ w2 - y) ** 2).sum() / len(x)


X_wide, W_wide = sp.MatrixSymbol("X", n, 12), sp.MatrixSymbol("W2", 4 * k, m)
kernel = sp.MatrixSymbol("K", 3, k)
windows = reshaped(X_wide, 4 * n, 3)
X_k, W_k = sp.MatrixSymbol("X", n, k), sp.MatrixSymbol("W1", k, k)
FEATURES = sp.MatrixSymbol("H", n, 4 * k)
FRAMEWORK = {
    "three layers": (
        three_layers,
        (
            {Z1: X * W1, H1: Z1.applyfunc(tanh), H2: (H1 * V).applyfunc(tanh), R: H2 * W2 - Y} | ERROR,
            [W1, V, W2],
            [X, Y],
        ),
        {n: 7, d: 5, k: 6, m: 3},
    ),
    "softmax": (
        softmax,
        (HIDDEN | {H1: Z1.applyfunc(sigmoid)} | SOFTMAX, [W1, b1, W2, b2], [X, Y]),
        {n: 20, d: 64, k: 32, m: 10},
    ),
    "shared weights": (
        shared,
        (
            {H1: (X_k * W_k).applyfunc(tanh), Z2: H1 * W_k, H2: Z2.applyfunc(tanh), R: H2 * W2 - Y} | ERROR,
            [W_k, W2],
            [X_k, Y],
        ),
        {n: 7, k: 5, m: 3},
    ),
    "convolution": (
        convolution,
        (
            {FEATURES: reshaped((windows * kernel).applyfunc(tanh), n, 4 * k), R: FEATURES * W_wide - Y}
            | ERROR,
            [kernel, W_wide],
            [X_wide, Y],
        ),
        {n: 6, k: 2, m: 3},
    ),
}


@pytest.mark.parametrize(("loss_in_torch", "model", "sizes"), FRAMEWORK.values(), ids=FRAMEWORK)
def test_loss_and_gradients_agree_with_pytorch(loss_in_torch, model, sizes):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    model = MatrixModel(*model)
    parameters, (x, y) = some_arrays(model.parameters, sizes), some_arrays(model.data, sizes, seed=1)
    parameters = [parameter / np.sqrt(len(parameter)) for parameter in parameters]
    labels = np.argmax(y, axis=1)
    if loss_in_torch is softmax:
        y = np.eye(y.shape[1])[labels]
    loss, gradients = model.compile()(parameters, [x, y])
    leaves = [torch.tensor(parameter, requires_grad=True) for parameter in parameters]
    target = torch.tensor(labels if loss_in_torch is softmax else y)
    expected = loss_in_torch(torch, *leaves, torch.tensor(x), target)
    expected.backward()
    assert loss == pytest.approx(expected.item(), rel=1e-12)
    for gradient, leaf in zip(gradients, leaves, strict=True):
        np.testing.assert_allclose(gradient, leaf.grad.numpy(), rtol=1e-9, atol=1e-13)


def test_the_scalar_network_has_the_same_loss_and_gradients():
    scalar, numbers = dense([2, 8, 8, 1], activation=tanh), np.random.default_rng(0)
    values = {parameter.name: numbers.normal() for parameter in scalar.parameters}
    shapes, inputs, target = (
        [(2, 8), (8, 8), (8, 1)],
        numbers.normal(size=(5, 2)),
        numbers.normal(size=(5, 1)),
    )
    names = []
    for layer, (before, after) in enumerate(shapes, start=1):
        names.append(
            np.array([[f"w{layer}_{j}_{i}" for j in range(1, after + 1)] for i in range(1, before + 1)])
        )
        names.append(np.array([[f"b{layer}_{j}" for j in range(1, after + 1)]]))
    signal, equations, parameters = sp.MatrixSymbol("X", n, 2), {}, []
    for layer, (before, after) in enumerate(shapes, start=1):
        w, b = sp.MatrixSymbol(f"W{layer}", before, after), sp.MatrixSymbol(f"b{layer}", 1, after)
        total_input, output = sp.MatrixSymbol(f"Z{layer}", n, after), sp.MatrixSymbol(f"H{layer}", n, after)
        equations |= {total_input: signal * w + ones(n, 1) * b, output: total_input.applyfunc(tanh)}
        parameters, signal = [*parameters, w, b], output
    del equations[signal]
    x, y = sp.MatrixSymbol("X", n, 2), sp.MatrixSymbol("Y", n, 1)
    equations[L] = squared_error(total_input - y)
    arrays = [np.vectorize(values.get)(name) for name in names]
    loss, gradients = MatrixModel(equations, parameters, [x, y]).compile()(arrays, [inputs, target])
    scalar_loss, slopes = scalar.compile()(values, [*inputs.T, *target.T])
    slope = dict(zip(values, slopes, strict=True))
    assert loss == pytest.approx(scalar_loss, rel=1e-12)
    for name, gradient in zip(names, gradients, strict=True):
        np.testing.assert_allclose(gradient, np.vectorize(slope.get)(name), rtol=1e-12, atol=1e-12)


TINY = (
    {R: X * W + ones(n, 1) * b2 - Y, L: squared_error(R)},
    [W, b2],
    [X, Y],
)
TINY_PARAMETERS = [np.array([[1.0], [2.0]]), np.array([[0.5]])]
TINY_DATA = [np.array([[1.0, 0.0], [2.0, -1.0]]), np.array([[1.0], [3.0]])]  # errors 0.5 and -2.5
TINY_GRADIENTS = [[[-4.5], [2.5]], [[-2.0]]]


def tiny():
    return MatrixModel(*TINY).compile()


def test_numbers_by_hand():
    loss, gradients = tiny()(TINY_PARAMETERS, TINY_DATA)
    assert loss == 3.25
    assert [gradient.tolist() for gradient in gradients] == TINY_GRADIENTS


def test_the_source_of_a_network_is_the_chain_rule():
    equations = HIDDEN | {H1: Z1.applyfunc(sigmoid)} | SOFTMAX
    assert MatrixModel(equations, [W1, b1, W2, b2], [X, Y]).compile().source == "\n".join(
        [
            "def step(W1, b1, W2, b2, X, Y, d, k, m, n):",
            "    Z1 = X @ W1 + b1",
            "    H1 = sigmoid(Z1)",
            "    Z3 = H1 @ W2 + b2",
            "    L = (log_sum_exp(Z3).sum(axis=0, keepdims=True) - (Z3*Y).sum(keepdims=True))/n",
            "    dL_dZ3 = exp(Z3 - log_sum_exp(Z3))/n - Y/n",
            "    dL_dH1 = dL_dZ3 @ W2.T",
            "    dL_dZ1 = H1*dL_dH1*(1 - H1)",
            "    dL_dW1 = X.T @ dL_dZ1",
            "    dL_db1 = dL_dZ1.sum(axis=0, keepdims=True)",
            "    dL_dW2 = H1.T @ dL_dZ3",
            "    dL_db2 = dL_dZ3.sum(axis=0, keepdims=True)",
            "    return [L, dL_dW1, dL_db1, dL_dW2, dL_db2]",
            "",
        ]
    )


def test_the_repr_of_the_compiled_model_is_its_source_and_that_of_the_model_its_equations():
    model = MatrixModel(*TINY)
    assert repr(model.compile()) == model.compile().source
    assert repr(model).splitlines()[0].startswith("R = ")


def test_the_backward_equations_are_named_after_the_loss_and_the_symbol():
    names = [symbol.name for symbol in MatrixModel(HIDDEN | SOFTMAX, [W1, b1], [X, Y, W2, b2]).backward()]
    assert names == ["dL_dZ3", "dL_dH1", "dL_dZ1", "dL_dW1", "dL_db1"]


def test_scores_of_a_thousand_give_a_finite_loss_and_softmax():
    Z = sp.MatrixSymbol("Z", n, m)
    model = MatrixModel({L: (ones(1, n) * log_sum_exp(Z) - total(sp.HadamardProduct(Y, Z))) / n}, [Z], [Y])
    scores, targets = [[1000, -1000], [-1000, -1000]], [[0, 1], [1, 0]]
    loss, (gradient,) = model.compile()([scores], [targets])
    assert loss == pytest.approx((2000 + np.log(2)) / 2, rel=1e-15)
    np.testing.assert_allclose(gradient, [[0.5, -0.5], [-0.25, 0.25]], rtol=1e-12)


def test_gradients_are_ordered_as_the_parameters():
    equations, parameters, data = TINY
    _, gradients = MatrixModel(equations, parameters[::-1], data).compile()(TINY_PARAMETERS[::-1], TINY_DATA)
    assert [gradient.tolist() for gradient in gradients] == TINY_GRADIENTS[::-1]


@pytest.mark.parametrize("key", [lambda symbol: symbol, str], ids=["symbols", "names"])
def test_a_mapping_gives_arrays_in_any_order(key):
    loss, gradients = tiny()(
        {key(b2): TINY_PARAMETERS[1], key(W): TINY_PARAMETERS[0]},
        {key(Y): TINY_DATA[1], key(X): TINY_DATA[0]},
    )
    assert (loss, [gradient.tolist() for gradient in gradients]) == (3.25, TINY_GRADIENTS)


@pytest.mark.parametrize(
    "change",
    [lambda a: a.tolist(), lambda a: a.astype(np.float32), np.asfortranarray, lambda a: a[::-1][::-1]],
    ids=["lists of lists", "float32", "by columns", "a view"],
)
def test_arrays_may_come_in_any_form(change):
    loss, gradients = tiny()(map_all(change, TINY_PARAMETERS), map_all(change, TINY_DATA))
    assert (loss, [gradient.tolist() for gradient in gradients]) == (3.25, TINY_GRADIENTS)


def map_all(function, arrays):
    return [function(array) for array in arrays]


def test_integers_are_as_good_as_floats():
    data = [array.astype(int) for array in TINY_DATA]
    loss, gradients = tiny()([[[1], [2]], [[1]]], data)
    expected, floats = tiny()([[[1.0], [2.0]], [[1.0]]], TINY_DATA)
    assert loss == expected
    assert [(g.dtype, g.tolist()) for g in gradients] == [(float, f.tolist()) for f in floats]


def test_the_same_model_takes_any_number_of_samples():
    compiled = tiny()
    twice = [np.vstack([array, array]) for array in TINY_DATA]
    loss, gradients = compiled(TINY_PARAMETERS, twice)
    assert (loss, [gradient.tolist() for gradient in gradients]) == (3.25, TINY_GRADIENTS)
    assert compiled(TINY_PARAMETERS, TINY_DATA)[0] == 3.25


def test_the_loss_is_a_plain_number():
    assert type(tiny()(TINY_PARAMETERS, TINY_DATA)[0]) is float


def test_numbers_of_rows_may_be_fixed():
    x, w = sp.MatrixSymbol("X", 3, 2), sp.MatrixSymbol("W", 2, 1)
    loss, (gradient,) = MatrixModel({L: total(x * w)}, [w], [x]).compile()([[[1], [2]]], [[[1, 2]] * 3])
    assert (loss, gradient.tolist()) == (15, [[3], [6]])


B, C = sp.MatrixSymbol("B", n, m), sp.MatrixSymbol("C", n, m)
SHARING = {
    "the gradient is a datum": ({L: total(sp.HadamardProduct(B, Y))}, [B], [Y]),
    "the gradient is a number that is a datum": ({L: s * S}, [s], [S]),
    "the gradient is a parameter": ({L: total(sp.HadamardProduct(B, C))}, [B, C], []),
    "the gradient is a transposed datum": ({L: total(sp.HadamardProduct(B.T, Y.T))}, [B], [Y]),
    "the gradient is a reshaped datum": (
        {L: total(sp.HadamardProduct(reshaped(B, m, n), reshaped(Y, m, n)))},
        [B],
        [Y],
    ),
    "the gradient is ones": ({L: total(B)}, [B], []),
    "the gradient is one row": ({L: total(X * W)}, [W], [X]),
    "the gradient is a number": ({L: s + total(B)}, [s, B], []),
    "two gradients are equal": ({R: B + C, L: squared_error(R)}, [B, C], []),
    "one gradient is the other transposed": (
        {R: B + sp.MatrixSymbol("D", m, n).T, L: squared_error(R)},
        [B, sp.MatrixSymbol("D", m, n)],
        [],
    ),
    "the gradient is an adjoint": ({R: B - Y, L: squared_error(R)}, [B], [Y]),
    "no slope": ({L: total(B.applyfunc(step))}, [B], []),
}


@pytest.mark.parametrize("model", SHARING.values(), ids=SHARING)
def test_gradients_are_arrays_of_floats_of_their_own(model):
    model = MatrixModel(*model)
    parameters, data = some_arrays(model.parameters), some_arrays(model.data, seed=1)
    _, gradients = model.compile()(parameters, data)
    for place, (gradient, parameter) in enumerate(zip(gradients, parameters, strict=True)):
        assert isinstance(gradient, np.ndarray)
        assert (gradient.shape, gradient.dtype, gradient.flags.writeable) == (parameter.shape, float, True)
        others = [*parameters, *data, *gradients[:place]]
        assert not any(np.shares_memory(gradient, other) for other in others)


def test_the_arrays_that_are_given_are_not_changed():
    parameters, data = map_all(np.copy, TINY_PARAMETERS), map_all(np.copy, TINY_DATA)
    tiny()(parameters, data)
    for array, before in zip([*parameters, *data], [*TINY_PARAMETERS, *TINY_DATA], strict=True):
        np.testing.assert_array_equal(array, before)


def evaluated(equations, symbol, **values):
    return MatrixModel(equations, *TINY[1:]).evaluate(symbol, values)


GIVEN = dict(zip(["W", "b2", "X", "Y"], [*TINY_PARAMETERS, *TINY_DATA], strict=True))


def test_evaluate_gives_the_value_of_any_equation():
    model = MatrixModel(*TINY)
    assert model.evaluate(R, GIVEN).tolist() == [[0.5], [-2.5]]
    assert model.evaluate(L, GIVEN).tolist() == [[3.25]]


def test_evaluate_takes_symbols_for_names():
    assert MatrixModel(*TINY).evaluate(R, {W: [[1], [2]], b2: [[0.5]], X: [[1, 0]], Y: [[1]]}).tolist() == [
        [0.5]
    ]


def test_evaluate_needs_only_what_the_symbol_depends_on():
    equations = {Y_hat: X * W, R: Y_hat + ones(n, 1) * b2 - Y, L: squared_error(R)}
    assert evaluated(equations, Y_hat, W=[[1], [2]], X=[[1, 0]]).tolist() == [[1]]


def test_evaluate_knows_a_size_that_only_other_arrays_have():
    equations = {Y_hat: ones(n, 1) * b2, R: X * W + Y_hat - Y, L: squared_error(R)}
    assert evaluated(equations, Y_hat, **GIVEN).tolist() == [[0.5], [0.5]]


def test_evaluate_names_what_is_missing():
    with pytest.raises(ValueError, match="R depends on b2, Y: give it a value"):
        MatrixModel(*TINY).evaluate(R, {"W": TINY_PARAMETERS[0], "X": TINY_DATA[0]})


@pytest.mark.parametrize("symbol", [X, W, sp.MatrixSymbol("Q", n, m)], ids=str)
def test_evaluate_refuses_what_is_not_computed(symbol):
    with pytest.raises(ValueError, match=f"{symbol} is not computed by this model"):
        MatrixModel(*TINY).evaluate(symbol, GIVEN)


x = sp.Symbol("x")
REFUSED = {
    "a scalar among the data": ({L: total(X * W)}, [W], [X, x], "x is not a "),
    "a name among the data": ({L: total(X * W)}, [W], ["X"], "'X' is not a "),
    "a scalar equation": ({x: total(X * W)}, [W], [X], "x is not a "),
    "an array among the parameters": ({L: total(X * W)}, [2.5], [X], r"2\.5 is not a "),
    "a parameter that is a datum": ({L: total(X * W)}, [W], [X, W], "W is defined twice"),
    "an equation that is a datum": ({R: X * W, L: total(R)}, [W], [X, R], "R is defined twice"),
    "one name with two shapes": (
        {sp.MatrixSymbol("X", n, m): X * W, L: total(sp.MatrixSymbol("X", n, m))},
        [W],
        [X],
        "X is defined twice",
    ),
    "an unknown matrix": (
        {L: total(X * W) + total(V)},
        [W],
        [X],
        "L uses V, which is not computed before it, nor given",
    ),
    "a matrix used before it is computed": (
        {R: Y_hat - Y, Y_hat: X * W, L: total(R)},
        [W],
        [X, Y],
        "R uses Y_hat, which is not computed before it",
    ),
    "an equation that uses itself": (
        {R: R + X * W, L: total(R)},
        [W],
        [X],
        "R uses R, which is not computed",
    ),
    "another shape": (
        {R: X * W1, L: total(R)},
        [W1],
        [X],
        r"R has shape \(n, m\), but its expression \(n, k\)",
    ),
    "a number": ({R: X * W, L: 5}, [W], [X], r"L has shape \(1, 1\), but its expression a number"),
    "a scalar": ({R: X * W, L: x**2}, [W], [X], r"L has shape \(1, 1\), but its expression a number"),
    "a loss of many entries": ({R: X * W}, [W], [X], r"the loss R should have shape \(1, 1\)"),
    "an unused parameter": ({L: total(X * W)}, [W, V], [X], "the loss does not depend on parameter V"),
    "a parameter that does not reach the loss": (
        {R: X * W, Z1: X * W1, L: total(R)},
        [W, W1],
        [X],
        "the loss does not depend on parameter W1",
    ),
    "no equations": ({}, [W], [X], "at least one equation"),
    "an unknown number": ({L: x * total(X * W)}, [W], [X], r"\bx\b"),
    "an unknown number in a function": (
        {L: total((X * W).applyfunc(sp.Lambda(t, t * x)))},
        [W],
        [X],
        r"\bx\b",
    ),
    "a size that no array has": ({L: total(X * W) / k}, [W], [X], r"\bk\b"),
    "an entry of a matrix as a number": ({L: W[0, 0] * total(X * W)}, [W], [X], r"W\[0, 0\]"),
    "a trace as a number": ({L: sp.Trace(V) * total(V)}, [V], [], r"Trace\(V\)"),
    "an expression without a rule": ({L: total(sp.Inverse(V))}, [V], [], "no rule for Inverse, in V"),
    "a function without a derivative": (
        {R: X * W, L: total(R.applyfunc(sp.floor))},
        [W],
        [X],
        "floor|[Dd]erivative",
    ),
    "an entry of a matrix in a function": (
        {R: (X * W).applyfunc(sp.Lambda(t, t * s[0, 0])), L: total(R) + s},
        [W, s],
        [X],
        r"s\[0, 0\]",
    ),
    "a size with two meanings": (
        {L: total(X * W) + total(sp.MatrixSymbol("Y", sp.Symbol("n", positive=True), 1))},
        [W],
        [X, sp.MatrixSymbol("Y", sp.Symbol("n", positive=True), 1)],
        r"\bn\b",
    ),
}


@pytest.mark.parametrize(("equations", "parameters", "data", "culprit"), REFUSED.values(), ids=REFUSED)
def test_a_model_that_cannot_be_is_refused_by_the_name_of_the_culprit(equations, parameters, data, culprit):
    with pytest.raises(ValueError, match=culprit):
        MatrixModel(equations, parameters, data).compile()


@pytest.mark.parametrize("name", ["n", "lambda", "Z'", "tanh", "dL_dZ1", "dL_dW1", "L"])
@pytest.mark.parametrize("role", ["equation", "parameter", "data"])
def test_a_name_with_another_meaning_is_refused_if_it_cannot_be_computed(name, role):
    named = {"equation": H1, "parameter": W1, "data": X}[role]
    other = sp.MatrixSymbol(name, *named.shape)
    equations = {Z1: X * W1, H1: Z1.applyfunc(tanh), L: squared_error(H1)}
    renamed = {of.subs(named, other): expression.subs(named, other) for of, expression in equations.items()}
    try:
        model = MatrixModel(renamed, [W1.subs(named, other)], [X.subs(named, other)])
        assert_finite_differences_agree(model)
    except ValueError as error:
        assert re.search(rf"(?<!\w){re.escape(name)}(?!\w)", str(error))


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("sqrt", sp.Lambda(t, sp.sqrt(t**2 + 1))),
        ("pi", sp.Lambda(t, sp.pi * t)),
        ("select", sp.Lambda(t, sp.Piecewise((t, t > 0), (t / 8, True)))),
        ("exp", sp.Lambda(t, 1 / (1 + sp.exp(t)))),
    ],
)
def test_a_name_that_numpy_code_uses_is_refused_if_it_cannot_be_computed(name, function):
    named = sp.MatrixSymbol(name, n, m)
    try:
        assert_finite_differences_agree(
            MatrixModel({named: X * W, R: named.applyfunc(function), L: squared_error(R)}, [W], [X])
        )
    except ValueError as error:
        assert name in str(error)


def test_an_equation_with_the_name_of_an_adjoint_is_refused():
    named = sp.MatrixSymbol("dL_dR", n, m)
    equations = {named: X * W, R: named.applyfunc(tanh), L: total(sp.HadamardProduct(R, Y))}
    with pytest.raises(ValueError, match="dL_dR"):
        MatrixModel(equations, [W], [X, Y]).compile()


def test_a_size_with_the_name_of_a_python_keyword_is_computed():
    size = sp.Symbol("in")
    x, w = sp.MatrixSymbol("X", n, size), sp.MatrixSymbol("W", size, m)
    model = MatrixModel({R: (x * w).applyfunc(tanh), L: squared_error(R) / size}, [w], [x])
    assert_finite_differences_agree(model, SIZES | {size: 3})


@pytest.mark.parametrize("rows", [2 * n, n + 1, n * d, n**2], ids=str)
def test_a_size_may_be_told_by_a_formula(rows):
    x = sp.MatrixSymbol("X", rows, d)
    model = MatrixModel({L: n * total(x * W)}, [W], [x])
    (weights,), (inputs,) = some_arrays([W]), some_arrays([x])
    loss, (gradient,) = model.compile()([weights], [inputs])
    assert loss == pytest.approx(SIZES[n] * (inputs @ weights).sum(), rel=1e-12)
    np.testing.assert_allclose(gradient, SIZES[n] * inputs.sum(axis=0)[:, np.newaxis] * [[1, 1]], rtol=1e-12)


WEIGHTS, BIAS = TINY_PARAMETERS
INPUTS, TARGETS = TINY_DATA


@pytest.mark.parametrize(
    ("parameters", "data", "culprit"),
    [
        (
            [WEIGHTS, BIAS.repeat(2, axis=1)],
            TINY_DATA,
            r"b2 should have shape \(1, m\) = \(1, 1\), not \(1, 2\)",
        ),
        ([WEIGHTS[:, 0], BIAS], TINY_DATA, r"W should have shape \(d, m\), not \(2,\)"),
        ([WEIGHTS, 0.5], TINY_DATA, r"b2 should have shape \(1, m\), not \(\)"),
        (TINY_PARAMETERS, [INPUTS[:1], TARGETS], r"Y should have shape \(n, m\) = \(1, 1\), not \(2, 1\)"),
        (TINY_PARAMETERS, [INPUTS[:, :1], TARGETS], r"X should have shape \(n, d\) = \(2, 2\), not \(2, 1\)"),
        (TINY_PARAMETERS, [INPUTS, TARGETS[:, 0]], r"Y should have shape \(n, m\), not \(2,\)"),
        (TINY_PARAMETERS, [INPUTS[np.newaxis], TARGETS], r"X should have shape \(n, d\), not \(1, 2, 2\)"),
        (
            [WEIGHTS, np.vstack([BIAS, BIAS])],
            TINY_DATA,
            r"b2 should have shape \(1, m\) = \(1, 1\), not \(2, 1\)",
        ),
        (TINY_PARAMETERS[:1], TINY_DATA, r"parameters should be 2 values, \(W, b2\), not 1"),
        ([*TINY_PARAMETERS, BIAS], TINY_DATA, r"parameters should be 2 values, \(W, b2\), not 3"),
        (TINY_PARAMETERS, TINY_DATA[:1], r"data should be 2 values, \(X, Y\), not 1"),
        ({"W": WEIGHTS}, TINY_DATA, r"parameters .* look at \['b2'\]"),
        (TINY_PARAMETERS, {"X": INPUTS, "Y": TARGETS, "t": TARGETS}, r"data .* look at \['t'\]"),
        (TINY_PARAMETERS, ["abc", TARGETS], "X should be numbers, not 'abc'"),
        (TINY_PARAMETERS, [INPUTS, [["a"], ["b"]]], r"Y should be numbers, not \[\['a'\], \['b'\]\]"),
        (TINY_PARAMETERS, [[[1, 2], [3]], TARGETS], r"X should be numbers, not \[\[1, 2\], \[3\]\]"),
        (TINY_PARAMETERS, [[[1, 2], [None, 3]], TARGETS], r"\bX\b"),
        (TINY_PARAMETERS, [INPUTS[:0], TARGETS[:0]], r"\b[XYn]\b"),
        (TINY_PARAMETERS, [[[1, 2], [np.nan, 3]], TARGETS], "data for X is not finite in row 1"),
        (TINY_PARAMETERS, [INPUTS, [[np.nan], [1]]], "data for Y is not finite in row 0"),
        (TINY_PARAMETERS, [INPUTS, [[1], [-np.inf]]], "data for Y is not finite in row 1"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_arrays_that_do_not_fit_are_refused_by_name(parameters, data, culprit):
    with pytest.raises(ValueError, match=culprit):
        tiny()(parameters, data)


def test_infinite_data_are_refused_though_the_loss_is_finite():
    compiled = MatrixModel({H1: (X * W1).applyfunc(tanh), L: squared_error(H1)}, [W1], [X]).compile()
    with np.errstate(all="ignore"), pytest.raises(ValueError, match="data for X is not finite in row 0"):
        compiled([[[1.0]]], [[[np.inf], [1.0]]])


def test_parameters_that_have_diverged_give_a_loss_that_is_not_finite():
    loss, _ = tiny()([[[np.nan], [1.0]], BIAS], TINY_DATA)
    assert np.isnan(loss)


def test_a_weight_may_be_used_twice_in_a_row():
    square = sp.MatrixSymbol("G", d, d)
    assert_finite_differences_agree(
        MatrixModel({R: X * square * square * W, L: squared_error(R)}, [square], [X, W])
    )


def test_a_size_may_be_told_by_way_of_another():
    x, kernel = sp.MatrixSymbol("X", n * k, 1), sp.MatrixSymbol("K", 3 * k, 1)
    model = MatrixModel({L: total(x) * total(kernel) / n}, [kernel], [x])
    loss, _ = model.compile()([np.ones((6, 1))], [np.ones((8, 1))])  # k is 2, so n is 4
    assert loss == pytest.approx(8 * 6 / 4)


def test_evaluate_minds_other_arrays_only_where_they_tell_a_size():
    values = GIVEN | {"Y": [[0.0]] * 50}
    equations = {Y_hat: X * W, R: Y_hat + ones(n, 1) * b2 - Y, L: squared_error(R)}
    assert evaluated(equations, Y_hat, **values).tolist() == [[1.0], [0.0]]
