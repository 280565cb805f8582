"""The program in the examiner's sandbox: it goes through one submission after another.

It has in memory all that checks need, and forks for each submission. That child runs the source's cells, and
forks for each question: no answer is read in it, so whatever an answer might do ends with its question.
"""

import json
import os
import sys
import tempfile
from dataclasses import asdict
from tempfile import TemporaryDirectory

from .channel import Channel
from .examination import Examination
from .results import SourceFault
from .shell import QuietShell
from .warm import warm_up
from .worker import locked_in


def examine(broker: Channel, cells: list[dict], **settings) -> None:
    """Send the results of one submission's cells, or the fault in the source that ended it."""
    try:
        for result in Examination(broker, **settings).results(cells):
            broker.send(json.dumps(["result", asdict(result)]).encode())
    except SourceFault as fault:
        broker.send(json.dumps(["fault", str(fault)]).encode())


def main() -> None:
    """Go through submissions for as long as the broker sends them."""
    broker = locked_in()
    sys.path.insert(0, "")  # the set's own modules
    QuietShell.shows = False  # nobody looks, and a picture takes long to draw
    broker.send(b"ready")
    broker.send(b"warm" if warm_up(json.loads(broker.receive())) else b"changed")
    while True:
        task = json.loads(broker.receive())
        with TemporaryDirectory(ignore_cleanup_errors=True) as folder:  # no cell finds an earlier run's files
            child = os.fork()
            if child == 0:
                tempfile.tempdir = os.environ["TMPDIR"] = os.environ["HOME"] = folder
                try:
                    examine(broker, **task)
                finally:
                    os._exit(0)
            os.waitpid(child, 0)
        broker.send(json.dumps(["ended", None]).encode())


if __name__ == "__main__":
    main()
