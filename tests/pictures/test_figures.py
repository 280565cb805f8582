"""Pictures carry their words and their numbers, and look the same every time."""

import base64
import os
import re
import subprocess
import sys
from html import unescape
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
import sympy as sp

from course_utils import pictures, sigmoid
from course_utils.models.networks import dense
from course_utils.pictures.curves import MemoryPicture, NeuronPicture, RacePicture
from course_utils.pictures.graph import GraphPicture
from course_utils.pictures.knobs import KnobPicture, StepPicture
from course_utils.pictures.momentum import MomentumPicture
from course_utils.pictures.panels import PanelPicture, RunPicture
from course_utils.pictures.picture import INK, SERIES, LivePicture, Picture, short
from course_utils.pictures.scores import ScorePicture
from course_utils.pictures.windows import WindowPicture
from course_utils.training.trace import Moment

x, y, w1, b1, w2, b2 = sp.symbols("x y w1 b1 w2 b2")
z, h, y_hat, L = sp.symbols("z h y_hat L")
NETWORK = {z: w1 * x + b1, h: sigmoid(z), y_hat: w2 * h + b2, L: (y - y_hat) ** 2}
XS = np.array([1.0, 2.0, 3.0, 4.0])
FITTED = (XS, XS**2), XS, ("day", "height")
ALT = 'It rises, & "quickly" < twice.'


def run_picture(datum, surface):
    """A picture of a run of three steps, with its fit, and with a surface if there is one."""
    picture = RunPicture(3, 0.1, 100, FITTED, surface)
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
    picture = NeuronPicture(XS, FITTED)
    picture.put(ALT, XS + datum, XS / XS, (XS, XS), XS**2)
    return picture


def memory_picture(datum):
    picture = MemoryPicture(["one", "two"], (0.1, 5), 4, w1)
    picture.put(ALT, {"one": np.array([0.1, datum, 1.0]), "two": np.ones(3)})
    return picture


def graph_picture(datum):
    picture = GraphPicture(NETWORK, [w1, b1, w2, b2])
    picture.put(
        Moment(1, "backward", (2, 8), y_hat, {y_hat: datum, h: 0.5}, {L: 1, y_hat: 2.0}, "an equation")
    )
    picture.alt = ALT
    return picture


def put(picture, *shown):
    picture.put(ALT, *shown)
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
    "side_by_side": lambda datum: pictures.side_by_side(
        {"few": {"one": (XS, XS)}, "many": {"one": (XS, XS + datum), "two": (XS, XS)}}, "x", "y", ALT, ["two"]
    ),
    "network": lambda datum: pictures.network(dense([1, round(4 * datum), 1]), ALT),
    "network with paths": lambda datum: pictures.network(
        dense([1, 2, 2, 1]), ALT, sp.Symbol(f"w1_{round(4 * datum) - 5}_1")
    ),
    "contours": lambda datum: pictures.contours(
        *BOWL, {"arrow": ((1.0, 1.0), (datum, 2.0))}, ("$w_1$", "$w_2$"), ALT
    ),
    "final_loss": lambda datum: pictures.final_loss(
        XS / 10, np.array([3.0, datum, np.nan, np.inf]), {"limit": 0.25}, ALT
    ),
    "images": lambda datum: pictures.images([np.eye(2), [[0.0, 1.0], [datum, 0.5]]], "01", ALT),
    "images with a signed scale": lambda datum: pictures.images([[[0.5, datum]]], ["-1"], ALT, signed=True),
    "counts_table": lambda datum: pictures.counts_table(
        np.array([[9, 0], [int(8 * datum), 7]]), "ab", "answer", "truth", ALT
    ),
    "bars": lambda datum: pictures.bars(
        {"one": {"a long name": 3.0, "b": datum}, "two": {"b": 1.0}}, "times", "what", ALT
    ),
    "RunPicture": lambda datum: run_picture(datum, NAMED_BOWL),
    "RacePicture": lambda datum: race_picture(datum, NAMED_BOWL),
    "RacePicture without paths": lambda datum: race_picture(datum, None),
    "NeuronPicture": lambda datum: neuron_picture(datum),
    "MemoryPicture": lambda datum: memory_picture(datum),
    "GraphPicture": lambda datum: graph_picture(datum),
    "KnobPicture": lambda datum: put(KnobPicture(FITTED, 1e-3, 100), XS + datum, datum, datum),
    "StepPicture": lambda datum: put(
        StepPicture(XS, (XS - 3) ** 2, "$w_2$", (1.0, 4.0), -4.0, -44.0),
        datum,
        4 - 4 * datum,
        (datum - 3) ** 2,
    ),
    "MomentumPicture": lambda datum: put(
        MomentumPicture(3, (0.1, 100), NAMED_BOWL, [0.01, 0.1], [0, 0.9], 50),
        np.array([9.0, datum]), np.array([[1.0, datum], [2.0, 2.0]]), 0.01, 0.9,
    ),
    "ScorePicture": lambda datum: put(ScorePicture(["a", "b"], 1), np.array([1 - datum / 9, datum / 9])),
    "WindowPicture": lambda datum: put(
        WindowPicture(np.eye(3) * datum, np.ones((2, 2)), np.ones((2, 2)) * datum), 0, 1
    ),
}  # fmt: skip


each_kind = pytest.mark.parametrize("draw", PICTURES.values(), ids=PICTURES)


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


@each_kind
def test_a_picture_shows_itself_with_its_words_and_numbers(draw):
    picture = draw(1.5)
    bundle, metadata = picture._repr_mimebundle_()
    assert isinstance(picture, Picture) and picture.alt == ALT
    assert set(bundle) == {"text/html", "image/png", "text/plain"}
    assert base64.b64decode(bundle["image/png"]).startswith(b"\x89PNG\r\n\x1a\n")
    assert metadata["image/png"] == {"alt": ALT}
    ((source, alt),) = re.findall(r'<img src="([^"]+)" alt="([^"]*)">', bundle["text/html"])
    assert source == f"data:image/png;base64,{bundle['image/png']}" and unescape(alt) == ALT
    told = re.search(r"<pre>(.*)</pre>", bundle["text/html"], re.DOTALL)[1]
    assert unescape(told) == picture.numbers()
    text = bundle["text/plain"]
    assert text.startswith(ALT + "\n") and re.search(r"\d", text.removeprefix(ALT))
    used, (width, height) = picture.get_tightbbox(), picture.get_size_inches()
    assert min(used.x0, used.y0) >= 0 and used.x1 <= width and used.y1 <= height
    for axes in picture.axes:
        named = axes.get_xlabel() and axes.get_ylabel() if len(axes.get_xticks()) else axes.get_title()
        assert not axes.axison or named


@each_kind
def test_the_same_data_give_the_same_picture_and_others_another(draw):
    one, same, other = map(draw, (1.5, 1.5, 1.75))
    assert (one.numbers(), one.png()) == (same.numbers(), same.png())
    assert one.numbers() != other.numbers() and one.png() != other.png()


# Run before the course is imported: what another machine has. Then every picture here, in Chinese.
MACHINES = {
    "with its own fonts": "",
    "with no fonts": "manager.ttflist = [font for font in manager.ttflist if own in font.fname]",
    "with other fonts of these names": """
other = next(font.fname for font in manager.ttflist if font.name == "STIXGeneral")
for name in ["DejaVu Sans", "Noto Sans SC", "sans-serif"]:
    for weight in (400, 700):
        manager.ttflist.append(FontEntry(fname=other, name=name, weight=weight, size="scalable"))
manager.ttflist = [font for font in manager.ttflist if own in font.fname]
""",
}
DRAW = """
import hashlib
import matplotlib
from matplotlib.font_manager import FontEntry, fontManager as manager
own = matplotlib.get_data_path()
{machine}
from test_figures import PICTURES
for name, draw in PICTURES.items():
    print(name, hashlib.sha256(draw(1.5).png()).hexdigest())
"""


@pytest.mark.long
def test_the_fonts_of_a_machine_change_no_picture():
    said = []
    for machine in MACHINES.values():
        script = DRAW.format(machine=machine)
        environment = {**os.environ, "COURSE_LANGUAGE": "zh_CN", "PYTHONPATH": str(Path(__file__).parent)}
        run = subprocess.run(
            [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
        )
        said.append(run.stdout.splitlines())
    assert len(said[0]) == len(PICTURES)
    assert said[0] == said[1] == said[2]


MANY = np.arange(61.0)


def bars():
    picture = Picture(ALT)
    picture.add_subplot(xlabel="name", ylabel="count").bar(["a", "b"], [3, 5], label="trees")
    return picture


FAR = np.array([[1.0, 1.0], [1e3, 2.0], [1e9, 3.0], [np.inf, np.nan]])
LOST = np.array([[1.0, 1.0], [8.0, 2.0], [90.0, 1.0], [2.0, 2.0], [np.nan, 1.0]])
TOLD = {
    "a plot": (
        lambda: pictures.plot({"double": (XS, 2 * XS)}, "day", "height", ALT, measured=(XS, XS)),
        "\nplot: height against day\n  measured: x 1 2 3 4 | y 1 2 3 4\n  double: x 1 2 3 4 | y 2 4 6 8",
    ),
    "seven values of a long curve": (
        lambda: pictures.plot({"curve": (MANY, MANY)}, "day", "height", ALT),
        "x 0 10 20 30 40 50 60 | y 0 10 20 30 40 50 60",
    ),
    "small numbers on a logarithmic axis": (
        lambda: pictures.plot({"one": ([1e-15, 1], [1e-12, 1])}, "x", "y", ALT, log="xy"),
        "x 1e-15 1 | y 1e-12 1",
    ),
    "bars by their heights": (bars, "trees: 3 5"),
    "runs that left the numbers": (
        lambda: pictures.final_loss(XS, np.array([1.0, 2.0, np.inf, np.nan]), {}, ALT),
        "below 100: x 1 2 | y 1 2\n  above 100: x 3 4 | y 100 100",
    ),
    "the path of a run as far as it goes": (
        lambda: put(run_picture(1.5, NAMED_BOWL), np.ones(4), FAR, XS),
        "path: x 1 1000 | y 1 2\n  start: x 1 | y 1\n  end: x 1000 | y 2",
    ),
    "the path of a race as far as it goes": (
        lambda: put(
            race_picture(1.5, NAMED_BOWL),
            {name: np.ones(5) for name in ("slow", "quick")},
            {"slow": LOST, "quick": np.ones((5, 2))},
        ),
        "slow: x 1 8 | y 1 2",
    ),
    "where a path starts and ends": (
        lambda: pictures.loss_surface(*BOWL, np.array([[1.0, 1.0], [2.0, 3.0]]), ("w1", "w2"), ALT),
        "start: x 1 | y 1\n  end: x 2 | y 3",
    ),
    "a loss that is cut": (
        lambda: put(
            run_picture(1.5, None), np.array([1.0, 1e9, np.inf, np.nan]), np.ones((4, 2)), np.full(4, np.nan)
        ),
        "loss: x 0 1 2 3 | y 1 100 100 100",
    ),
    "the newest time step first": (
        lambda: put(MemoryPicture(["one"], (0.1, 5), 4, w1), {"one": np.array([0.25, 0.5, 1.0])}),
        "one: x 0 1 2 | y 1 0.5 0.25",
    ),
    "points with names of their own": (
        lambda: pictures.plot({"curve": (XS, XS)}, "x", "y", ALT, {"start": ([1], [2]), "end": ([3], [4])}),
        "start: x 1 | y 2\n  end: x 3 | y 4",
    ),
    "an arrow's ends": (
        lambda: pictures.contours(*BOWL, {"step": ((1, 1), (2, 1.5))}, ("w1", "w2"), ALT),
        "step: x 1 2 | y 1 1.5",
    ),
    "where arrows start, each place once": (
        lambda: pictures.contours(
            *BOWL, {name: ((1, 1), (2, y)) for name, y in [("one", 1.5), ("two", 3)]}, ("w1", "w2"), ALT
        ),
        "one: x 1 2 | y 1 1.5\n  two: x 1 2 | y 1 3\n  from: x 1 | y 1\n  3\n",
    ),
    "a scale without labels by its title": (
        lambda: PICTURES["KnobPicture"](1.5),
        "\nloss (log scale)\n  best so far: ",
    ),
    "formulas as they are typed": (
        lambda: pictures.plot({"curve": (XS, XS)}, "$w_{2}$", "$\\beta$", ALT),
        "\nplot: beta against w2\n  curve: ",
    ),
    "the one label of a plot that has one": (
        lambda: pictures.plot({"curve": (XS, XS)}, "", "height", ALT),
        "\nplot: height\n  curve: ",
    ),
    "no line that has no name": (lambda: PICTURES["StepPicture"](2.0), "step: x 1 2 | y 4 4\n  promised: "),
    "a graph's values and gradients": (
        lambda: pictures.computation_graph(NETWORK, {h: 0.25}, {h: -1.5}, alt=ALT),
        "h = 0.25, ∂L/∂h = -1.5",
    ),
    "a graph's local derivatives": (
        lambda: pictures.computation_graph(NETWORK, alt=ALT, factors={(h, z): 0.25}),
        "∂h/∂z = 0.25",
    ),
}


@pytest.mark.parametrize(("draw", "told"), TOLD.values(), ids=TOLD)
def test_a_picture_tells_its_numbers(draw, told):
    assert told in draw().numbers()


@pytest.mark.parametrize(
    ("log", "scales"), [("", ("linear", "linear")), ("y", ("linear", "log")), ("xy", ("log", "log"))]
)
def test_the_axes_of_a_plot_are_logarithmic_where_asked_for(log, scales):
    (axes,) = pictures.plot({"curve": (XS, XS)}, "day", "height", ALT, log=log).axes
    assert (axes.get_xscale(), axes.get_yscale()) == scales


@pytest.mark.parametrize(("lowest", "bottom"), [(0.0016, 0.001), (0.004, 0.004)])
def test_a_logarithmic_axis_ends_at_a_tick_with_a_number_if_one_is_near(lowest, bottom):
    (axes,) = pictures.plot({"curve": (XS, [8, 1, 0.1, lowest])}, "step", "loss", ALT, log="y").axes
    assert axes.get_ylim()[0] == pytest.approx(bottom, rel=0.4)
    assert (axes.get_ylim()[0] == 0.001) == (bottom == 0.001)


@pytest.mark.parametrize(("signed", "scale"), [(False, (-2, 0.5)), (True, (-2, 2))])
def test_all_images_have_one_scale(signed, scale):
    picture = pictures.images([[[0.5, -1.0]], [[-2.0, 0.0]]], "ab", ALT, signed=signed)
    assert {axes.images[0].get_clim() for axes in picture.axes} == {scale}


def test_a_fit_has_room_above_and_below_the_measured():
    (fit,) = (axes for axes in run_picture(1.5, None).axes if axes.get_title() == "fit")
    assert fit.get_ylim() == pytest.approx((1 - 0.3 * 15, 16 + 0.3 * 15))


def test_curves_differ_in_more_than_colour():
    curves = {str(n): (XS, n * XS) for n in range(5)}
    lines = pictures.plot(curves, "day", "height", ALT, log="xy").axes[0].get_lines()
    assert len({(line.get_linestyle(), line.get_marker()) for line in lines}) == 5


def test_more_curves_than_can_be_told_apart_are_refused():
    with pytest.raises(ValueError, match="at most 5 curves can be told apart, not 6"):
        pictures.plot({str(n): (XS, XS) for n in range(6)}, "day", "height", ALT)


def test_a_loss_surface_labels_its_contours_with_losses():
    picture = pictures.loss_surface(*BOWL, np.array([[1.0, 1.0], [2.0, 2.0]]), ("w1", "w2"), ALT)
    labels = [float(text.get_text()) for text in words_of(picture)]
    assert labels and all(BOWL[2].min() <= label <= BOWL[2].max() for label in labels)


def test_the_paths_of_a_weight_are_marked_from_its_link_to_the_output_and_what_they_share_in_black():
    picture = pictures.network(dense([1, 1, 2, 1]), ALT, sp.Symbol("w1_1_1"))
    thick = {
        line.get_label(): line.get_color() for line in picture.axes[0].get_lines() if line.get_linewidth() > 1
    }
    one, two = (color for color, _, _ in SERIES[:2])
    shared, ways = (
        {"_x1 to h1_1: every path": INK},
        ("h1_1 to h2_{0}: path {0}", "h2_{0} to y_hat1: path {0}"),
    )
    assert thick == shared | {f"_{way.format(k)}": color for k, color in [(1, one), (2, two)] for way in ways}
    told = picture.numbers().splitlines()
    assert told == [ALT, "  x1 to h1_1: every path", *(f"  {way.format(k)}" for k in (1, 2) for way in ways)]
    assert [text.get_text() for text in words_of(picture)[-3:]] == ["$w_{1,1,1}$", "path 1", "path 2"]


def test_the_lines_of_a_small_network_carry_their_weights():
    told = pictures.network(dense([1, 2, 1]), ALT).numbers().splitlines()
    assert told == [
        ALT,
        *(f"  x1 to h1_{k}: w1_{k}_1" for k in (1, 2)),
        *(f"  h1_{k} to y_hat1: w2_1_{k}" for k in (1, 2)),
    ]


def test_curves_of_one_name_look_alike_in_every_panel_and_each_name_is_told_once():
    panels = {"few": {"two": (XS, XS)}, "many": {"one": (XS, XS), "two": (XS, XS)}}
    picture = pictures.side_by_side(panels, "x", "y", ALT)
    (few,), (_, many) = (axes.get_lines() for axes in picture.axes)
    assert few.get_color() == many.get_color()
    assert [text.get_text() for text in picture.legends[0].get_texts()] == ["two", "one"]


def test_a_graph_has_a_node_for_each_symbol_an_arrow_for_each_use_and_tells_apart_what_is_learned():
    graph = pictures.computation_graph(NETWORK, parameters=[w2])
    nodes = graph.nodes
    assert len(nodes) == 10 and len(graph.links) == sum(len(e.free_symbols) for e in NETWORK.values())
    assert len({(type(nodes[s]), nodes[s].get_facecolor()) for s in (h, w2, x)}) == 3


EVERY_NUMBER = dict.fromkeys([*NETWORK, x, y, w1, b1, w2, b2], -0.000123456)


@pytest.mark.parametrize(
    ("equations", "values"),
    [
        (NETWORK, {}),
        (NETWORK, EVERY_NUMBER),
        (dense([2, 3, 1]).equations, {}),
        (dense([2, 4, 4, 1]).equations, {}),
        ({h: w1**2, L: h + w1}, {w1: 2.0}),
    ],
    ids=["network", "network with long numbers", "2-3-1", "2-4-4-1", "fork"],
)
def test_nothing_of_a_graph_overlaps_or_is_off_the_canvas(equations, values):
    factors = {(of, wrt): -0.123 for of, e in equations.items() for wrt in e.free_symbols if values}
    picture = pictures.computation_graph(equations, values, values, factors=factors)
    for text in words_of(picture):
        box = text.get_window_extent()
        assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= picture.bbox.x1 and box.y1 <= picture.bbox.y1
    boxes = [node.get_window_extent() for node in picture.nodes.values()]
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))
    texts = [text.get_window_extent() for text in words_of(picture)]
    assert not any(one.overlaps(other) for one, other in combinations(texts, 2))


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
PROTAN = [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
DEUTAN = [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
TRITAN = [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def lab(light):
    """CIELAB coordinates, in which a distance of about 2 can just be seen."""
    shares = XYZ @ np.clip(light, 0, 1) / (XYZ @ np.ones(3))
    root = np.where(shares > 0.008856, np.cbrt(shares), 7.787 * shares + 16 / 116)
    return np.array([116 * root[1] - 16, 500 * (root[0] - root[1]), 200 * (root[1] - root[2])])


@pytest.mark.parametrize(
    "eyes", [np.eye(3), PROTAN, DEUTAN, TRITAN], ids=["all", "protan", "deutan", "tritan"]
)
def test_no_two_lines_look_alike_to_anybody(eyes):
    colors = [lab(np.array(eyes) @ light_of(color)) for color, _, _ in SERIES]
    assert min(np.linalg.norm(one - other) for one, other in combinations(colors, 2)) > 15


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


def test_an_arrow_that_passes_over_a_column_bends_around_what_stands_there():
    picture = pictures.computation_graph({h: w1**2, L: h + w1})
    picture.draw_without_rendering()
    arrow, passed = picture.thin[w1, L], picture.nodes[h].get_window_extent()
    start, bend, end = arrow.get_transform().transform(arrow.get_path().vertices[:3])  # a quadratic curve
    t = np.linspace(0, 1, 60)[:, None]
    points = (1 - t) ** 2 * start + 2 * t * (1 - t) * bend + t**2 * end
    assert not any(passed.contains(*point) for point in points)


def test_a_thick_arrow_back_takes_the_place_of_the_thin_one():
    picture = GraphPicture(NETWORK, [w1, b1, w2, b2])
    picture.put(Moment(1, "backward", (3, 8), h, {}, {}, "now"))
    assert [link for link, arrow in picture.thin.items() if not arrow.get_visible()] == [(h, y_hat)]


def test_an_arrow_leads_from_edge_to_edge():
    picture = pictures.computation_graph(NETWORK)
    picture.draw_without_rendering()
    for link, arrow in picture.thin.items():
        points = arrow.get_transform().transform(arrow.get_path().vertices)
        for node in map(picture.nodes.get, link):
            outline = node.get_path().transformed(node.get_transform()).to_polygons()[0]
            between = np.concatenate(np.linspace(outline[:-1], outline[1:], 50))
            assert min(np.linalg.norm(between - point, axis=1).min() for point in points) < 3  # pixels


@pytest.mark.parametrize("value", [-0.000123456, -1.23456e-05, 1.23456e100])
def test_long_numbers_stay_within_their_nodes(value):
    picture = GraphPicture(NETWORK, [w1, b1, w2, b2])
    known = dict.fromkeys(picture.places, value)
    picture.put(Moment(1, "backward", (8, 8), b2, known, known, "an equation"))
    picture.frame()
    for symbol, name in picture.names.items():
        text, node = name.get_window_extent(), picture.nodes[symbol].get_window_extent()
        assert node.x0 <= text.x0 and text.x1 <= node.x1 and node.y0 <= text.y0 and text.y1 <= node.y1


def test_a_surface_may_touch_zero_or_be_flat():
    axis = np.linspace(-1, 1, 5)
    for loss in (np.add.outer(axis**2, axis**2), np.ones((5, 5)), np.zeros((5, 5))):
        pictures.loss_surface(axis, axis, loss, np.zeros((2, 2)), ("a", "b"), "A surface.").png()


ROW, SQUARE, GOOD_CURVE = np.arange(3.0), np.ones((2, 2)), {"one": ([0.0, 1.0], [2.0, 3.0])}
BAD = [
    *[(pictures.plot, (curves, "x", "y", "Alt."), word) for curves, word in [
        ([1, 2], "curves"), ({1: (ROW, ROW)}, "curves"), ({"one": ROW}, "one"),
        ({"one": (ROW, "abc")}, "y of one"), ({"one": (ROW, ROW[:2])}, "one"),
        ({"one": (ROW, SQUARE)}, "y of one"), ({"one": ([], [])}, "x of one"),
    ]],
    (pictures.plot, (GOOD_CURVE, "x", "y", None), "alt"),
    (pictures.side_by_side, ({"one": {"two": (ROW, SQUARE)}}, "x", "y", "Alt."), "y of two"),
    (pictures.side_by_side, ({}, "x", "y", "Alt."), "panels"),
    (pictures.network, (NETWORK, "Alt."), "model"),
    (pictures.plot, (GOOD_CURVE, "x", "y", "Alt.", (ROW,)), "measured"),
    (pictures.plot, (GOOD_CURVE, "x", "y", "Alt.", None, "x"), "log"),
    (pictures.loss_surface, (ROW, ROW, SQUARE, SQUARE, ("a", "b"), "Alt."), "loss"),
    (pictures.loss_surface, (ROW, "abc", SQUARE, SQUARE, ("a", "b"), "Alt."), "axis_2"),
    (pictures.loss_surface, (ROW[:2], ROW[:2], SQUARE, SQUARE, "abc", "Alt."), "names"),
    (pictures.contours, (ROW, ROW, SQUARE, {}, ("a", "b"), "Alt."), "heights"),
    (pictures.contours, (ROW[:2], ROW[:2], SQUARE, {"step": (ROW, ROW)}, ("a", "b"), "Alt."), "arrow"),
    (pictures.final_loss, (ROW, ROW[:2], {}, "Alt."), "the runs"),
    (pictures.final_loss, (ROW, ROW, {"limit": None}, "Alt."), "limit"),
    (pictures.images, ([SQUARE, ROW], "ab", "Alt."), "image 1"),
    (pictures.images, ([SQUARE], "ab", "Alt."), "titles"),
    (pictures.images, ([SQUARE], "a", "Alt.", 0), "columns"),
    (pictures.counts_table, (SQUARE, "abc", "x", "y", "Alt."), "labels"),
    (pictures.counts_table, (-SQUARE, "ab", "x", "y", "Alt."), "counts"),
    (pictures.settled, ("abc", 1.0), "losses"),
    (pictures.settled, (ROW, None), "level"),
    (pictures.regime, (ROW, ROW, 0.0), "path"),
    (pictures.fate, (SQUARE,), "parts"),
]  # fmt: skip


@pytest.mark.parametrize(("draw", "arguments", "culprit"), BAD, ids=[f"{d.__name__}-{c}" for d, _, c in BAD])
def test_what_cannot_be_drawn_is_refused_by_name(draw, arguments, culprit):
    with pytest.raises(ValueError, match=culprit):
        draw(*arguments)


def test_no_label_of_a_contour_lies_under_the_path_or_its_ends():
    axis = np.linspace(-1, 1, 60)
    path = np.stack([np.linspace(-0.9, 0, 30), np.linspace(-0.9, 0, 30)], axis=1)
    picture = pictures.loss_surface(axis, axis, np.add.outer(axis**2, axis**2), path, ("a", "b"), ALT)
    places = picture.axes[0].transData.transform(path)
    for label in words_of(picture):
        box = label.get_window_extent()
        assert np.min(np.linalg.norm(places - [(box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2], axis=1)) > 20
    assert picture.axes[0].get_aspect() == 1


@pytest.mark.parametrize(("height", "inside"), [(1.0, True), (np.array([0.0, 1.0] * 50), False)])
def test_a_legend_that_would_lie_on_a_curve_stands_above_the_axes(height, inside):
    xs = np.arange(100.0)
    picture = pictures.plot({"flat": (xs, xs * 0), "curve": (xs, xs * 0 + height)}, "day", "height", ALT)
    picture.draw_without_rendering()
    (axes,) = picture.axes
    assert (axes.get_legend().get_window_extent().y1 < axes.bbox.y1) == inside


@pytest.mark.parametrize(
    ("count", "measured", "legend"), [(1, None, False), (2, None, True), (1, (XS, XS), True)]
)
def test_a_legend_stands_only_where_there_is_something_to_tell_apart(count, measured, legend):
    picture = pictures.plot({str(n): (XS, XS) for n in range(count)}, "day", "height", ALT, measured)
    assert (picture.axes[0].get_legend() is not None) == legend


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (1871, "1871"),
        (1903.4, "1903"),
        (-12345, "-12345"),
        (123456, "1.23e+05"),
        (999.4, "999"),
        (0.12345, "0.123"),
    ],
)
def test_a_year_is_told_with_four_digits(value, written):
    assert short(value) == written


@pytest.mark.parametrize(("shift", "told"), [(0, ""), (1e3, "(the curve is out of the picture)")])
def test_a_fit_that_is_out_of_the_picture_says_so(shift, told):
    picture = put(run_picture(1.5, None), np.ones(4), np.ones((4, 2)), XS + shift)
    assert [text.get_text() for axes in picture.axes for text in axes.texts] == [told]
