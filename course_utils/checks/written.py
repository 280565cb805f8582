"""What stands in a learner's own formula: which symbols, and is a bracket missing?"""

from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import islice, product

import numpy as np
import sympy as sp

from .floats import Floats, Numbers
from .flow import same

NODES, BRACKETS, FEW = 500, 500, 8  # so many are looked at, in a formula of no more than
LONGEST = 1000  # parts


class Written:
    """A formula that a learner gave, with the values of its symbols at some points.

    right: the key's values there. A symbol is in it by its name, or as what it is computed from.
    """

    def __init__(self, formula: sp.Expr, floats: Floats, right: Numbers, computed: Iterable[sp.Symbol]):
        self.formula, self.floats, self.right = formula, floats, right
        self._short = next(islice(sp.preorder_traversal(formula), LONGEST, None), None) is None
        self.symbols = formula.free_symbols | self._written_out(computed)

    def __contains__(self, symbol: sp.Symbol) -> bool:
        return symbol in self.symbols

    def _written_out(self, computed: Iterable[sp.Symbol]) -> set[sp.Symbol]:
        """The symbols in whose place stands what they are computed from: some part has the same values."""
        parts = islice(parts_of(self.formula), NODES) if self._short else []
        numbers = [self.floats.value(part) for part in dict.fromkeys(parts) if part.args]
        if not numbers:
            return set()
        size = np.abs(np.array(numbers))  # of -k*x as of k*x
        return {symbol for symbol in computed if same(size, np.abs(self.floats.points[symbol.name])).any()}

    @cached_property
    def lacks_bracket(self) -> bool:
        """Whether the formula is the right one, or a number times it, once a sum of it is in a bracket."""
        changes = islice(bracketed(self.formula), BRACKETS) if self._short else []
        return any(self._proportional(changed) for changed in changes)

    @np.errstate(all="ignore")
    def _proportional(self, changed: sp.Expr) -> bool:
        numbers = self.floats.value(changed)
        largest = np.argmax(np.abs(self.right))
        return bool(same(numbers[largest] / self.right[largest] * self.right, numbers))


def parts_of(formula: sp.Expr) -> Iterator[sp.Expr]:
    """What it is made of, without a number before it; of a sum also all terms but one, z in z - y."""
    for node in sp.preorder_traversal(formula):
        if isinstance(node, sp.Expr):
            yield node.primitive()[1]
            few = node.is_Add and len(node.args) <= FEW
            yield from ((node - term).primitive()[1] for term in node.args if few)


def bracketed(formula: sp.Expr) -> Iterator[sp.Expr]:
    """The formula where all of a sum is multiplied by what only one term of it has: (a + b)*c for a + b*c."""
    for total in sorted(formula.atoms(sp.Add), key=str):
        number, terms = total.primitive()
        for term in terms.args:
            for factor, sign in product(products_of(term), (1, -1)):
                yield formula.xreplace({total: number * (term + sign * factor * (terms - term))})


def products_of(term: sp.Expr) -> list[sp.Expr]:
    """All that some of a term's factors make together; of a whole power each factor is one."""
    factors = []
    for factor in sp.Mul.make_args(term):
        base, exponent = factor.as_base_exp()
        whole = exponent.is_Integer and 1 < exponent <= FEW
        factors += [base] * int(exponent) if whole else [factor]
    few = [factor for factor in factors if factor != -1][:FEW]
    chosen = (
        sp.Mul(*(f for f, take in zip(few, some, strict=True) if take))
        for some in product((0, 1), repeat=len(few))
    )
    return [factor for factor in dict.fromkeys(chosen) if factor != 1]
