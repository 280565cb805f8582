"""How much a search may cost: counted steps and, where no score hangs on it, seconds."""

import time
from collections.abc import Callable
from math import inf


class Budget:
    """So many steps, within so many seconds of its making.

    A search that may end with points counts steps alone: it is the same on every machine.
    """

    def __init__(self, steps: int, seconds: float = inf, clock: Callable[[], float] = time.monotonic):
        self.left, self.clock, self.end = steps, clock, clock() + seconds

    def allows(self, steps: int = 1) -> bool:
        """Take so many steps of what is left. False, from then on, if that is too many or too late."""
        self.left -= steps
        return self.left >= 0 and self.clock() < self.end
