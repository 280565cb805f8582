"""One question, in a process of its own: the submission's answers are read, and meet the source's check."""

import json
import os
from typing import NoReturn

import numpy as np

from ..checks.verdict import Verdict
from ..language import say
from .channel import Channel, Died
from .results import SourceFault
from .shell import QuietShell
from .wire import Decoder, Refused, encode

NUMBERS = (bool, int, float, np.bool_, np.float64)


class Failed(Exception):
    """A cell or a function of the submission raised an error."""


def failure(name, message) -> Failed:
    """The submission's error, its class called like the original."""
    safe = name if isinstance(name, str) and name.isidentifier() and len(name) < 60 else "Error"
    return type(safe, (Failed,), {})(str(message)[:500])


class Answers:
    """What a submission's names stand for, asked for over a channel."""

    def __init__(self, channel: Channel):
        self.channel = channel

    def ask(self, *request):
        """The reply to a request. Raises Died, Failed or Refused."""
        self.channel.send(json.dumps(request).encode())
        return understood(self.channel.receive())

    def get(self, name: str):
        """The value of a name. Raises NameError too."""
        data = self.ask("get", name)
        if data is None:
            raise NameError(say("{name} has no value", name=name))
        return Decoder(self.call).decode(data)

    def call(self, number: int, args: tuple, kwargs: dict):
        """What one of the submission's functions returns. Raises Failed like the function."""
        error, data = pair(self.ask("call", number, encode(args), encode(kwargs)))
        if error is not None:
            raise failure(*pair(error))
        return Decoder(self.call).decode(data)


def understood(reply: bytes):
    """The data in a reply. Raises Died, Failed or Refused."""
    kind, _, text = reply.partition(b" ")
    if kind == b"died":
        raise Died(text.decode())
    try:
        data = json.loads(text)
    except (ValueError, RecursionError, MemoryError):
        raise Refused("the program spoke out of turn") from None
    if isinstance(data, dict) and "failed" in data:
        raise failure(*pair(data["failed"]))
    return data


def pair(data) -> list:
    """Two things, whatever they are. Raises Refused."""
    if not isinstance(data, list) or len(data) != 2:
        raise Refused("the program spoke out of turn")
    return data


def score(value) -> tuple[float, str, list[str]]:
    """What a check's value is worth, what it says, and its slips, from its own fields. Raises SourceFault.

    A subclass of a Verdict is none: it may have been made by an answer.
    """
    if type(value) is Verdict:
        return vars(value)["score"], Verdict.__repr__(value), list(map(str, vars(value)["slips"]))
    if type(value) in NUMBERS:
        return float(value), repr(value), []
    raise SourceFault(f"gives no score from 0 to 1, but {value!r:.100}")


class Question:
    """A check, the cells that have to run before it, and the answers that they need.

    stopped: what went wrong in the cells that bind answers.
    """

    def __init__(self, check: str, before: list[str], answers: set[str], stopped: dict[str, str]):
        self.check, self.before, self.answers, self.stopped = check, before, answers, stopped

    def score(self, shell: QuietShell, answers: Answers) -> tuple[float, str, list[str]]:
        """(score from 0 to 1, message, slips) of the check on these answers; 0 where one cannot be read."""
        for name in sorted(self.answers):
            try:
                shell.user_ns.pop(name, None)
                shell.user_ns[name] = answers.get(name)
            except NameError as error:
                return 0.0, say("no points: {why}", why=self.stopped.get(name, error)), ["no value"]
            except (Died, Failed, Refused) as error:
                return (
                    0.0,
                    say("no points: {name} cannot be read: {why}", name=name, why=error),
                    ["unreadable"],
                )
            if shell.user_ns[name] is ... and name in self.stopped:  # its cell failed below the three dots
                return 0.0, say("no points: {why}", why=self.stopped[name]), ["no value"]
        for cell in self.before:
            shell.run(cell)
        result, printed, _ = shell.run(self.check)
        if not result.success:
            failed = say("no points: the check failed. {printed}", printed=printed.strip()[-300:])
            return 0.0, failed, ["no verdict"]
        return score(result.result)

    def settle(self, shell: QuietShell, channel: Channel) -> NoReturn:
        """Send the score, or the fault, and end this process."""
        try:
            channel.send(json.dumps(["graded", *self.score(shell, Answers(channel))]).encode())
        except SourceFault as fault:
            channel.send(json.dumps(["fault", str(fault)]).encode())
        finally:
            os._exit(0)
