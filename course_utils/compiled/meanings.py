"""What the names in generated code mean: those of the model's symbols, and all the others."""

import re
from collections.abc import Iterable, Mapping, Sequence
from importlib.util import find_spec
from keyword import iskeyword

import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.printing.codeprinter import CodePrinter, PrintMethodNotImplementedError

from ..derivation.functions import NUMPY_LACKS, Activation
from ..derivation.given import some
from ..derivation.names import duplicates_in, spelled

NAME = re.compile(r"(?<![\w.])[^\W\d]\w*\b(?!=[^=])")  # in code; no attribute, no name of an argument
NATIVE = {"abs", "builtins", "range"}  # what SymPy's printers write without an import


def is_arithmetic(expression: sp.Expr) -> bool:
    """Whether the code needs symbols, numbers and operators alone."""
    return all(
        part.is_Symbol or part.is_Rational or part.is_Float or part.is_Add or part.is_Mul or whole_power(part)
        for part in sp.preorder_traversal(expression)
    )


def whole_power(part: sp.Basic) -> bool:
    return part.is_Pow and part.exp.is_Integer


def names_used(expression: sp.Expr, printer: CodePrinter) -> set[str]:
    """Every name in an expression's code that is not the name of one of its symbols.

    The symbols are marked first, so that a symbol pi is told from the number.
    Raises ValueError for an expression that has no code.
    """
    if is_arithmetic(expression):
        return set()
    marks = {s: sp.Symbol(f"marked_symbol_{i}") for i, s in enumerate(expression.atoms(sp.Symbol))}
    try:
        code = printer.doprint(expression.xreplace(marks))
    except PrintMethodNotImplementedError:
        raise ValueError(f"{some([expression])} cannot be written in NumPy") from None
    named = all(applied.func.__name__.isidentifier() for applied in expression.atoms(sp.Function))
    words = set(NAME.findall(code)) - set(map(str, marks.values()))
    if not named or "#" in code or words & {"lambda", "for"}:  # not written, or for one sample alone
        raise ValueError(f"{some([expression])} cannot be computed in NumPy for many samples at once")
    return {word for word in words if not iskeyword(word)}


def activations_in(expressions: Iterable[sp.Expr]) -> dict:
    """The NumPy form of each activation in the expressions, by name, which no two may share."""
    kinds = {type(applied) for e in expressions for applied in e.atoms(Activation)}
    if twice := duplicates_in(kind.__name__ for kind in kinds):
        raise ValueError(
            f"two different activations are called {twice[0]}: rename one, and make the model again"
        )
    return {kind.__name__: kind.numpy for kind in kinds if hasattr(kind, "numpy")}


def check_meanings(
    symbols: Sequence, expressions: Iterable[sp.Expr], printer: CodePrinter, functions: Mapping
) -> dict:
    """All functions that the code calls besides those of NumPy and SciPy, by name.

    Raises ValueError naming a symbol that means something else in the code, or what has no NumPy form.
    functions: what the code may call besides activations, by name.
    """
    names, used, functions = list(map(spelled, symbols)), {}, {**functions, **activations_in(expressions)}
    for expression in expressions:
        if undefined := expression.atoms(AppliedUndef):
            raise ValueError(f"{some(undefined)} cannot be computed: it is a function without a formula")
        if unknown := {spelled(symbol) for symbol in expression.free_symbols} - set(names):
            raise ValueError(f"nothing gives {some(sorted(unknown))} a value")
        used |= dict.fromkeys(names_used(expression, printer), expression)
    if clashes := sorted({*duplicates_in(names), *used.keys() & set(names)}):
        raise ValueError(f"{clashes[0]} means something else in the generated code: choose another name")
    modules = {name: module for module, known in printer.module_imports.items() for name in known}
    for name in sorted(used.keys() - set(functions) - NATIVE):
        if not is_installed(modules.get(name, "math")):
            if name not in NUMPY_LACKS:
                raise ValueError(f"{some([used[name]])} cannot be computed: there is no NumPy form of {name}")
            functions[name] = NUMPY_LACKS[name]
    return functions


def is_installed(module: str) -> bool:
    """Whether this module's functions can be used, on arrays. (Those of `math` take single numbers.)"""
    return module != "math" and find_spec(module.partition(".")[0]) is not None
