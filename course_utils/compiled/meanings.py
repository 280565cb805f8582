"""What the names in generated code mean: those of the model's symbols, and all the others."""

from collections.abc import Iterable, Mapping, Sequence
from importlib.util import find_spec
from io import StringIO
from keyword import iskeyword
from tokenize import COMMENT, NAME, generate_tokens

import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.printing.codeprinter import CodePrinter

from ..derivation.functions import NUMPY_LACKS, Activation, numpy_form
from ..derivation.given import brief, some
from ..derivation.names import check_name, duplicates_in, spelled
from ..language import refusal

NATIVE = {"abs", "builtins", "range"}  # what SymPy's printers write without an import
ARRAYS = {name for name in ("numpy", "scipy") if find_spec(name)}  # whose functions take arrays


def is_arithmetic(expression: sp.Expr) -> bool:
    """Whether the code needs symbols, numbers and operators alone."""
    return all(
        part.is_Symbol or part.is_Rational or part.is_Float or part.is_Add or part.is_Mul or whole_power(part)
        for part in sp.preorder_traversal(expression)
    )


def whole_power(part: sp.Basic) -> bool:
    """Whether it is a power with a whole exponent, such as x**2 or 1/x."""
    return part.is_Pow and part.exp.is_Integer


def names_used(expression: sp.Expr, printer: CodePrinter) -> set[str]:
    """Every name in an expression's code that is not the name of one of its symbols.

    The symbols are marked first, so that a symbol pi is told from the number.
    Raises ValueError for an expression that has no code.
    """
    if is_arithmetic(expression):
        return set()
    marks = {s: sp.Symbol(f"marked_symbol_{i}") for i, s in enumerate(expression.atoms(sp.Symbol))}
    for applied in expression.atoms(sp.Function):
        check_name(applied.func.__name__)
    try:
        code = printer.doprint(expression.xreplace(marks))
    except Exception:  # SymPy trips over some of its own functions, or has no code, or the stack ends
        code = "# "
    tokens = [*generate_tokens(StringIO(code).readline)]  # reads text, and compiles none
    if any(token.type == COMMENT for token in tokens):  # how SymPy says that it cannot
        raise refusal("{expression} cannot be written in NumPy", expression=brief(expression))
    names = {
        token.string
        for before, token, after in zip([None, *tokens], tokens, tokens[1:], strict=False)
        if token.type == NAME and not iskeyword(token.string)
        if after.string != "=" and (before is None or before.string != ".")  # no keyword, no attribute
    }
    if any(token.string == "lambda" for token in tokens):
        raise refusal("{names} cannot be computed for many samples at once", names=some([expression]))
    return names - set(map(str, marks.values()))


def activations_in(expressions: Iterable[sp.Expr]) -> dict:
    """The NumPy form of each activation in the expressions, by name, which no two may share."""
    kinds = {type(applied) for e in expressions for applied in e.atoms(Activation)}
    if twice := duplicates_in(kind.__name__ for kind in kinds):
        raise refusal(
            "two different activations are called {twice}: rename one, and make the model again",
            twice=twice[0],
        )
    known = (kind for kind in kinds if hasattr(kind, "numpy"))
    return {kind.__name__: numpy_form(kind) for kind in known}  # type: ignore[arg-type]  # can be hashed


def has_own_form(name: str, printer: CodePrinter) -> bool:
    """Whether the printer writes what is called so in a way of its own, as it does Max and Piecewise."""
    method = getattr(printer, f"_print_{name}", None)
    return method is not None and method.__name__ != "_print_known_func"


def refuse_activations(names: Iterable[str]) -> None:
    """Raise ValueError if there are any: activations that are called like something else in the code."""
    if taken := sorted(names):
        raise refusal(
            "the activation {taken} means something else in the generated code: rename it", taken=taken[0]
        )


def names_beside_activations(expressions: Iterable[sp.Expr], printer: CodePrinter) -> set[str]:
    """Every name in the code that some other function than an activation needs."""
    bare = (e.replace(lambda p: isinstance(p, Activation), lambda p: p.args[0]) for e in expressions)
    return set().union(*(names_used(expression, printer) for expression in bare))


def check_meanings(
    symbols: Sequence, expressions: Iterable[sp.Expr], printer: CodePrinter, functions: Mapping
) -> dict:
    """All functions that the code calls besides those of NumPy and SciPy, by name.

    Raises ValueError naming a symbol that means something else in the code, or what has no NumPy form.
    functions: what the code may call besides activations, by name.
    """
    names, used, own = list(map(spelled, symbols)), {}, activations_in(expressions)
    known, functions = set(names), {**functions, **own}
    refuse_activations(name for name in own if name in NATIVE or has_own_form(name, printer))
    for expression in expressions:
        if undefined := expression.atoms(AppliedUndef):
            raise refusal(
                "{names} cannot be computed: it is a function without a formula", names=some(undefined)
            )
        if unknown := {spelled(symbol) for symbol in expression.free_symbols} - known:
            raise refusal("nothing gives {names} a value", names=some(sorted(unknown)))
        used |= dict.fromkeys(names_used(expression, printer), expression)
    if clashes := sorted({*duplicates_in(names), *used.keys() & known}):
        raise refusal(
            "{clashes} means something else in the generated code: choose another name", clashes=clashes[0]
        )
    modules = {name: module for module, called in printer.module_imports.items() for name in called}
    if shadowed := own.keys() & modules.keys():
        refuse_activations(shadowed & names_beside_activations(expressions, printer))
    for name in sorted(used.keys() - set(functions) - NATIVE):
        if modules.get(name, "math").partition(".")[0] not in ARRAYS:
            if name not in NUMPY_LACKS:
                raise refusal(
                    "{names} cannot be computed: there is no NumPy form of {name}",
                    names=some([used[name]]),
                    name=name,
                )
            functions[name] = NUMPY_LACKS[name]
    return functions
