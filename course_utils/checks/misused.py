"""Code that Python reads and cannot do: which of its words belongs elsewhere. A new sentence: in RULES."""

import ast
import builtins
import re
from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any

import numpy as np
import sympy as sp

from .other_library import (
    QUANTITY,
    as_method,
    elsewhere,
    function_of,
    of_array,
    of_many,
    of_symbol,
    unknown,
)  # fmt: skip


def explained(error: BaseException, part: ast.expr | None, names: Mapping) -> str | None:
    """What to write instead, or None. part: where the error happened. names: what they mean there."""
    message = str(error)
    for kinds, pattern, rule in RULES:
        if isinstance(error, kinds) and (found := re.search(pattern, message)):
            return rule(found, part, names)
    return None


def is_quantity(part: ast.expr, kind: str, names: Mapping) -> bool:
    """Whether a part of the code is a number, an array or an expression. kind: the name of its type."""
    if isinstance(part, ast.Name):
        return isinstance(names.get(part.id), QUANTITY)
    known = getattr(sp, kind, None) or getattr(np, kind.rpartition(".")[2], None)
    expression = isinstance(known, type) and issubclass(known, sp.Basic | np.generic | np.ndarray)
    return expression or kind in ("int", "float")


def called(found: re.Match, part: ast.expr | None, names: Mapping) -> str | None:
    """A product without its times sign is a call: h(1 - h)."""
    match part:
        case ast.Call(func=ast.Name(id=name)) if hasattr(builtins, name) and name in names:
            return f"`{name}` is a value of yours now, no longer Python's function: run `del {name}`."
        case ast.Call(func=ast.Name(id=name), args=[place]) if isinstance(
            names.get(name), list | tuple | dict
        ):
            return f"one entry of `{name}` is asked for with square brackets: `{name}[{ast.unparse(place)}]`."
        case ast.Call(func=function, args=[argument], keywords=[]) if is_quantity(function, found[1], names):
            factor, inner = ast.unparse(function), ast.unparse(argument)
            factor = f"({factor})" if isinstance(function, ast.BinOp | ast.UnaryOp) else factor
            return f"write the times sign: `{factor}*({inner})`. Without it Python calls `{factor}`."
    return None


def power(found: re.Match, part: ast.expr | None, names: Mapping) -> str | None:
    """A hat for a power."""
    match part:
        case ast.BinOp(op=ast.BitXor(), left=left, right=right):
            return (
                f"a power is written with two stars, `**`: not `{ast.unparse(left)} ^ {ast.unparse(right)}`."
            )
    return "a power is written with two stars, `x**2`, and not with `^`." if part is None else None


def undecided(found: re.Match, part: ast.expr | None, names: Mapping) -> str | None:
    """max, min or if with a symbol or an array."""
    array = "array" in found[0]
    _, written = function_of(part, names)
    if written in ("max", "min"):
        instead = f"np.{written}imum" if array else f"sp.{written.title()}"
        return f"`{written}` compares single numbers. Here write `{instead}`."
    if not (isinstance(part, ast.Compare) or part is None):
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
            example = f"{name}{ast.unparse(index)}"
            example = example if example.isidentifier() else f"{name}1"
            return f"`{name}` is one symbol and has no parts: write a name of its own, such as `{example}`."
    return None


def nothing_returned(found: re.Match, part: ast.expr | None, names: Mapping) -> str | None:
    """The result of a function that returns none."""
    parts = list(ast.walk(part)) if part else []
    called = [n.func.id for n in parts if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)]
    if any(isinstance(n, ast.Name) and names.get(n.id, 0) is None for n in parts):
        return None
    own = next((name for name in called if isinstance(names.get(name), FunctionType)), None)
    return own and f"`{own}` gives nothing back: end it with `return` and its result."


def other_key(found: re.Match, part: ast.expr | None, names: Mapping) -> str | None:
    """A name where the keys are symbols, or the other way round."""
    match part:
        case ast.Subscript(value=ast.Name(id=name), slice=key) if isinstance(names.get(name), dict):
            text = isinstance(key, ast.Constant)
            wanted = ast.literal_eval(key) if text else ast.unparse(key)
            for known in names[name]:
                if str(known) == wanted and isinstance(known, sp.Symbol if text else str):
                    instead = wanted if text else f'"{wanted}"'
                    return f"the keys here are {'symbols' if text else 'texts'}: write `{name}[{instead}]`."
    return None


def always(words: str) -> Callable:
    """A rule that says the same of whatever it is asked."""
    return lambda found, part, names: words


NO_FORMULA = (
    r"NDimArray' object has no|'list' object has no attribute 'is_Number'|SympifyError: (array|\[)"
    r"|is not comparable|should be a scalar expression, not (array|\[)|object '\w+' has no attribute 'numpy'"
)
OPERATION = r"unsupported operand type\(s\) for [^:]+: .*"
RULES: list[tuple[Any, str, Callable]] = [
    (TypeError, r"'([\w.]+)' object is not callable", called),
    (TypeError, r"unsupported operand type\(s\) for \^|ufunc 'bitwise_xor'", power),
    ((AttributeError, ValueError), NO_FORMULA, of_array),
    (TypeError, r"loop of ufunc does not support argument \d of type (?!int|float|str|list|None)", of_symbol),
    (TypeError, r"Cannot convert expression to float", of_symbol),
    (TypeError, r"only .* arrays can be converted", of_many),
    (NameError, r"^name '(\w+)' is not defined", unknown),
    (AttributeError, r"module '(\w+)' has no attribute '(\w+)'", elsewhere),
    ((TypeError, AttributeError), r"'ellipsis'",
     always("the three dots stand for an answer that is missing: fill it in, and run its cell.")),
    ((TypeError, ValueError), r"truth value of (Relational|an array)", undecided),
    (TypeError, r"'Symbol' object is not subscriptable", without_parts),
    (KeyError, "", other_key),
    (AttributeError, r"'(Symbol|Add|Mul|Pow)' object has no attribute '(\w+)'", as_method),
    (AttributeError, r"'(list|tuple)' object has no attribute '(mean|sum|shape|std|T|max|min)'",
     always("a list is no array: make one of it first, with `np.array(...)`.")),
    (AttributeError, r"'(int|float|numpy.float64|numpy.ndarray)' object has no attribute '(subs|diff|evalf)'",
     always("this is a number already, and only formulas have `.subs` and `.diff`.")),
    (TypeError, r"NoneType", nothing_returned),
    (TypeError, OPERATION + r"'(\w+Meta|FunctionClass|builtin_function_or_method|function|numpy.ufunc)'",
     always("a function needs its argument in brackets, such as `sp.exp(u)`.")),
    (TypeError, r"can only concatenate str|non-int of type '(Symbol|Add|Mul|Pow)'|" + OPERATION + "'str'",
     always("a text stands where a number or a formula should be: leave out the quotation marks.")),
    (TypeError, r"multiply sequence by non-int of type '(float|numpy)|can only concatenate (list|tuple)|"
     + OPERATION + "'list'",
     always("a list is no array: make one of it first, with `np.array(...)`.")),
    (ValueError, r"First variable cannot be a number|Can't calculate derivative wrt",
     always("one differentiates with respect to a symbol, and this is a number: did its name lose it?")),
]  # fmt: skip
