"""One submission's program from outside: asked for answers, stopped when late, started anew when dead."""

import json
import os
import select
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from .sandbox import SandboxUnavailable, environment
from .wire import Decoder, Refused, encode

LONGEST = 20_000_000  # bytes of one reply
STARTS = 4  # of one submission's program
START_SECONDS = 60
PATIENCE = 4  # times as many seconds on the clock: on a busy machine, computing takes longer


class Died(Exception):
    """The program ended, hung, or said something that it may not say."""


class Failed(Exception):
    """A cell or a function of the submission raised an error."""


def failure(name, message) -> Failed:
    """The submission's error, its class called like the original."""
    safe = name if isinstance(name, str) and name.isidentifier() and len(name) < 60 else "Error"
    return type(safe, (Failed,), {})(str(message)[:500])


class Session:
    """Runs cells one after another, and fetches what names stand for.

    command: starts the worker, in `folder`. seconds: of computing, for each cell and
    each call. total: on the clock, for all together.
    """

    def __init__(self, command: Sequence[str], seconds: float, total: float, folder: Path | None = None):
        self.command, self.seconds, self.folder = command, seconds, folder
        self.end = time.monotonic() + total
        self.program, self.buffer, self.number, self.starts = None, b"", 0, 0
        self.history = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self) -> None:
        if self.program is not None:
            self.program.kill()  # bubblewrap takes everything inside with it
            self.program.communicate()
            self.program = None

    def start(self) -> None:
        """Start the program, and run again what had been run."""
        if self.starts == STARTS or time.monotonic() > self.end:
            raise Died("the notebook was stopped for good")
        self.starts += 1
        self.buffer, self.number = b"", 0
        here = str(Path(__file__).parents[2])
        self.program = subprocess.Popen(
            self.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment() | {"PYTHONPATH": here},
            cwd=self.folder,
        )
        try:
            self.reply(0, START_SECONDS)
        except Died:
            self.program.kill()
            reason = self.program.stderr.read().decode(errors="replace")[-500:]
            self.stop()
            raise SandboxUnavailable(f"The sandbox does not start: {reason}") from None
        for source in self.history:
            self.ask("run", source)

    def ask(self, do: str, *arguments):
        """The program's reply to a request. Raises Died, or Failed."""
        if self.program is None:
            self.start()
        self.number += 1
        seconds = min(self.seconds, self.end - time.monotonic())
        if seconds <= 0:
            self.stop()
            raise Died("the whole notebook took too long")
        request = {"id": self.number, "do": do, "with": arguments, "seconds": seconds}
        try:
            self.program.stdin.write(json.dumps(request).encode() + b"\n")
            self.program.stdin.flush()
            reply = self.reply(self.number, PATIENCE * seconds)
        except (Died, OSError) as reason:
            self.stop()
            raise Died(str(reason) if isinstance(reason, Died) else "the program ended") from None
        if isinstance(reply, dict) and "failed" in reply:
            raise failure(*pair(reply["failed"]))
        return reply

    def reply(self, number: int, seconds: float):
        """The reply with this number. Earlier ones, which nobody waits for any more, are dropped."""
        late = time.monotonic() + seconds
        while True:
            line = self.line(late)
            try:
                message = json.loads(line)
                found, reply = message["id"], message["reply"]
            except (ValueError, TypeError, KeyError, RecursionError):
                raise Died("the program spoke out of turn") from None
            if found == number:
                return reply

    def line(self, late: float) -> bytes:
        output = self.program.stdout.fileno()
        while b"\n" not in self.buffer:
            left = late - time.monotonic()
            if left <= 0 or not select.select([output], [], [], left)[0]:
                raise Died("it took too long")
            chunk = os.read(output, 1 << 16)
            if not chunk:
                raise Died("the program ended")
            self.buffer += chunk
            if len(self.buffer) > LONGEST:
                raise Died("the program said too much")
        line, _, self.buffer = self.buffer.partition(b"\n")
        return line

    def run(self, source: str) -> tuple[list | None, list]:
        """Run a cell: its error (name and text) or None, and its outputs.

        After a new start the cells so far run again, but none that killed the program.
        """
        try:
            error, outputs = pair(self.ask("run", source))
        except (Died, Failed) as reason:
            return [type(reason).__name__, str(reason)], []
        self.history.append(source)
        return error and [str(part)[:500] for part in pair(error)], outputs if isinstance(
            outputs, list
        ) else []

    def get(self, name: str):
        """The value of a name. Raises NameError, Died, Failed or Refused."""
        data = self.ask("get", name)
        if data is None:
            raise NameError(f"{name} has no value")
        return Decoder(self.call).decode(data)

    def call(self, number: int, args: tuple, kwargs: dict):
        """What one of the submission's functions returns. Raises Failed like the function, or Died."""
        error, data = pair(self.ask("call", number, encode(args), encode(kwargs)))
        if error is not None:
            raise failure(*pair(error))
        return Decoder(self.call).decode(data)


def pair(data) -> list:
    """Two things, whatever they are. Raises Refused."""
    if not isinstance(data, list) or len(data) != 2:
        raise Refused("the program spoke out of turn")
    return data
