"""Sliders over their whole range: every move shows a picture and says what is in it."""

import io
import struct

import numpy as np
import pytest
import sympy as sp
from PIL import Image

from course_utils import GradientDescent, Model, Momentum, train
from course_utils.explorers import Fit, Task
from course_utils.explorers.descent import learning_rate_explorer
from course_utils.explorers.rules import rule_explorer
from course_utils.training.sweep import loss_grid

x, y, w1, b1, w2, b2 = sp.symbols("x y w1 b1 w2 b2")
y_hat = sp.Symbol("y_hat")
RATES = [1e-5, 0.1, 0.5, 2.0, 2.5, 30.0, 1e100]  # far into divergence
REGIMES = ("slow", "steady", "oscillating", "diverging")
RANGES = ((-1, 5), (-1, 5))
FIT = Fit(x, y, y_hat, ("time", "m"))


@pytest.fixture(scope="module")
def small_model(seed_model):
    """The network with its biases given as data: two parameters, so that its loss is a surface."""
    return Model(seed_model.equations, [w1, w2], [x, y, b1, b2])


@pytest.fixture(scope="module", params=["four parameters", "two parameters and a surface"])
def explorer(request, seed_model, small_model, sunflowers):
    if request.param == "four parameters":
        model, start, data, ranges = seed_model, [0.5, 0, 0.5, 0], sunflowers, None
    else:
        model, start, data, ranges = small_model, [0.5, 0.5], [*sunflowers, 0.0, 0.1], RANGES
    return learning_rate_explorer(
        Task(model, start, data, 40), RATES, Fit(x, y, y_hat, ("time", "height (m)")), ranges=ranges
    )


@pytest.fixture(scope="module")
def seen(explorer):
    """What the explorer shows at each option: a list of (index, label, image, words)."""
    shown = []
    for label, index in explorer.controls[0].options:
        explorer.controls[0].value = index
        shown.append((index, label, explorer.screen.png, explorer.screen.words))
    return shown


def size_of(image):
    """Width and height in pixels, from a PNG's header."""
    return struct.unpack(">II", image[16:24])


def test_there_is_an_option_for_each_learning_rate(explorer):
    assert [label for label, _ in explorer.controls[0].options] == [f"{rate:.3g}" for rate in RATES]


def test_every_move_changes_the_image(seen):
    images = [image for _, _, image, words in seen if "diverging" not in words]  # those leave the picture
    assert len(set(images)) == len(images) > 2


def test_divergence_looks_different(seen):
    converging = {image for _, _, image, words in seen if "diverging" not in words}
    assert not converging & {image for _, _, image, words in seen if "diverging" in words}


def test_every_image_is_a_png_that_opens(seen):
    for _, _, image, _ in seen:
        assert image.startswith(b"\x89PNG\r\n\x1a\n")
        Image.open(io.BytesIO(image)).load()


def test_every_image_has_the_same_size(seen):
    assert len({size_of(image) for _, _, image, _ in seen}) == 1


def test_the_words_name_the_learning_rate(seen):
    for _, label, _, words in seen:
        assert f"Learning rate {label}: " in words


def test_the_words_name_a_regime(seen):
    for _, _, _, words in seen:
        assert sum(f": {regime}. " in words for regime in REGIMES) == 1


def test_the_smallest_is_slow_and_the_largest_diverges(seen):
    assert ": slow. " in seen[0][3] and ": diverging. " in seen[-1][3]


def test_the_words_tell_the_loss_or_that_it_is_too_large_for_a_number(seen):
    assert "the loss went from" in seen[0][3] and "beyond the largest number" in seen[-1][3]


def test_coming_back_shows_the_same_image(explorer, seen):
    for index, _, image, words in seen[::-3]:
        explorer.controls[0].value = index
        assert (explorer.screen.png, explorer.screen.words) == (image, words)


def test_without_a_kernel_the_picture_and_its_words_stand_in(explorer):
    bundle, metadata = explorer._repr_mimebundle_()
    assert {"text/html", "image/png", "text/plain"} <= set(bundle)
    assert metadata["image/png"]["alt"].startswith("Learning rate")


def test_with_a_kernel_the_slider_is_there(explorer):
    assert "application/vnd.jupyter.widget-view+json" in explorer._repr_mimebundle_()[0]


def test_the_still_picture_tells_the_numbers_of_the_run_it_shows(explorer):
    explorer.controls[0].value = 0
    slow = explorer._repr_mimebundle_()[0]["text/plain"]
    explorer.controls[0].value = 3
    assert explorer._repr_mimebundle_()[0]["text/plain"] != slow


def test_it_begins_in_the_middle_and_compares_with_the_limit_if_there_is_one(seed_model, sunflowers):
    begun = learning_rate_explorer(
        Task(seed_model, [0.5, 0, 0.5, 0], sunflowers, 5), [0.1, 0.2, 0.3], FIT, limit=0.4
    )
    assert begun.controls[0].value == 1
    assert "The limit 2/λmax is 0.4; this is 0.50 times it." in begun.screen.words


def test_it_begins_where_it_is_told(seed_model, sunflowers):
    begun = learning_rate_explorer(
        Task(seed_model, [0.5, 0, 0.5, 0], sunflowers, 5), [0.1, 0.2, 0.3], FIT, shown=0
    )
    assert begun.controls[0].value == 0


@pytest.mark.parametrize("rates", [[0.1, 0.0], [0.1, -1.0], [np.nan]], ids=repr)
def test_a_bad_learning_rate_is_refused_by_name(seed_model, sunflowers, rates):
    with pytest.raises(ValueError, match="learning_rate"):
        learning_rate_explorer(Task(seed_model, [0.5, 0, 0.5, 0], sunflowers, 5), rates, FIT)


def test_a_rule_explorer_shows_the_run_of_each_rule(small_model, sunflowers):
    rules = {f"{rate:g}": Momentum(rate, momentum=0.5) for rate in (0.01, 0.1, 1e3)}
    explorer = rule_explorer(
        Task(small_model, [0.5, 0.5], [*sunflowers, 0.0, 0.1], 40), rules, RANGES, label="learning rate"
    )
    shown = {}
    for name, index in explorer.controls[0].options:
        explorer.controls[0].value = index
        shown[explorer.screen.png] = explorer.screen.words
        assert f"learning rate {name}: " in explorer.screen.words
    assert len(shown) == 3 and len(set(map(size_of, shown))) == 1
    assert "not settled" in explorer.screen.words


def test_a_rule_explorer_tells_what_training_tells(small_model, sunflowers):
    data, rule = [*sunflowers, 0.0, 0.1], GradientDescent(0.1)
    explorer = rule_explorer(Task(small_model, [0.5, 0.5], data, 5), {"only": rule}, RANGES, label="rule")
    loss = train(small_model, [0.5, 0.5], data, rule, 5).loss
    assert (
        f"After 5 steps the loss is {loss[-1]:.2g}; its highest was {loss.max():.2g}."
        in explorer.screen.words
    )


def test_a_rule_explorer_tells_when_a_run_has_come_down_for_good():
    p, L = sp.symbols("p L")
    rules = {"halves": GradientDescent(0.25)}  # p becomes p/2, and the loss a quarter, at each step
    bowl = Model({L: p**2 + w1**2}, [p, w1])
    explorer = rule_explorer(Task(bowl, [1.0, 1.0], [], 20), rules, RANGES, label="rule")
    assert "settled below a thousandth of its first loss at step 5." in explorer.screen.words


def test_a_loss_grid_is_the_loss_at_each_pair_of_parameters(small_model, sunflowers):
    data = [*sunflowers, 0.0, 0.1]
    axis_1, axis_2, loss = loss_grid(small_model, data, (-1, 5), (0, 2), size=7)
    expected = [[small_model.compile()([one, two], data)[0] for one in axis_1] for two in axis_2]
    np.testing.assert_allclose(loss, expected, rtol=1e-12)
