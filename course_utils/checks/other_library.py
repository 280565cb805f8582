"""A name or a function of another library: SymPy's are for formulas, NumPy's for arrays of numbers."""

import ast
import math
import re
from collections.abc import Mapping
from difflib import get_close_matches
from numbers import Number

import numpy as np
import sympy as sp

from ..language import say

IN_NUMPY = {"atan": "arctan", "asin": "arcsin", "acos": "arccos", "Max": "maximum", "Min": "minimum"} | {
    "asinh": "arcsinh", "Abs": "abs", "ln": "log",
}  # fmt: skip
IN_SYMPY = {theirs: ours for ours, theirs in IN_NUMPY.items() if ours != "ln"}
ELSEWHERE = {
    "numpy": {"ln": "np.log", "sigmoid": "sigmoid.numpy", "relu": "relu.numpy", "symbols": "sp.symbols"},
    "sympy": {"arctan": "sp.atan", "arcsin": "sp.asin", "arccos": "sp.acos", "sigmoid": "sigmoid",
              "relu": "relu", "e": "sp.E", "mean": "np.mean", "array": "np.array", "maximum": "sp.Max",
              "symbol": "sp.Symbol", "max": "sp.Max", "min": "sp.Min", "abs": "sp.Abs",
              "linspace": "np.linspace", "ones": "np.ones", "derivative": "sp.diff", "derive": "sp.diff",
              "differentiate": "sp.diff"},
    "math": {"ln": "math.log", "mean": "np.mean", "arctan": "math.atan"},
}  # fmt: skip
BY_NAME = {
    "e": "for e to the power of u write `sp.exp(u)` in a formula, and `np.exp(u)` for arrays of numbers.",
    "pi": "write `sp.pi` in a formula, and `np.pi` for a number.",
    "E": "for e to the power of u write `sp.exp(u)` in a formula, and `np.exp(u)` for arrays of numbers.",
    "π": "write `sp.pi` in a formula, and `np.pi` for a number.",
    "ŷ": "ŷ is written `y_hat` in code.",
    "σ": "σ is written `sigmoid` in code.",
    "math": "write `np.` in place of `math.`, or import it first.",
}
KNOWN = {"exp", "log", "ln", "sin", "cos", "tan", "sqrt", "tanh", "sinh", "cosh", "atan", "arctan"}
LIBRARY = {"diff", "Symbol", "symbols", "Rational", "Matrix", "Max", "Min", "Function", "simplify", "expand",
           "mean", "array", "linspace", "zeros", "ones", "arange", "maximum", "minimum", "where"}  # fmt: skip
WORDS = {"positive", "negative", "zero", "left", "right", "up", "down", "yes", "no"}  # answers to choose from
QUANTITY = sp.Basic | Number | np.ndarray


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
    of_formulas = isinstance(function, type) and issubclass(function, sp.Function | sp.Max | sp.Min)
    if not of_formulas and function is not sp.sqrt:
        return None
    name = function.__name__
    numpy = IN_NUMPY.get(name, name)
    instead = f"np.{numpy}" if hasattr(np, numpy) else f"{name}.numpy" if hasattr(function, "numpy") else None
    return instead and say(
        "`{written}` is for formulas. For arrays of numbers write `{instead}`.",
        written=written,
        instead=instead,
    )


def of_symbol(found: re.Match, part: ast.expr | None, names: Mapping) -> str | None:
    """A function of NumPy's, or of math, with a symbol in it."""
    function, written = function_of(part, names)
    name = getattr(function, "__name__", written.rpartition(".")[2])
    if function in (None, float, int) and written in ("float", "int"):
        return say(
            "`{written}` needs a number, and a symbol is left in this: put its value in first, with `.subs`.",
            written=written,
        )
    instead = IN_SYMPY.get(name, name)
    if not (isinstance(function, np.ufunc) or getattr(math, name, None) is function) or not hasattr(
        sp, instead
    ):
        return None
    return say(
        "`{written}` is for numbers, and there is a symbol in it. In a formula write `sp.{instead}`; "
        "in a function of numbers compute the symbol's value first.",
        written=written,
        instead=instead,
    )


def of_many(found: re.Match, part: ast.expr | None, names: Mapping) -> str | None:
    """A function of math with an array."""
    function, written = function_of(part, names)
    name = getattr(function, "__name__", "")
    if getattr(math, name, None) is not function or not hasattr(np, name):
        return None
    return say("`{written}` takes a single number. For arrays write `np.{name}`.", written=written, name=name)


def as_method(found: re.Match, part: ast.expr | None, names: Mapping) -> str | None:
    """x.exp() for sp.exp(x)."""
    name = found[2]
    return (
        say("functions stand in front: `sp.{name}(...)`.", name=IN_SYMPY.get(name, name))
        if name in KNOWN
        else None
    )


def unknown(found: re.Match, part: ast.expr | None, names: Mapping) -> str | None:
    """A name that nobody has defined."""
    name = found[1]
    if name in KNOWN:
        in_formula, in_array = IN_SYMPY.get(name, name), IN_NUMPY.get(name, name)
        in_formula = "log" if name == "ln" else in_formula
        return say(
            "say whose `{name}`: `sp.{in_formula}` in a formula, `np.{in_array}` for arrays of numbers.",
            name=name,
            in_formula=in_formula,
            in_array=in_array,
        )
    if name in BY_NAME:
        return BY_NAME[name]
    if name in ("np", "sp", "check", "Model") or re.fullmatch(r"answer_\d+", name):
        return say(
            "nothing is called `{name}` yet: run the cell first in which it gets its meaning.", name=name
        )
    if re.fullmatch(r"d[A-Za-z]\w*", name) and name[1:] in names:
        return say("for a derivative write `sp.diff({of}, x)`, with your own symbol for x.", of=name[1:])
    quantities = [one for one, value in names.items() if isinstance(value, QUANTITY) and one[0] != "_"]
    for cut in range(1, len(name)):
        if name[:cut] in quantities and name[cut:] in quantities:
            return say(
                "`{name}` is one name. Write the times sign: `{first}*{second}`.",
                name=name,
                first=name[:cut],
                second=name[cut:],
            )
    alike = [one for one in names if one.lower() == name.lower() and one[0] != "_"]
    alike += get_close_matches(name, quantities, n=1, cutoff=0.75) if len(name) > 2 else []
    if alike:
        return say("nothing is called `{name}` here. Do you mean `{alike}`?", name=name, alike=alike[0])
    if name in LIBRARY:
        return say(
            "`{name}` is part of a library: write `{home}.{name}`.",
            name=name,
            home="sp" if hasattr(sp, name) else "np",
        )
    said = say("nothing is called `{name}`: a text stands in quotation marks.", name=name)
    return said if name in WORDS else None


def elsewhere(found: re.Match, part: ast.expr | None, names: Mapping) -> str | None:
    """What another module has, or this one under another name."""
    short = {"numpy": "np", "sympy": "sp"}.get(found[1], found[1])
    module, lower = {"np": np, "sp": sp, "math": math}.get(short), found[2].lower()
    instead = ELSEWHERE.get(found[1], {}).get(found[2])
    if instead is None and lower != found[2] and hasattr(module, lower):
        instead = f"{short}.{lower}"
    return instead and say("this is called `{instead}`.", instead=instead)
