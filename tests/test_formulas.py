"""Every equation with a ∂ that was typed into a lesson, compared with the derivation."""

import re
from pathlib import Path

import nbformat
import pytest
import sympy as sp
from sympy.parsing.latex import parse_latex_lark

from course_utils import Model, sigmoid
from course_utils.checks.equivalence import equivalent
from course_utils.derivation.chain_rule import gradient
from course_utils.training.update_rules import GradientDescent

LESSONS = sorted((Path(__file__).parents[1] / "notebooks").rglob("*.ipynb"))  # in every language
PARTIAL = re.compile(r"\\frac\{\\partial ([^{}]+(?:\{\w+\})?)\}\{\\partial ([^{}]+(?:\{\w+\})?)\}")

x, y, w1, b1, w2, b2, z, h, y_hat, L = sp.symbols("x y w1 b1 w2 b2 z h y_hat L")
MODEL = Model(
    {z: w1 * x + b1, h: sigmoid(z), y_hat: w2 * h + b2, L: (y - y_hat) ** 2}, [w1, b1, w2, b2], [x, y]
)
WRITTEN = {r"\hat{y}": y_hat, "w_1": w1, "b_1": b1, "w_2": w2, "b_2": b2}
WRITTEN |= {str(symbol): symbol for symbol in (x, y, z, h, L)}


def typed_equations(text):
    """The statements with a ∂ and an equals sign or arrow in a text's mathematics."""
    for formula in re.findall(r"\$\$(.+?)\$\$|(?<!\$)\$([^$]+)\$(?!\$)", text, re.DOTALL):
        for statement in "".join(formula).split(r"\qquad"):
            if r"\partial" in statement and re.search(r"=|\\leftarrow", statement):
                yield statement.strip()


EQUATIONS = [
    pytest.param(statement, id=f"{lesson.parent.name} {lesson.stem[:2]}: {statement}")
    for lesson in LESSONS
    for cell in nbformat.read(lesson, 4).cells
    if cell.cell_type == "markdown"
    for statement in typed_equations(cell.source)
]


def derivative(of, wrt):
    """∂of/∂wrt along the model's equations, from the derivation."""
    symbols = list(MODEL.equations)
    return gradient({s: MODEL.equations[s] for s in symbols[: symbols.index(of) + 1]}, wrt)


def read(latex):
    """A typed expression as SymPy, each derivative in it replaced by the derivation's."""
    meaning = {}

    def stand_in(expression):
        name = f"A_{{{len(meaning)}}}"
        meaning[sp.Symbol(name)] = expression
        return f" {name} "

    latex = re.sub(r"\\text\{(learning rate|学习率)\}", stand_in(sp.Symbol("learning_rate")), latex)
    latex = PARTIAL.sub(lambda m: stand_in(derivative(WRITTEN[m[1].strip()], WRITTEN[m[2].strip()])), latex)
    for written, symbol in WRITTEN.items():
        alone = rf"(?<![A-Za-z\\_]){re.escape(written)}(?![A-Za-z_])"
        latex = re.sub(alone, lambda _, symbol=symbol: stand_in(symbol), latex)
    # products spelled out, or h (1 - h) would be a function of 1 - h
    latex = re.sub(r"(?<=[\d})])\s*(?=\(| A)", r" \\cdot ", latex)
    expression = parse_latex_lark(latex)
    assert isinstance(expression, sp.Expr), f"cannot read {latex}"
    unknown = expression.free_symbols - set(meaning)
    assert not unknown, f"unknown symbols {unknown} in {latex}"
    return MODEL.expand(expression.xreplace(meaning))


def holds(statement):
    """Whether all sides of a typed equation are equal, or a typed update is the update rule."""
    if r"\leftarrow" in statement:
        target, update = statement.split(r"\leftarrow")
        (rule,) = GradientDescent.equations.values()
        meant = {"parameter": read(target), "gradient": MODEL.expand(MODEL.gradient(WRITTEN[target.strip()]))}
        return equivalent(read(update), rule.xreplace({sp.Symbol(k): v for k, v in meant.items()}))
    first, *others = map(read, statement.split("="))
    return all(equivalent(first, other) for other in others)


@pytest.mark.parametrize("statement", EQUATIONS)
def test_a_typed_equation_is_the_derived_one(statement):
    assert holds(statement)


@pytest.mark.parametrize(
    "statement", [p for p in EQUATIONS if re.search(r"(?<=[\w}]) - (?=[\w\\])", p.values[0])]
)
def test_a_flipped_sign_is_noticed(statement):
    assert not holds(re.sub(r" - ", " + ", statement, count=1))


@pytest.mark.parametrize("statement", [p for p in EQUATIONS if re.search(r"=[^=]*\\cdot[^=]*$", p.values[0])])
def test_a_lost_factor_is_noticed(statement):
    *sides, last = statement.split("=")
    assert not holds("=".join([*sides, last.split(r"\cdot", 1)[1]]))


def test_the_lessons_type_the_seeds_equations():
    typed = {p.values[0].split("=")[0].strip() for p in EQUATIONS}
    of = {"y_hat": r"\hat{y}", "w1": "w_1", "b1": "b_1", "w2": "w_2", "b2": "b_2"}
    local = [(L, y_hat), (y_hat, w2), (y_hat, h), (h, z), (z, w1), (z, b1)]
    gradients = [(L, parameter) for parameter in MODEL.parameters]
    for pair in local + gradients:
        top, bottom = (of.get(str(symbol), str(symbol)) for symbol in pair)
        assert rf"\frac{{\partial {top}}}{{\partial {bottom}}}" in typed
