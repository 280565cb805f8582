"""What a picture is here: a Figure that carries its words and its numbers.

Every picture reads without colour (line styles, markers and labels differ too).
"""

import base64
import io
import os
import re
from dataclasses import replace
from html import escape
from pathlib import Path
from threading import RLock
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager
from matplotlib.mathtext import MathTextParser
from PIL import Image

from ..derivation.given import brief
from ..language import refusal, say

# Letters that matplotlib's own font lacks, for translated pictures: cut out by tools/make_font.py.
# Under a name of their own: a machine may have a whole Noto Sans SC, whose letters look otherwise.
HAN = "Noto Sans SC of the course"
fontManager.addfont(Path(__file__).with_name("fonts") / "NotoSansSC.ttf")
cut = replace(fontManager.ttflist.pop(), name=HAN)
fontManager.ttflist += [cut, replace(cut, weight=700)]  # what is bold is drawn as it is
mpl.rcParams["font.family"] = ["DejaVu Sans", HAN]

STYLE: dict[Any, Any] = {
    "figure.dpi": 100,
    "font.size": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.alpha": 0.3,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
}
# The first three are Okabe and Ito's (2008). No two look alike to anybody: tests/pictures says so.
BLUE, ORANGE, GREEN, PURPLE, INK = "#0072B2", "#D55E00", "#009E73", "#882255", "#222222"
GREY = "#555555"  # for frames and arrows
SERIES = [
    (BLUE, "-", "o"),
    (ORANGE, "--", "s"),
    (GREEN, "-.", "^"),
    (PURPLE, ":", "D"),
    (INK, (0, (6, 2, 1, 2, 1, 2)), "x"),
]


# JupyterLab's widgets speak to a thread of their own, beside the one that runs the cells, and matplotlib
# shares fonts and formulas between all figures. Who draws or measures one, or changes a live one, holds this.
DRAWING = RLock()


class Picture(Figure):
    """A Figure that shows itself in a notebook with alt text and the numbers that it draws.

    alt: what a reader who cannot see it should know. Raises ValueError for anything but a text.
    """

    def __init__(self, alt: str, width: float = 6.4, height: float = 3.6):
        if not isinstance(alt, str):
            raise refusal(
                "alt should be a text for those who cannot see the picture, not {alt}", alt=brief(alt)
            )
        super().__init__(figsize=(width, height), layout="constrained")
        self.alt = alt

    def draw(self, renderer) -> None:
        """As a Figure does, alone."""
        with DRAWING:
            super().draw(renderer)

    def png(self) -> bytes:
        """The picture as a PNG file's bytes, the same at every call."""
        if self.get_layout_engine():  # arranged once, so that every call gives the same picture
            self.draw_without_rendering()
            self.set_layout_engine("none")
        buffer = io.BytesIO()
        self.savefig(buffer, format="png", metadata={"Software": None})
        return buffer.getvalue()

    def numbers(self) -> str:
        """What is drawn, in words and rounded numbers: axis by axis, line by line."""
        return "\n".join([self.alt, *(line for axes in self.axes for line in describe(axes))])

    def _repr_mimebundle_(self, include=None, exclude=None):
        return self.bundle(self.png())

    def bundle(self, png: bytes) -> tuple[dict, dict]:
        """What a notebook shows and stores: this image of the picture, its words and its numbers."""
        image = base64.b64encode(png).decode()
        numbers = self.numbers()
        summary = say("This picture in words") if numbers == self.alt else say("The numbers in this picture")
        html = (
            f'<figure style="margin: 0"><img src="data:image/png;base64,{image}" alt="{escape(self.alt)}">'
            f"<details><summary>{summary}</summary>"
            f"<pre>{escape(numbers)}</pre></details></figure>"
        )
        bundle = {"text/html": html, "image/png": image, "text/plain": numbers}
        return bundle, {"image/png": {"alt": self.alt}}


FORMULAS: dict[str, MathTextParser] = {}  # one that reads them for all figures, as it keeps what it has read
if hasattr(os, "register_at_fork"):  # what it keeps has fonts open: matplotlib forgets its own ones there too
    os.register_at_fork(after_in_child=MathTextParser._parse_cached.cache_clear)  # type: ignore[attr-defined]


class LivePicture(Picture):
    """A Picture of which only some artists change: the rest is drawn once and kept.

    moving: the artists that change. Call `frame` after changing them.
    """

    def __init__(self, alt: str, width: float, height: float):
        super().__init__(alt, width, height)
        self.canvas = self.agg = FigureCanvasAgg(self)
        renderer = self.agg.get_renderer()
        renderer.mathtext_parser = FORMULAS.setdefault("parser", renderer.mathtext_parser)
        self.moving = []
        self.still = None

    def frame(self) -> bytes:
        """The picture as it is now, as a PNG file's bytes.

        Lightly packed: level 6 takes half as long again, for a twelfth less.
        """
        with DRAWING:
            if self.still is None:
                for artist in self.moving:
                    artist.set_animated(True)
                self.canvas.draw()
                self.set_layout_engine("none")
                self.still = self.agg.copy_from_bbox(self.bbox)
            self.agg.restore_region(self.still)
            for artist in self.moving:
                artist.axes.draw_artist(artist)
            shown = Image.fromarray(np.asarray(self.agg.buffer_rgba())).convert("RGB")
        buffer = io.BytesIO()
        shown.save(buffer, format="png", compress_level=1)
        return buffer.getvalue()

    def png(self) -> bytes:
        """The current frame."""
        return self.frame()


NOISE = {"linear": 1e-9, "log": 0}  # on a logarithmic axis the smallest value counts too


def short(value: float, digits: int = 3) -> str:
    """The number with so many digits; from 1000 to 99999 all before the point: a year is no 1.87e+03."""
    whole = 1000 <= abs(value) < 99999.5 or (100 <= abs(value) < 1000 and digits < 3)
    return f"{value:.0f}" if whole else f"{value + 0:.{digits}g}"


def rounded(values, count: int = 7, noise: float = 1e-9) -> str:
    """A few of the values, evenly spread from first to last, to three digits.

    noise: what is smaller than this part of the largest value is 0.
    """
    values = np.asarray(values, dtype=float).ravel()
    floor = noise * np.max(np.abs(values[np.isfinite(values)]), initial=0)
    if len(values) > count:
        values = values[np.linspace(0, len(values) - 1, count).round().astype(int)]
    return " ".join(short(value) for value in np.where(np.abs(values) < floor, 0, values))


def titled(title: str, x: str, y: str, images: bool) -> list[str]:
    """What stands over the numbers of an Axes: its title and the labels of its axes, as far as it has them.

    images: whether it shows some, which are told with its title.
    """
    if x and y:
        return [say("{title}: {y} against {x}", title=title or say("plot"), y=y, x=x)]
    if x or y:
        return [say("{title}: {label}", title=title or say("plot"), label=x or y)]
    return [title] if title and not images else []


def describe(axes) -> list[str]:
    """The lines, points, bars, meshes and texts on an Axes, with their numbers; no lines without a name."""
    found = titled(axes.get_title(), axes.get_xlabel(), axes.get_ylabel(), bool(axes.get_images()))
    named = [line for line in axes.get_lines() if not line.get_label().startswith("_child")]  # matplotlib's
    for line in named:
        name = line.get_label().lstrip("_")
        x = rounded(line.get_xdata(), noise=NOISE[axes.get_xscale()])
        y = rounded(line.get_ydata(), noise=NOISE[axes.get_yscale()])
        found.append("  " + say("{name}: x {x} | y {y}", name=name, x=x, y=y))
    for image in axes.get_images():
        squares = image.get_array()
        shape, middle = "{} x {}".format(*squares.shape), rounded(squares[len(squares) // 2])
        title = axes.get_title() or say("image")
        found.append(
            "  " + say("{title}: {shape}, middle row {middle}", title=title, shape=shape, middle=middle)
        )
    for bars in axes.containers:
        lengths = [bar.get_width() if bars.orientation == "horizontal" else bar.get_height() for bar in bars]
        told = rounded(lengths, count=len(lengths))
        found.append("  " + say("{name}: {lengths}", name=bars.get_label(), lengths=told))
    words = (" ".join(text.get_text().split()) for text in axes.texts)
    return [untyped(line) for line in (*found, *(f"  {text}" for text in words if text))]


def untyped(line: str) -> str:
    """A line with its formulas as they are read and typed: `w2` for `$w_{2}$`."""
    return re.sub(r"\$(.*?)\$", lambda formula: re.sub(r"[_{}\\]", "", formula[1]), line)


def new_axes(alt: str, xlabel: str, ylabel: str, width: float = 6.4, height: float = 3.6, **settings):
    """A Picture with one Axes, labelled; `settings` are those of `Axes.set`."""
    with mpl.rc_context(STYLE):
        picture = Picture(alt, width, height)
        axes = picture.add_subplot(xlabel=xlabel, ylabel=ylabel, **settings)
    return picture, axes
