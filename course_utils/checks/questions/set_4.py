"""The questions of problem set 4."""

import numpy as np
import sympy as sp

from ...language import say
from ...models.matrix_model import MatrixModel
from ...models.networks import cross_entropy
from ...models.shared import gradient_by_time_step
from ..passes import check_backward, check_forward
from ..simple import check_choice, check_number
from ..symbols import check_gradient
from .kinds import among

SHAPES = sp.symbols("neurons inputs samples", integer=True, positive=True)
W, A = sp.MatrixSymbol("W", *SHAPES[:2]), sp.MatrixSymbol("A", *SHAPES[1:])
Z_BAR = sp.MatrixSymbol("Z_bar", SHAPES[0], SHAPES[2])


MOVES = {
    "all": "the gradients of w1 and w2 hold v as a factor. What is v here?",
    "only v": "the gradients of w1 and w2 hold v as a factor. Is v 0 here?",
    "only w1 and w2": "the gradient of v is the error's link times h2. Is h2 0 here?",
    "none": "the gradient of v is the error's link times h2. Is h2 0 here?",
}


def moves(model, start, answer):
    """Which parameters move at the first step from a start, for a sample of no special numbers."""
    _, slopes = model.compile()(start, [0.7, -1.1])
    moved = [str(p) for p, slope in zip(model.parameters, slopes, strict=True) if slope]
    some = f"only {' and '.join(moved)}" if moved else "none"
    return check_choice(answer, MOVES, "all" if len(moved) == len(slopes) else some)


def product(of, answer):
    """Which product is the derivative with respect to one of the two tables of Z = W A, named W or A."""
    wrt, other = (W, A) if of == "W" else (A, W)
    pairs = [(other.T, Z_BAR), (Z_BAR, other.T), (Z_BAR.T, other), (other, Z_BAR.T)]
    hints = {
        f"{one}*{next}": say(
            "{one} has shape {shape}, and {next} {other}.",
            one=one,
            shape=one.shape,
            next=next,
            other=next.shape,
        )
        for one, next in pairs
    }
    return check_choice(answer, hints, str(sp.diff(sp.trace(Z_BAR.T * (W * A)), wrt)))


def of_the_table(weights, inputs, targets):
    """The derivative of softmax's mean cross-entropy with respect to the weights, by the matrix rules."""
    sizes = sp.symbols("samples inputs classes", integer=True, positive=True)
    X, W = sp.MatrixSymbol("X", *sizes[:2]), sp.MatrixSymbol("W", *sizes[1:])
    Y, Z = (sp.MatrixSymbol(name, sizes[0], sizes[2]) for name in "YZ")
    model = MatrixModel({Z: X * W} | cross_entropy(Z, Y), [W], [X, Y])
    return model.compile()([weights], [inputs, targets])[1][0]


def entry(inputs, weights, targets, place, answer):
    """One entry of the derivative with respect to a table of weights. place: its row and column."""
    slopes, count = of_the_table(weights, inputs, targets), len(inputs)
    right, (row, column) = slopes[place], place
    scores = np.exp(inputs @ weights)
    shares = scores / scores.sum(axis=1, keepdims=True)
    told = {
        count * right: "this is the sum over the samples: the loss is their mean.",
        count * right / targets.shape[1]: "this is divided by the number of classes: the mean is over the"
        " samples.",
        count * right / inputs.shape[1]: "this is divided by the number of inputs: the mean is over the"
        " samples.",
        -right: "the sign is turned: at Z comes back P - Y, in this order.",
        (inputs.T @ shares / count)[place]: "Y is missing: at Z comes back P - Y.",
        (shares - targets)[:, column].mean(): "the inputs are missing: a weight's gradient is its input times"
        " what comes back at its score.",
        (shares - targets)[
            place
        ]: "this is P - Y of one sample: a weight's gradient is the mean of all, each times its input.",
        shares[row, column]: "this is a probability. Which derivative was asked?",
    }
    others = {
        float(slopes[index]): say(
            "this is for W[{row}, {column}]: rows are inputs, columns are scores.",
            row=index[0],
            column=index[1],
        )
        for index in np.ndindex(slopes.shape)
        if index != place
    }
    return check_number(answer, right, slips=others | told, digits=3)


def relative_error(step, at, answer, nudge=1e-5):
    """The largest relative error of a function's gradients, against nudges of its own loss."""
    told, places = np.array(step(*at)[1]), np.array(at)
    moves = nudge * np.eye(len(at))
    nudged = np.array([step(*(places + move))[0] - step(*(places - move))[0] for move in moves]) / (2 * nudge)
    gaps, sizes = abs(told - nudged), np.maximum(abs(told), abs(nudged))
    worst = (gaps / sizes).argmax()
    slips = {
        gaps[worst]: "this is the difference itself. Divide it by the larger of the two slopes.",
        gaps[worst] / min(abs(told[worst]), abs(nudged[worst])): "divide by the larger of the two slopes.",
        told[worst]: "this is the slope that the function returns. How far off is it?",
        nudged[worst]: "this is the slope by nudges. How far off is the other one?",
        100 * (gaps / sizes)[worst]: "that is in percent. Give the share itself.",
    }
    return check_number(answer, (gaps / sizes)[worst], slips=slips, digits=3)


def on_tape(model, of, wrt, at, answer):
    """What a tape of one line has at the place of `wrt`, which the line names more than once."""
    link = model.local(of, wrt)
    slips = {
        term.subs(at): "that came along one of the two ways. `+=` adds the other."
        for term in sp.Add.make_args(link)
    }
    slips |= {
        sp.Add(*(abs(c) * term for term, c in link.as_coefficients_dict().items())).subs(at): say(
            "a sign got lost: in one of the two ways {wrt} stands with a minus.", wrt=wrt
        ),
        model.equations[of].subs(at): say(
            "this is the value of {of}. Which slope has arrived at {wrt}?", of=of, wrt=wrt
        ),
        at[wrt]: say("this is the value of {wrt}. Which slope has arrived there?", wrt=wrt),
        1: say("that is the slope of {of} itself, where the tape begins.", of=of),
    }
    return check_number(answer, link.subs(at), slips=slips)


def smallest_share(model, by, parameters, data, answer):
    """The smallest share with which every step counts at least a tenth of the newest."""
    (shares,) = (values for values in parameters.values() if np.ndim(values))
    added = gradient_by_time_step(model, by, parameters, data)
    least = [float(np.min(column / column[-1])) for column in added.T]
    enough = next(i for i, part in enumerate(least) if part >= 0.1)
    slips = {
        share: "with this share the oldest step counts less than a tenth of the newest."
        if i < enough
        else "that is enough, but a smaller share is too."
        for i, share in enumerate(shares)
        if i != enough
    }
    exact = 0.1 ** (1 / (len(added) - 1))
    slips[exact] = "that is the share by which it would be exactly a tenth. Which of the nine comes next?"
    return among(answer, shares, shares[enough], slips)


QUESTIONS = {
    "set 4.1": check_gradient,
    "set 4.2": moves,
    "set 4.3": product,
    "set 4.4": check_gradient,
    "set 4.5": entry,
    "set 4.6": check_gradient,
    "set 4.7": check_forward,
    "set 4.8": relative_error,
    "set 4.9": on_tape,
    "set 4.10": check_gradient,
    "set 4.11": check_backward,
    "set 4.12": smallest_share,
}
