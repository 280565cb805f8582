"""The update rules against numbers by hand, and step by step against PyTorch's optimizers."""

import numpy as np
import pytest

from course_utils import Adam, GradientDescent, Momentum, RMSprop


def walk(rule, gradient_of, start, steps):
    """The parameters after each step."""
    parameters, memory = list(start), rule.start(start)
    trail = []
    for _ in range(steps):
        parameters, memory = rule.step(parameters, gradient_of(parameters), memory)
        trail.append(parameters)
    return np.array(trail)


def ravine(parameters):
    p, q = parameters
    return [p, 50 * q]


def test_momentum_by_hand():
    # v = 1, then 0.5*1 + 1 = 1.5; the parameter moves by -0.1*v
    assert walk(Momentum(0.1, 0.5), lambda _: [1.0], [0.0], 2).ravel() == pytest.approx([-0.1, -0.25])


def test_rmsprop_by_hand():
    # s = 0.5*0 + 0.5*2**2 = 2; the step is 0.1*2/sqrt(2)
    step = walk(RMSprop(0.1, decay=0.5), lambda _: [2.0], [0.0], 1).item()
    assert step == pytest.approx(-0.1 * 2 / np.sqrt(2))


@pytest.mark.parametrize("gradient", [5.0, -0.001])
def test_the_first_step_of_adam_has_the_length_of_the_learning_rate(gradient):
    step = walk(Adam(0.1), lambda _: [gradient], [0.0], 1).item()
    assert step == pytest.approx(-0.1 * np.sign(gradient), rel=1e-4)


def test_momentum_without_momentum_is_gradient_descent():
    start = [-8.0, 1.5]
    assert np.array_equal(
        walk(Momentum(0.01, 0.0), ravine, start, 5), walk(GradientDescent(0.01), ravine, start, 5)
    )


@pytest.mark.parametrize("rule", [GradientDescent(0.1), Momentum(0.1), RMSprop(0.1), Adam(0.1)])
def test_a_step_keeps_the_shape_of_every_parameter(rule):
    parameters = [np.ones((2, 3)), np.ones(4), 1.0]
    updated, memory = rule.step(parameters, parameters, rule.start(parameters))
    again, _ = rule.step(updated, parameters, memory)
    assert [np.shape(p) for p in again] == [(2, 3), (4,), ()]


@pytest.mark.parametrize(
    ("build", "culprit"),
    [
        (lambda: Momentum(0.1, 1.0), "momentum"),
        (lambda: Momentum(-1.0), "learning_rate"),
        (lambda: RMSprop(0.1, decay=-0.1), "decay"),
        (lambda: RMSprop(0.1, epsilon=0.0), "epsilon"),
        (lambda: Adam(0.1, beta1=1.5), "beta1"),
        (lambda: Adam(0.1, beta2="much"), "beta2"),
    ],
)
def test_a_senseless_setting_is_refused_by_name(build, culprit):
    with pytest.raises(ValueError, match=culprit):
        build()


@pytest.mark.parametrize("name", ["gradient descent", "momentum", "RMSprop", "Adam"])
def test_every_step_is_pytorchs(name):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: its optimizers were not compared")
    start, steps = [-8.0, 1.5], 100
    parameters = [torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in start]
    rule, optimizer = {
        "gradient descent": (GradientDescent(0.03), torch.optim.SGD(parameters, lr=0.03)),
        "momentum": (Momentum(0.02, 0.8), torch.optim.SGD(parameters, lr=0.02, momentum=0.8)),
        "RMSprop": (RMSprop(0.1, 0.9), torch.optim.RMSprop(parameters, lr=0.1, alpha=0.9)),
        "Adam": (Adam(0.3), torch.optim.Adam(parameters, lr=0.3)),
    }[name]
    theirs = []
    for _ in range(steps):
        optimizer.zero_grad()
        p, q = parameters
        ((p**2 + 50 * q**2) / 2).backward()
        optimizer.step()
        theirs.append([parameter.item() for parameter in parameters])
    assert walk(rule, ravine, start, steps) == pytest.approx(np.array(theirs), rel=1e-10, abs=1e-10)
