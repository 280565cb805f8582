"""How the latency benchmark reads what its probe recorded: moves and pictures as [time, position]."""

import io
import sys
from pathlib import Path

import pytest
from PIL import Image

sys.path.insert(0, str(Path(__file__).parent / "benchmarks"))

from latency.answers import answers, together
from latency.screens import blank_screens


def record(moves, pictures, shown=None, blanks=0):
    slider = moves[-1][1]
    return {
        "moves": moves,
        "pictures": pictures,
        "samples": 10,
        "blanks": blanks,
        "slider": slider,
        "shown": slider if shown is None else shown,
    }


def test_each_move_waits_for_its_own_picture():
    found = answers(record([[0, 1], [100, 2]], [[30, 1], [150, 2]]))
    assert (found.waits, found.dropped, found.stale) == ([30, 50], 0, False)


def test_a_move_without_a_picture_waits_for_that_of_a_later_move():
    found = answers(record([[0, 1], [10, 2], [20, 3]], [[90, 3]]))
    assert (found.waits, found.dropped) == ([90, 80, 70], 2)
    assert (found.median, found.longest) == (80, 90)


def test_a_move_that_nothing_follows_waits_for_ever():
    found = answers(record([[0, 1], [10, 2]], [[30, 1]], shown=1))
    assert found.longest == float("inf") and found.stale and found.dropped == 1


def test_a_picture_of_an_earlier_visit_answers_the_earlier_move():
    found = answers(record([[0, 1], [10, 2], [20, 1]], [[15, 1], [40, 2], [60, 1]]))
    assert found.waits == [15, 30, 40]


@pytest.mark.parametrize("picture", [[5, 2], [20, 7]], ids=["before the move", "of no position moved to"])
def test_a_picture_that_no_move_asked_for_answers_none(picture):
    found = answers(record([[10, 2]], [picture, [50, 2]]))
    assert found.waits == [40] and found.dropped == 0


def test_drags_count_together_and_one_stale_end_is_enough():
    good, bad = record([[0, 1]], [[30, 1]], blanks=1), record([[0, 1], [5, 2]], [[40, 1]], shown=1, blanks=2)
    both = together([answers(good), answers(bad)])
    assert (both.moves, both.dropped, both.samples, both.blanks, both.stale) == (3, 1, 20, 3, True)
    assert both.waits == [30, 40, float("inf")]


def screen(color, spot=None):
    image = Image.new("RGB", (20, 10), color)
    if spot:
        image.putpixel(spot, (0, 0, 0))
    buffer = io.BytesIO()
    image.save(buffer, "png")
    return buffer.getvalue()


def test_a_screen_is_blank_if_the_place_of_the_picture_has_one_colour():
    box = {"x": 5, "y": 0, "width": 15, "height": 10}
    screens = [screen("white"), screen("white", (10, 5)), screen("white", (2, 5))]
    assert blank_screens(screens, box) == 2
