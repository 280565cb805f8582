"""Every explorer over the whole range of its controls, and what it tells against independent numbers."""

import asyncio
import base64
import io
import re
import warnings
from itertools import product
from types import SimpleNamespace

import nbformat
import numpy as np
import pytest
import sympy as sp
from languages import hearing, left_over, plain
from nbclient import NotebookClient
from PIL import Image

from course_utils import Adam, GradientDescent, Model, Momentum, RMSprop, relu, sigmoid, step, tanh, train
from course_utils.explorers import Fit, Task
from course_utils.explorers.activations import activation_explorer
from course_utils.explorers.controls import slider
from course_utils.explorers.descent import learning_rate_explorer, surface_explorer
from course_utils.explorers.explorer import all_settings
from course_utils.explorers.knobs import step_explorer
from course_utils.explorers.rounds import round_explorer
from course_utils.explorers.rules import momentum_explorer, race_explorer, rule_explorer
from course_utils.explorers.scores import softmax_explorer
from course_utils.explorers.windows import window_explorer
from course_utils.pictures.plots import plot
from course_utils.pictures.words import settled

x, y, w1, b1, w2, b2 = sp.symbols("x y w1 b1 w2 b2")
z, h, y_hat, L, p, q = sp.symbols("z h y_hat L p q")
RANGES = ((-5, 5), (-4, 4))
RATES = [1e-4, 0.05, 0.5, 2.2, 1e3]
FAR_RATES = [1e-5, 0.1, 0.5, 2.0, 2.5, 1e100]  # far into divergence
FIT = Fit(x, y, y_hat, ("time", "height (m)"))
RULES = {"gradient descent": GradientDescent, "momentum": Momentum, "RMSprop": RMSprop, "Adam": Adam}
RAVINE = Model({L: (p**2 + 50 * q**2) / 2}, [p, q])
ACTIVATIONS = {"sigmoid": sigmoid, "tanh": tanh, "relu": relu, "step": step}
WEIGHTS = [-2.0, 0.0, 0.5, 2.0]
START, SAMPLE = {w1: 0.5, b1: 0.0, w2: 2.0, b2: 0.0}, {x: 1.5, y: 2.0}
STEP_RATES, SCORES = [0.01, 0.5, 1.5, 2.5, 5.0], [-1, 0, 2, 5]
BALL_RATES, BETAS, RAVINE_RANGES = [0.001, 0.03, 0.07, 0.09], [0, 0.5, 0.9], ((-9, 9), (-3, 3))
PIXELS, FILTER = np.arange(36).reshape(6, 6) % 7 / 16, np.array([[1, 0, -1]] * 3)
VARIED = {w1: WEIGHTS, b1: 0.0, w2: 0.5, b2: 0.0}


@pytest.fixture(scope="module")
def valley(seed_model, sunflowers):
    """(a model of two parameters, its data)."""
    return Model(seed_model.equations, [w1, w2], [x, y, b1, b2]), [*sunflowers, 0.6, 0.2]


@pytest.fixture(scope="module")
def made(seed_model, valley, sunflowers):
    return families(seed_model, valley, sunflowers)


def families(seed_model, valley, sunflowers):
    """One explorer of each family, by name."""
    networks = {
        name: Model({**seed_model.equations, h: activation(z)}, [w1, b1, w2, b2], [x, y])
        for name, activation in ACTIVATIONS.items()
    }
    return {
        "surface": surface_explorer(Task(valley[0], [0.5, 0.5], valley[1], 30), RATES, RANGES, shown=1),
        "race with paths": race_explorer(
            Task(RAVINE, [-8.0, 1.5], [], 50), RULES, RATES, 0.1, ((-9, 9), (-3, 3))
        ),
        "race": race_explorer(Task(seed_model, [0.5, 0, 0.5, 0], sunflowers, 50), RULES, RATES, 0.05),
        "activation": activation_explorer(
            {name: Task(n, VARIED, sunflowers, 300) for name, n in networks.items()},
            FIT, (z, h), 0.1, shown=("relu", 1),
        ),
        "learning rate": learning_rate_explorer(
            Task(seed_model, [0.5, 0, 0.5, 0], sunflowers, 40), FAR_RATES, FIT
        ),
        "learning rate with a surface": learning_rate_explorer(
            Task(valley[0], [0.5, 0.5], valley[1], 40), FAR_RATES, FIT, ranges=RANGES
        ),
        "rule": rule_explorer(
            Task(valley[0], [0.5, 0.5], valley[1], 5),
            {f"{rate:g}": GradientDescent(rate) for rate in (0.01, 0.1, 1e3)}, RANGES, label="learning rate",
        ),
        "rounds": round_explorer(seed_model.equations, START, SAMPLE, 0.1, rounds=2),
        "step": step_explorer(Task(seed_model, [0.5, 0, 2, 0], sunflowers), w2, STEP_RATES, (-1, 4)),
        "momentum": momentum_explorer(Task(RAVINE, [-8.0, 1.5], [], 40), BALL_RATES, BETAS, RAVINE_RANGES),
        "softmax": softmax_explorer(SCORES, [2, 0, -1], right=1),
        "window": window_explorer(PIXELS, FILTER),
    }  # fmt: skip


RANGE_OF = {
    "surface": [range(5), [-5.0, 0.5, 5.0], [-4.0, 0.5, 4.0]],
    "race with paths": [range(5)],
    "race": [range(5)],
    "activation": [ACTIVATIONS, range(4)],
    "learning rate": [range(6)],
    "learning rate with a surface": [range(6)],
    "rule": [range(3)],
    "rounds": [range(34)],
    "step": [range(5)],
    "momentum": [range(4), range(3)],
    "softmax": [range(4)] * 3,
    "window": [range(16)],
}


GIVEN = ["height (m)", "learning rate", "gradient descent", "momentum:", "RMSprop:", "Adam:"]  # by this test
ALIKE = ["h:", "p:", "nan nan"]  # symbols, and what is no number


def words_of(explorer, name):
    """All that a reader meets in an explorer, over some of its settings."""
    yield from (text for control in explorer.controls for text in texts_of(control))
    for setting in list(product(*RANGE_OF[name]))[::5]:
        explorer.put(*setting)
        yield explorer.screen.words
        yield explorer.picture.numbers()
        yield from (axes.get_title() for axes in explorer.picture.axes)


def texts_of(control):
    """What stands on a control or beside it."""
    yield from (getattr(control, "description", ""), getattr(control, "tooltip", "") or "")
    yield from (str(one[0]) for one in getattr(control, "options", ()) if isinstance(one, tuple))


def test_no_word_of_an_explorer_is_english_where_chinese_is_spoken(seed_model, valley, sunflowers):
    with hearing(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph")  # the marks have none
        made = families(seed_model, valley, sunflowers)
        said = [text for name, explorer in made.items() for text in words_of(explorer, name)]
    found = {plain(text): left_over(text.replace("\n", "; ")) for text in said}
    assert {words for many in found.values() for words in many} <= {*GIVEN, *ALIKE}
    assert len(found) > 100


@pytest.fixture(scope="module", params=RANGE_OF)
def case(request, made):
    """An explorer, and what it shows everywhere: {the controls' values: (png, words)}."""
    explorer, seen = made[request.param], {}
    first = explorer.screen.png, explorer.screen.words
    values = tuple(control.value for control in explorer.controls)
    for setting in product(*RANGE_OF[request.param]):
        for control, value in zip(explorer.controls, setting, strict=True):
            control.value = value
        seen[setting] = explorer.screen.png, explorer.screen.words
    return SimpleNamespace(explorer=explorer, seen=seen, first=first, start=values)


def test_every_setting_has_words_and_most_have_a_picture_of_their_own(case):
    for index, control in enumerate(case.explorer.controls):
        tried = {setting[index] for setting in case.seen}
        if hasattr(control, "options"):
            assert len(tried) == len(control.options)
        else:
            assert {control.min, control.max} <= tried
    pngs, words = zip(*case.seen.values(), strict=True)
    assert len({Image.open(io.BytesIO(png)).size for png in pngs}) == 1
    assert len(set(words)) == len(words) and not any(re.search(r"\bnan\b|\binf\b", one) for one in words)
    assert len(set(pngs)) > 0.6 * len(pngs)  # where a run has left the picture, some look alike


def test_pages_drawn_beforehand_are_in_the_order_in_which_the_browser_turns_them(case):
    explorer, screen, last = case.explorer, case.explorer.screen, list(case.seen)[-1]
    count = len(screen.controls)  # sliders and menus, which come first
    explorer.put(*last)
    drawn = {setting: words for setting, (_, words) in case.seen.items() if setting[count:] == last[count:]}
    for control, options in zip(screen.controls, zip(*drawn, strict=True), strict=False):
        assert list(dict.fromkeys(options)) == [option(one) for one in control.options]
    explorer.finish()
    words, pngs = zip(*pages_of(screen), strict=True)
    assert list(words) == list(drawn.values())
    for setting, page in list(zip(drawn, pngs, strict=True))[::3]:
        explorer.put(*setting)
        assert explorer.picture.frame() == page


def pages_of(screen):
    return [screen.page(place) for place in range(screen.count)]


def sent_by(screen):
    """What the screen sends from now on: the names of the traits of each message, in a list that grows."""
    sent = []
    screen.send_state = lambda key: sent.extend([{key} if isinstance(key, str) else set(key)] if key else [])
    return sent


def option(one):
    """The value of a control's option, which may be a pair with its label."""
    return one[1] if isinstance(one, tuple) else one


def test_every_slider_and_menu_turns_pages(made):
    for explorer in made.values():
        assert explorer.screen.controls == [c for c in explorer.controls if hasattr(c, "options")] != []


def test_a_typed_number_makes_all_pages_anew_in_one_message_with_the_one_in_sight(made):
    surface = made["surface"]
    surface.put(1, 0.5, 0.5)
    surface.finish()
    sent, every = sent_by(surface.screen), {f"page_{place}" for place in range(5)}
    surface.controls[0].value = 3
    assert sent == []
    surface.controls[1].value = -1.25
    assert sent == [every] and [bool(page) for page in pages_of(surface.screen)] == [False] * 3 + [
        True,
        False,
    ]
    surface.controls[0].value = 4
    assert sent == [every, {"page_4"}]
    del surface.screen.send_state
    surface.finish()
    assert all("Start at w1 = -1.25" in words for words, _ in pages_of(surface.screen))


def test_a_move_among_pages_sends_no_picture(made):
    race = made["race"]
    race.finish()
    sent = sent_by(race.screen)
    race.put(3)
    race.put(1)
    del race.screen.send_state
    assert sent == []


def test_in_a_kernel_the_first_page_is_there_at_once_and_the_others_come_between_other_tasks(seed_model):
    """The nearest first. What is typed meanwhile makes all of them anew, and each right."""

    async def kernel():
        explorer = surface_explorer(Task(RAVINE, [-1.0, 1.0], [], 3), RATES, ((-2, 2), (-2, 2)), shown=1)
        seen = [{place for place, page in enumerate(pages_of(explorer.screen)) if page}]
        while len(seen[-1]) < 4:
            await asyncio.sleep(0.001)
            now = {place for place, page in enumerate(pages_of(explorer.screen)) if page}
            seen += [now] if now != seen[-1] else []
        explorer.put(4, 0.5, 0.5)
        while not all(pages_of(explorer.screen)):
            await asyncio.sleep(0.001)
        return explorer, seen

    explorer, seen = asyncio.run(asyncio.wait_for(kernel(), 30))
    assert seen == [{1}, {0, 1}, {0, 1, 2}, {0, 1, 2, 3}]
    assert all("Start at p = 0.5, q = 0.5" in words for words, _ in pages_of(explorer.screen))
    assert explorer.screen.words == explorer.screen.page(4)[0]


def test_a_slider_moved_in_another_thread_tears_no_page(seed_model):
    """As in JupyterLab, where the widgets have a thread of their own beside that of the cells."""

    def made_anew():
        return round_explorer(seed_model.equations, START, SAMPLE, 0.1, rounds=1)

    def plain():
        points = np.arange(1, 5)
        return plot({"$w_1$": (points, points), "$w_2$": (points, points**2)}, "$w$", "L", "A plot.").png()

    async def kernel():
        explorer = made_anew()
        slider = explorer.controls[0]

        def moves():
            for index in reversed(range(len(slider.options))):
                slider.index = index

        moving = asyncio.create_task(asyncio.to_thread(moves))
        drawn = {plain()}
        while not (moving.done() and all(pages_of(explorer.screen))):
            await asyncio.sleep(0.001)
            drawn.add(plain())
        await moving
        return drawn, pages_of(explorer.screen)

    alone = made_anew()
    alone.finish()
    drawn, pages = asyncio.run(asyncio.wait_for(kernel(), 60))
    assert pages == pages_of(alone.screen) and drawn == {plain()}


def test_pages_that_nobody_sees_any_more_wait_until_somebody_does():
    def drawn():
        return sum(map(bool, pages_of(explorer.screen)))

    async def kernel():
        explorer.put(4, 0.5, 0.5)
        explorer.screen.seen = False
        await asyncio.sleep(0.3)
        hidden = drawn()
        explorer.screen.seen = True
        while drawn() < 5:
            await asyncio.sleep(0.001)
        return hidden

    explorer = surface_explorer(Task(RAVINE, [-1.0, 1.0], [], 3), RATES, ((-2, 2), (-2, 2)), shown=1)
    assert asyncio.run(asyncio.wait_for(kernel(), 30)) == 1


def test_a_kernel_draws_every_page_and_a_stored_page_of_widgets_has_them():
    """As somebody builds it who executes a notebook and stores the widgets' state."""
    source = """
import sympy as sp
from course_utils import Model
from course_utils.explorers import Task, finish, surface_explorer
p, q, L = sp.symbols("p q L")
task = Task(Model({L: p**2 + q**2}, [p, q]), [1, 1], [], 3)
explorer = surface_explorer(task, [0.1, 0.2, 0.3], ((-2, 2), (-2, 2)))
"""
    wait = """
import asyncio
while not all(explorer.screen.page(place) for place in range(3)):
    await asyncio.sleep(0.05)
"""
    cells = [nbformat.v4.new_code_cell(one) for one in (source, wait, "finish()")]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, kernel_name="python3", store_widget_state=True, timeout=60).execute()
    states = notebook.metadata.widgets["application/vnd.jupyter.widget-state+json"]["state"].values()
    (screen,) = (one for one in states if "page_0" in one["state"])
    found = {tuple(buffer["path"]): base64.b64decode(buffer["data"])[:4] for buffer in screen["buffers"]}
    assert found == {(f"page_{place}", 1): b"\x89PNG" for place in range(3)}
    assert all("Start at p = 1, q = 1" in screen["state"][f"page_{place}"][0] for place in range(3))


def test_more_settings_than_the_browser_should_keep_are_drawn_one_by_one():
    few, many = (slider("a", range(count), 0) for count in (10, 11))
    assert len(all_settings([few, few])) == 100 and all_settings([few, many]) == []
    assert all_settings([]) == []


def test_coming_back_shows_the_same(case):
    for setting, shown in list(case.seen.items())[::-3]:
        case.explorer.put(*setting)
        assert (case.explorer.screen.png, case.explorer.screen.words) == shown
    case.explorer.put(*case.start)
    assert (case.explorer.screen.png, case.explorer.screen.words) == case.first


def test_without_a_kernel_picture_words_and_numbers_stand_in(case):
    bundle, metadata = case.explorer._repr_mimebundle_()
    words = case.explorer.screen.words
    assert metadata["image/png"]["alt"] == words and bundle["text/plain"].startswith(words)
    assert "application/vnd.jupyter.widget-view+json" in bundle and "<img src=" in bundle["text/html"]
    assert re.search(r"\d", bundle["text/plain"].removeprefix(words))


def test_several_values_are_put_in_one_move(made):
    explorer, shown = made["surface"], []
    explorer.screen.observe(lambda change: shown.append(change.new), names="words")
    explorer.put(0, -1.0, -2.0)
    explorer.screen.unobserve_all("words")
    assert len(shown) == 1


def test_a_click_on_the_surface_starts_there(made):
    explorer, axes = made["surface"], made["surface"].picture.path.axes
    for target in [(-3.0, 2.0), (4.0, -1.5), (0.0, 0.0)]:
        width, height = explorer.picture.bbox.size
        right, up = axes.transData.transform(target)
        explorer.screen.clicked = (right / width, 1 - up / height)
        assert [control.value for control in explorer.controls[1:]] == pytest.approx(target, abs=0.01)
        assert f"Start at w1 = {target[0]:g}, w2 = {target[1]:g}." in explorer.screen.words


@pytest.mark.parametrize("place", [(0.2, 0.5), (0.0, 0.0), (1.0, 1.0), (0.75, 0.02)], ids=repr)
def test_a_click_beside_the_surface_changes_nothing(made, place):
    before = made["surface"].screen.words
    made["surface"].screen.clicked = place
    assert made["surface"].screen.words == before


def test_a_picture_without_a_surface_has_no_places_to_click(made):
    race = made["race"]
    assert not race.screen.clickable and made["surface"].screen.clickable


def test_the_surface_tells_what_training_from_there_tells(made, valley):
    model, data = valley
    made["surface"].put(2, -2.0, 3.0)
    run = train(model, [-2.0, 3.0], data, GradientDescent(0.5), max_steps=30)
    first, second = run.parameters[-1]
    words = made["surface"].screen.words
    assert f"the loss went from {run.loss[0]:.3g} to {run.loss[-1]:.3g}." in words
    assert words.endswith(f"It is now at w1 = {first:.3g}, w2 = {second:.3g}.")


def test_a_race_tells_the_winner_that_training_finds(made):
    made["race with paths"].controls[0].value = 1
    runs = {name: train(RAVINE, [-8.0, 1.5], [], rule(0.05), 50) for name, rule in RULES.items()}
    arrivals = {name: settled(run.loss, 0.1) for name, run in runs.items()}
    arrived = {name: at for name, at in arrivals.items() if at is not None}
    words = made["race with paths"].screen.words
    best = min(arrived, key=arrived.get)
    assert f"first {best} at step {arrived[best]}" in words
    assert "gradient descent above the start" in words  # 0.05 is beyond its limit, 0.04


@pytest.mark.parametrize(
    ("name", "index", "words"),
    [
        ("relu", 0, "ends bent"),
        ("relu", 1, "ends blocked"),
        ("relu", 2, "ends straight"),
        ("step", 3, "w1 goes from 2 to 2. The neuron ends blocked"),
        ("sigmoid", 2, "ends bent"),
    ],
)
def test_an_activation_is_told_with_its_fate(made, name, index, words):
    made["activation"].put(name, index)
    assert words in made["activation"].screen.words


def test_a_race_shows_the_paths_and_losses_that_training_takes(made):
    explorer = made["race with paths"]
    explorer.controls[0].value = 1
    for name, rule in RULES.items():
        run, picture = train(RAVINE, [-8.0, 1.5], [], rule(0.05), 50), explorer.picture
        drawn = picture.paths[name].get_xydata()
        np.testing.assert_allclose(drawn, run.parameters[: len(drawn)], rtol=1e-9, atol=1e-12)
        losses = np.fmin(run.loss, picture.highest)[: run.steps]  # train stops where it diverges
        np.testing.assert_allclose(picture.losses[name].get_ydata()[: run.steps], losses, rtol=1e-9)


def test_the_buttons_step_and_stay_within_the_rounds(made, caplog):
    explorer = made["rounds"]
    play, back, on = explorer.children[0].children
    explorer.put(0)
    back.click()
    assert explorer.controls[0].index == 0
    on.click()
    on.click()
    assert "Round 1, forward, 2 of 4" in explorer.screen.words
    explorer.put(33)
    on.click()
    assert explorer.controls[0].index == play.max == 33
    back.click()
    assert "Round 2, update, 3 of 4" in explorer.screen.words
    assert not caplog.records  # where ipywidgets puts what a button's callback raises


@pytest.mark.parametrize("name", ["learning rate", "learning rate with a surface"])
def test_each_learning_rate_is_told_with_its_regime(made, name):
    explorer, regimes = made[name], []
    for label, index in explorer.controls[0].options:
        assert label == f"{FAR_RATES[index]:.3g}"
        explorer.put(index)
        words = explorer.screen.words
        regimes += re.findall(
            rf"^Learning rate {re.escape(label)}: (slow|steady|oscillating|diverging)\. ", words
        )
        assert ("beyond the largest number" if label == "1e+100" else "the loss went from ") in words
    assert len(regimes) == len(FAR_RATES) and (regimes[0], regimes[-1]) == ("slow", "diverging")


def test_it_begins_in_the_middle_or_where_it_is_told_and_compares_with_the_limit(seed_model, sunflowers):
    task = Task(seed_model, [0.5, 0, 0.5, 0], sunflowers, 5)
    begun = learning_rate_explorer(task, [0.1, 0.2, 0.3], FIT, limit=0.4)
    assert begun.controls[0].value == 1
    assert "The limit 2/λmax is 0.4; this is 0.5 times it." in begun.screen.words
    assert learning_rate_explorer(task, [0.1, 0.2, 0.3], FIT, shown=0).controls[0].value == 0


def test_a_rule_explorer_tells_what_training_tells(made, valley):
    loss = train(valley[0], [0.5, 0.5], valley[1], GradientDescent(0.1), 5).loss
    made["rule"].put(1)
    words = made["rule"].screen.words
    assert (
        words.startswith("With learning rate 0.1, the loss")
        and "is not below a thousandth of the first one at the end" in words
    )
    assert f"After 5 steps it is {loss[-1]:.2g}; its highest was {loss.max():.2g}." in words


def test_a_rule_explorer_tells_when_a_run_has_come_down_for_good():
    rules = {"halves": GradientDescent(0.25)}  # p becomes p/2, and the loss a quarter, at each step
    bowl = Model({L: p**2 + w1**2}, [p, w1])
    explorer = rule_explorer(Task(bowl, [1.0, 1.0], [], 20), rules, RANGES, label="rule")
    assert "the loss is below a thousandth of the first one from step 5 to the end." in explorer.screen.words


@pytest.mark.parametrize(
    ("make", "culprit"),
    [
        (lambda: surface_explorer(Task(RAVINE, [np.nan, 1], [], 3), RATES, RANGES), "start for p"),
        (lambda: surface_explorer(Task(RAVINE, [1, 1], [], 3), [-1.0], RANGES), "learning_rate"),
        (
            lambda: rule_explorer(Task(RAVINE, [1], [], 3), {"a": Adam(0.1)}, RANGES, "rule"),
            "start should be 2 values",
        ),
        (lambda: race_explorer(Task(RAVINE, [1], [], 3), RULES, RATES, 0.1), "start should be 2 values"),
        (lambda: round_explorer({L: w1 * x}, {w2: 1.0}, {x: 1.0}), "w1"),
    ],
)
def test_bad_input_is_refused_by_name(make, culprit):
    with pytest.raises(ValueError, match=culprit):
        make()
