"""Between a submission's program and an examiner, each in its sandbox: messages go on, results come in.

Neither is believed. What the submission says is passed on unread; what the examiner says, read part by part.
"""

import atexit
import json
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from .channel import Channel, Died, as_line
from .programs import START_SECONDS, Running, Sandbox, SandboxUnavailable
from .results import MESSAGE, Result, SourceFault, believed, clean, fitting
from .session import Session
from .warmed import tries


class EndedEarly(RuntimeError):
    """The program that examines ended before its time. results: what it had said by then."""

    def __init__(self, results: list[Result]):
        super().__init__("the program that examines answers ended")
        self.results = results


class Examiner:
    """A program in a sandbox that goes through assembled submissions, one at a time: see examiner.py.

    It starts with the first, and stays. After anything strange it is stopped, and starts anew.
    """

    def __init__(self, sandbox: Sandbox, warm: tuple[str, ...], folder: Path | None = None):
        self.sandbox, self.warm, self.folder = sandbox, warm, folder
        self.program: Running | None = None
        atexit.register(self.stop)

    def stop(self) -> None:
        """End the program, if it runs."""
        if self.program:
            self.program.stop()
            self.program = None

    def results(self, session: Session, **task) -> list[Result]:
        """One result for each cell that was reached in time. Raises SourceFault and EndedEarly.

        task: cells, asked, moved and seconds, as the Examination has them.
        """
        results = []
        try:
            for result in fitting(self.said(session, task)):
                results.append(result)
        except Died:
            self.stop()
            if time.monotonic() < session.end:
                raise EndedEarly(results) from None
        except BaseException:
            self.stop()
            raise
        return results

    def ready(self) -> Running:
        """The program, which has run the set's own cells: it starts if need be. Raises SandboxUnavailable."""
        if self.program and self.program.process.poll() is None:
            return self.program
        for cells in tries(self.warm):
            self.stop()
            self.program = self.sandbox.run(self.folder)
            self.program.wait_until_ready()
            if warmed(self.program.channel, cells):
                return self.program
        raise SandboxUnavailable("The program that examines answers ends with the set's imports.")

    def said(self, session: Session, task: dict) -> Iterator[Result]:
        """The results for one task as they arrive, asking the session whatever the examiner asks for."""
        channel = self.ready().channel
        channel.send(as_line(task), session.end)
        while True:
            kind, content = message(channel.receive(session.end))
            if kind == "ask":
                channel.send(answer(session, content), session.end)
            elif kind == "result":
                yield believed(content)
            elif kind == "fault":
                raise SourceFault(clean(str(content)[:MESSAGE]))
            else:
                return


def warmed(channel: Channel, cells: tuple[str, ...]) -> bool:
    """Whether a program has run these cells without a trace."""
    late = time.monotonic() + START_SECONDS
    try:
        channel.send(json.dumps(cells).encode(), late)
        return channel.receive(late) == b"warm"
    except Died:
        return False


def message(line: bytes) -> tuple[str, object]:
    """What an examiner says: its kind, and its content."""
    try:
        kind, content = json.loads(line)
    except (ValueError, TypeError, RecursionError, MemoryError):
        raise Died("the examiner spoke out of turn") from None
    if kind not in ("ask", "result", "fault", "ended"):
        raise Died("the examiner spoke out of turn")
    return kind, content


def answer(session: Session, request) -> bytes:
    """What the submission's program replies: `said` and its words, or `died` and the reason."""
    try:
        if not isinstance(request, list) or request[:1] not in (["run"], ["check"], ["get"], ["call"]):
            raise Died("nobody asks like this")
        return b"said " + session.ask(*request)
    except Died as reason:
        return f"died {reason}".encode()


@cache
def examiner(sandbox: Sandbox, warm: tuple[str, ...], folder: Path) -> Examiner:
    """The one examiner of a problem set with these own cells. Without a sandbox it runs in `folder`."""
    return Examiner(sandbox, warm, folder)
