"""One submission's program from outside: asked for answers, stopped when late, started anew when dead.

What it replies is passed on as it is. Nobody reads it here.
"""

import time
from pathlib import Path

from ..checks.budget import PATIENCE
from .channel import Died, as_line
from .programs import Running, SandboxUnavailable, Startable

STARTS = 4  # of one submission's program


class Session:
    """Runs cells one after another, and fetches what names stand for.

    seconds: of computing, for each cell and each call. total: on the clock, for all together.
    """

    def __init__(self, sandbox: Startable, seconds: float, total: float, folder: Path | None = None):
        self.sandbox, self.seconds, self.folder = sandbox, seconds, folder
        self.end = time.monotonic() + total
        self.program: Running | None = None
        self.ahead: Running | None = None
        self.number, self.starts, self.history = 0, 0, []

    def __enter__(self):
        """Start the program: it gets ready while others do."""
        self.ahead = self.sandbox.run(self.folder)
        return self

    def __exit__(self, *_):
        self.stop()
        if self.ahead:
            self.ahead.stop()

    def stop(self) -> None:
        """End the program, if it runs."""
        if self.program:
            self.program.stop()
            self.program = None

    def start(self) -> None:
        """Start the program, and run again what had been run."""
        if self.starts == STARTS or time.monotonic() > self.end:
            raise Died("the notebook was stopped for good")
        self.starts += 1
        self.program, self.ahead = self.ahead or self.sandbox.run(self.folder), None
        try:
            self.program.wait_until_ready()
        except SandboxUnavailable:  # what it is started from may have been ended meanwhile
            self.stop()
            self.program = self.sandbox.run(self.folder)
            self.program.wait_until_ready()
        for cell in self.history:
            self.reply("run", *cell)

    def ask(self, do: str, *arguments) -> bytes:
        """The program's reply to a request, which should be JSON. Raises Died.

        After a new start the cells so far run again, but none that killed the program.
        """
        try:
            if self.program is None:
                self.start()
            reply = self.reply(do, *arguments)
        except Died:
            self.stop()
            raise
        if do == "run":
            self.history.append(arguments)
        return reply

    def reply(self, do: str, *arguments) -> bytes:
        """Ask once. Replies to earlier requests, which nobody waits for any more, are dropped."""
        seconds = min(self.seconds, self.end - time.monotonic())
        if self.program is None or seconds <= 0:
            raise Died("the whole notebook took too long")
        self.number += 1
        late = time.monotonic() + PATIENCE * seconds
        request = {"id": self.number, "do": do, "with": arguments, "seconds": seconds}
        self.program.channel.send(as_line(request), late)
        while True:
            number, _, reply = self.program.channel.receive(late).partition(b" ")
            if not number.isdigit() or len(number) > 9:
                raise Died("the program spoke out of turn")
            if int(number) == self.number:
                return reply
