"""Code that Python reads and cannot do: a product that is called, a hat, a bracket of the wrong kind."""

import ast
import builtins
import re
from collections.abc import Mapping
from types import FunctionType

import numpy as np
import sympy as sp

from ..language import later, say, say_count
from .other_library import IN_SYMPY, QUANTITY, function_of

SYMBOLS = later("the keys here are symbols: write `{name}[{instead}]`.")
NAMES = later(
    "`{part}` is a text here, {text}: unpacking a dictionary, or a loop over it, gives the names in it. An"
    " entry is asked for by its name in square brackets."
)
TEXT = later("a text stands where a number or a formula should be: leave out the quotation marks.")
LIST = later("square brackets make a list: in a formula only round brackets group, `(...)`.")
NO_ARRAY = later("a list is no array: make one of it first, with `np.array(...)`.")
COMMA = later("a comma makes a pair of two things: write a decimal point, 0.5 and not 0,5.")
TEXTS = later("the keys here are texts: write `{name}[{instead}]`.")


def is_quantity(part: ast.expr, kind: str, names: Mapping) -> bool:
    """Whether a part of the code is a number, an array or an expression. kind: the name of its type."""
    if isinstance(part, ast.Name):
        return isinstance(names.get(part.id), QUANTITY)
    known = names.get(kind) or getattr(sp, kind, None) or getattr(np, kind.rpartition(".")[2], None)
    expression = isinstance(known, type) and issubclass(known, sp.Basic | np.generic | np.ndarray)
    return expression or kind in ("int", "float")


def called(found: re.Match, part: ast.expr | None, names: Mapping) -> str | None:
    """A product without its times sign is a call: h(1 - h)."""
    match part:
        case ast.Call(func=ast.Name(id=name)) if hasattr(builtins, name) and name in names:
            return say(
                "`{name}` is a value of yours now, no longer Python's function: run `del {name}`.", name=name
            )
        case ast.Call(func=ast.Name(id=name), args=[place]) if isinstance(
            names.get(name), list | tuple | dict
        ):
            return say(
                "one entry of `{name}` is asked for with square brackets: `{name}[{place}]`.",
                name=name,
                place=ast.unparse(place),
            )
        case ast.Call(func=function, args=[argument], keywords=[]) if is_quantity(function, found[1], names):
            factor, inner = ast.unparse(function), ast.unparse(argument)
            factor = f"({factor})" if isinstance(function, ast.BinOp | ast.UnaryOp) else factor
            return say(
                "write the times sign: `{factor}*({inner})`. Without it Python calls `{factor}`.",
                factor=factor,
                inner=inner,
            )
    return None


def power(found: re.Match, part: ast.expr | None, names: Mapping) -> str | None:
    """A hat for a power."""
    match part:
        case ast.BinOp(op=ast.BitXor(), left=left, right=right):
            return say(
                "a power is written with two stars, `**`: not `{left} ^ {right}`.",
                left=ast.unparse(left),
                right=ast.unparse(right),
            )
    return "a power is written with two stars, `x**2`, and not with `^`." if part is None else None


def undecided(found: re.Match, part: ast.expr | None, names: Mapping) -> str | None:
    """max, min or if with a symbol or an array."""
    array = "array" in found[0]
    _, written = function_of(part, names)
    if written in ("max", "min"):
        instead = f"np.{written}imum" if array else f"sp.{written.title()}"
        return say(
            "`{written}` compares single numbers. Here write `{instead}`.", written=written, instead=instead
        )
    name = written.removeprefix("np.")
    if written.startswith("np.") and name in IN_SYMPY:
        return say(
            "`{written}` is for numbers. In a formula write `sp.{instead}`.",
            written=written,
            instead=IN_SYMPY[name],
        )
    if not (isinstance(part, ast.Compare | ast.BoolOp | ast.IfExp) or part is None or name == "where"):
        return None
    if array:
        return "`if` needs a single yes or no. For arrays write `np.where(condition, one, other)`."
    return (
        "Python cannot say whether this is so before the symbol has a value: in a formula write"
        " `sp.Piecewise`, or an activation such as `relu`."
    )


def without_parts(found: re.Match, part: ast.expr | None, names: Mapping) -> str | None:
    """A symbol with an index."""
    match part:
        case ast.Subscript(value=ast.Name(id=name), slice=index):
            example = f"{name}{'_' * name[-1].isdigit()}{ast.unparse(index)}"
            example = example if example.isidentifier() else f"{name}1"
            return say(
                "`{name}` is one symbol and has no parts: write a name of its own, such as `{example}`.",
                name=name,
                example=example,
            )
    return None


def square_brackets(found: re.Match, part: ast.expr | None, names: Mapping) -> str | None:
    """A function with square brackets."""
    if not isinstance(part, ast.Subscript):
        return None
    function, written = function_of(ast.Call(part.value, [], []), names)
    return (
        say("a function takes round brackets: `{written}(...)`.", written=written)
        if callable(function)
        else None
    )


def nothing_returned(found: re.Match, part: ast.expr | None, names: Mapping) -> str | None:
    """The result of a function that returns none."""
    parts = list(ast.walk(part)) if part else []
    if any(isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id == "print" for n in parts):
        return "`print` shows a value and gives nothing back: leave it out here."
    called = [n.func.id for n in parts if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)]
    if any(isinstance(n, ast.Name) and names.get(n.id, 0) is None for n in parts):
        return None
    own = next((name for name in called if isinstance(names.get(name), FunctionType)), None)
    return own and say("`{own}` gives nothing back: end it with `return` and its result.", own=own)


def other_key(found: re.Match, part: ast.expr | None, names: Mapping) -> str | None:
    """A name where the keys are symbols, or the other way round."""
    match part:
        case ast.Subscript(value=ast.Name(id=name), slice=key) if isinstance(names.get(name), dict):
            text = isinstance(key, ast.Constant)
            wanted = ast.literal_eval(key) if text else ast.unparse(key)
            for known in names[name]:
                if str(known) == wanted and isinstance(known, sp.Symbol if text else str):
                    instead = wanted if text else f'"{wanted}"'
                    return say(SYMBOLS if text else TEXTS, name=name, instead=instead)
            if isinstance(wanted, int) and (first := next(iter(names[name]), None)) is not None:
                instead = f'"{first}"' if isinstance(first, str) else f"{first}"
                return say(
                    "the entries of `{name}` have names and no places: `{name}[{instead}]`.",
                    name=name,
                    instead=instead,
                )
    return None


def text(found: re.Match, part: ast.expr | None, names: Mapping) -> str:
    """A text where a number should be: in quotation marks, or a name out of a dictionary."""
    for side in (part.left, part.right) if isinstance(part, ast.BinOp) else ():
        value = names.get(side.id) if isinstance(side, ast.Name) else None
        if isinstance(value, str) and value.isidentifier():
            return say(NAMES, part=ast.unparse(side), text=repr(value[:40]))
    return TEXT


def sequence(found: re.Match, part: ast.expr | None, names: Mapping) -> str | None:
    """A text, a list or a pair that is multiplied, or to which something is added."""
    values = [part.left, part.right] if isinstance(part, ast.BinOp) else []
    for value in values:
        known = names.get(value.id) if isinstance(value, ast.Name) else None
        if (isinstance(value, ast.Constant) and isinstance(value.value, str)) or isinstance(known, str):
            return text(found, part, names)
        if isinstance(value, ast.List) and len(value.elts) == 1:
            return LIST
        if isinstance(value, ast.List | ast.ListComp) or isinstance(known, list):
            return NO_ARRAY
        if isinstance(value, ast.Tuple) or isinstance(known, tuple):
            return COMMA
    return None


def entry(found: re.Match, part: ast.expr | None, names: Mapping) -> str | None:
    """An entry of a dict that is asked for with a point."""
    match part:
        case ast.Attribute(value=ast.Name(id=name), attr=wanted) if isinstance(names.get(name), dict):
            keys = [key for key in names[name] if str(key) == wanted]
            shown = [f'"{key}"' if isinstance(key, str) else str(key) for key in keys]
            return (
                say(
                    "one entry of `{name}` is asked for with square brackets: `{name}[{place}]`.",
                    name=name,
                    place=shown[0],
                )
                if shown
                else None
            )
    return None


def place(found: re.Match, part: ast.expr | None, names: Mapping) -> str | None:
    """An entry of an array that is not there, or no whole number in its place."""
    if not isinstance(part, ast.Subscript):
        return None
    name = ast.unparse(part.value)
    if found[1]:
        return say_count(
            "`{name}` has {count} entry, which is `{name}[0]`: they are counted from 0.",
            "`{name}` has {count} entries, counted from 0: the last one is `{name}[-1]`.",
            int(found[1]),
            name=name,
        )
    return say("the entries of `{name}` are counted by whole numbers from 0: `{name}[0]`.", name=name)
