"""Which error is explained by what. A new sentence goes into RULES."""

import ast
import re
from collections.abc import Callable, Mapping
from typing import Any

from ..language import later
from .misused import (
    called,
    entry,
    nothing_returned,
    other_key,
    place,
    power,
    sequence,
    square_brackets,
    text,
    undecided,
    without_parts,
)
from .other_library import as_method, elsewhere, of_array, of_many, of_symbol, unknown


def always(words: str) -> Callable:
    """A rule that says the same of whatever it is asked."""
    return lambda found, part, names: words


NO_FORMULA = (
    r"NDimArray' object has no|'list' object has no attribute 'is_Number'|SympifyError: (array|\[)"
    r"|is not comparable|Bad argument type for Abs|should be a scalar expression, not (array|\[)"
    r"|object '\w+' has no attribute 'numpy'"
)
ROUND = later("in a formula only round brackets group: write the times sign, and `(...)`.")
NO_ENTRIES = later(
    "a number has no entries, so `[...]` cannot follow it. If a product is meant: "
    "only round brackets group, after a times sign."
)
OPERATION = r"unsupported operand type\(s\) for [^:]+: .*"
RULES: list[tuple[Any, str, Callable]] = [
    (TypeError, r"'([\w.]+)' object is not callable", called),
    (TypeError, OPERATION + r"'(\w+Meta|FunctionClass|builtin_function_or_method|function|numpy.ufunc)'",
     always("a function needs its argument in brackets, such as `sp.exp(u)`.")),
    (TypeError, r"unsupported operand type\(s\) for \^|ufunc 'bitwise_xor'", power),
    ((AttributeError, ValueError, TypeError), NO_FORMULA, of_array),
    (TypeError, r"loop of ufunc does not support argument \d of type (?!int|float|str|list|None)", of_symbol),
    (TypeError, r"Cannot convert (expression|symbols) to (float|int)", of_symbol),
    (TypeError, r"only .* arrays can be converted", of_many),
    (NameError, r"^name '(\w+)' is not defined", unknown),
    (AttributeError, r"module '(\w+)' has no attribute '(\w+)'", elsewhere),
    ((TypeError, AttributeError), r"'ellipsis'",
     always("the three dots stand for an answer that is missing: fill it in, and run its cell.")),
    ((TypeError, ValueError), r"truth value of (Relational|an array)", undecided),
    (TypeError, r"'Symbol' object is not subscriptable", without_parts),
    (TypeError, r"'(int|float)' object is not subscriptable", always(NO_ENTRIES)),
    (TypeError, r"'(Add|Mul|Pow)' object is not subscriptable|" + OPERATION + "'set'", always(ROUND)),
    (TypeError, r"'(int|float)' object is not iterable",
     always("a number is no list: to count up to it write `range(n)`.")),
    (TypeError, r"non-int of type '(Symbol|Add|Mul|Pow|float)'|can only concatenate str", sequence),
    (TypeError, r"not subscriptable", square_brackets),
    (TypeError, r"type\(s\) for [@&|]: '(Symbol|Add|Mul|Pow|int|float)'", always(
        "times is written with a star: `*`.")),
    (TypeError, r"name should be a string|'Symbol' object is not iterable", always(
        'a symbol is no list and no text. A new one has its name in quotation marks: `sp.Symbol("x")`.')),
    ((TypeError, ValueError), r"subs\(\) missing|single argument is passed to subs", always(
        "write first what is replaced, then by what: `.subs(x, 3)`.")),
    ((TypeError, ValueError), r"to unpack|cannot unpack", always(
        "to the left of `=` there are more names, or fewer, than values to the right.")),
    (KeyError, "", other_key),
    (AttributeError, r"'dict' object has no attribute '(\w+)'", entry),
    (IndexError, r"only integers, slices|out of bounds for axis 0 with size (\d+)", place),
    (AttributeError, r"'tuple' object has no attribute '(diff|subs|expand|simplify)'",
     always("a comma makes a pair of two things: write a decimal point, 0.5 and not 0,5.")),
    (AttributeError, r"'(Symbol|Add|Mul|Pow)' object has no attribute '(\w+)'", as_method),
    (AttributeError, r"'(list|tuple)' object has no attribute '(mean|sum|shape|std|T|max|min)'",
     always("a list is no array: make one of it first, with `np.array(...)`.")),
    (AttributeError, r"'(int|float|numpy.float64|numpy.ndarray)' object has no attribute '(subs|diff|evalf)'",
     always("this is a number already, and only formulas have `.subs` and `.diff`.")),
    (TypeError, r"NoneType", nothing_returned),
    (TypeError, OPERATION + "'str'|did not contain a loop .*<U", text),
    (TypeError, OPERATION + "'dict'",
     always("a dictionary is no number: ask for one of its entries, by its name in square brackets.")),
    (TypeError, r"multiply sequence by non-int of type '(float|numpy)|can only concatenate (list|tuple)|"
     + OPERATION + "'list'",
     always("a list is no array: make one of it first, with `np.array(...)`.")),
    (ValueError, r"First variable cannot be a number|Can't calculate derivative wrt",
     always("one differentiates with respect to a symbol, and this is a number: was its name given "
            "a number later?")),
]  # fmt: skip


def explained(error: BaseException, part: ast.expr | None, names: Mapping) -> str | None:
    """What to write instead, or None. part: where the error happened. names: what they mean there."""
    message = str(error)
    for kinds, pattern, rule in RULES:
        if isinstance(error, kinds) and (found := re.search(pattern, message)):
            return rule(found, part, names)
    return None
