"""What is the same for all submissions of a set is done once, before a process forks for each of them."""

import decimal
import gc
import os
import sys
import threading
import warnings
from collections.abc import Iterator, Sequence
from contextlib import suppress
from time import monotonic

import matplotlib
import mpmath
import numpy as np
from IPython.core import async_helpers
from matplotlib import _pylab_helpers
from sympy.core.parameters import global_parameters

from .shell import QuietShell

QUICK = 10  # seconds: what takes longer is not done again


def warm_up(cells: Sequence[str]) -> bool:
    """Run the set's own cells, and forget what they gave: modules and SymPy's memory of them stay.

    Each submission runs the same cells, so it finds nothing that it would not have computed by itself. If it
    could, because they left a trace, this returns False: then another process is to run the first of the
    cells alone, which holds the imports.
    """
    imports, *own = cells
    run([imports])
    before, began = list(settings()), monotonic()
    run([imports, *own])
    if monotonic() - began < QUICK:
        run([imports, *own])  # the second time is quicker than the first, and so is the third
    gc.collect()
    gc.freeze()  # or forks would copy what the collector touches
    traces = list(settings()) != before or any(map(lies_here, [*sys.modules.values()]))
    return not (own and traces)


def run(cells: Sequence[str]) -> None:
    """Run cells in a shell of their own, which nothing of stays."""
    shell = QuietShell.instance()
    for cell in cells:
        shell.run(cell)  # one that needs an answer fails
    shell.reset(new_session=False)
    QuietShell.clear_instance()


def settings() -> Iterator[object]:
    """What else a cell could leave for those that run after it, in Python and in the course's libraries."""
    yield from (np.geterr(), repr(np.get_printoptions()), repr(decimal.getcontext()), mpmath.mp.prec)
    yield from (dict(global_parameters.__dict__), matplotlib.rcParams.copy(), [*_pylab_helpers.Gcf.figs])
    yield from (warnings.filters[:], sys.getrecursionlimit(), sys.path[:], dict(os.environ), os.getcwd())
    yield from (threading.active_count(), getattr(async_helpers, "_asyncio_event_loop", None))
    with suppress(OSError):  # in a sandbox there is no /proc
        yield len(os.listdir("/proc/self/task"))


def lies_here(module: object) -> bool:
    """Whether a module is one of the set's own files, which a cell could write into."""
    return str(getattr(module, "__file__", None)).startswith(os.getcwd() + os.sep)
