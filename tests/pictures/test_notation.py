"""The course's notation: the same value as the expression, in the order people write."""

import re
import sys

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from model_bank import SEED

from course_utils import sigmoid
from course_utils.compiled.lines import CodePrinter
from course_utils.pictures.latex import chain, latex, link, load_ipython_extension, system

x, y, w1, b1, w2, b2 = sp.symbols("x y w1 b1 w2 b2")
z, h, y_hat, L = sp.symbols("z h y_hat L")
SYMBOLS = [x, w1, w2, h, y, y_hat]
POINT = dict(zip(SYMBOLS, map(sp.Rational, ["3/7", "-5/3", "7/2", "2/9", "-11/4", "13/5"]), strict=True))

coefficients = st.sampled_from(list(map(sp.Rational, ["1", "-1", "2", "-2", "3", "1/2", "-2/3", "5/4", "0"])))
powers = st.builds(sp.Pow, st.sampled_from(SYMBOLS), st.integers(1, 3))


def sums_of_products(factors):
    """Sums of one to four products, each of a number and up to three of the factors."""
    products = st.builds(
        lambda number, some: sp.Mul(number, *some), coefficients, st.lists(factors, max_size=3)
    )
    return st.lists(products, min_size=1, max_size=4).map(lambda terms: sp.Add(*terms))


polynomials = sums_of_products(powers | st.builds(sp.Pow, sums_of_products(powers), st.integers(1, 2)))


def code(expression):
    """The expression as the compiled source prints it."""
    return CodePrinter().doprint(expression)


def value_of_code(text):
    """The exact value of arithmetic in Python: every number in it becomes a SymPy integer."""
    exact = re.sub(r"(?<![\w.])(\d+)(\.0)?", r"Integer(\1)", text)
    return eval(exact, {"Integer": sp.Integer} | {symbol.name: number for symbol, number in POINT.items()})


def value_of_latex(text):
    """The value of LaTeX arithmetic: fractions, powers, brackets, and products written side by side."""
    text = re.sub(r"\\hat\{(\w)\}", r"\1_hat", text)
    text = re.sub(r"(\w)_\{(\d)\}", r"\1\2", text)
    text = text.replace(r"\left(", "(").replace(r"\right)", ")").replace(r"\cdot", "*")
    while "{" in text:
        text = re.sub(r"\^\{([^{}]*)\}", r"**(\1)", text)
        text = re.sub(r"\\frac\{([^{}]*)\}\{([^{}]*)\}", r"((\1)/(\2))", text)
    ends, begins = r"[\w)]", r"[\w(]"
    return value_of_code(re.sub(rf"({ends})\s+(?={begins})|(\))(?=\()", r"\1\2*", text))


@settings(max_examples=60)
@given(polynomials, polynomials)
def test_printed_code_and_latex_have_the_value_of_the_expression(polynomial, other):
    assert value_of_code(code(polynomial)) == polynomial.xreplace(POINT)
    assert value_of_latex(latex(polynomial)) == polynomial.xreplace(POINT)
    quotient = polynomial / (other**2 + 1)
    assert value_of_code(code(quotient)) == quotient.xreplace(POINT)


FORMS = [
    (2 * (y_hat - y), "2*(y_hat - y)", r"2 \left(\hat{y} - y\right)"),
    (w1 * x + b1, "w1*x + b1", "w_{1} x + b_{1}"),
    (w2 * h + b2, "w2*h + b2", "w_{2} h + b_{2}"),
    (1 - h, "1 - h", "1 - h"),
    (h * (1 - h), "h*(1 - h)", r"h \left(1 - h\right)"),
    ((y - y_hat) ** 2, "(y - y_hat)**2", r"\left(y - \hat{y}\right)^{2}"),
    (y_hat, "y_hat", r"\hat{y}"),
    (-x, "-x", "- x"),
]


@pytest.mark.parametrize(("expression", "in_code", "in_latex"), FORMS)
def test_it_is_written_as_people_write_it(expression, in_code, in_latex):
    assert (code(expression), latex(expression)) == (in_code, in_latex)


def test_the_gradient_keeps_its_factors_in_code(seed_model):
    assert value_of_code(code(seed_model.gradient(w1))) == seed_model.gradient(w1).xreplace(POINT)


PARTIAL = r"\frac{\partial L}{\partial "
SHOWN = {  # what is shown, its LaTeX, its text
    "a link": (
        link(SEED.equations, h, z),
        r"\frac{\partial h}{\partial z} = h \left(1 - h\right)",
        "dh/dz = h*(1 - h)",
    ),
    "a chain: its links, then their values": (
        chain(SEED.equations, w2),
        PARTIAL + r"w_{2}} = " + PARTIAL + r"\hat{y}} \cdot \frac{\partial \hat{y}}{\partial w_{2}}"
        r" = 2 \left(\hat{y} - y\right) \cdot h",
        "dL/dw2 = h*(-2*y + 2*y_hat)",
    ),
    "a product for each path": (
        chain({z: w1 * x, L: z**2 + w1}, w1),
        r"\begin{aligned}" + PARTIAL + "w_{1}} &= " + PARTIAL + r"z} \cdot \frac{\partial z}{\partial w_{1}}"
        r" \\ &\quad + " + PARTIAL + r"w_{1}} \\ &= 2 z \cdot x \\ &\quad + 1\end{aligned}",
        "dL/dw1 = 2*x*z + 1",
    ),
    "a system": (
        system({z: w1 * x, h: sigmoid(z)}),
        r"\begin{aligned}z &= w_{1} x \\[4pt] h &= \sigma\left(z\right)\end{aligned}",
        "z = w1*x\nh = sigmoid(z)",
    ),
}


@pytest.mark.parametrize(("shown", "in_latex", "in_text"), SHOWN.values(), ids=SHOWN)
def test_it_is_shown_as_latex_and_printed_as_text(shown, in_latex, in_text):
    assert (shown._repr_latex_(), repr(shown)) == (f"$\\displaystyle {in_latex}$", in_text)


def test_a_chain_puts_a_sum_in_brackets():
    equations = {z: w1 * x, h: z + z**2, L: w2 * h}
    assert r"w_{2} \cdot \left(2 z + 1\right) \cdot x" in chain(equations, w1).latex


def test_words_are_upright_and_multiplied_with_a_dot_and_a_greek_letter_is_no_word():
    rate, gradient = sp.symbols("learning_rate gradient")
    assert latex(rate * gradient) == r"\text{gradient} \cdot \text{learning rate}"
    assert latex(sp.Symbol("beta") * x) == r"\beta x"


def test_the_extension_shows_expressions_in_a_notebook(monkeypatch):
    from IPython.core.interactiveshell import InteractiveShell

    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])  # a shell puts its own there
    shell = InteractiveShell()
    load_ipython_extension(shell)
    bundle, _ = shell.display_formatter.format(y_hat + 1)
    assert bundle["text/latex"] == r"$\displaystyle \hat{y} + 1$"


@pytest.mark.parametrize(
    ("parameters", "written"),
    [(None, "w*x1"), ([sp.Symbol("w")], "w*x1"), ([sp.Symbol("x1")], "x1*w"), ([], "w*x1")],
)
def test_what_is_said_to_be_a_parameter_stands_first(parameters, written):
    assert CodePrinter(parameters).doprint(sp.sympify("w*x1")) == written
