"""How much a check may cost: counted steps and, where nothing else can end it, seconds."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import inf

from ..derivation.chain_rule import NoDerivative
from ..language import refusal

WHOLE, SEARCH = 5.0, 2.0  # seconds of computing: for a check, and for the slips in a wrong answer
PATIENCE = 4  # seconds on the clock for one of computing: on a busy machine, it takes longer
AGAIN = 0.1  # seconds until a program that swallowed TooSlow is told again


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


class TooSlow(BaseException):
    """What runs within a time limit did not end. No Exception: `except Exception` in it should not help."""


def too_slow(*_) -> None:
    """End what runs; the timer's signal calls this."""
    raise TooSlow


@contextmanager
def time_limit(seconds: float, computing: bool = False) -> Iterator[None]:
    """Raise TooSlow in what runs here, after so many seconds; `computing`: of this program's own work alone.

    Only in the main thread, and where there are timers (not on Windows); elsewhere there is no limit.
    A handler and a timer that were there before are there again afterwards. A limit ends those within it too.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    alarm, timer, clock = (
        (signal.SIGVTALRM, signal.ITIMER_VIRTUAL, time.process_time)
        if computing
        else (signal.SIGALRM, signal.ITIMER_REAL, time.monotonic)
    )
    handler, start = signal.signal(alarm, too_slow), clock()
    left, interval = signal.getitimer(timer)
    signal.setitimer(timer, min(seconds, left) if left and handler is too_slow else seconds, AGAIN)
    try:
        yield
    finally:
        signal.setitimer(timer, 0)
        signal.signal(alarm, handler or signal.SIG_DFL)
        if left:
            signal.setitimer(timer, max(left - (clock() - start), 1e-3), interval)


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """The limit for what a learner wrote, which may wait too: seconds of computing, or PATIENCE as many.

    So a right answer does not become a wrong one on a machine that has much else to do.
    """
    with time_limit(PATIENCE * seconds), time_limit(seconds, computing=True):
        yield


def within(seconds: float, search: Callable, otherwise):
    """What a search finds within so many seconds of computing, by derivatives that exist, or `otherwise`."""
    try:
        with time_limit(seconds, computing=True):
            return search()
    except (TooSlow, NoDerivative):
        return otherwise


@contextmanager
def bounded() -> Iterator[None]:
    """A limit for a check, which it decorates. Raises ValueError for a question that is too large for it."""
    try:
        with time_limit(WHOLE, computing=True):
            yield
    except TooSlow:
        raise refusal("this question takes too long to check: make it smaller") from None
    except RecursionError:
        raise refusal("this question is too deep to check: give what is inside names") from None
