"""Two engines, one derivation: what numba compiles computes what NumPy does, and refuses what it does."""

import subprocess
import sys

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from model_bank import FILTER, SEED
from test_compiled import cases, central_differences

from course_utils import Activation, Adam, GradientDescent, MatrixModel, Model, Momentum, RMSprop, train
from course_utils.compiled.scalars import engine_called
from course_utils.training import sweep

try:
    import numba
except ImportError:
    numba = None
needs_numba = pytest.mark.skipif(numba is None, reason="numba is not installed: one engine only was tested")

w, v, x, y, L = sp.symbols("w v x y L")
sample, samples, one, step_, range_ = sp.symbols("sample samples one step range")
RULES = [GradientDescent, Momentum, RMSprop, Adam]
RANDOM = np.random.default_rng(0)


class leaky(Activation):
    """As a learner would write it."""

    @staticmethod
    def slope(output):
        return sp.Piecewise((1, output > 0), (sp.Rational(1, 10), True))

    @staticmethod
    def numpy(z):
        return np.where(z > 0, z, z / 10)


class copied(Activation):
    """Its NumPy form cannot take one number."""

    @staticmethod
    def slope(output):
        return output

    @staticmethod
    def numpy(z):
        z = z.copy()
        z[z < 0] = 0
        return z


BETWEEN = sp.Piecewise((w * x, sp.And(x > 0, x < 1)), (v * x**2, sp.Or(x < -1, x > 2)), (w, True))
MODELS = {
    "seed": SEED,
    "relu": FILTER,
    "own activation": Model({L: leaky(w * x + v)}, [w, v], [x]),
    "choices": Model({y: BETWEEN, L: sp.Max(y, w, 0) + sp.Min(v, x) + abs(w - x)}, [w, v], [x]),
    "functions": Model({L: sp.erf(w * x) + sp.sqrt(v**2) / x**2 + 10**20 * w * sp.pi}, [w, v], [x]),
    "no data": Model({L: (w - 3) ** 2 + 3 * v}, [w, v]),
    "names of the loop": Model(
        {sample: step_ * samples + one, L: (sample - range_) ** 2}, [step_, one], [samples, range_]
    ),
}
COMPILED = {}


def engines(name):
    """A model of the table, compiled by both: once for all tests, because numba takes a second."""
    if name not in COMPILED:
        COMPILED[name] = MODELS[name].compile(), MODELS[name].compile("numba")
    return COMPILED[name]


def assert_equal(found, expected):
    """Loss and gradients are of the same shapes, and the same to 1e-12 of the largest."""
    for one, other in zip((found[0], *found[1]), (expected[0], *expected[1]), strict=True):
        assert np.shape(one) == np.shape(other)
        scale = np.abs(other).max(initial=1)
        np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-12 * scale)


SHAPES = {  # how the data are given
    "arrays": lambda columns: columns,
    "one array": np.array,
    "lists": lambda columns: [column.tolist() for column in columns],
    "not in a row": lambda columns: list(np.array(columns)[:, ::-2]),
    "read only": lambda columns: [np.broadcast_to(column[0], 5) for column in columns],
    "one number": lambda columns: [0.25, *columns[1:]],
    "whole numbers": lambda columns: [np.arange(1, 5)] * len(columns),
}
POINTS = {  # how the parameters are given: functions of how many there are
    "numbers": lambda count: [0.5, -0.25, 1.5, 0.75][:count],
    "an array": lambda count: np.linspace(-1, 1, count),
    "whole numbers": lambda count: [1, -2, 3, 2][:count],
    "runs": lambda count: [np.linspace(-2, 1.9, 5) + place for place in range(count)],
    "two axes": lambda count: [np.ones((2, 1)), *[np.arange(1.0, 4.0)] * (count - 1)],
    "no runs": lambda count: [np.ones(0)] * count,
}


@pytest.mark.bank(one_in=5)
@needs_numba
@pytest.mark.parametrize("points", POINTS)
@pytest.mark.parametrize("name", MODELS)
def test_both_engines_compute_the_same(name, points):
    by_numpy, by_numba = engines(name)
    columns = [RANDOM.normal(size=7) for _ in MODELS[name].data]
    point = POINTS[points](len(MODELS[name].parameters))
    for shaped in SHAPES.values() if columns else ():
        assert_equal(by_numba(point, shaped(columns)), by_numpy(point, shaped(columns)))
    for kept in (tuple(columns), columns):  # the second time, they are known
        assert_equal(by_numba(point, kept), by_numpy(point, kept))


@needs_numba
@pytest.mark.parametrize("name", MODELS)
def test_gradients_of_the_loop_agree_with_finite_differences(name):
    if name == "functions":
        pytest.skip("its 10**20 hides the differences")
    compiled = engines(name)[1]
    point = np.array([0.5, -0.25, 1.5, 0.75])[: len(compiled.parameters)]
    data = [np.array([-1.7, 0.3, 0.6, 2.9])] * len(compiled.data)
    expected = central_differences(lambda p: compiled(p, data)[0], point)
    np.testing.assert_allclose(compiled(point, data)[1], expected, rtol=1e-6, atol=1e-8)


@needs_numba
@settings(max_examples=4)
@given(cases())
def test_both_engines_agree_on_random_models(case):
    assert_equal(
        case.model.compile("numba")(case.parameters, case.data), case.compiled(case.parameters, case.data)
    )


@needs_numba
@pytest.mark.parametrize("points", ["numbers", "runs"])
def test_both_engines_compute_some_of_the_gradients(points):
    point, data = POINTS[points](4), [RANDOM.normal(size=7) for _ in SEED.data]
    given = SEED.equations, SEED.parameters, SEED.data
    engines = map(engine_called, ("numba", "numpy"))
    both = [engine(*given, wrt=SEED.parameters[1::2])(point, data) for engine in engines]
    assert_equal(*both)
    assert len(both[0][1]) == 2


@needs_numba
def test_the_source_is_the_same_equations_and_a_loop():
    by_numpy, by_numba = engines("seed")
    equations, (head, *loop) = by_numpy.source.splitlines()[1:-1], by_numba.source.split("\n\n\n")
    assert head.splitlines()[1:-1] == equations
    assert loop == [
        "def mean(w1, b1, w2, b2, x, y):\n"
        "    samples = x.size if x.size == y.size else 0\n"
        "    L = dL_dw1 = dL_db1 = dL_dw2 = dL_db2 = 0.0\n"
        "    for sample in range(samples):\n"
        "        one = step(w1, b1, w2, b2, x[sample], y[sample])\n"
        "        L += one[0]\n"
        "        dL_dw1 += one[1]\n"
        "        dL_db1 += one[2]\n"
        "        dL_dw2 += one[3]\n"
        "        dL_db2 += one[4]\n"
        "    return (L/samples, dL_dw1/samples, dL_db1/samples, dL_dw2/samples, dL_db2/samples,)\n"
    ]


GOOD, COLUMN = [0.5, 0.0, 0.5, 0.0], np.array([1.0, 2.0, 3.0])


@needs_numba
@pytest.mark.parametrize(
    ("parameters", "data"),
    [
        (GOOD[:3], [COLUMN, COLUMN]),
        ([*GOOD, 1.0], [COLUMN, COLUMN]),
        ({"w1": 1.0}, [COLUMN, COLUMN]),
        ({0.5, 0.1, 0.2, 0.3}, [COLUMN, COLUMN]),
        ([1j, 0, 1, 0], [COLUMN, COLUMN]),
        (["a", 0, 1, 0], [COLUMN, COLUMN]),
        ([10**400, 0, 1, 0], [COLUMN, COLUMN]),
        ([np.ones(2), np.ones(3), 1, 0], [COLUMN, COLUMN]),
        (GOOD, [COLUMN]),
        (GOOD, 3),
        (GOOD, [COLUMN, COLUMN[:2]]),
        (GOOD, [COLUMN[:0], COLUMN[:0]]),
        (GOOD, [COLUMN[:, None], COLUMN[:, None]]),
        (GOOD, [COLUMN, np.array([1.0, np.nan, 3.0])]),
        (GOOD, [COLUMN, np.array([1.0, 2.0, np.inf])]),
        ([np.ones(4), 0, 1, 0], [np.array([np.nan, 1.0]), COLUMN[:2]]),
        (GOOD, [np.ma.masked_array(COLUMN, [True, False, False]), COLUMN]),
        (GOOD, [COLUMN.astype(complex), COLUMN]),
        (GOOD, [COLUMN.astype("M8[s]"), COLUMN]),
    ],
    ids=lambda given: repr(given)[:40],
)
def test_both_engines_refuse_the_same_in_the_same_words(parameters, data):
    refusals = []
    for compiled in engines("seed"):
        with pytest.raises(ValueError) as refused:
            compiled(parameters, data)
        refusals.append(str(refused.value))
    assert refusals[0] == refusals[1]


@pytest.mark.parametrize("engine", [0, pytest.param(1, marks=needs_numba)], ids=["numpy", "numba"])
def test_data_that_change_in_place_are_seen(seed_model, engine):
    compiled, (inputs, targets) = seed_model.compile(["numpy", "numba"][engine]), RANDOM.normal(size=(2, 6))
    inputs, targets = inputs.copy(), targets.copy()
    data = [inputs, targets]
    compiled(GOOD, data)
    inputs[:] = 2 * inputs + 1
    assert_equal(compiled(GOOD, data), seed_model.compile()(GOOD, data))
    data[0] = targets
    assert_equal(compiled(GOOD, data), seed_model.compile()(GOOD, data))
    inputs[2] = np.nan
    with pytest.raises(ValueError, match="data for x is not finite at sample 2"):
        compiled(GOOD, [inputs, targets])
    with pytest.raises(ValueError, match="arrays of one length"):
        compiled(GOOD, [inputs[:3], targets])


@needs_numba
@pytest.mark.parametrize("rates", [[0.1], [0.001, 0.01, 0.03, 0.06, 0.1]], ids=len)
@pytest.mark.parametrize("rule", RULES)
def test_a_sweep_in_machine_code_is_that_of_numpy(sunflowers, rule, rates):
    starts = [0.5, 0.0, np.linspace(0.5, 1, len(rates)), 0.0]
    by_numpy, by_numba = (
        sweep(compiled, starts, sunflowers, rates, 20, rule) for compiled in engines("seed")
    )
    assert by_numba.parameters.shape == (21, 4, len(rates)) and by_numba.loss.shape == (21, len(rates))
    np.testing.assert_allclose(by_numba.parameters, by_numpy.parameters, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(by_numba.loss, by_numpy.loss, rtol=1e-9)


@needs_numba
@pytest.mark.parametrize("rule", RULES)
def test_training_with_either_engine_is_the_same(sunflowers, rule):
    one, other = (train(c, GOOD, sunflowers, rule(0.1), 60, 0.02) for c in engines("seed"))
    assert (one.stop_reason, one.steps) == (other.stop_reason, other.steps)
    np.testing.assert_allclose(one.parameters, other.parameters, rtol=1e-9, atol=1e-12)


@needs_numba
@pytest.mark.parametrize("rule", RULES)
def test_overflow_is_divergence_in_both_engines(rule):
    for compiled in engines("no data"):
        history = train(compiled, [1e160, 1.0], [], rule(1e150), max_steps=50)
        assert history.stop_reason in ("diverged", "undefined")


@needs_numba
def test_a_rule_that_steps_in_its_own_way_is_obeyed(sunflowers):
    class Half(GradientDescent):
        def step(self, parameters, gradients, memory):
            return super().step(parameters, [gradient / 2 for gradient in gradients], memory)

    by_numpy, by_numba = (sweep(c, GOOD, sunflowers, [0.1, 0.2], 5, Half) for c in engines("seed"))
    np.testing.assert_allclose(by_numba.loss, by_numpy.loss, rtol=1e-12)


@needs_numba
@pytest.mark.parametrize(
    ("loss", "culprit"),
    [(copied(w * x), "numba cannot compile copied: "), (sp.besselj(1, w * x), "numba cannot compile L = ")],
    ids=str,
)
def test_what_numba_cannot_compile_is_named(loss, culprit):
    with pytest.raises(ValueError, match=culprit):
        Model({L: loss}, [w], [x]).compile("numba")


def test_an_unknown_engine_and_a_matrix_model_are_refused(seed_model):
    with pytest.raises(ValueError, match='engine should be "numpy" or "numba", not \'fortran\''):
        seed_model.compile("fortran")
    A, B = sp.MatrixSymbol("A", 1, 1), sp.MatrixSymbol("B", 1, 1)
    with pytest.raises(ValueError, match="a MatrixModel is compiled to NumPy only"):
        MatrixModel({B: A}, [A]).compile("numba")


def test_without_numba_the_engine_says_what_to_install(seed_model, monkeypatch):
    monkeypatch.setitem(sys.modules, "numba", None)
    monkeypatch.delitem(sys.modules, "course_utils.compiled.loops", raising=False)
    with pytest.raises(ImportError, match=r'needs numba .* pip install "gradient-descent-derived\[fast\]"'):
        seed_model.compile("numba")


def test_the_library_does_not_import_numba():
    code = "import sys, course_utils, course_utils.training; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
