"""What is no formula, or no code at all, gets a sentence under its cell; other errors get none."""

import gc
import sys
import warnings

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from languages import hearing, left_over, plain
from traitlets.config import Config

from course_utils.checks import unreadable

SETUP = """%load_ext course_utils
import math
import numpy as np
import sympy as sp
from course_utils import *
x, y, w, b, z, h, y_hat, L, w1 = sp.symbols("x y w b z h y_hat L w1")
samples, rate = np.array([1.0, 2.0]), 0.1
model = Model({z: w * x + b, h: sigmoid(z), L: (y - h) ** 2}, [w, b], [x, y])
answer_4 = ...
def nothing(u):
    u = np.exp(u)
def late(u):
    return np.tanh(u) * tanh(u)
"""
SLIPS = [  # (a cell, words of its sentence)
    ("h(1-h)", "`h*(1 - h)`"),
    ("2(y_hat-y)*h", "`2*(y_hat - y)`"),
    ("answer = 2 * (y_hat - y)(h)", "`(y_hat - y)*(h)`"),
    ("rate(w + 1)", "`rate*(w + 1)`"),
    ("samples(1 - samples)", "`samples*(1 - samples)`"),
    ("2 * sp.exp(x)(1 + x)", "times sign"),
    ("sum = 3.0\nsum(samples)", "`del sum`"),
    ("3x", "`3*x`"),
    ("answer = 2*w*h + 3.5x", "`3.5*x`"),
    ("y = 2x + 3w", "`2*x`"),
    ("x = (w + b)x", "`(...)*x`"),
    ("answer = 2 * x h", "between `x` and `h` a sign is missing"),
    ("answer = 2 (w + b) x", "a sign is missing"),
    ("answer = sp.exp x", "`sp.exp(x)`"),
    ("x^2", "two stars"),
    ("2*(w*x + b)^2", "two stars"),
    ("samples^2", "two stars"),
    ("x²", "`**2`"),
    ("answer = 2·x", "`*`"),
    ("answer = y_hat − y", "`-`"),
    ("answer_7 = “negative”", "write `\"`"),
    ("answer = √x", "`sp.sqrt(...)`"),
    ("answer = |x|", "`abs(x)`"),
    ("answer = 2*(y_hat - y", "a bracket `(` is opened here"),
    ("answer = 2*(y_hat - y))", "one closing bracket `)` too many"),
    ("print(h", "a bracket `(` is opened here"),
    ("answer = [2*(x]", "is closed by `]`"),
    ("lambda = 0.1", "a word of Python's own"),
    ("2*x = answer", "to the left of `=`"),
    ("def f(u):\nreturn u", "four spaces"),
    ("answer_7 = 'negative", "quotation mark"),
    ("tanh(samples)", "`np.tanh`"),
    ("sigmoid(samples)", "`sigmoid.numpy`"),
    ("sp.sin(samples)", "`np.sin`"),
    ("sp.sqrt(samples)", "`np.sqrt`"),
    ("sp.atan([1.0])", "`np.arctan`"),
    ("tanh.numpy(samples)", "`np.tanh`"),
    ("late(samples)", "`np.tanh`"),
    ("np.exp(x)", "`sp.exp`"),
    ("np.arctan(w * x + b)", "`sp.atan`"),
    ("math.exp(x)", "`sp.exp`"),
    ("math.exp(samples)", "`np.exp`"),
    ("float(x + 1)", "`.subs`"),
    ("exp(-x)", "`sp.exp` in a formula, `np.exp` for arrays"),
    ("answer = 1 / ln(x)", "`sp.log` in a formula, `np.log`"),
    ("e**-x", "`sp.exp(u)`"),
    ("2 * pi", "`sp.pi`"),
    ("2 * wx", "`w*x`"),
    ("yhat - y", "`y_hat`"),
    ("answer_3 * 2", "run the cell first"),
    ("np.ln(samples)", "`np.log`"),
    ("sp.arctan(x)", "`sp.atan`"),
    ("max(x, 0)", "`sp.Max`"),
    ("max(samples, 0)", "`np.maximum`"),
    ("x if x > 0 else 0", "symbol has a value"),
    ("w[1]", "such as `w1`"),
    ("2 * answer_4", "three dots"),
    ("answer_4.subs(x, 1)", "three dots"),
    ("nothing(samples) * 2", "`nothing` gives nothing back"),
    ("2 * sp.exp", "argument in brackets"),
    ("'2*x' * x", "quotation marks"),
    ("[0.1, 0.2] - [0.1, 0.1]", "`np.array(...)`"),
    ("[0.1, 0.2] + 1", "`np.array(...)`"),
    ("rate * [0.1, 0.2]", "`np.array(...)`"),
    ("2 x", "between `2` and `x`"),
    ("def f(u):\n    return w u + b", "between `w` and `u`"),
    ("y = 2 * (x + 1) 3", "`(...)` and `3`"),
    ("answer = 2 * (y_hat - y) *", "ends with `*`"),
    ("answer =", "ends with `=`"),
    ("return 2 * x", "inside a function"),
    ("def f(u)\n    return u", "a colon"),
    ("answer = 2sp.exp(x)", "`2*sp.exp`"),
    ("answer = 2\u00a0* x", "invisible"),
    ("from numpy import exp\nexp(x)", "`sp.exp`"),
    ("sp.sqrt([1.0, 4.0])", "`np.sqrt`"),
    ("sp.Max(samples, 0)", "`np.maximum`"),
    ("x.exp()", "`sp.exp(...)`"),
    ("[1.0, 2.0].mean()", "`np.array(...)`"),
    ("(2.0).subs(x, 1)", "a number already"),
    ("data = {x: samples}\ndata['x']", "`data[x]`"),
    ("data = {'x': samples}\ndata[x]", "`data[\"x\"]`"),
    ("losses = [1.0]\nlosses(0)", "`losses[0]`"),
    ("ŷ - y", "`y_hat`"),
    ("Y_hat - y", "`y_hat`"),
    ("w_1 * x", "`w1`"),
    ("sp.symbol('x')", "`sp.Symbol`"),
    ("1e-3x", "`1e-3*x`"),
    ("h•x", "write `*`"),
    ("sp.max(x, 0)", "`sp.Max`"),
    ("np.maximum(x, 0)", "`sp.Max`"),
    ("np.where(x > 0, x, 0)", "`sp.Piecewise`"),
    ("sp.exp^x", "argument in brackets"),
    ("sp.Abs(samples)", "`np.abs`"),
    ("int(2 * x)", "`.subs`"),
    ("w1[0]", "such as `w1_0`"),
    ("np.array[1, 2]", "round brackets: `np.array(...)`"),
    ("half = 0,5 * x\nhalf.diff(x)", "a decimal point"),
    ("sp.diff(x**2, 3)", "with respect to a symbol"),
    ("answer_6 = 0,0103", "write `0.0103`"),
    ("answer_6 = 1 034", "write `1034`"),
    ("answer_6 = 007", "does not begin with 0"),
    ("answer_6 = 175 ppm", "without a unit"),
    ("answer_6 = 10 %", "10 % is 0.1"),
    ("answer_6 = 1.03x10**-2", "a power of ten"),
    ("answer_6 = 1.03e-2.", "a full stop"),
    ("answer_7 = negative", "a text stands in quotation marks"),
    ("answer = 2*h.(1 - h)", "a point is not a times sign"),
    ("answer = 2[h - x]*w", "only round brackets group"),
    ("answer = 2{h - x}*w", "only round brackets group"),
    ("answer = [2*(y_hat - y)]*w", "square brackets make a list"),
    ("answer = '2*x'*3.0", "quotation marks"),
    ("half = 0,5\nhalf*1.5", "a decimal point"),
    ("sigmoid(z)(1 - sigmoid(z))", "`sigmoid(z)*(1 - sigmoid(z))`"),
    ("answer = 2 x y", "between `2` and `x`"),
    ("answer = 2 * * x", "two stars `**` without a space"),
    ("answer = x + / y", "two operators"),
    ("answer = x⁻¹", "`**(-1)`"),
    ("answer = w₁*x", "write `1`"),
    ("answer = 2*（x + 1)", "write `(`"),
    ("answer = x ± 1", "no `±`"),
    ("answer = 2π", "`2*π`"),
    ("answer = f'(x)", "no sign for a derivative"),
    ("answer = dL/dw", "`sp.diff(L, x)`"),
    ("answer = \\frac{2}{x}", "LaTeX"),
    ("answer = `2*x`", "leave it out"),
    ("answer = x!", "`sp.factorial(n)`"),
    ("answer = 2@x", "with a star"),
    ("answer = sp exp(-x)", "`sp.exp(...)`"),
    ("answer = Sp.exp(-x)", "Do you mean `sp`"),
    ("answer = sp.Exp(-x)", "`sp.exp`"),
    ("answer = diff(x**2, x)", "`sp.diff`"),
    ("answer = mean(samples)", "`np.mean`"),
    ("answer = E**x", "`sp.exp(u)`"),
    ("answer 1 = 2*x", "write `answer_1`"),
    ("answer_1 := 2*x", "a single `=`"),
    ("answer_1 2*x", "write `answer_1 = ...`"),
    ("class = 3", "such as `class_`"),
    ("def f(u):\n    retrun u", "do you mean `return`"),
    ("def f(u):\n    return = u", "without `=`"),
    ("def f(u):\n    v = u\n   return v", "begin at the same place"),
    ("def f u:\n    return u", "in brackets"),
    ("if rate = 1:\n    pass", "two signs `==`"),
    ("w, b = 3", "more names, or fewer"),
    ("for i in 3:\n    pass", "`range(n)`"),
    ("print(2*x)*3", "`print` shows"),
    ("x > 0 and x", "symbol has a value"),
    ("samples[2]", "2 entries, counted from 0"),
    ("alone = np.ones(1)\nalone[1]", "`alone` has 1 entry, which is `alone[0]`"),
    ("samples[x]", "whole numbers from 0"),
    ("point = {x: 1.0}\npoint.x", "`point[x]`"),
    ("x.subs(3)", "`.subs(x, 3)`"),
    ("sp.Symbol(x)", '`sp.Symbol("x")`'),
    ("sum(2 for each in x)", "a symbol is no list"),
    ("loss = 3.0\nloss[-1]", "a number has no entries"),
    ("samples + '1'", "leave out the quotation marks"),
    ("rate_w, rate_b = {'w': 1.0, 'b': 2.0}\nrate * rate_w", "`rate_w` is a text here, 'w': unpacking"),
    ("for name in {'w': 1.0}:\n    samples * name", "a loop over it, gives the names in it"),
    ("number = '0.5'\nrate * number", "leave out the quotation marks"),
    ("slopes = {'w': 1.0}\nslopes[0]", "names and no places: `slopes[\"w\"]`"),
    ("slopes = {'w': 1.0}\nrate * slopes", "a dictionary is no number: ask for one of its entries"),
]  # fmt: skip
ORDINARY = [
    "1 / 0",
    "{}['w']",
    "[][1]",
    "open('nowhere.csv')",
    "import nowhere",
    "foo(1)",
    "raise Exception('x is not callable')",
    "raise ValueError('no')",
    "assert rate > 1",
    "int('a')",
    "np.ones(2) + np.ones(3)",
    "Model({}, [w])",
    "model.gradient('w')",
    "late()",
    "late(1, 2)",
    "(1).bit",
    "lost = None\nlen('ab') * lost",
    "np.nothing",
    "samples.items()",
    "def f(u: return u",
    "for i range(3): pass",
    "class Odd(Exception):\n    def __str__(self):\n        raise self\nraise Odd",
    "def again(u): return again(u)\nagain(1)",
    "model(1)",
    "w x",
]  # fmt: skip


@pytest.fixture(scope="module")
def run():
    """What a cell shows in a shell of IPython's own: (its text on stdout, what it displayed)."""
    InteractiveShell.clear_instance()
    main = sys.modules["__main__"]  # a shell puts its own there
    settings = Config({"HistoryManager": {"enabled": False}})
    shell = InteractiveShell.instance(config=settings, colors="NoColor", xmode="Plain")  # quickly made

    def run(cell):
        for source in (SETUP, cell):
            with capture_output() as shown, warnings.catch_warnings():
                warnings.simplefilter("ignore")
                shell.reset(new_session=False) if source is SETUP else None
                shell.run_cell(source)
        return shown.stdout, [output.data for output in shown.outputs]

    gc.freeze()  # IPython searches for garbage each time, and would go through all that pytest has collected
    yield run
    gc.unfreeze()
    InteractiveShell.clear_instance()
    sys.modules["__main__"] = main


@pytest.mark.parametrize(("cell", "words"), SLIPS, ids=[cell for cell, _ in SLIPS])
def test_a_slip_keeps_its_traceback_and_gets_a_sentence(run, cell, words):
    text, shown = run(cell)
    assert "Error" in text and len(shown) == 1, text
    assert words in shown[0]["text/plain"] and words in shown[0]["text/markdown"], shown
    assert shown[0]["text/plain"].startswith("In short: ") and shown[0]["text/plain"][-1] in ".?"


@pytest.mark.parametrize("cell", [cell for cell, _ in SLIPS[::6]])
def test_no_word_of_a_sentence_is_english_where_chinese_is_spoken(run, cell):
    with hearing():
        _, (shown,) = run(cell)
    assert plain(shown["text/plain"]).startswith("简单地说：")
    assert not left_over(shown["text/plain"]) and not left_over(shown["text/markdown"])


@pytest.mark.parametrize("cell", ORDINARY)
def test_an_ordinary_error_gets_none(run, cell):
    text, shown = run(cell)
    assert text and shown == [], shown


def test_the_traceback_is_as_it_would_be_without(run):
    with_sentence, _ = run("h(1-h)")
    shell = InteractiveShell.instance()
    shell.events.unregister("post_run_cell", unreadable.explain)
    with capture_output() as alone:
        shell.run_cell("h(1-h)")
    shell.events.register("post_run_cell", unreadable.explain)
    assert "object is not callable" in alone.stdout and not alone.outputs
    assert with_sentence.splitlines()[3:] == alone.stdout.splitlines()[3:]  # the cell's number apart
