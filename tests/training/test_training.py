"""The update rules, by hand and step by step against PyTorch's optimizers; and the loop that uses them."""

import numpy as np
import pytest
import sympy as sp

from course_utils import Adam, GradientDescent, Model, Momentum, RMSprop, train
from course_utils.models.networks import classifier, random_start
from course_utils.training.loop import train_in_batches
from course_utils.training.update_rules import UpdateRule, gradient, parameter

w, L = sp.symbols("w L")
PARABOLA = Model({L: (w - 3) ** 2}, [w])
START = [0.5, 0, 0.5, 0]
RULES = [GradientDescent, Momentum, RMSprop, Adam]
each_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)

velocity, friction = sp.symbols("velocity friction")


class Rolling(UpdateRule):
    equations = {velocity: friction * velocity - gradient, parameter: parameter + velocity}  # noqa: RUF012


def moves(rule, gradients):
    """Where a parameter that starts at 0 is after each of the gradients."""
    place, memory, places = [0.0], rule.start([0.0]), []
    for slope in gradients:
        place, memory = rule.step(place, [slope], memory)
        places.append(place[0])
    return places


RMSPROP_1 = -0.1 * 4 / (8**0.5 + 0.01)
ADAM_1 = -0.1 * 4 / (16**0.5 + 0.01)
BY_HAND = [
    (GradientDescent(0.25), [4.0, 2.0], [-1.0, -1.5]),
    (GradientDescent(np.array([0.1, 0.5])), [np.array([2.0, 2.0])], [[-0.2, -1.0]]),  # a step for each rate
    (Momentum(0.25, momentum=0), [4.0, 2.0, -1.0], [-1.0, -1.5, -1.25]),
    # velocities 4, 0.5*4 + 2 = 4, 0.5*4 - 1 = 1
    (Momentum(0.25, momentum=0.5), [4.0, 2.0, -1.0], [-1.0, -2.0, -2.25]),
    # squares 0.5*0 + 0.5*16 = 8, 0.5*8 + 0.5*4 = 6
    (RMSprop(0.1, decay=0.5, epsilon=0.01), [4.0, 2.0], [RMSPROP_1, RMSPROP_1 - 0.1 * 2 / (6**0.5 + 0.01)]),
    # means 2, 2*0.5 + 1 = 2, corrected 2/0.5 = 4, 2/0.75; squares 4, 4*0.75 + 1 = 4, corrected 16, 4/0.4375
    (
        Adam(0.1, beta1=0.5, beta2=0.75, epsilon=0.01),
        [4.0, 2.0],
        [ADAM_1, ADAM_1 - 0.1 * (2 / 0.75) / ((4 / 0.4375) ** 0.5 + 0.01)],
    ),
    *((Adam(0.1), [slope], [-0.1 * np.sign(slope)]) for slope in (1e-1, 5.0, -2e4)),
    (Rolling(friction=0.5), [2.0, 2.0], [-2.0, -5.0]),  # velocities -2, -1 - 2
]


@pytest.mark.parametrize(("rule", "gradients", "places"), BY_HAND, ids=lambda v: repr(v)[:40])
def test_steps_by_hand(rule, gradients, places):
    np.testing.assert_allclose(moves(rule, gradients), places, rtol=1e-6)


def test_every_step_is_pytorchs():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: its optimizers were not compared")
    for ours, theirs, settings in [
        (GradientDescent(0.03), torch.optim.SGD, {"lr": 0.03}),
        (Momentum(0.02, 0.8), torch.optim.SGD, {"lr": 0.02, "momentum": 0.8}),
        (RMSprop(0.1, 0.9), torch.optim.RMSprop, {"lr": 0.1, "alpha": 0.9}),
        (Adam(0.3), torch.optim.Adam, {"lr": 0.3}),
    ]:
        leaf = torch.tensor([-8.0, 1.5], dtype=torch.float64, requires_grad=True)
        optimizer, steepness = theirs([leaf], **settings), torch.tensor([1.0, 50.0])
        places, memory = [-8.0, 1.5], ours.start([-8.0, 1.5])
        for _ in range(100):
            optimizer.zero_grad()
            (steepness * leaf**2 / 2).sum().backward()
            optimizer.step()
            places, memory = ours.step(places, [places[0], 50 * places[1]], memory)
            assert places == pytest.approx(leaf.tolist(), rel=1e-10, abs=1e-10), ours


@each_rule
def test_each_parameter_has_a_memory_of_its_own_and_keeps_its_shape(rule):
    chosen, start = rule(0.1), [np.ones((2, 3)), 0.0]
    slopes = [np.full((2, 3), 3.0), -5.0]
    first, memory = chosen.step(start, slopes, chosen.start(start))
    together, _ = chosen.step(first, slopes, memory)
    for place, slope, begun in zip(together, slopes, start, strict=True):
        alone = np.add(begun, moves(chosen, [slope, slope])[-1])
        assert np.shape(place) == np.shape(begun)
        np.testing.assert_allclose(place, alone, rtol=1e-12)


def test_the_repr_shows_the_settings():
    assert repr(Momentum(0.25, 0.5)) == "Momentum(learning_rate=0.25, momentum=0.5)"


NO_POSITIVE = [0, -0.1, np.nan, np.inf, "0.1", None, [0.1, -0.1], []]
NO_FRACTION = [-0.1, 1, 1.5, np.nan, "0.9", None]
FRACTIONS = [(Momentum, "momentum"), (RMSprop, "decay"), (Adam, "beta1"), (Adam, "beta2")]
REFUSED = [
    *((rule, "learning_rate", bad) for rule in RULES for bad in NO_POSITIVE),
    *((rule, "epsilon", bad) for rule in (RMSprop, Adam) for bad in NO_POSITIVE),
    *((rule, setting, bad) for rule, setting in FRACTIONS for bad in NO_FRACTION),
]


@pytest.mark.parametrize(("rule", "setting", "bad"), REFUSED)
def test_a_bad_setting_is_refused_by_name(rule, setting, bad):
    wanted = "at least 0 and less than 1" if (rule, setting) in FRACTIONS else "a positive finite number"
    with pytest.raises(ValueError, match=f"{setting} should be {wanted}, not "):
        rule(**{"learning_rate": 0.1, setting: bad})


@pytest.mark.parametrize(
    ("rule", "start", "settings", "path", "told"),
    [
        # each step halves the distance to 3, so the losses are 4, 1, 0.25, ...
        (
            0.25,
            1.0,
            {"max_steps": 3},
            [1, 2, 2.5, 2.75],
            "max_steps after 3 steps: loss 4 -> 0.0625 (the limit",
        ),
        (
            0.25,
            1.0,
            {"tolerance": 0.25},
            [1, 2, 2.5],
            "converged after 2 steps: loss 4 -> 0.25 (as good as asked",
        ),
        (0.1, 3.0, {}, [3], "converged after 0 steps: loss 0 -> 0 "),
        (0.1, 1.0, {"max_steps": 0}, [1], "max_steps after 0 steps: loss 4 -> 4 "),
        (None, 1.0, {"max_steps": 1}, [1, 1 + 0.1 * 4], "max_steps after 1 step: loss 4 -> 2.56 "),
    ],
)
def test_a_run_by_hand_and_what_it_says(rule, start, settings, path, told):
    seen = []
    rule = rule and GradientDescent(rule)
    history = train(PARABOLA, [start], [], rule, on_step=lambda *saw: seen.append(saw), **settings)
    np.testing.assert_allclose(history.parameters, np.transpose([path]))
    np.testing.assert_allclose(history.loss, (history.parameters[:, 0] - 3) ** 2)
    assert seen == list(enumerate(history.loss)) and history.steps == len(path) - 1
    assert repr(history).startswith(told)


@pytest.mark.parametrize(("start", "floor"), [(1.0, 4.0), (3.001, 1.0)])
def test_divergence_is_a_loss_a_million_times_the_first_or_one(start, floor):
    history = train(PARABOLA, [start], [], GradientDescent(1.1))  # each step multiplies the loss by 1.44
    assert history.stop_reason == "diverged" and "try a smaller learning rate" in repr(history)
    assert history.loss[-2] < 1e6 * floor < history.loss[-1]


def test_overflow_is_divergence_without_a_warning():
    history = train(Model({L: w**4}, [w]), [1e50], [], GradientDescent(1.0))
    assert history.stop_reason == "diverged" and not np.isfinite(history.loss[-1])


@each_rule
def test_every_rule_gets_to_the_bottom_of_a_parabola_and_begins_afresh(rule):
    chosen = rule(0.05)
    runs = [train(PARABOLA, [1.0], [], chosen, max_steps=1000, tolerance=1e-2) for _ in range(2)]
    assert runs[0].stop_reason == "converged"
    np.testing.assert_array_equal(runs[0].loss, runs[1].loss)


def test_a_start_by_name_of_integers_and_a_compiled_model_are_as_good(seed_model, sunflowers):
    expected = train(seed_model, [1.0, 0.0, 2.0, 0.0], sunflowers, max_steps=5)
    assert (expected.parameters.shape, expected.loss.shape) == ((6, 4), (6,))
    for model, start in [
        (seed_model, {"b2": 0, "w2": 2, "b1": 0, "w1": 1}),
        (seed_model, [1, 0, 2, 0]),
        (seed_model.compile(), [1.0, 0.0, 2.0, 0.0]),
    ]:
        np.testing.assert_array_equal(
            train(model, start, sunflowers, max_steps=5).parameters, expected.parameters
        )


@pytest.mark.parametrize(
    ("start", "data", "settings", "culprit"),
    [
        (START, [[1.0], [1.0]], {"max_steps": -1}, "max_steps should be 0 or more, not -1"),
        (START, [[1.0], [1.0]], {"rule": 0.1}, "rule should be an update rule such as .* not 0.1"),
        ([np.nan, 0, 0, 0], [[1.0], [1.0]], {}, "start for w1 should be one finite number"),
        ([0, 0, np.inf, 0], [[1.0], [1.0]], {}, "start for w2 should be one finite number"),
        ([1.0, 2.0], [[1.0], [1.0]], {}, "start should be 4 values"),
        ({"w1": 1, "v": 2}, [[1.0], [1.0]], {}, r"start .* look at \['b1', 'b2', 'v', 'w2'\]"),
        (START, [[1.0, np.nan], [1.0, 1.0]], {"max_steps": 0}, "data for x is not finite at sample 1"),
        (START, [[1.0, 1.0], [np.inf, 1.0]], {"max_steps": 0}, "data for y is not finite at sample 0"),
    ],
)
def test_what_cannot_be_trained_is_refused_by_name(seed_model, start, data, settings, culprit):
    with pytest.raises(ValueError, match=culprit):
        train(seed_model, start, data, **settings)


def test_the_network_learns_the_sunflowers(seed_model, sunflowers):
    history = train(seed_model, START, sunflowers, GradientDescent(0.5), max_steps=3000)
    assert 1 - history.loss[-1] / sunflowers[1].var() > 0.998


CLASSIFIER = classifier([2, 3])
INPUTS, TARGETS = np.random.default_rng(0).normal(size=(10, 2)), np.eye(3)[np.arange(10) % 3]


def in_batches(rows, rule, epochs, batch_size):
    """(the parameters after each epoch, the rows of each batch in turn)"""
    seen = []

    def data_of(rows):
        seen.append(list(rows))
        return [INPUTS[rows], TARGETS[rows]]

    start = random_start(CLASSIFIER)
    return list(
        train_in_batches(CLASSIFIER.compile(), start, rows, data_of, rule, epochs, batch_size=batch_size)
    ), seen


def test_batches_go_once_through_all_rows_in_each_epoch():
    ends, seen = in_batches(np.arange(1, 10), GradientDescent(0.1), 2, 4)
    assert len(ends) == 2 and [len(batch) for batch in seen] == [4, 4, 1, 4, 4, 1]
    for epoch in (seen[:3], seen[3:]):
        assert sorted(np.concatenate(epoch)) == list(range(1, 10))
    assert list(map(sorted, seen[:3])) != list(map(sorted, seen[3:]))  # in another order


def test_one_batch_of_all_rows_is_a_step_of_the_rule():
    rule, start = Adam(0.1), random_start(CLASSIFIER)
    (parameters,), _ = in_batches(np.arange(10), rule, 1, 10)
    expected, _ = rule.step(start, CLASSIFIER.compile()(start, [INPUTS, TARGETS])[1], rule.start(start))
    for one, other in zip(parameters, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-10)
