"""What came of a submission's cells, and how much of what is said about them is believed."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from .channel import Died

OUTPUTS = 4_000_000  # characters of all that a submission shows
MESSAGE = 5_000  # characters about one question
SLIP, SLIPS = 200, 10  # characters of one slip's name, and how many of them
KINDS = ("text/plain", "image/png")  # of what a submission shows
TOO_MUCH = {"text/plain": "The notebook shows more than fits here."}


class SourceFault(RuntimeError):
    """The problem set itself is broken: its own cells fail, or a check gives no score."""


@dataclass
class Result:
    """What came of a cell: outputs to show; of a grade cell the score too, in [0, 1], and a sentence.

    slips: short names of the mistakes that were found.
    """

    outputs: list[dict[str, str]] = field(default_factory=list)
    score: float | None = None
    message: str = ""
    slips: list[str] = field(default_factory=list)


def believed(data) -> Result:
    """A result from its data. Raises Died for anything that an examiner does not say."""
    if not isinstance(data, dict) or set(data) != {"outputs", "score", "message", "slips"}:
        raise Died("this is no result")
    score = data["score"]
    if score is not None and not (type(score) in (int, float) and math.isfinite(score) and 0 <= score <= 1):
        raise Died("this is no score")
    if not isinstance(data["outputs"], list) or not isinstance(data["message"], str):
        raise Died("these are no outputs")
    if not isinstance(data["slips"], list) or not all(isinstance(slip, str) for slip in data["slips"]):
        raise Died("these are no slips")
    outputs = filter(None, map(shown, data["outputs"]))
    slips = [clean(slip[:SLIP]) for slip in data["slips"][:SLIPS]]
    return Result(list(outputs), score, clean(data["message"][:MESSAGE]), slips)


def shown(output) -> dict[str, str]:
    """Of what a submission shows: text and pictures."""
    pairs = output.items() if isinstance(output, dict) else ()
    return {kind: clean(data) for kind, data in pairs if kind in KINDS and isinstance(data, str)}


def clean(text: str) -> str:
    """The text without halves of characters, which no file can hold."""
    return text.encode("utf-8", "replace").decode()


def fitting(results: Iterable[Result]) -> Iterator[Result]:
    """The results without the outputs that are too much for one submission."""
    room = OUTPUTS
    for result in results:
        room -= sum(len(data) for output in result.outputs for data in output.values())
        if room < 0 and result.outputs:
            result.outputs = [TOO_MUCH]
        yield result
