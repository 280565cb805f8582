"""Imports that are done once, before a process forks for one submission after another."""

import gc
import json
import os
import sys
from contextlib import suppress
from importlib import import_module

from .shell import QuietShell


def warm_up(source: str) -> None:
    """Import what these lines import, and what the extensions that they load import by and by.

    A child runs them, and tells what it has imported: here nothing but modules is new.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            QuietShell.instance().run(source)
            with open(writing, "w") as told:
                json.dump(list(sys.modules), told)
        finally:
            os._exit(0)
    os.close(writing)
    with open(reading) as told:
        names = told.read()
    os.waitpid(child, 0)
    for name in json.loads(names or "[]"):
        if name not in sys.modules:
            with suppress(Exception):  # one that is there by another name
                import_module(name)
    gc.collect()
    gc.freeze()  # or forks would copy what the collector touches
