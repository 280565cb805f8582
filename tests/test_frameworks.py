"""Our gradients and paths against those of PyTorch and TensorFlow, and what happens without the two."""

import os
from pathlib import Path

import nbformat
import numpy as np
import pytest
import sympy as sp

from course_utils import GradientDescent, relu, tanh, train
from course_utils.models.networks import dense
from tools import refresh

ROOT = Path(__file__).parents[1]
LESSON = ROOT / "notebooks" / "17_hand_over_to_a_framework.ipynb"
MISSING = "not installed, so our gradients were not compared with its own; make .venv/frameworks installs it"


class PyTorch:
    """Learns by autograd, in float64."""

    def __init__(self):
        self.torch = pytest.importorskip("torch", reason=f"PyTorch is {MISSING}")
        self.functions = {name: getattr(self.torch, name) for name in ("sigmoid", "tanh", "relu")}

    def variables(self, numbers):
        return [self.torch.tensor(n, dtype=self.torch.float64, requires_grad=True) for n in numbers]

    def constants(self, columns):
        return [self.torch.tensor(column) for column in columns]

    def gradients(self, loss_of, variables, constants):
        loss = loss_of(variables, constants).mean()
        loss.backward()
        return loss.item(), np.array([variable.grad.item() for variable in variables])


class TensorFlow:
    """Learns by GradientTape, in float64."""

    def __init__(self):
        os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
        os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
        self.tf = pytest.importorskip("tensorflow", reason=f"TensorFlow is {MISSING}")
        self.functions = {"sigmoid": self.tf.sigmoid, "tanh": self.tf.tanh, "relu": self.tf.nn.relu}

    def variables(self, numbers):
        return [self.tf.Variable(n, dtype=self.tf.float64) for n in numbers]

    def constants(self, columns):
        return [self.tf.constant(column) for column in columns]

    def gradients(self, loss_of, variables, constants):
        with self.tf.GradientTape() as tape:
            loss = self.tf.reduce_mean(loss_of(variables, constants))
        return float(loss), np.array([float(g) for g in tape.gradient(loss, variables)])


@pytest.fixture(params=[PyTorch, TensorFlow], ids=["torch", "tensorflow"], scope="module")
def framework(request):
    return request.param()


def translated(model, framework):
    """The loss of each sample as a function of (variables, constants), run by the framework.

    These are the model's own equations in turn. Of its derivatives nothing is used.
    """
    lines = []
    for symbol, expression in model.equations.items():
        used = sorted(expression.free_symbols, key=str)
        lines.append((symbol, used, sp.lambdify(used, expression, modules=[framework.functions])))

    def loss_of(variables, constants):
        values = dict(zip([*model.parameters, *model.data], [*variables, *constants], strict=True))
        for symbol, used, function in lines:
            values[symbol] = function(*(values[each] for each in used))
        return values[model.loss]

    return loss_of


NETWORKS = {
    "the seed's": lambda seed: seed,
    "tanh 1-4-4-1": lambda _: dense([1, 4, 4, 1], tanh),
    "relu 2-5-2": lambda _: dense([2, 5, 2], relu),
}


@pytest.fixture(params=NETWORKS)
def case(request, seed_model):
    """A model, a start and data for it."""
    model, random = NETWORKS[request.param](seed_model), np.random.default_rng(14)
    start = random.normal(size=len(model.parameters)).tolist()
    return model, start, [random.normal(size=12) for _ in model.data]


def test_loss_and_gradients_are_the_frameworks(framework, case):
    model, start, data = case
    variables, constants = framework.variables(start), framework.constants(data)
    loss, gradients = framework.gradients(translated(model, framework), variables, constants)
    our_loss, our_gradients = model.compile()(start, data)
    assert our_loss == pytest.approx(loss, rel=1e-12)
    assert np.array(our_gradients) == pytest.approx(gradients, rel=1e-10, abs=1e-12)


@pytest.mark.parametrize("name", ["seed", "deep"])
def test_a_hundred_steps_take_the_frameworks_path(framework, name, seed_model, sunflowers):
    model = seed_model if name == "seed" else dense([1, 4, 4, 1], tanh)
    start = np.random.default_rng(1).normal(size=len(model.parameters)).tolist()
    constants, loss_of = framework.constants(sunflowers), translated(model, framework)
    parameters, path, losses = np.array(start), [np.array(start)], []
    for _ in range(100):
        loss, gradients = framework.gradients(loss_of, framework.variables(parameters.tolist()), constants)
        parameters = parameters - 0.1 * gradients
        path.append(parameters)
        losses.append(loss)
    history = train(model, start, list(sunflowers), GradientDescent(0.1), max_steps=100)
    assert history.parameters == pytest.approx(np.array(path), abs=1e-10)
    assert history.loss[:-1] == pytest.approx(np.array(losses), abs=1e-10)
    assert losses[-1] < losses[0] / 10


@pytest.fixture(params=["torch", "tensorflow"])
def without(request, monkeypatch):
    """As if one framework were not installed; its name."""
    found = refresh.find_spec
    monkeypatch.setattr(refresh, "find_spec", lambda name: None if name == request.param else found(name))
    return refresh.FRAMEWORKS[request.param]


def test_without_a_framework_only_lesson_17_is_not_run_and_says_why(without):
    assert without in refresh.why_not_run(LESSON)
    others = set(LESSON.parent.glob("*.ipynb")) - {LESSON}
    assert others and not any(map(refresh.why_not_run, others))


def test_without_a_framework_refresh_leaves_lesson_17_alone(without):
    before = LESSON.stat().st_mtime_ns
    assert "left alone" in refresh.refresh(LESSON) and LESSON.stat().st_mtime_ns == before


def test_without_a_framework_nbval_skips_lesson_17_and_says_why(without, pytester):
    cell = nbformat.v4.new_code_cell("1 / 0", execution_count=1)
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), pytester.path / LESSON.name)
    pytester.makeconftest((ROOT / "conftest.py").read_text())
    result = pytester.inline_run("--nbval", "-p", "no:cacheprovider", "-p", "no:xdist", LESSON.name)
    passed, skipped, failed = result.listoutcomes()
    assert (len(passed), len(skipped), len(failed)) == (0, 1, 0)
    assert without in str(skipped[0].longrepr)
