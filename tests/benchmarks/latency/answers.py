"""From what the probe recorded to numbers: how late the pictures were, which never came, which were blank."""

from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Answers:
    """How a picture answered a slider.

    waits: for each move, milliseconds until the picture showed its position or a later one of the drag;
        infinite where it never did.
    moves: positions that the slider came to. dropped: how many of them were not shown.
    samples, blanks: animation frames looked at, and those without a picture.
    stale: whether the picture at the end is not the slider's position.
    """

    waits: list[float]
    moves: int
    dropped: int
    samples: int
    blanks: int
    stale: bool

    @property
    def median(self) -> float:
        return median(self.waits)

    @property
    def longest(self) -> float:
        return max(self.waits)


def answers(record: dict) -> Answers:
    """Match each picture in a probe's record with the move that it answers."""
    moves, pictures = record["moves"], record["pictures"]
    shown_at = [float("inf")] * len(moves)
    dropped, answered = len(moves), 0
    for time, position in pictures:
        match = first_move_to(position, moves, answered, time)
        if match is None:  # a picture of before the record began, or one that came twice
            continue
        shown_at[answered : match + 1] = [time] * (match + 1 - answered)
        answered, dropped = match + 1, dropped - 1
    waits = [shown - moved for shown, (moved, _) in zip(shown_at, moves, strict=True)]
    stale = record["slider"] != record["shown"]
    return Answers(waits, len(moves), dropped, record["samples"], record["blanks"], stale)


def first_move_to(position: int, moves: list, answered: int, time: float) -> int | None:
    """The earliest move to this position that has no picture yet and is not later than the picture."""
    found = (index for index in range(answered, len(moves)) if moves[index][1] == position)
    match = next(found, None)
    return match if match is not None and moves[match][0] <= time else None


def together(parts: list[Answers]) -> Answers:
    """Several drags as one."""
    return Answers(
        [wait for part in parts for wait in part.waits],
        *(sum(getattr(part, name) for part in parts) for name in ("moves", "dropped", "samples", "blanks")),
        any(part.stale for part in parts),
    )
