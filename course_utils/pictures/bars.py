"""Bars that lie, under names that may be long: how often what happened."""

from collections.abc import Mapping

import matplotlib as mpl
import numpy as np

from ..language import refusal
from .given import array, by_label
from .picture import SERIES, STYLE, Picture, short

HATCHES = ["", "//", "..", "xx", "--"]  # as many as there are in SERIES


def bars(lengths: Mapping[str, Mapping[str, float]], xlabel: str, ylabel: str, alt: str) -> Picture:
    """For each label a bar of each kind, the first label on top; the number stands at its end.

    lengths: by kind, by label, a number; what a kind does not have is 0. There are five kinds at most.
    Raises ValueError naming what cannot be drawn.
    """
    kinds = {name: by_label(each, name) for name, each in by_label(lengths, "lengths").items()}
    if not 0 < len(kinds) <= len(SERIES):
        raise refusal(
            "lengths should have from 1 to {count} kinds of bars, not {given}",
            count=len(SERIES),
            given=len(kinds),
        )
    labels = list(dict.fromkeys(label for each in kinds.values() for label in each))
    with mpl.rc_context(STYLE):
        picture = Picture(alt, 7.6, 0.9 + len(labels) * (0.12 + 0.22 * len(kinds)))
        axes = picture.add_subplot(xlabel=xlabel, ylabel=ylabel)
    thick = 0.8 / len(kinds)
    for place, (name, each) in enumerate(kinds.items()):
        numbers = array([each.get(label, 0) for label in labels], name)
        heights = np.arange(len(labels)) + (place - (len(kinds) - 1) / 2) * thick
        drawn = axes.barh(
            heights, numbers, thick, label=name, color=SERIES[place][0], hatch=HATCHES[place], ec="white"
        )
        axes.bar_label(drawn, [short(number) for number in numbers], padding=2, fontsize=8)
    axes.set_yticks(range(len(labels)), labels)
    axes.invert_yaxis()
    axes.grid(False, axis="y")
    axes.set_axisbelow(True)
    axes.margins(x=0.08)
    if len(kinds) > 1:
        picture.legend(loc="outside upper center", ncols=3, frameon=False)
    return picture
