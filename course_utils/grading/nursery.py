"""The program that has run the set's own cells, and forks for each submission.

It stands outside of the walls, and reads nothing of any submission. Each child locks itself into a sandbox
of its own before it reads the first byte. So all that a submission finds in it is what every one finds:
Python's modules, as they are once these cells have run.
"""

import importlib
import json
import os
import signal
import socket
import sys
import tempfile
import traceback
from collections.abc import Iterable
from pathlib import Path

import matplotlib
import numpy as np
import sympy as sp
import threadpoolctl

from .channel import Channel
from .lock import enter, filter_calls, give_up_rights, keep_only
from .programs import EXERCISE, HOME, environment
from .warm import warm_up
from .worker import limit, serve


def grow_up(holder: int, descriptors: Iterable[int], limits: dict[str, int], user: int) -> None:
    """Become the program of one submission, in the sandbox of the process `holder`. Ends this process."""
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        enter(holder)
        child = os.fork()  # which is in the sandbox's process namespace
        if child:
            keep_only()
            os.waitpid(child, 0)
            os._exit(0)
        os.chdir(EXERCISE)
        forget_the_place()
        give_up_rights(user)
        limit(limits)
        filter_calls()
        serve(Channel(*keep_only(*descriptors)))
    except BaseException:
        traceback.print_exc()  # to the nursery's own output, unless that is closed
    finally:
        os._exit(1)


def forget_the_place() -> None:
    """Look for files where they are in the sandbox; and let chance not be everybody's."""
    os.environ.clear()
    os.environ.update(environment())
    os.umask(0o022)
    tempfile.tempdir = None
    matplotlib.get_configdir = matplotlib.get_cachedir = lambda: HOME  # type: ignore[attr-defined]
    importlib.reload(threadpoolctl)  # it has looked whether there is a /proc
    np.random.seed()  # noqa: NPY002 (it is there for those who use it)
    sp.core.random.rng.seed()


def main() -> None:
    """Warm up, say so if that left no trace, then fork for each request, as long as somebody asks."""
    requests = socket.socket(fileno=int(sys.argv[1]))
    if not warm_up(json.loads(Path(sys.argv[2]).read_text("utf-8"))):
        return
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for children
    requests.send(b"ready")
    while True:
        request, descriptors, _, _ = socket.recv_fds(requests, 1 << 16, 2)
        if not request:
            return
        if os.fork() == 0:
            grow_up(descriptors=descriptors, **json.loads(request))
        for descriptor in descriptors:
            os.close(descriptor)


if __name__ == "__main__":
    main()
