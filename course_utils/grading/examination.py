"""A submission's cells run, and its answers meet the source's own checks, each in a process of its own."""

import json
import os
import resource
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import suppress

from ..checks.budget import PATIENCE
from ..language import later, say, sentences
from .channel import Channel, Died, as_line
from .question import Failed, Question, pair, understood
from .results import Result, SourceFault, believed, shown
from .shell import QuietShell
from .syntax import loads, only_shows, stores
from .wire import Refused
from .worker import limit

ALL_CHECKS = 3  # how many checks may take as long as one may
OUTPUTS = 1_000  # of one cell
ELSEWHERE = later(
    "no points: the answer is right, but in your notebook this check does not say so. There, something that "
    "the set gave is no longer what it was, a name or a cell. The check says: {words}"
)
ENDED = later(
    "no points: the answer is right, but the program that runs your notebook ended before this check could "
    "run in it: {words}"
)
LOST = later("no points: the check took too long, or ended without a result")
GONE = later("it was deleted, or made text.")
FIRST = later("The first cell of the set that did not run: {broken}")


class Examination:
    """Goes through an assembled notebook, cell by cell; the broker tells what the submission's program says.

    asked: the names of the answers, by the source's cells that bind them.
    seconds: of computing, for each check. moved: whether the learner moved cells of the source.
    """

    def __init__(self, broker: Channel, asked: dict[str, list[str]], seconds: int, moved: bool = False):
        self.broker, self.asked, self.seconds, self.moved = broker, asked, seconds, moved
        self.answers = set().union(*asked.values())
        self.shell = QuietShell.instance()
        self.waiting = []  # the source's cells that need answers: they run with a check that needs them
        self.stopped = {}  # what went wrong in the cells that bind an answer
        self.broken = ""  # what went wrong first in one of the source's cells, in the submission's program

    def results(self, cells: list[dict]) -> Iterator[Result]:
        """One result for each cell. Raises SourceFault."""
        for cell in cells:
            yield self.checked(cell) if cell["check"] else self.passed(cell)

    def ask(self, *request) -> bytes:
        """The reply of the submission's program to a request, unread."""
        self.broker.send(as_line(["ask", request]))
        return self.broker.receive()

    def passed(self, cell: dict) -> Result:
        """Run a cell that is worth no points: in the submission's program, and the source's own here too."""
        handed_in = cell.get("handed_in", cell["source"])
        role = cell["given"] and ("given" if handed_in == cell["source"] else "altered")
        error, outputs = ran(self.ask("run", handed_in, role or ""))
        if cell["given"]:
            self.broken = self.broken or error or ("" if handed_in.strip() else say(GONE))
            self.run_here(cell["source"])
        elif error:
            self.stopped |= dict.fromkeys(self.asked.get(cell["id"], ()), error)
        return Result(outputs)

    def run_here(self, source: str) -> None:
        """Run one of the source's cells, or keep it waiting if it needs answers. Raises SourceFault."""
        if only_shows(source):
            return
        if self.needed(source)[1]:
            self.waiting.append(source)
            return
        result, printed, _ = self.shell.run(source)
        if not (result.success or self.moved):
            raise SourceFault(f"a cell of the problem set fails:\n{source}\n{printed}")

    def needed(self, source: str) -> tuple[list[str], set[str]]:
        """The waiting cells that a cell needs, and the answers that it uses, by itself or by way of those."""
        before, mentioned = [], loads(source)
        for cell in reversed(self.waiting):
            if stores(cell) & mentioned:
                before.insert(0, cell)
                mentioned |= loads(cell)
        return before, mentioned & self.answers

    def checked(self, cell: dict) -> Result:
        """Run a check in a process of its own. Without a result it is worth nothing.

        What else the learner wrote into its cell runs before, in the submission's program: an answer, say.
        """
        if "handed_in" in cell:
            self.ask("run", cell["handed_in"], "")
        seconds = min(self.seconds, int(ALL_CHECKS * self.seconds - computing_of_children()))
        if seconds < 1:
            return Result(score=0.0, message=say("no points: the checks before this one took too long"))
        question = Question(cell["source"], *self.needed(cell["source"]), self.stopped)
        here, there = (Channel(*2 * [end.detach()]) for end in socket.socketpair())
        child = os.fork()
        if child == 0:
            self.broker.close()
            here.close()
            limit({"RLIMIT_CPU": seconds, "RLIMIT_NPROC": 0, "RLIMIT_FSIZE": 0})
            question.settle(self.shell, there)
        there.close()
        try:
            result = self.relayed(here, PATIENCE * seconds)
            return self.as_in_the_notebook(cell, result) if result.score else result
        except (Died, ValueError, TypeError, LookupError, ArithmeticError):
            return Result(score=0.0, message=say(LOST))
        except SourceFault as fault:
            raise SourceFault(f"the check {cell['id']} {fault}") from None
        finally:
            here.close()
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)

    def as_in_the_notebook(self, cell: dict, result: Result) -> Result:
        """The result, or 0 where the same check does not say so much in the learner's own notebook.

        There a name that the check uses may stand for something else, or a cell of the set not have run.
        """
        try:
            said = understood(self.ask("check", cell["source"]))
            if said is None:
                return result
            score, words = pair(said)
        except Died as reason:
            return Result(score=0.0, message=say(ENDED, words=reason), slips=["no value"])
        except (Failed, Refused) as reason:
            score, words = 0.0, f"{type(reason).__name__}: {reason}"
        if type(score) in (int, float) and score >= (result.score or 0):
            return result
        first = say(FIRST, broken=self.broken) if self.broken else ""
        message = sentences(say(ELSEWHERE, words=str(words)[:500]), first)
        return Result(score=0.0, message=message, slips=["the set changed"])

    def relayed(self, question: Channel, seconds: float) -> Result:
        """Pass on what a question asks for, until it has its score. Raises Died or SourceFault."""
        late = time.monotonic() + seconds
        while True:
            kind, content = said(question.receive(late))
            if kind == "graded":
                score, message, slips = content
                found = {"score": float(score), "message": message, "slips": slips}
                return believed({"outputs": []} | found)
            if kind == "fault":
                raise SourceFault(content[0])
            asked = time.monotonic()
            reply = self.ask(kind, *content)
            late += time.monotonic() - asked
            question.send(reply, late)


def said(line: bytes) -> tuple[str, list]:
    """What a question says. Raises Died for what it may not say."""
    try:
        kind, *content = json.loads(line)
    except (ValueError, TypeError, RecursionError, MemoryError):
        raise Died("the question spoke out of turn") from None
    if kind not in ("graded", "fault", "get", "call"):
        raise Died("the question spoke out of turn")
    return kind, content


def ran(reply: bytes) -> tuple[str | None, list]:
    """What came of a cell in the submission's program: its error, and its outputs."""
    try:
        error, outputs = pair(understood(reply))
        error = error and ": ".join(str(part)[:500] for part in pair(error))
        return error, [shown(output) for output in outputs[:OUTPUTS]] if isinstance(outputs, list) else []
    except (Died, Failed, Refused) as reason:
        return f"{type(reason).__name__}: {reason}", []


def computing_of_children() -> float:
    """Seconds that the questions so far computed."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
