"""Code that Python reads and cannot do: which of its words belongs elsewhere. A new sentence: in RULES."""

import ast
import builtins
import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from numbers import Number
from types import FunctionType

import numpy as np
import sympy as sp

IN_NUMPY = {"atan": "arctan", "asin": "arcsin", "acos": "arccos", "Max": "maximum", "Min": "minimum"} | {
    "asinh": "arcsinh", "Abs": "abs", "ln": "log",
}  # fmt: skip
IN_SYMPY = {theirs: ours for ours, theirs in IN_NUMPY.items() if ours != "ln"}
ELSEWHERE = {
    "numpy": {"ln": "np.log", "sigmoid": "sigmoid.numpy", "relu": "relu.numpy", "symbols": "sp.symbols"},
    "sympy": {"arctan": "sp.atan", "arcsin": "sp.asin", "arccos": "sp.acos", "sigmoid": "sigmoid",
              "relu": "relu", "e": "sp.E", "mean": "np.mean", "array": "np.array", "maximum": "sp.Max"},
    "math": {"ln": "math.log", "mean": "np.mean", "arctan": "math.atan"},
}  # fmt: skip
ELSEWHERE_BY_NAME = {
    "e": "for e to the power of u write `sp.exp(u)` in a formula, and `np.exp(u)` for arrays of numbers.",
    "pi": "write `sp.pi` in a formula, and `np.pi` for a number.",
    "math": "write `np.` in place of `math.`, or import it first.",
}
KNOWN = {"exp", "log", "ln", "sin", "cos", "tan", "sqrt", "tanh", "sinh", "cosh", "atan", "arctan", "log10"}
QUANTITY = sp.Basic | Number | np.ndarray


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


def function_of(part: ast.expr | None, names: Mapping):
    """The function that is called, and how it is written."""
    match part:
        case ast.Call(func=ast.Name(id=name)):
            return names.get(name), name
        case ast.Call(func=ast.Attribute(value=ast.Name(id=home), attr=name)):
            return getattr(names.get(home), name, None), f"{home}.{name}"
    return None, ""


def of_array(found: re.Match, part: ast.expr | None, names: Mapping) -> str | None:
    """A function of SymPy's, or an activation, with an array."""
    if isinstance(part, ast.Attribute):  # tanh.numpy
        part = ast.Call(part.value, [], [])
    function, written = function_of(part, names)
    if not (isinstance(function, type) and issubclass(function, sp.Function)) and function is not sp.sqrt:
        return None
    name = function.__name__
    numpy = IN_NUMPY.get(name, name)
    instead = f"np.{numpy}" if hasattr(np, numpy) else f"{name}.numpy" if hasattr(function, "numpy") else None
    return instead and f"`{written}` is for formulas. For arrays of numbers write `{instead}`."


def of_symbol(found: re.Match, part: ast.expr | None, names: Mapping) -> str | None:
    """A function of NumPy's, or of math, with a symbol in it."""
    _, written = function_of(part, names)
    name = written.rpartition(".")[2]
    if name in ("float", "int"):
        return (
            f"`{written}` needs a number, and a symbol is left in this: put its value in first, with `.subs`."
        )
    instead = IN_SYMPY.get(name, name)
    if not written.startswith(("np.", "numpy.", "math.")) or not hasattr(sp, instead):
        return None
    return (
        f"`{written}` is for numbers, and there is a symbol in it. In a formula write `sp.{instead}`;"
        " in a function of numbers compute the symbol's value first."
    )


def of_many(found: re.Match, part: ast.expr | None, names: Mapping) -> str | None:
    """A function of math with an array."""
    _, written = function_of(part, names)
    home, _, name = written.rpartition(".")
    if home != "math" or not hasattr(np, name):
        return None
    return f"`{written}` takes a single number. For arrays write `np.{name}`."


def unknown(found: re.Match, part: ast.expr | None, names: Mapping) -> str | None:
    """A name that nobody has defined."""
    name = found[1]
    if name in KNOWN:
        in_formula, in_array = IN_SYMPY.get(name, name), IN_NUMPY.get(name, name)
        in_formula = "log" if name == "ln" else in_formula
        return f"say whose `{name}`: `sp.{in_formula}` in a formula, `np.{in_array}` for arrays of numbers."
    if name in ELSEWHERE_BY_NAME:
        return ELSEWHERE_BY_NAME[name]
    if name in ("np", "sp", "check", "hint", "Model") or re.fullmatch(r"answer_\d+", name):
        return f"nothing is called `{name}` yet: run the cell first in which it gets its meaning."
    quantities = [
        one for one, value in names.items() if isinstance(value, QUANTITY) and not one.startswith("_")
    ]
    for cut in range(1, len(name)):
        if name[:cut] in quantities and name[cut:] in quantities:
            return f"`{name}` is one name. Write the times sign: `{name[:cut]}*{name[cut:]}`."
    alike = get_close_matches(name, quantities, n=1, cutoff=0.75) if len(name) > 2 else []
    return f"nothing is called `{name}` here. Do you mean `{alike[0]}`?" if alike else None


def elsewhere(found: re.Match, part: ast.expr | None, names: Mapping) -> str | None:
    """What another module has, or this one under another name."""
    instead = ELSEWHERE.get(found[1], {}).get(found[2])
    return instead and f"this is called `{instead}`."


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
    calls = [node.func for node in ast.walk(part) if isinstance(node, ast.Call)] if part else []
    called = [function.id for function in calls if isinstance(function, ast.Name)]
    own = next((name for name in called if isinstance(names.get(name), FunctionType)), None)
    return own and f"`{own}` gives nothing back: end it with `return` and its result."


def always(words: str) -> Callable:
    """A rule that says the same of whatever it is asked."""
    return lambda found, part, names: words


NO_FORMULA = (
    r"NDimArray' object has no|'list' object has no attribute 'is_Number'|SympifyError: array"
    r"|should be a scalar expression, not (array|\[)|object '\w+' has no attribute 'numpy'"
)
OPERATION = r"unsupported operand type\(s\) for [^:]+: .*"
RULES = [
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
    (TypeError, r"NoneType", nothing_returned),
    (TypeError, OPERATION + r"'(\w+Meta|FunctionClass|builtin_function_or_method|function|numpy.ufunc)'",
     always("a function needs its argument in brackets, such as `sp.exp(u)`.")),
    (TypeError, r"can only concatenate str|non-int of type '(Symbol|Add|Mul|Pow)'|" + OPERATION + "'str'",
     always("a text stands where a number or a formula should be: leave out the quotation marks.")),
    (TypeError, r"multiply sequence by non-int of type '(float|numpy.float64)'|" + OPERATION + "'list'",
     always("a list is no array: make one of it first, with `np.array(...)`.")),
    (ValueError, r"First variable cannot be a number|Can't calculate derivative wrt",
     always("one differentiates with respect to a symbol, and this is a number: did its name lose it?")),
]  # fmt: skip
