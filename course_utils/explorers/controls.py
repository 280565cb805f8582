"""The controls of explorers: sliders over options, boxes for numbers, rows of them."""

from collections.abc import Sequence

import ipywidgets as widgets

from ..compiled.settings import count

WIDE = {"width": "min(100%, 640px)"}


def row(*controls: widgets.Widget) -> list[widgets.Widget]:
    """Controls side by side, or one below the other where the window is narrow."""
    return (
        []
        if not controls
        else [widgets.HBox(controls, layout={"flex_flow": "row wrap", "grid_gap": "4px 16px"})]
    )


def slider(label: str, options: Sequence, start: int | None = None) -> widgets.SelectionSlider:
    """A slider over the options, whose value is the index; it starts in the middle unless told.

    Raises ValueError for a start that is none of the indices.
    """
    if start is not None:
        count(start, "shown", most=len(options) - 1)
    return widgets.SelectionSlider(
        description=label,
        options=[(str(option), index) for index, option in enumerate(options)],
        value=len(options) // 2 if start is None else start,
        layout=WIDE,
        style={"description_width": "initial"},
    )


def number(label: str, value: float, bounds: tuple[float, float], step: float = 0.25):
    """A box for a number; what is typed outside the bounds becomes the nearest bound."""
    return widgets.BoundedFloatText(
        description=label,
        value=value,
        min=bounds[0],
        max=bounds[1],
        step=step,
        layout={"width": "160px"},
        style={"description_width": "initial"},
    )
