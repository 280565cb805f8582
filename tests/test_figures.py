"""Pictures carry their words and their numbers, and look the same every time."""

import base64
import re
from html import unescape
from itertools import combinations
from types import SimpleNamespace

import numpy as np
import pytest
import sympy as sp

from course_utils import pictures, sigmoid
from course_utils.models.networks import dense
from course_utils.pictures.curves import MemoryPicture, NeuronPicture, RacePicture
from course_utils.pictures.graph import GraphPicture
from course_utils.pictures.panels import PanelPicture, RunPicture
from course_utils.pictures.picture import SERIES, LivePicture, Picture
from course_utils.training.trace import Moment

x, y, w1, b1, w2, b2 = sp.symbols("x y w1 b1 w2 b2")
z, h, y_hat, L = sp.symbols("z h y_hat L")
NETWORK = {z: w1 * x + b1, h: sigmoid(z), y_hat: w2 * h + b2, L: (y - y_hat) ** 2}
XS = np.array([1.0, 2.0, 3.0, 4.0])
ALT = 'It rises, & "quickly" < twice.'


def run_picture(datum, surface):
    """A picture of a run of three steps, with its fit, and with a surface if there is one."""
    picture = RunPicture(3, 0.1, 100, ((XS, XS**2), XS, ("day", "height")), surface)
    path = np.array([[1.0, 1.0], [1.5, datum], [2.0, 2.0], [2.5, 2.0]])
    picture.put(ALT, np.array([9.0, datum, 2.0, 1.0]), path, XS + datum)
    return picture


BOWL = XS, XS, np.add.outer(XS**2, XS**2)
NAMED_BOWL = *BOWL, ("$w_1$", "$w_2$")


def race_picture(datum, surface):
    picture = RacePicture(["slow", "quick"], 3, 0.1, 100, surface)
    losses = {"slow": np.array([9.0, datum, 2.0, 1.0]), "quick": np.array([9.0, 1.0, 0.1, 0.01])}
    paths = {"slow": np.array([[1.0, datum], [2.0, 2.0]]), "quick": np.array([[1.0, 1.0], [3.0, 3.0]])}
    picture.put(ALT, losses, paths)
    return picture


def neuron_picture(datum):
    picture = NeuronPicture(XS, ((XS, XS**2), XS, ("day", "height")))
    picture.put(ALT, XS + datum, XS / XS, (XS, XS), XS**2)
    return picture


def memory_picture(datum):
    picture = MemoryPicture({"one": np.array([0.1, 5.0]), "two": np.array([1.0])}, 4, w1)
    picture.put(ALT, {"one": np.array([0.1, datum, 1.0]), "two": np.ones(3)})
    return picture


def graph_picture(datum):
    picture = GraphPicture(NETWORK, [w1, b1, w2, b2])
    picture.put(
        Moment(1, "backward", (2, 8), y_hat, {y_hat: datum, h: 0.5}, {L: 1, y_hat: 2.0}, "an equation")
    )
    picture.alt = ALT
    return picture


# One picture of each kind, drawn from one number that varies.
PICTURES = {
    "computation_graph": lambda datum: pictures.computation_graph(NETWORK, {h: datum}, {z: 0.5}, alt=ALT),
    "plot": lambda datum: pictures.plot(
        {"curve": (XS, XS)}, "day", "height", ALT, measured=(XS, [1.0, datum, 3.0, 4.0])
    ),
    "plot with logarithmic axes": lambda datum: pictures.plot(
        {"one": (XS, [datum, 2.0, 3.0, 4.0]), "two": (XS, XS)}, "day", "height", ALT, log="xy"
    ),
    "loss_surface": lambda datum: pictures.loss_surface(
        *BOWL, np.array([[1.0, datum], [2.0, 2.0]]), ("$w_1$", "$w_2$"), ALT
    ),
    "final_loss": lambda datum: pictures.final_loss(
        XS / 10, np.array([3.0, datum, np.nan, np.inf]), {"limit": 0.25}, ALT
    ),
    "images": lambda datum: pictures.images([np.eye(2), [[0.0, 1.0], [datum, 0.5]]], "01", ALT),
    "images with a signed scale": lambda datum: pictures.images([[[0.5, datum]]], ["-1"], ALT, signed=True),
    "counts_table": lambda datum: pictures.counts_table(
        np.array([[9, 0], [int(8 * datum), 7]]), "ab", "answer", "truth", ALT
    ),
    "RunPicture": lambda datum: run_picture(datum, NAMED_BOWL),
    "RacePicture": lambda datum: race_picture(datum, NAMED_BOWL),
    "RacePicture without paths": lambda datum: race_picture(datum, None),
    "NeuronPicture": lambda datum: neuron_picture(datum),
    "MemoryPicture": lambda datum: memory_picture(datum),
    "GraphPicture": lambda datum: graph_picture(datum),
}


@pytest.fixture(scope="module", params=PICTURES.values(), ids=PICTURES.keys())
def case(request):
    """One kind of picture, drawn twice from one datum and once from another, with what it shows."""
    one, same, other = map(request.param, (1.5, 1.5, 1.75))
    bundle, metadata = one._repr_mimebundle_()
    return SimpleNamespace(one=one, same=same, other=other, bundle=bundle, metadata=metadata)


def heirs(kind):
    """The classes that derive from a class, and those that derive from them."""
    return [heir for child in kind.__subclasses__() for heir in (child, *heirs(child))]


def words_of(picture):
    """The texts on a drawn picture that are not empty."""
    picture.draw_without_rendering()
    return [text for axes in picture.axes for text in axes.texts if text.get_text()]


def test_every_kind_of_picture_is_tested_here():
    live = {kind.__name__ for kind in heirs(LivePicture)} - {PanelPicture.__name__}
    face = {name: getattr(pictures, name) for name in pictures.__all__}
    still = {
        name for name, made in face.items() if getattr(made, "__annotations__", {}).get("return") is Picture
    }
    assert {name.split()[0] for name in PICTURES} == still | live


def test_a_picture_is_a_picture_with_alt_text(case):
    assert isinstance(case.one, Picture) and case.one.alt == ALT


def test_the_bundle_has_html_image_and_text(case):
    assert set(case.bundle) == {"text/html", "image/png", "text/plain"}


def test_the_html_is_an_image_with_alt_text(case):
    ((source, alt),) = re.findall(r'<img src="([^"]+)" alt="([^"]*)">', case.bundle["text/html"])
    assert source == f"data:image/png;base64,{case.bundle['image/png']}" and unescape(alt) == ALT


def test_the_html_tells_the_numbers_too(case):
    told = re.search(r"<pre>(.*)</pre>", case.bundle["text/html"], re.DOTALL)[1]
    assert unescape(told) == case.one.numbers()


def test_the_image_is_a_png_with_alt_text_beside_it(case):
    assert base64.b64decode(case.bundle["image/png"]).startswith(b"\x89PNG\r\n\x1a\n")
    assert case.metadata["image/png"] == {"alt": ALT}


def test_the_text_is_the_alt_text_and_the_numbers(case):
    text = case.bundle["text/plain"]
    assert text.startswith(ALT + "\n") and re.search(r"\d", text.removeprefix(ALT))


def test_another_datum_gives_other_numbers(case):
    assert case.one.numbers() != case.other.numbers()


def test_the_same_data_give_the_same_numbers(case):
    assert case.one.numbers() == case.same.numbers()


def test_the_same_data_give_the_same_bytes(case):
    assert base64.b64decode(case.bundle["image/png"]) == case.same.png()


def test_another_datum_gives_another_image(case):
    assert base64.b64decode(case.bundle["image/png"]) != case.other.png()


def test_nothing_is_drawn_off_the_canvas(case):
    used, (width, height) = case.one.get_tightbbox(), case.one.get_size_inches()
    assert min(used.x0, used.y0) >= 0 and used.x1 <= width and used.y1 <= height


def test_visible_axes_are_labelled(case):
    for axes in case.one.axes:
        named = axes.get_xlabel() and axes.get_ylabel() if len(axes.get_xticks()) else axes.get_title()
        assert not axes.axison or named


def test_a_plot_tells_its_numbers_line_by_line():
    picture = pictures.plot({"double": (XS, 2 * XS)}, "day", "height", "Alt.", measured=(XS, XS))
    assert picture.numbers().splitlines() == [
        "Alt.",
        "plot: height against day",
        "  measured: x 1 2 3 4 | y 1 2 3 4",
        "  double: x 1 2 3 4 | y 2 4 6 8",
    ]


def test_long_curves_are_told_by_seven_values_from_first_to_last():
    many = np.arange(61.0)
    numbers = pictures.plot({"curve": (many, many)}, "day", "height", "Alt.").numbers()
    assert "x 0 10 20 30 40 50 60 | y 0 10 20 30 40 50 60" in numbers


def test_bars_are_told_by_their_heights():
    picture = Picture("Alt.")
    picture.add_subplot(xlabel="name", ylabel="count").bar(["a", "b"], [3, 5], label="trees")
    assert "trees: 3 5" in picture.numbers()


@pytest.mark.parametrize(
    ("log", "scales"), [("", ("linear", "linear")), ("y", ("linear", "log")), ("xy", ("log", "log"))]
)
def test_the_axes_of_a_plot_are_logarithmic_where_asked_for(log, scales):
    (axes,) = pictures.plot({"curve": (XS, XS)}, "day", "height", ALT, log=log).axes
    assert (axes.get_xscale(), axes.get_yscale()) == scales


def test_curves_differ_in_more_than_colour():
    curves = {str(n): (XS, n * XS) for n in range(5)}
    lines = pictures.plot(curves, "day", "height", ALT, log="xy").axes[0].get_lines()
    assert len({(line.get_linestyle(), line.get_marker()) for line in lines}) == 5


def test_more_curves_than_can_be_told_apart_are_refused():
    with pytest.raises(ValueError, match="at most 5 curves can be told apart, not 6"):
        pictures.plot({str(n): (XS, XS) for n in range(6)}, "day", "height", ALT)


def test_runs_that_left_the_numbers_are_marked_above_the_ceiling():
    text = pictures.final_loss(XS, np.array([1.0, 2.0, np.inf, np.nan]), {}, ALT).numbers()
    assert "ended here: x 1 2 | y 1 2" in text and "above 100: x 3 4 | y 100 100" in text


def test_a_loss_surface_labels_its_contours_with_losses():
    picture = pictures.loss_surface(*BOWL, np.array([[1.0, 1.0], [2.0, 2.0]]), ("w1", "w2"), ALT)
    labels = [float(text.get_text()) for text in words_of(picture)]
    assert labels and all(BOWL[2].min() <= label <= BOWL[2].max() for label in labels)


def test_the_path_of_a_run_that_overflows_is_drawn_as_far_as_it_goes():
    picture = run_picture(1.5, NAMED_BOWL)
    path = np.array([[1.0, 1.0], [1e3, 2.0], [1e9, 3.0], [np.inf, np.nan]])
    picture.put(ALT, np.ones(4), path, XS)
    assert "path: x 1 1e+03 | y 1 2\n  start: x 1 | y 1\n  end: x 1e+03 | y 2" in picture.numbers()


def test_the_loss_of_a_run_that_overflows_stays_at_the_cut():
    picture = run_picture(1.5, None)
    picture.put(ALT, np.array([1.0, 1e9, np.inf, np.nan]), np.ones((4, 2)), np.full(4, np.nan))
    assert "cut at 100" in picture.numbers() and "loss: x 0 1 2 3 | y 1 100 100 100" in picture.numbers()


def test_a_graph_tells_names_values_and_gradients():
    text = pictures.computation_graph(NETWORK, {h: 0.25}, {h: -1.5}, alt="Alt.").numbers()
    assert "$h$ = 0.25 ∂ = -1.5" in text and "$w_{1}$" in text


def test_a_graph_has_a_node_for_each_symbol():
    assert len(pictures.computation_graph(NETWORK).nodes) == 10


def test_a_graph_tells_computed_learned_and_given_apart():
    nodes = pictures.computation_graph(NETWORK, parameters=[w2]).nodes
    assert len({(type(nodes[s]), nodes[s].get_facecolor()) for s in (h, w2, x)}) == 3


def test_a_graph_has_an_arrow_for_each_use():
    assert len(pictures.computation_graph(NETWORK).links) == sum(
        len(e.free_symbols) for e in NETWORK.values()
    )


@pytest.mark.parametrize(
    ("equations", "values"),
    [
        (NETWORK, {}),
        (NETWORK, dict.fromkeys([*NETWORK, x, y, w1, b1, w2, b2], -0.000123456)),
        (dense([2, 4, 4, 1]).equations, {}),
    ],
    ids=["network", "network with long numbers", "2-4-4-1"],
)
def test_no_word_of_a_graph_is_off_the_canvas(equations, values):
    picture = pictures.computation_graph(equations, values, values)
    for text in words_of(picture):
        box = text.get_window_extent()
        assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= picture.bbox.x1 and box.y1 <= picture.bbox.y1


@pytest.mark.parametrize("equations", [NETWORK, dense([2, 3, 1]).equations], ids=["network", "2-3-1"])
def test_no_two_nodes_of_a_graph_overlap(equations):
    values = dict.fromkeys({s for e in equations.values() for s in e.free_symbols} | set(equations), -0.1234)
    boxes = [
        node.get_window_extent()
        for node in pictures.computation_graph(equations, values, values).nodes.values()
    ]
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))


def light_of(color):
    """Red, green and blue light from 0 to 1, from a colour such as #0072B2."""
    channels = np.array([int(color[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


@pytest.mark.parametrize("color", [color for color, _, _ in SERIES])
def test_every_line_stands_out_from_the_white_ground(color):
    luminance = light_of(color) @ [0.2126, 0.7152, 0.0722]
    assert 1.05 / (luminance + 0.05) >= 3  # what WCAG 2.2 asks of graphics


# What is left of red, green and blue light to people without one kind of cone
# (Machado, Oliveira and Fernandes 2009, table 1, severity 1.0).
SEEN_BY = {
    "all": np.eye(3),
    "protan": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deutan": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritan": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def lab(light):
    """CIELAB coordinates, in which a distance of about 2 can just be seen."""
    shares = XYZ @ np.clip(light, 0, 1) / (XYZ @ np.ones(3))
    root = np.where(shares > 0.008856, np.cbrt(shares), 7.787 * shares + 16 / 116)
    return np.array([116 * root[1] - 16, 500 * (root[0] - root[1]), 200 * (root[1] - root[2])])


@pytest.mark.parametrize("eyes", SEEN_BY.values(), ids=SEEN_BY.keys())
def test_no_two_lines_look_alike_to_anybody(eyes):
    colors = [lab(np.array(eyes) @ light_of(color)) for color, _, _ in SERIES]
    assert min(np.linalg.norm(one - other) for one, other in combinations(colors, 2)) > 15


def test_the_newest_time_step_comes_first_in_a_memory_picture():
    picture = MemoryPicture({"one": np.array([0.1, 5.0])}, 4, w1)
    picture.put(ALT, {"one": np.array([0.25, 0.5, 1.0])})
    assert "one: x 0 1 2 | y 1 0.5 0.25" in picture.numbers()


@pytest.mark.parametrize(
    ("phase", "symbol", "ways"),
    [
        ("start", None, set()),
        ("forward", y_hat, {(h, y_hat), (w2, y_hat), (b2, y_hat)}),
        ("backward", h, {(y_hat, h)}),
        ("backward", L, set()),
        ("update", w1, set()),
    ],
)
def test_thick_arrows_on_a_graph_lead_from_what_is_used(phase, symbol, ways):
    picture = GraphPicture(NETWORK, [w1, b1, w2, b2])
    picture.put(Moment(1, "forward", (1, 4), z, {}, {}, "before"))
    picture.put(Moment(1, phase, (1, 4), symbol, {}, {}, "now"))
    assert {way for way, arrow in picture.arrows.items() if arrow.get_visible()} == ways
    assert [name for name, frame in picture.frames.items() if frame.get_visible()] == [symbol][: bool(symbol)]


def test_a_path_far_out_of_a_race_is_cut_where_it_is_lost():
    picture = race_picture(1.5, NAMED_BOWL)
    runs = {name: np.ones(5) for name in ("slow", "quick")}
    far = np.array([[1.0, 1.0], [5.0, 2.0], [90.0, 1.0], [2.0, 2.0], [np.nan, 1.0]])
    picture.put(ALT, runs, {"slow": far, "quick": np.ones((5, 2))})
    assert "slow: x 1 5 | y 1 2" in picture.numbers()


@pytest.mark.parametrize("value", [-0.000123456, -1.23456e-05, 1.23456e100])
def test_long_numbers_stay_within_their_nodes(value):
    picture = GraphPicture(NETWORK, [w1, b1, w2, b2])
    known = dict.fromkeys(picture.places, value)
    picture.put(Moment(1, "backward", (8, 8), b2, known, known, "an equation"))
    picture.frame()
    for symbol, name in picture.names.items():
        text, node = name.get_window_extent(), picture.nodes[symbol].get_window_extent()
        assert node.x0 <= text.x0 and text.x1 <= node.x1 and node.y0 <= text.y0 and text.y1 <= node.y1
