"""Time functions against each other in one run, turn by turn, so that a busy machine is fair to all."""

from collections.abc import Callable
from statistics import median
from time import perf_counter


def side_by_side(functions: dict[str, Callable], calls: int, rounds: int) -> dict[str, float]:
    """Seconds per call of each function: the median over the rounds of `calls` calls each."""
    seconds = {name: [] for name in functions}
    for _ in range(rounds):
        for name, function in functions.items():
            function()  # or it would pay for the cache that the one before it has left behind
            began = perf_counter()
            for _ in range(calls):
                function()
            seconds[name].append((perf_counter() - began) / calls)
    return {name: median(times) for name, times in seconds.items()}
