"""An audit hook: while answers are read, nothing is compiled, started, written or imported."""

import ast
import builtins
import os
import sys
from contextlib import contextmanager
from importlib import import_module

import numpy as np
from mpmath.libmp.libhyper import make_hyp_summator
from sympy.polys import monomials

from course_utils.checks.parts import BY_NAME
from course_utils.compiled.lines import CodePrinter

FORBIDDEN = ("compile", "exec", "import", "os.", "subprocess.", "socket.", "shutil.", "ctypes.", "marshal.")
FORBIDDEN += ("pickle.", "code.", "urllib.", "builtins.input", "signal.", "mmap.", "sqlite3.", "webbrowser.")
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC

# What the course's printer writes: calls of functions by name, arithmetic, names, numbers
PRINTED = (ast.Module, ast.FunctionDef, ast.arguments, ast.arg, ast.Assign, ast.Return, ast.List, ast.Tuple)
PRINTED += (ast.BinOp, ast.UnaryOp, ast.Compare, ast.Call, ast.keyword, ast.Name, ast.Constant)
PRINTED += (ast.operator, ast.unaryop, ast.cmpop, ast.expr_context)
CALLED = {path.rpartition(".")[2] for path in CodePrinter().known_functions.values()} | set(BY_NAME)
CALLED |= {"abs", "reduce", "maximum", "minimum", "select", "logical_and", "logical_or", "logical_not"}
CALLED |= {"less", "less_equal", "greater", "greater_equal", "equal", "not_equal"}
ELSEWHERE = {"(another)", *dir(np), *dir(builtins)}  # these are no activations

LIBRARIES = "functools", "math", "numpy", "scipy.special"  # from which lambdify imports what it printed
IMPORTED = (
    "sympy.physics.units",
    "sympy.sets.handlers.functions",
    "scipy.special",
)  # by printers, when they first need them
PARSE = ast.parse.__code__  # what is parsed is not run
# mpmath and SymPy write loops for a number of terms, with none of the answer's names in them
OWN_CODE = {make_hyp_summator.__code__.co_filename, monomials.__file__}


class Heard(BaseException):
    """What was tried. No `except Exception` stops it."""


class Watch:
    """Listens while it is on. printing: what the course's own printer wrote may be compiled, and run."""

    def __init__(self):
        self.on = self.printing = False
        self.heard, self.sources, self.called = [], 0, set()
        list(map(import_module, IMPORTED))
        sys.addaudithook(self.hook)

    @contextmanager
    def listening(self, printing: bool = False):
        self.on, self.printing = True, printing
        try:
            yield
        finally:
            self.on = False

    def hook(self, event: str, arguments: tuple) -> None:
        if not self.on:
            return
        self.on = False  # what happens here is no matter
        if self.forbids(event, arguments):
            self.heard.append(f"{event} {arguments!r:.300}")
            raise Heard(self.heard[-1])
        self.on = True

    def forbids(self, event: str, arguments: tuple) -> bool:
        if event == "open":
            _, mode, flags = arguments
            return bool(set(mode or "") & set("wax+")) or bool(flags & WRITING)
        if event not in ("compile", "exec"):
            return event.startswith(FORBIDDEN)
        caller, code = sys._getframe(2).f_code, arguments[0]
        if caller.co_filename in OWN_CODE:
            return False
        if event == "compile":
            return not ((self.printing or caller is PARSE) and self.is_printed(code))
        printed = code.co_filename.startswith("<lambdifygenerated") or set(code.co_names[:1]) <= set(
            LIBRARIES
        )
        return not (self.printing and printed)

    def is_printed(self, source) -> bool:
        """Whether this source is one that the printer may write, whatever the formulas were."""
        nodes = list(ast.walk(ast.parse(source))) if isinstance(source, str | bytes) else [None]
        self.sources += 1
        if [type(node) for node in nodes] == [ast.Module, ast.ImportFrom, ast.alias]:
            return nodes[1].module in LIBRARIES
        functions = [node.func for node in nodes if isinstance(node, ast.Call)]
        functions = [f.value if isinstance(f, ast.Attribute) and f.attr == "reduce" else f for f in functions]
        called = {getattr(function, "id", "(another)") for function in functions}
        self.called |= called
        constants = {type(node.value) for node in nodes if isinstance(node, ast.Constant)}
        return (
            all(isinstance(node, PRINTED) or getattr(node, "attr", "") == "reduce" for node in nodes)
            and called - CALLED <= called - ELSEWHERE
            and constants <= {int, float, bool, type(None)}
        )
