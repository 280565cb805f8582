"""Hints and solutions that a model gives: the way back from its loss, the links on it, what they are."""

from collections.abc import Iterator

import sympy as sp

from ..derivation.chain_rule import Path, backward, number_of_paths, until
from ..language import later, say
from ..models.model import Model
from .notes import Formula, Note

WAYS = 4  # more are not written out
ONE_WAY = later("There is one way from {loss} to {parameter}: {ways}. Multiply along it.")
SEVERAL_WAYS = later(
    "There are {many} ways from {loss} to {parameter}: {ways}. Multiply along each, and add the products."
)
MANY_WAYS = later(
    "There are {many} ways from {loss} to {parameter}: {ways}. (These are {shown} of them.) "
    "Multiply along each, and add the products."
)


def gradient_hints(model: Model, parameter: sp.Symbol) -> list[Note]:
    """Which way the chain runs, then its links, then one link worked out."""
    many, ways = number_of_paths(model.equations, parameter), model.paths(parameter)[:WAYS]
    text = ONE_WAY if many == 1 else SEVERAL_WAYS if many <= WAYS else MANY_WAYS
    names = Note.of(
        say(text, many=many, shown=WAYS, loss="{}", parameter="{}", ways=say("; ").join("{}" for _ in ways)),
        Formula.of(model.loss),
        Formula.of(parameter),
        *map(stations, ways),
    )
    links = Formula.joined(map(product_of_names, ways), " + ", "+")
    whole = Note.of("{} = {}" + " + ..." * (many > WAYS), Formula.partial(model.loss, parameter), links)
    return [names, whole, *one_link(model, parameter, ways[0])]


def stations(way: Path) -> Formula:
    """The symbols on a way, from the loss on."""
    return Formula.joined(map(Formula.of, [way[0][0], *(wrt for _, wrt in way)]), " → ", r"\to")


def product_of_names(way: Path) -> Formula:
    """The links of a way, by their names."""
    return Formula.joined((Formula.partial(*link) for link in way), " · ", r"\cdot")


def one_link(model: Model, parameter: sp.Symbol, way: Path) -> Iterator[Note]:
    """The link that takes most thought; where that is nearly the whole answer, the loss's."""
    whole = model.gradient(parameter)
    links = [link for link in way if not model.local(*link).is_number]
    links = [link for link in links if (model.local(*link) - whole).expand() != 0]
    if links:
        link = max(
            links if len(links) > 2 else links[:1],
            key=lambda link: (not model.equations[link[0]].is_polynomial(link[1]), link in way[:1]),
        )
        yield Note.of("One of the links: {}, because {}.", *worked_out(model, *link))


def worked_out(model: Model, of: sp.Symbol, wrt: sp.Symbol) -> tuple[Formula, Formula]:
    """A link with its value, and the equation that it comes from."""
    value, equation = Formula.of(model.local(of, wrt)), Formula.of(model.equations[of])
    link = Formula.joined([Formula.partial(of, wrt), value], " = ", "=")
    return link, Formula.joined([Formula.of(of), equation], " = ", "=")


def gradient_solution(model: Model, parameter: sp.Symbol) -> list[Note]:
    """Each link worked out, and their product."""
    ways = model.paths(parameter)
    links = dict.fromkeys(link for way in ways for link in way)
    steps = [Note.of("{}, because {}.", *worked_out(model, *link)) for link in links]
    result = [
        Formula.partial(model.loss, parameter),
        Formula.joined(map(product_of_names, ways), " + ", "+"),
        Formula.of(model.gradient(parameter)),
    ]
    return [*gradient_hints(model, parameter)[:1], *steps, Note.of("{}.", Formula.joined(result, " = ", "="))]


def forward_hints(model: Model, symbol: sp.Symbol) -> list[Note]:
    """The order of the lines, then the first of them, then what NumPy's functions do."""
    lines = list(until(model.equations, symbol))
    order = Formula.joined(map(Formula.of, lines), ", ", ",\\;")
    first = Formula.joined([Formula.of(lines[0]), Formula.of(model.equations[lines[0]])], " = ", "=")
    return [
        Note.of("Compute one after the other, each from those before it: {}.", order),
        Note.of("The first line is the first equation, with arrays for the data: {}.", first),
        Note.of(
            "Functions of arrays are NumPy's, such as `np.exp` and `np.tanh`. Return the last line: one"
            " number for each sample, so no mean over the samples."
        ),
    ]


def backward_hints(model: Model) -> list[Note]:
    """The order of the lines there and back, then the first gradient's links, then one line worked out."""
    passes = backward(model.equations, model.parameters)
    if not passes:  # it has no parameters, or none that it uses
        return []
    there = Formula.joined(map(Formula.of, list(model.equations)[:-1]), ", ", ",\\;")
    back = Formula.joined((Formula.partial(model.loss, symbol) for symbol in passes), ", ", ",\\;")
    first, (_, line) = next(iter(passes.items()))
    value = Formula.joined([Formula.partial(model.loss, first), Formula.of(line)], " = ", "=")
    return [
        Note.of("First forward: {}. Then back, each from the one before it: {}.", there, back),
        gradient_hints(model, model.parameters[0])[1],
        Note.of(
            "The way back begins with {}, a number for each sample. At the end `np.mean` makes one"
            " number of each gradient.",
            value,
        ),
    ]
