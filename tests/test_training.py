"""The training loop and the update rule."""

import numpy as np
import pytest
import sympy as sp

from course_utils import Adam, GradientDescent, Model, Momentum, RMSprop, train
from course_utils.models.networks import classifier, random_start
from course_utils.training.loop import train_in_batches
from course_utils.training.update_rules import UpdateRule, gradient, parameter

w, v, x, y, L = sp.symbols("w v x y L")
PARABOLA = Model({L: (w - 3) ** 2}, [w])


def test_one_step_by_hand():
    (new,), _ = GradientDescent(0.25).step([2.0], [4.0], [[]])
    assert new == 2.0 - 0.25 * 4.0


def test_each_parameter_moves_by_its_own_gradient():
    new, _ = GradientDescent(0.5).step([1.0, 2.0], [4.0, -2.0], [[], []])
    assert new == [-1.0, 3.0]


def test_an_array_of_learning_rates_takes_a_step_for_each():
    (new,), _ = GradientDescent(np.array([0.1, 0.5])).step(
        [np.array([1.0, 1.0])], [np.array([2.0, 2.0])], [[]]
    )
    np.testing.assert_allclose(new, [0.8, 0.0])


def test_the_repr_shows_the_settings():
    assert repr(GradientDescent(0.25)) == "GradientDescent(learning_rate=0.25)"


def test_a_rule_remembers_what_its_equations_say():
    velocity, friction = sp.symbols("velocity friction")

    class Rolling(UpdateRule):
        equations = {velocity: friction * velocity - gradient, parameter: parameter + velocity}  # noqa: RUF012

    rule = Rolling(friction=0.5)
    first = rule.step([1.0], [2.0], rule.start([1.0]))  # velocity -2, so at -1
    second = rule.step(first[0], [2.0], first[1])  # velocity -1 - 2 = -3, so at -4
    assert (first, second) == (([-1.0], [[-2.0]]), ([-4.0], [[-3.0]]))


@pytest.mark.parametrize("bad", [0, -0.1, np.nan, np.inf, "0.1", None, [0.1, -0.1]], ids=repr)
def test_a_learning_rate_that_is_no_positive_number_is_refused_by_name(bad):
    with pytest.raises(ValueError, match="learning_rate should be a positive finite number"):
        GradientDescent(bad)


RULES = [GradientDescent, Momentum, RMSprop, Adam]


def moves(rule, gradients):
    """Where a parameter that starts at 0 is after each of the gradients."""
    place, memory, places = [0.0], rule.start([0.0]), []
    for slope in gradients:
        place, memory = rule.step(place, [slope], memory)
        places.append(float(place[0]))
    return places


def test_momentum_by_hand():
    # velocities 4, 0.5*4 + 2 = 4, 0.5*4 - 1 = 1
    assert moves(Momentum(0.25, momentum=0.5), [4.0, 2.0, -1.0]) == [-1.0, -2.0, -2.25]


def test_momentum_of_zero_is_gradient_descent():
    slopes = [4.0, 2.0, -1.0]
    assert moves(Momentum(0.25, momentum=0), slopes) == moves(GradientDescent(0.25), slopes)


def test_rmsprop_by_hand():
    # squares 0.5*0 + 0.5*16 = 8, 0.5*8 + 0.5*4 = 6
    expected = [-0.1 * 4 / (8**0.5 + 0.01), -0.1 * 4 / (8**0.5 + 0.01) - 0.1 * 2 / (6**0.5 + 0.01)]
    assert moves(RMSprop(0.1, decay=0.5, epsilon=0.01), [4.0, 2.0]) == pytest.approx(expected, rel=1e-12)


def test_adam_by_hand():
    # means 2, 2*0.5 + 1 = 2, corrected 2/0.5 = 4, 2/0.75; squares 4, 4*0.75 + 1 = 4, corrected 16, 4/0.4375
    first = -0.1 * 4 / (16**0.5 + 0.01)
    second = first - 0.1 * (2 / 0.75) / ((4 / 0.4375) ** 0.5 + 0.01)
    rule = Adam(0.1, beta1=0.5, beta2=0.75, epsilon=0.01)
    assert moves(rule, [4.0, 2.0]) == pytest.approx([first, second], rel=1e-12)


@pytest.mark.parametrize("slope", [1e-3, 5.0, -2e4])
def test_the_first_step_of_adam_is_the_learning_rate_whatever_the_gradient(slope):
    assert moves(Adam(0.1), [slope]) == pytest.approx([-0.1 * np.sign(slope)], rel=1e-4)


@pytest.mark.parametrize("rule", RULES)
def test_each_parameter_has_a_memory_of_its_own(rule):
    chosen = rule(0.1)
    together = chosen.step([0.0, 0.0], [3.0, -5.0], chosen.start([0.0, 0.0]))[0]
    assert together == [chosen.step([0.0], [slope], chosen.start([0.0]))[0][0] for slope in (3.0, -5.0)]


@pytest.mark.parametrize("rule", RULES)
def test_a_step_keeps_the_shape_of_the_parameter(rule):
    chosen, weights = rule(0.1), np.ones((2, 3))
    (new,), _ = chosen.step([weights], [weights], chosen.start([weights]))
    assert new.shape == (2, 3)


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_gets_to_the_bottom_of_a_parabola(rule):
    history = train(PARABOLA, [1.0], [], rule(0.05), max_steps=1000, tolerance=1e-2)
    assert history.stop_reason == "converged"


@pytest.mark.parametrize("rule", RULES)
def test_training_twice_with_one_rule_begins_afresh(rule):
    chosen = rule(0.05)
    runs = [train(PARABOLA, [1.0], [], chosen, max_steps=5).loss for _ in range(2)]
    np.testing.assert_array_equal(*runs)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("bad", [0, -1, np.nan, "0.1"], ids=repr)
def test_every_rule_refuses_a_bad_learning_rate_by_name(rule, bad):
    with pytest.raises(ValueError, match="learning_rate should be a positive finite number"):
        rule(bad)


@pytest.mark.parametrize(
    ("rule", "setting"), [(Momentum, "momentum"), (RMSprop, "decay"), (Adam, "beta1"), (Adam, "beta2")]
)
@pytest.mark.parametrize("bad", [-0.1, 1, 1.5, np.nan, "0.9", None], ids=repr)
def test_a_setting_outside_zero_to_one_is_refused_by_name(rule, setting, bad):
    with pytest.raises(ValueError, match=f"{setting} should be at least 0 and less than 1"):
        rule(0.1, **{setting: bad})


@pytest.mark.parametrize("rule", [RMSprop, Adam])
@pytest.mark.parametrize("bad", [0, -1e-8, np.inf], ids=repr)
def test_an_epsilon_that_is_not_positive_is_refused_by_name(rule, bad):
    with pytest.raises(ValueError, match="epsilon should be a positive finite number"):
        rule(0.1, epsilon=bad)


def test_training_follows_the_rule_step_by_step():
    history = train(PARABOLA, [1.0], [], GradientDescent(0.25), max_steps=3)
    np.testing.assert_allclose(history.parameters[:, 0], [1, 2, 2.5, 2.75])  # halves the distance to 3


def test_the_losses_are_those_of_the_parameters_beside_them():
    history = train(PARABOLA, [1.0], [], GradientDescent(0.25), max_steps=3)
    np.testing.assert_allclose(history.loss, (history.parameters[:, 0] - 3) ** 2)


def test_without_a_rule_it_is_gradient_descent_at_a_tenth():
    history = train(PARABOLA, [1.0], [], max_steps=1)
    np.testing.assert_allclose(history.parameters[:, 0], [1, 1 + 0.1 * 4])


def test_it_stops_when_the_loss_reaches_the_tolerance():
    history = train(PARABOLA, [1.0], [], GradientDescent(0.25), tolerance=0.3)
    assert (history.stop_reason, history.steps) == ("converged", 2)  # losses 4, 1, 0.25


def test_a_start_that_is_good_enough_needs_no_step():
    history = train(PARABOLA, [3.0], [])
    assert (history.stop_reason, history.steps) == ("converged", 0)


def test_it_stops_at_the_limit_on_steps():
    history = train(PARABOLA, [1.0], [], GradientDescent(0.01), max_steps=7)
    assert (history.stop_reason, history.steps) == ("max_steps", 7)


def test_it_stops_when_it_diverges():
    history = train(PARABOLA, [1.0], [], GradientDescent(1.5), max_steps=10_000)
    assert history.stop_reason == "diverged" and history.steps < 30


def test_overflow_is_divergence_without_a_warning():
    quartic = Model({L: w**4}, [w])
    history = train(quartic, [1e50], [], GradientDescent(1.0))
    assert history.stop_reason == "diverged" and not np.isfinite(history.loss[-1])


@pytest.mark.parametrize(("start", "floor"), [(1.0, 4.0), (3.001, 1.0)])
def test_divergence_is_a_loss_a_million_times_the_first_or_one(start, floor):
    history = train(PARABOLA, [start], [], GradientDescent(1.1))  # each step multiplies the loss by 1.44
    assert history.stop_reason == "diverged"
    assert history.loss[-2] < 1e6 * floor < history.loss[-1]


@pytest.mark.parametrize("steps", [0, 1, 5])
def test_the_history_has_a_row_for_the_start_and_each_step(seed_model, sunflowers, steps):
    history = train(seed_model, [0.5, 0, 0.5, 0], sunflowers, max_steps=steps)
    assert (history.parameters.shape, history.loss.shape, history.steps) == (
        (steps + 1, 4),
        (steps + 1,),
        steps,
    )


def test_no_step_at_all_leaves_the_start():
    history = train(PARABOLA, [1.0], [], max_steps=0)
    assert (history.stop_reason, history.parameters.tolist()) == ("max_steps", [[1.0]])


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"tolerance": 0.3}, "converged after 2 steps: loss 4 -> 0.25 (as good as asked for)"),
        ({"max_steps": 1}, "max_steps after 1 steps: loss 4 -> 1 (the limit on steps)"),
    ],
)
def test_the_repr_of_a_history_says_how_it_ended(settings, words):
    assert repr(train(PARABOLA, [1.0], [], GradientDescent(0.25), **settings)) == words


def test_the_repr_of_a_diverged_run_gives_advice():
    assert "try a smaller learning rate" in repr(train(PARABOLA, [1.0], [], GradientDescent(1.5)))


def test_on_step_sees_every_loss():
    seen = []
    history = train(PARABOLA, [1.0], [], max_steps=3, on_step=lambda step, loss: seen.append((step, loss)))
    assert seen == list(enumerate(history.loss))


def test_a_start_by_name_equals_a_start_in_order(seed_model, sunflowers):
    named = {"b2": 0.4, "w2": 0.3, "b1": 0.2, "w1": 0.1}
    runs = [train(seed_model, start, sunflowers, max_steps=5) for start in (named, [0.1, 0.2, 0.3, 0.4])]
    np.testing.assert_array_equal(runs[0].parameters, runs[1].parameters)


def test_training_a_compiled_model_equals_training_the_model(seed_model, sunflowers):
    runs = [
        train(model, [0.5, 0, 0.5, 0], sunflowers, max_steps=5)
        for model in (seed_model, seed_model.compile())
    ]
    np.testing.assert_array_equal(runs[0].parameters, runs[1].parameters)


def test_integers_are_a_start(seed_model, sunflowers):
    runs = [
        train(seed_model, start, sunflowers, max_steps=5) for start in ([1, 0, 1, 0], [1.0, 0.0, 1.0, 0.0])
    ]
    np.testing.assert_array_equal(runs[0].parameters, runs[1].parameters)


def test_a_negative_limit_is_refused_by_name():
    with pytest.raises(ValueError, match="max_steps should be 0 or more, not -1"):
        train(PARABOLA, [1.0], [], max_steps=-1)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_start_that_is_not_finite_is_refused(bad):
    with pytest.raises(ValueError, match="start for w should be one finite number"):
        train(PARABOLA, [bad], [])


@pytest.mark.parametrize(
    ("start", "named"),
    [([1.0, 2.0], "start should be 1 values"), ({"w": 1.0, "v": 2.0}, r"start .* look at \['v'\]")],
)
def test_a_start_for_other_parameters_is_refused(start, named):
    with pytest.raises(ValueError, match=named):
        train(PARABOLA, start, [])


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("culprit", ["x", "y"])
def test_data_that_are_not_finite_are_refused_by_name(seed_model, culprit, bad):
    data = {"x": [1.0, 2.0], "y": [1.0, 2.0]}
    data[culprit] = [1.0, bad]
    with pytest.raises(ValueError, match=f"data for {culprit} is not finite at sample 1"):
        train(seed_model, [0.5, 0, 0.5, 0], data, max_steps=0)


def test_the_network_learns_the_sunflowers(seed_model, sunflowers):
    _, heights = sunflowers
    history = train(seed_model, [0.5, 0, 0.5, 0], sunflowers, GradientDescent(0.5), max_steps=3000)
    assert 1 - history.loss[-1] / heights.var() > 0.998


def test_batches_go_once_through_all_rows_in_each_epoch():
    model, seen = classifier([2, 3]), []
    inputs, targets = np.random.default_rng(0).normal(size=(10, 2)), np.eye(3)[np.arange(10) % 3]

    def data_of(rows):
        seen.append(sorted(rows))
        return [inputs[rows], targets[rows]]

    rows = np.arange(1, 10)
    epochs = list(
        train_in_batches(
            model.compile(), random_start(model), rows, data_of, GradientDescent(0.1), 2, batch_size=4
        )
    )
    assert len(epochs) == 2 and [len(batch) for batch in seen] == [4, 4, 1, 4, 4, 1]
    for epoch in (seen[:3], seen[3:]):
        assert sorted(np.concatenate(epoch)) == list(rows)
    assert seen[:3] != seen[3:]  # in another order


def test_one_batch_of_all_rows_is_a_step_of_the_rule():
    model, rule = classifier([2, 3]), Adam(0.1)
    inputs, targets = np.random.default_rng(0).normal(size=(10, 2)), np.eye(3)[np.arange(10) % 3]
    compiled, start = model.compile(), random_start(model)
    (parameters,) = train_in_batches(
        compiled, start, np.arange(10), lambda rows: [inputs[rows], targets[rows]], rule, 1, batch_size=10
    )
    _, gradients = compiled(start, [inputs, targets])
    expected, _ = rule.step(start, gradients, rule.start(start))
    for one, other in zip(parameters, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-10)
