"""An audit hook: while answers are read, nothing is compiled, started, written or imported."""

import ast
import os
import sys
from contextlib import contextmanager

import numpy as np
from mpmath.libmp.libhyper import make_hyp_summator

from course_utils.checks.parts import BY_NAME

FORBIDDEN = ("compile", "exec", "import", "os.", "subprocess.", "socket.", "shutil.", "ctypes.", "marshal.")
FORBIDDEN += ("pickle.", "code.", "urllib.", "builtins.input", "signal.", "mmap.", "sqlite3.", "webbrowser.")
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC

# What the course's printer writes: calls of functions by name, arithmetic, names, numbers
PRINTED = (ast.Module, ast.FunctionDef, ast.arguments, ast.arg, ast.Assign, ast.Return, ast.List, ast.Tuple)
PRINTED += (ast.BinOp, ast.UnaryOp, ast.Compare, ast.Call, ast.keyword, ast.Name, ast.Constant)
PRINTED += (ast.operator, ast.unaryop, ast.cmpop, ast.expr_context)
CALLED = {*BY_NAME, *dir(np), "abs", "max", "min"}

REDUCE = "functools", "reduce"  # what lambdify imports for a maximum of several
MPMATH = make_hyp_summator.__code__.co_filename


class Heard(BaseException):
    """What was tried. No `except Exception` stops it."""


class Watch:
    """Listens while it is on. printing: what the course's own printer wrote may be compiled, and run."""

    def __init__(self):
        self.on = self.printing = False
        self.heard, self.sources = [], 0
        sys.addaudithook(self.hook)

    @contextmanager
    def listening(self, printing: bool = False):
        self.on, self.printing = True, printing
        try:
            yield
        finally:
            self.on = False

    def hook(self, event: str, arguments: tuple) -> None:
        if self.on and self.forbids(event, arguments):
            self.on = False
            self.heard.append(f"{event} {arguments!r:.300}")
            raise Heard(self.heard[-1])

    def forbids(self, event: str, arguments: tuple) -> bool:
        if event == "open":
            _, mode, flags = arguments
            return bool(set(mode or "") & set("wax+")) or bool(flags & WRITING)
        if event in ("compile", "exec") and sys._getframe(2).f_code.co_filename == MPMATH:
            return False  # mpmath writes a loop of its own for each kind of hypergeometric sum
        if self.printing and event == "exec":
            code = arguments[0]
            return not code.co_filename.startswith("<lambdifygenerated") and code.co_names != REDUCE
        if event == "compile" and (self.printing or sys._getframe(2).f_code is ast.parse.__code__):
            return not self.is_printed(arguments[0])  # parsed alone, it is not run
        return event.startswith(FORBIDDEN)

    def is_printed(self, source) -> bool:
        """Whether this source is one that the printer may write, whatever the formulas were."""
        self.on = False
        try:
            nodes = list(ast.walk(ast.parse(source)))
        finally:
            self.on = True
        self.sources += 1
        if [type(node) for node in nodes] == [ast.Module, ast.ImportFrom, ast.alias]:
            return (nodes[1].module, nodes[2].name) == REDUCE
        functions = {node.func for node in nodes if isinstance(node, ast.Call)}
        constants = {type(node.value) for node in nodes if isinstance(node, ast.Constant)}
        return (
            all(isinstance(node, PRINTED) for node in nodes)
            and all(isinstance(function, ast.Name) for function in functions)
            and constants <= {int, float, bool, type(None)}
        )
