"""The program inside the sandbox: it runs a submission's cells, and says what the answers are.

One message a line, on its standard input and output: requests in JSON; their replies as number and JSON. The
submission itself sees neither. Whatever this process says may be the submission's doing: the other side takes
it for data, and checks it.
"""

import json
import os
import resource
import shutil
import signal
import sys
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NoReturn

from .channel import Channel
from .programs import HANDED_IN
from .shell import QuietShell
from .skeleton import Skeleton
from .wire import Decoder, encode

CELL_OUTPUT = 1_000_000  # characters of all that a cell shows


def locked_in() -> Channel:
    """Give up what can be given up from inside, for good, and keep the only way to the outside.

    Root's rights are given up too, to be the user whose number is on the command line.
    """
    limits, user = json.loads(sys.argv[1]), int(sys.argv[2]) if sys.argv[2:] else os.getuid()
    if os.getuid() == 0 != user:
        os.setgroups([])
        os.setgid(user)
        os.setuid(user)
    limit(limits)
    channel = Channel(os.dup(0), os.dup(1))
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    return channel


def limit(limits: Mapping[str, int]) -> None:
    """Set limits that the system holds this process to, by the name of each resource."""
    for name, most in limits.items():
        resource.setrlimit(getattr(resource, name), (most, most))


class Worker:
    """Answers requests about one submission, in its own process."""

    def __init__(self, shell):
        self.shell, self.functions, self.decoder = shell, [], Decoder()
        self.skeleton = Skeleton(shell.user_ns)

    def register(self, function) -> int:
        """Keep a function, and give the number by which it can be called."""
        self.functions.append(function)
        return len(self.functions) - 1

    def run(self, source: str, role: str = ""):
        """Run a cell: its error (its name and text, or None), and its outputs as text and pictures.

        A cell that fills the memory ends the program, or those after it would have none. role: whether the
        set "given" it, and the learner has it "altered".
        """
        try:
            with self.skeleton.watched(role):
                result, printed, bundles = self.shell.run(source)
        except MemoryError:
            os._exit(1)
        if isinstance(result.error_in_exec, MemoryError):
            os._exit(1)
        outputs = [{"text/plain": printed}] if printed else []
        outputs += map(plain, bundles)
        error = result.error_before_exec or result.error_in_exec
        self.skeleton.whole &= not (role and error)
        return [failure(error) if error else None, list(fitting(outputs))]

    def check(self, source: str):
        """What a check says here, in the learner's own notebook, as [score, words].

        None where all that the set gave is still as it was: then it says here what it says elsewhere.
        """
        if self.skeleton.as_given():
            return None
        result, _, _ = self.shell.run(source)
        error = result.error_before_exec or result.error_in_exec
        return (
            [0.0, ": ".join(failure(error))] if error else [float(result.result), repr(result.result)[:500]]
        )

    def get(self, name: str):
        """The value of a name."""
        if name not in self.shell.user_ns:
            return None
        return encode(self.shell.user_ns[name], self.register)

    def call(self, number: int, args: list, kwargs: list):
        """What one of the submission's functions returns, and its error if it fails."""
        try:
            positional, named = self.decoder.decode(args), self.decoder.decode(kwargs)
            return [None, encode(self.functions[number](*positional, **named), self.register)]
        except (Exception, SystemExit, KeyboardInterrupt) as error:
            return [failure(error), None]


def plain(bundle: Mapping) -> dict[str, str]:
    """Of what a cell shows, in whatever formats, its text and its picture as text."""
    shown = {kind: bundle[kind] for kind in ("text/plain", "image/png") if kind in bundle}
    shown |= {kind: b64encode(data).decode() for kind, data in shown.items() if isinstance(data, bytes)}
    return {kind: str(data) for kind, data in shown.items() if isinstance(data, str)}


def fitting(outputs: Iterable[dict[str, str]]) -> Iterator[dict[str, str]]:
    """The outputs without those that are too much for one cell."""
    room = CELL_OUTPUT
    for output in outputs:
        size = len(str(output))
        if size <= room:
            room -= size
            yield output


def failure(error) -> list[str]:
    """What is told of an error: the name of its class, and the beginning of its text."""
    return [type(error).__name__, str(error)[:500]]


class TooSlow(KeyboardInterrupt):
    """A cell or a function took longer than it may."""


def too_slow(*_):
    """End what runs by TooSlow; the timer's signal calls this."""
    raise TooSlow("it took too long, and was stopped")


def answer(worker: Worker, request: dict) -> str:
    """What a request asks for, as JSON, within its seconds of computing."""
    signal.setitimer(signal.ITIMER_PROF, request["seconds"])
    try:
        return json.dumps(getattr(worker, request["do"])(*request["with"]))
    except (Exception, KeyboardInterrupt, SystemExit) as error:
        return json.dumps({"failed": failure(error)})
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def take_files() -> None:
    """Copy what lies beside the notebook into the working directory; what is too much can only be read."""
    for path in Path(HANDED_IN).glob("*"):
        try:
            if path.is_dir():
                shutil.copytree(path, path.name, copy_function=shutil.copyfile)
            else:
                shutil.copyfile(path, path.name)
        except OSError:
            shutil.rmtree(path.name, ignore_errors=True)
            Path(path.name).unlink(missing_ok=True)
            Path(path.name).symlink_to(path)


def serve(channel: Channel) -> NoReturn:
    """Say that this process is ready, then reply to requests, one after the other."""
    worker = Worker(QuietShell.instance())
    take_files()
    sys.path.insert(0, "")  # modules of the learner's own, as in a notebook
    signal.signal(signal.SIGPROF, too_slow)
    channel.send(b"0 true")
    while True:
        request = json.loads(channel.receive())
        channel.send(f"{request['id']} {answer(worker, request)}".encode())


if __name__ == "__main__":
    serve(locked_in())
