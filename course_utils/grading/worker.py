"""The program inside the sandbox: it runs a submission's cells, and says what the answers are.

One JSON message a line, on its standard input and output; the submission itself sees neither. Whatever this
process says may be the submission's doing: the other side takes it for data, and checks it.
"""

import json
import os
import resource
import signal
import sys

from .shell import QuietShell
from .wire import Decoder, encode

CELL_OUTPUT = 200_000  # characters of one cell


def lock_down(limits: dict, nobody: bool) -> None:
    """Give up what can be given up from inside, for good: root's rights too, to be nobody."""
    if nobody and os.getuid() == 0:
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
    for name, limit in limits.items():
        resource.setrlimit(getattr(resource, name), (limit, limit))


class Worker:
    def __init__(self, shell):
        self.shell, self.functions, self.decoder = shell, [], Decoder()

    def register(self, function) -> int:
        self.functions.append(function)
        return len(self.functions) - 1

    def run(self, source: str):
        """Run a cell: its error (its name and text, or None), and its outputs as text and pictures."""
        result, printed, bundles = self.shell.run(source)
        outputs = [{"text/plain": printed}] if printed else []
        for bundle in bundles:
            outputs.append({kind: bundle[kind] for kind in ("text/plain", "image/png") if kind in bundle})
        error = result.error_before_exec or result.error_in_exec
        short = [output for output in outputs if len(str(output)) < CELL_OUTPUT]
        return [failure(error) if error else None, short]

    def get(self, name: str):
        """The value of a name."""
        if name not in self.shell.user_ns:
            return None
        return encode(self.shell.user_ns[name], self.register)

    def call(self, number: int, args: list, kwargs: list):
        """What one of the submission's functions returns, and its error if it fails."""
        try:
            args, kwargs = self.decoder.decode(args), self.decoder.decode(kwargs)
            return [None, encode(self.functions[number](*args, **kwargs), self.register)]
        except (Exception, SystemExit, KeyboardInterrupt) as error:
            return [failure(error), None]


def failure(error) -> list[str]:
    return [type(error).__name__, str(error)[:500]]


class TooSlow(KeyboardInterrupt):
    """A cell or a function took longer than it may."""


def too_slow(*_):
    raise TooSlow("it took too long, and was stopped")


def answer(worker: Worker, request: dict):
    """What a request asks for, within its seconds of computing."""
    signal.setitimer(signal.ITIMER_PROF, request["seconds"])
    try:
        return getattr(worker, request["do"])(*request["with"])
    except (Exception, KeyboardInterrupt, SystemExit) as error:
        return {"failed": failure(error)}
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def main() -> None:
    lock_down(json.loads(sys.argv[1]), "nobody" in sys.argv)
    worker = Worker(QuietShell.instance())
    requests, replies = os.fdopen(os.dup(0), "r"), os.fdopen(os.dup(1), "w")
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    signal.signal(signal.SIGPROF, too_slow)
    print(json.dumps({"id": 0, "reply": "ready"}), file=replies, flush=True)
    for line in requests:
        request = json.loads(line)
        print(json.dumps({"id": request["id"], "reply": answer(worker, request)}), file=replies, flush=True)


if __name__ == "__main__":
    main()
