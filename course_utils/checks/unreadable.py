"""Is it code at all? From an error to a sentence that says what to write instead, right under the cell.

It only explains, after the error has been shown as ever, and says nothing where it does not know.
"""

import ast
from collections import ChainMap
from collections.abc import Mapping
from linecache import getlines
from pathlib import Path

from ..language import known, say
from .explanations import explained
from .miswritten import repaired
from .notes import Note


def sentence(error: BaseException, cell: str = "") -> str | None:
    """What to write instead of what led to an error, or None. cell: the source that did not parse."""
    try:
        if isinstance(error, SyntaxError):
            return repaired(cell, error)
        part, names = place_of(error)
        return explained(error, part, names)
    except Exception:  # whatever the error is, explaining it must not fail
        return None


def place_of(error: BaseException) -> tuple[ast.expr | None, Mapping]:
    """The part of a learner's own code where it happened, and what the names mean there."""
    part: ast.expr | None = None
    names: Mapping = {}
    trace = error.__traceback__
    while trace:
        frame = trace.tb_frame
        if frame.f_globals.get("__name__") == "__main__":
            part = expression_at(frame.f_code, trace.tb_lasti)
            names = ChainMap(dict(frame.f_locals), frame.f_globals)
        trace = trace.tb_next
    return part, names


def expression_at(code, instruction: int) -> ast.expr | None:
    """The expression in a cell that an instruction belongs to. Code of a module is nobody's slip."""
    if Path(code.co_filename).exists():
        return None
    line, last, start, end = list(code.co_positions())[instruction // 2]
    if None in (line, last, start, end):
        return None
    lines = [text.encode() for text in getlines(code.co_filename)[line - 1 : last]]
    lines[-1] = lines[-1][:end]
    lines[0] = lines[0][start:]
    try:
        return ast.parse(f"({b''.join(lines).decode()})", mode="eval").body
    except SyntaxError:  # a whole statement
        return None


def explain(result) -> None:
    """Show the sentence under a cell that ended with an error."""
    error = result.error_before_exec or result.error_in_exec
    if not isinstance(error, BaseException):
        return
    try:
        from IPython.display import display

        if said := sentence(error, python_of(result.info.raw_cell)):
            display(
                Note(say("In short: {said}", said=known(said)), say("**In short:** {said}", said=known(said)))
            )
    except Exception:  # as above
        return


def python_of(cell: str) -> str:
    """A cell as Python, its magics translated; as it is where IPython cannot tell its lines apart."""
    from IPython import get_ipython

    try:
        return get_ipython().transform_cell(cell)
    except SyntaxError:
        return cell


def load_ipython_extension(ipython) -> None:
    """Explain errors after each cell."""
    ipython.events.register("post_run_cell", explain)
