"""Pictures made of small squares: images side by side, and a table of counts."""

from collections.abc import Sequence

import numpy as np

from .pictures import Picture


def images(
    arrays: Sequence[np.ndarray], titles: Sequence[str], alt: str, columns: int = 8, signed: bool = False
) -> Picture:
    """Small images in rows, darker where the value is larger, each under its title.

    arrays: each of shape (rows, cols); all share one scale, from the smallest value to the largest.
    signed: let the scale be as long below zero as above it, so that zero is always the same grey.
    """
    rows = -(-len(arrays) // columns)
    picture = Picture(alt, width=0.95 * columns, height=1.25 * rows)
    lowest = min(np.min(array) for array in arrays)
    highest = max(np.max(array) for array in arrays)
    if signed:
        highest = max(highest, -lowest)
        lowest = -highest
    for place, (array, title) in enumerate(zip(arrays, titles, strict=True), start=1):
        axes = picture.add_subplot(rows, columns, place)
        axes.imshow(array, cmap="gray_r", vmin=lowest, vmax=highest)
        axes.set_title(title, fontsize=11)
        axes.set(xticks=[], yticks=[])
    return picture


def counts_table(counts: np.ndarray, labels: Sequence, xlabel: str, ylabel: str, alt: str) -> Picture:
    """A square table of counts, each written in its square, darker where it is larger; zeros stay empty.

    counts: shape (len(labels), len(labels)).
    """
    picture = Picture(alt, width=5.2, height=4.8)
    axes = picture.add_subplot()
    axes.imshow(np.sqrt(counts), cmap="Greys", vmax=2 * np.sqrt(np.max(counts)))
    for row, col in zip(*np.nonzero(counts), strict=True):
        axes.text(col, row, str(counts[row, col]), ha="center", va="center")
    axes.set(xlabel=xlabel, ylabel=ylabel)
    axes.set_xticks(range(len(labels)), labels)
    axes.set_yticks(range(len(labels)), labels)
    return picture
