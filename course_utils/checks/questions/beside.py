"""What a question of a set is about, before its check has run: the check stands in the notebook beside."""

import ast
import json
from collections.abc import Iterator, Mapping
from pathlib import Path


def about(name: str, known: Mapping) -> tuple:
    """What `check(name, answer, ...)` gives to the question, from the notebooks of this folder.

    known: what the names in it stand for. Empty where no cell asks, or where one of them is not known yet.
    """
    for call in calls_of_check():
        if [part.value for part in call.args[:1] if isinstance(part, ast.Constant)] == [name]:
            try:
                parts = [compile(ast.Expression(part), name, "eval") for part in call.args[2:]]
                return tuple(eval(part, dict(known)) for part in parts)
            except Exception:  # the cells above have not run
                return ()
    return ()


def calls_of_check() -> Iterator[ast.Call]:
    """The calls of `check` in the cells of this folder's notebooks."""
    for path in sorted(Path().glob("*.ipynb")):
        try:
            cells = [cell["source"] for cell in json.loads(path.read_text("utf-8"))["cells"]]
        except (OSError, ValueError, TypeError, LookupError):
            continue
        for source in map("".join, cells):
            if source.startswith("check("):
                yield from called(source)


def called(source: str) -> list[ast.Call]:
    """The call that a cell consists of, if it is one."""
    try:
        part = ast.parse(source, mode="eval").body
    except (SyntaxError, ValueError):
        return []
    return [part] if isinstance(part, ast.Call) else []
