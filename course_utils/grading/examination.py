"""A submission's scores: the source's own checks run here, and only the answers come from the sandbox."""

import ast
import math
import resource
import signal
from collections.abc import Iterator
from dataclasses import dataclass, field
from numbers import Real
from pathlib import Path

from nbformat import NotebookNode

from ..checks.verdict import Verdict
from .assembly import answered_here, label
from .session import Died, Failed, Session
from .shell import QuietShell
from .wire import Refused

MEMORY = 2 * 2**30  # bytes that reading answers and checking them may take
CHECK_SECONDS = 60


class SourceFault(RuntimeError):
    """The problem set itself is broken: its own cells fail, or a check gives no score."""


@dataclass
class Result:
    """What came of a cell: outputs to show; of a grade cell the score too, in [0, 1], and a sentence."""

    outputs: list = field(default_factory=list)
    score: float | None = None
    message: str = ""


def names(source: str, context: type) -> set[str]:
    """The names that a cell binds at its top level (ast.Store), or mentions anywhere (ast.Load)."""
    try:
        tree = ast.parse("\n".join(line for line in source.splitlines() if not line.startswith("%")))
    except SyntaxError:
        return set()
    definitions = ast.FunctionDef | ast.ClassDef
    if context is ast.Load:
        return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assigned = [n for part in tree.body if not isinstance(part, definitions) for n in ast.walk(part)]
    found = {n.id for n in assigned if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return found | {part.name for part in tree.body if isinstance(part, definitions)}


def only_shows(source: str) -> bool:
    """Whether a cell is made of values and calls, such as a picture: nothing after it needs it."""
    try:
        return all(isinstance(part, ast.Expr) for part in ast.parse(source).body)
    except SyntaxError:  # a magic
        return False


def runs(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and (bool(cell.source.strip()) or bool(label(cell).get("grade")))


class Examination:
    """Goes through an assembled notebook, cell by cell, with the submission's program beside it.

    asked: the names of the answers, those that the released solution cells bind.
    """

    def __init__(self, session: Session, asked: set[str]):
        self.session, self.asked = session, asked
        self.shell = QuietShell.instance()
        self.uses = {name: {name} for name in asked}  # the answers that a name depends on
        self.stopped = {}  # what went wrong in the cells that bind an answer

    def results(self, cells: list[NotebookNode]) -> Iterator[Result]:
        """One result for each cell that runs."""
        for cell in filter(runs, cells):
            yield self.graded(cell) if label(cell).get("grade") else self.passed(cell)

    def passed(self, cell: NotebookNode) -> Result:
        """Run a cell that is worth no points: in the sandbox, and here too if it is the source's."""
        error, outputs = self.session.run(cell.source)
        if label(cell) and not answered_here(cell):
            self.run_here(cell.source)
        elif error:
            self.stopped |= dict.fromkeys(names(cell.source, ast.Store), ": ".join(error))
        return Result(outputs)

    def run_here(self, source: str) -> None:
        needed = self.needed(source)
        if only_shows(source):
            return
        for name in needed:
            self.fetch(name)
        result, printed, _ = self.timed(source)
        if needed:
            self.uses |= dict.fromkeys(names(source, ast.Store) - self.asked, needed)
        elif not result.success:
            raise SourceFault(f"a cell of the problem set fails:\n{source}\n{printed}")

    def needed(self, source: str) -> set[str]:
        """The answers that a cell uses, by itself or by way of what other cells computed from them."""
        return set().union(*(self.uses.get(name, ()) for name in names(source, ast.Load)))

    def fetch(self, name: str) -> str | None:
        """Bind an answer here. If there is none that can be used, say why."""
        self.shell.user_ns.pop(name, None)
        try:
            self.shell.user_ns[name] = self.session.get(name)
        except NameError as error:
            return self.stopped.get(name, str(error))
        except (Died, Failed, Refused) as error:
            return f"{name} cannot be read: {error}"
        return None

    def timed(self, source: str):
        signal.signal(signal.SIGALRM, too_slow)
        signal.setitimer(signal.ITIMER_REAL, CHECK_SECONDS)
        try:
            return self.shell.run(source)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)

    def graded(self, cell: NotebookNode) -> Result:
        """Run a check. Without a result it is worth nothing."""
        grade_id = label(cell)["grade_id"]
        for name in sorted(self.needed(cell.source)):
            if trouble := self.fetch(name):
                return Result(score=0.0, message=f"no points: {trouble}")
        result, printed, _ = self.timed(cell.source)
        verdict = result.result
        if result.success and isinstance(verdict, Verdict | Real):
            score = float(verdict)
            if math.isfinite(score) and 0 <= score <= 1:
                return Result(score=score, message=repr(verdict))
        if result.success:
            raise SourceFault(f"the check {grade_id} gives no score from 0 to 1, but {verdict!r:.100}")
        return Result(score=0.0, message=f"no points: the check failed. {printed.strip()[-300:]}")


def too_slow(*_):
    raise TimeoutError("it took too long to check")


def limit_memory() -> None:
    """Let this process take no more than MEMORY bytes beyond what it has."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = MEMORY + pages * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
