"""Recurrent layers: one weight used many times. The models are those of lesson 14, from its own cells."""

import re

import nbformat
import numpy as np
import pytest
import sympy as sp
from helpers import NOTEBOOKS

from course_utils import Model, tanh
from course_utils.derivation.chain_rule import product
from course_utils.explorers.recurrence import recurrence_explorer
from course_utils.models.shared import gradient_by_time_step, untie

w, u, b, v, c, y = sp.symbols("w u b v c y")
FATES = ("vanishing", "exploding", "steady")


@pytest.fixture(scope="module")
def lesson():
    """The functions that lesson 14 defines in the open, by name."""
    cells = nbformat.read(NOTEBOOKS / "14_unroll_through_time.ipynb", 4).cells
    names = {"sp": sp, "np": np, "Model": Model, "tanh": tanh}
    for cell in cells:
        if re.search(r"^def (unroll|unroll_two|keeping|clip)\(", cell.source, re.MULTILINE):
            exec(re.split(r"\n\n\n?(?=print|link)", cell.source)[0], names)
    return names


@pytest.fixture(
    scope="module", params=[(3, 1), (8, 1), (3, 2), (8, 2)], ids="{0[0]} steps, {0[1]} cells".format
)
def model(request, lesson):
    """A recurrent model of the lesson: a single cell, or two."""
    steps, cells = request.param
    return lesson["unroll"](steps, tanh) if cells == 1 else lesson["unroll_two"](steps)


def a_point(model, seed=0, samples=7):
    """Random parameters and data for a model: (numbers, columns)."""
    rng = np.random.default_rng(seed)
    return list(rng.normal(size=len(model.parameters))), list(rng.normal(size=(len(model.data), samples)))


def test_one_step_has_no_use_for_a_recurrent_weight(lesson):
    with pytest.raises(ValueError, match="does not depend on parameter w"):
        lesson["unroll"](1, tanh)


def torch_gradients(torch, cells, parameters, data):
    """Loss and gradients from PyTorch's own recurrent layer, in float64, in the lesson's order."""
    layer = torch.nn.RNN(1, cells, nonlinearity="tanh", batch_first=True, dtype=torch.float64)
    head = torch.nn.Linear(cells, 1, dtype=torch.float64)
    learned = [layer.weight_hh_l0, layer.weight_ih_l0, layer.bias_ih_l0, head.weight, head.bias]
    numbers = torch.tensor(parameters, dtype=torch.float64).split([tensor.numel() for tensor in learned])
    with torch.no_grad():
        layer.bias_hh_l0.zero_()  # PyTorch has a second bias, which adds nothing
        for tensor, values in zip(learned, numbers, strict=True):
            tensor.copy_(values.view(tensor.shape))
    *inputs, target = (torch.tensor(column, dtype=torch.float64) for column in data)
    memories, _ = layer(torch.stack(inputs, dim=1).unsqueeze(-1))
    loss = torch.mean((target - head(memories[:, -1]).squeeze(-1)) ** 2)
    loss.backward()
    return loss.item(), np.concatenate([tensor.grad.numpy().ravel() for tensor in learned])


def test_loss_and_gradients_are_those_of_pytorch(model):
    torch = pytest.importorskip("torch")
    cells = sum(str(parameter).startswith("v") for parameter in model.parameters)
    parameters, data = a_point(model)
    loss, gradients = model.compile()(parameters, data)
    expected_loss, expected = torch_gradients(torch, cells, parameters, data)
    np.testing.assert_allclose(loss, expected_loss, rtol=1e-9)
    np.testing.assert_allclose(gradients, expected, rtol=1e-9)


def test_the_gradients_of_untied_weights_add_up_to_the_shared_one(model):
    parameters, data = a_point(model, seed=2)
    _, gradients = model.compile()(parameters, data)
    chosen = [model.parameters[0], *(p for p in model.parameters if str(p) in ("u", "u2", "b", "v1"))]
    for parameter in chosen:
        parts = gradient_by_time_step(model, parameter, parameters, data)
        gradient = gradients[model.parameters.index(parameter)]
        assert parts.sum() == pytest.approx(gradient, rel=1e-12, abs=1e-14)


def test_each_part_is_the_product_along_one_path(lesson):
    """In a single cell each use of a weight has one path to the loss."""
    model = lesson["unroll"](5, tanh)
    parameters, data = a_point(model, samples=1)
    values = dict(zip([*model.parameters, *model.data], [*parameters, *np.ravel(data)], strict=True))
    for parameter in model.parameters:
        products = [
            float(model.expand(product(model.equations, path)).xreplace(values))
            for path in model.paths(parameter)
        ]
        parts = gradient_by_time_step(model, parameter, parameters, data)
        np.testing.assert_allclose(products, parts, rtol=1e-12)


def test_untying_gives_each_equation_its_own_weight(lesson):
    model = lesson["unroll"](3, tanh)
    untied = untie(model, w)
    assert [str(parameter) for parameter in untied.parameters] == ["u", "b", "v", "c", "w_h2", "w_h3"]
    shared = {parameter: w for parameter in untied.parameters[-2:]}
    assert {s: e.xreplace(shared) for s, e in untied.equations.items()} == model.equations
    assert w in model.parameters  # and leaves the model as it was


@pytest.mark.parametrize("stranger", [y, sp.Symbol("h2"), sp.Symbol("nobody")])
def test_only_a_parameter_can_be_untied(lesson, stranger):
    with pytest.raises(ValueError, match=f"{stranger} is no parameter"):
        untie(lesson["unroll"](3, tanh), stranger)


def test_many_runs_at_once_are_the_runs_one_by_one(lesson):
    model = lesson["unroll"](4, tanh)
    (_, *others), data = a_point(model)
    numbers = np.array([-1.5, 0.0, 0.7, 3.0])
    together = gradient_by_time_step(model, u, [numbers, *others], data)
    apart = [gradient_by_time_step(model, u, [number, *others], data) for number in numbers]
    assert together.shape == (4, 4)
    np.testing.assert_allclose(together, np.transpose(apart), rtol=1e-12)


@pytest.mark.parametrize("number", [-2.0, -0.5, 0.3, 1.0, 1.5])
def test_without_an_activation_the_parts_are_powers_of_the_weight(lesson, number):
    model = lesson["unroll"](12, lambda z: z)
    values = {w: number, u: 1.0, b: 0.0, v: 1.0, c: 0.0}
    parts = gradient_by_time_step(model, u, values, [0.5] * 12 + [10.0])
    np.testing.assert_allclose(parts / parts[-1], number ** np.arange(11.0, -1, -1), rtol=1e-12)


VALUES = [-3.0, -1.0, 0.0, 1e-30, 0.3, 0.5, 0.9, 1.0, 1.05, 1.2, 1.5, 2.0, 5.0]
SETTINGS = {u: 1.0, w: VALUES, b: 0.0, v: 1.0, c: 0.0}
TIME_STEPS = [3, 11, 21]


def quiet(steps):
    """Tiny inputs and a target, as in the lesson."""
    return [0.001] * steps + [1.0]


QUIET = quiet(21)


@pytest.fixture(scope="module")
def explorer(lesson):
    curves = {
        "without tanh": lambda steps: lesson["unroll"](steps, lambda z: z),
        "with tanh": lambda steps: lesson["unroll"](steps, tanh),
    }
    return recurrence_explorer(curves, quiet, SETTINGS, u, TIME_STEPS, shown=(1, 2))


@pytest.fixture(scope="module")
def seen(explorer):
    """What the explorer shows over 21 time steps at each weight: {label: (image, words)}."""
    shown = {}
    for label, index in explorer.controls[0].options:
        explorer.controls[0].value = index
        shown[label] = explorer.screen.png, explorer.screen.words
    return shown


def test_every_move_shows_another_picture_and_tells_both_fates(explorer, seen):
    assert list(seen) == [f"{value:g}" for value in VALUES]
    for label, (_, words) in seen.items():
        assert f"Recurrent weight {label}, 21 time steps. " in words
        assert len(re.findall(f"tanh”: ({'|'.join(FATES)}), the steps count [0-9]", words)) == 2
        assert not re.search("nan|inf", words)
    visible = [image for label, (image, _) in seen.items() if label not in ("0", "1e-30")]
    assert len(set(visible)) == len(visible)
    for label, index in explorer.controls[0].options[::-3]:  # and coming back shows the same
        explorer.controls[0].value = index
        assert (explorer.screen.png, explorer.screen.words) == seen[label]


@pytest.mark.parametrize(
    ("label", "without", "with_"),
    [
        ("0.5", "vanishing", "vanishing"),
        ("1", "steady", "steady"),
        ("1.2", "exploding", "exploding"),
        ("2", "exploding", "vanishing"),
        ("-1", "steady", "steady"),
        ("-3", "exploding", "vanishing"),
        ("0", "vanishing", "vanishing"),
    ],
)
def test_the_words_are_true(seen, label, without, with_):
    words = seen[label][1]
    assert f"“without tanh”: {without}, " in words and f"“with tanh”: {with_}, " in words


def test_it_begins_in_the_middle_or_where_it_is_told(lesson):
    curves = {"tanh": lambda steps: lesson["unroll"](steps, tanh)}
    for shown, values in {(None, None): (1, 1), (2, 0): (2, 0)}.items():
        begun = recurrence_explorer(curves, quiet, SETTINGS | {w: [0.1, 0.5, 1.0]}, u, [2, 3], shown)
        assert tuple(control.value for control in begun.controls) == values


@pytest.mark.parametrize(("index", "fate"), enumerate(["steady", "vanishing", "vanishing"]))
def test_the_words_tell_the_powers_of_any_number_of_time_steps(explorer, index, fate):
    explorer.put(VALUES.index(0.5), index)
    steps = TIME_STEPS[index]
    expected = (
        f"{steps} time steps. “without tanh”: {fate}, the steps count {0.5 ** (steps - 1):.3g} to 1 times"
    )
    assert expected in explorer.screen.words
    assert explorer.screen.words in explorer._repr_mimebundle_()[0]["text/plain"]


@pytest.mark.parametrize(
    ("value", "data"), [(1e200, QUIET), (np.nan, QUIET), (0.5, [*QUIET[:20], 0.0, 1.0])], ids=repr
)
def test_where_nothing_can_be_compared_the_value_is_named(lesson, value, data):
    curves = {"linear": lambda steps: lesson["unroll"](steps, lambda z: z)}
    with pytest.raises(ValueError, match=re.escape(f"linear: with w = {value:g} the newest step")):
        recurrence_explorer(curves, lambda steps: data, SETTINGS | {w: [value]}, u, [21])


@pytest.mark.parametrize(
    ("gradient", "limit", "clipped"),
    [
        ([3.0, 4.0], 0.5, [0.3, 0.4]),
        ([3.0, 4.0], 10, [3.0, 4.0]),
        ([0.03, -0.04], 0.5, [0.03, -0.04]),
        ([0.0, -1e100], 1, [0.0, -1.0]),
        ([-1e-100, 0.0], 1, [-1e-100, 0.0]),
    ],
)
def test_the_lessons_clipping_keeps_the_direction_and_limits_the_length(lesson, gradient, limit, clipped):
    np.testing.assert_allclose(lesson["clip"](gradient, limit), clipped, rtol=1e-12)


def test_the_sunspots_are_a_number_for_each_year():
    path = NOTEBOOKS / "data" / "sunspots.csv"
    years, spots = np.loadtxt(path, delimiter=",", unpack=True)
    np.testing.assert_array_equal(years, np.arange(1700, 2009))
    assert spots.min() == 0 and (years[spots.argmax()], spots.max()) == (1957, 190.2)
    head = path.read_text().split("1700,")[0]
    assert "Source:" in head and "public domain" in head
