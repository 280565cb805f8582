"""The questions at the end of the lessons, by number: `check("03.2", answer)`.

The keys are computed, from the derivation wherever there is one. The hints are for likely slips.
"""

from functools import partial

import sympy as sp

from ..functions import sigmoid
from ..model import Model
from ..networks import dense
from . import Verdict, check_choice, check_derivative, check_number

x, y, w, b, w1, b1, w2, b2 = sp.symbols("x y w b w1 b1 w2 b2")
z, h, y_hat, L, d = sp.symbols("z h y_hat L d")
NETWORK = Model(
    {z: w1 * x + b1, h: sigmoid(z), y_hat: w2 * h + b2, L: (y - y_hat) ** 2}, [w1, b1, w2, b2], [x, y]
)
TRAINED = {w1: 2.036, b1: 0.862, w2: 2.621, b2: 0.025}  # as lesson 05 prints it


def number(expected, slips: dict[float, str], tolerance: float = 1e-6):
    return partial(check_number, expected=expected, slips=slips, tolerance=tolerance)


def derivative(expression, wrt):
    return partial(check_derivative, expression, wrt)


def choice(correct: str, **hints: str):
    return partial(check_choice, choices=hints, correct=correct)


DAY_LATE = NETWORK.expand(y_hat).subs(TRAINED).subs(sigmoid(TRAINED[w1] * x + TRAINED[b1]), 1)
LOST_DERIVATIVE = {y_hat: 3, y: 2, w2: 4, h: sp.Rational(1, 2), x: 1}

QUESTIONS = {
    "00.1": choice(
        "diverging",
        steady="move the slider to about 2, and read the sentence under the picture.",
        slow="move the slider to about 2, and read the sentence under the picture.",
        diverging="each step is so long that it lands higher than the last one.",
    ),
    "01.1": derivative(x**3 - 2 * x, x),
    "01.2": number(
        sigmoid.slope(sp.Rational(9, 10)),
        {
            0.9: "0.9 is h itself. What is the slope, h (1 - h)?",
            0.1: "0.1 is 1 - h. It is still to be multiplied by h.",
            0.25: "0.25 is the slope in the middle, where h is 0.5.",
        },
    ),
    "01.3": derivative((w * x + b) ** 2, b),
    "02.1": number(
        NETWORK.expand(y_hat).subs({w1: 3, b1: 0, w2: 4, b2: 1, x: 0}),
        {
            0.5: "0.5 is h. Now stretch it by w2 and shift it by b2.",
            2: "2 is w2 h. The bias b2 is still to be added.",
            1: "1 would be right if h were 0. But the sigmoid of 0 is one half.",
        },
    ),
    "02.2": number(
        NETWORK.equations[L].subs({y_hat: sp.Rational(12, 10), y: 2}),
        {
            0.8: "0.8 is the difference. The loss is its square.",
            -0.8: "that is the difference. The loss is its square.",
        },
    ),
    "02.3": choice(
        "line",
        curve="put h = z into the equation of y_hat, and look at how x occurs in it.",
        line="w2 (w1 x + b1) + b2 is a line again. The bend makes the difference.",
        nothing="something still comes out: put h = z into the equation of y_hat.",
    ),
    "03.1": derivative(w2 * h**2 + b2, h),
    "03.2": number(
        NETWORK.gradient(w1).subs(LOST_DERIVATIVE),
        {
            -2: "look at the sign of the first factor: is it y_hat - y or y - y_hat?",
            4: "the link from z to h is not h, it is h (1 - h).",
            8: "a link is missing: h (1 - h), from z to h.",
            1: "the 2 of the square has got lost.",
            0.5: "a link is missing: w2, from h to y_hat.",
        },
    ),
    "03.3": choice(
        "input weights",
        **{
            "input weights": "the paths to w1 and b1 run through the link w2. Times zero is zero.",
            "output weights": "look for the factor w2 in the four products above.",
            "all": "the gradient of b2 has no factor w2.",
        },
    ),
    "04.1": number(
        2 - sp.Rational(1, 10) * 5,
        {
            2.5: "subtract: the step goes against the gradient.",
            -3: "multiply the gradient by the learning rate first.",
        },
    ),
    "04.2": number(
        10 - sp.Rational(1, 100) * (3**2 + 4**2),
        {
            9.93: "square the two partial derivatives, and then add them.",
            9.95: "add the squares. The root is not taken.",
            10.25: "the loss falls.",
        },
    ),
    "04.3": choice(
        "up",
        up="a negative gradient is subtracted: the parameter goes up, and the loss down.",
        down="a negative number is subtracted: look at the signs again.",
        stays="it stays only where the gradient is zero.",
    ),
    "05.1": number(
        5,
        {0.05: "that is in metres.", 25: "take the root first, and then change the unit."},
        tolerance=1e-3,
    ),
    "05.2": number(
        DAY_LATE,
        {
            TRAINED[w2]: "that is w2 h with h = 1. The bias b2 is still to be added.",
            TRAINED[b2]: "that would be long before the first day, where h is 0.",
        },
        tolerance=2e-3,
    ),
    "05.3": choice(
        "scale",
        gradients="they are the same formulas that worked afterwards.",
        scale="large inputs and errors threw z to where the sigmoid is flat.",
        rate="0.1 works on the scaled data, and on the raw data 0.01 and 0.001 fail as well.",
    ),
    "06.1": number(
        2 / sp.diff(3 * d**2, d, 2),
        {2 / 3: "3 is the factor. The curvature is the second derivative of 3 d**2, which is 6."},
        tolerance=0.012,
    ),
    "06.2": number(
        1 / sp.diff(3 * d**2, d, 2),
        {1 / 3: "with the limit itself the step lands as far away on the other side."},
        tolerance=0.022,
    ),
    "06.3": choice(
        "stays",
        stays="it is 2 in any unit. But the one with respect to w1 contains w2**2, which is then 10000 times"
        " larger: the limit of the whole network drops by a factor of about 1300.",
        grows="differentiate (y - y_hat)**2 twice with respect to b2. Is there a y in it?",
        shrinks="differentiate (y - y_hat)**2 twice with respect to b2. Is there a y in it?",
    ),
}

QUESTIONS |= {
    "07.1": number(
        (1 + 500) * 1000,
        {
            500_000: "one more: the loss without any nudge is needed as well.",
            (1 + 2 * 500) * 1000: "one nudge for each parameter, not two.",
        },
    ),
    "07.2": number(
        len(dense([3, 5, 5, 5, 1]).paths(sp.Symbol("w1_1_1"))),
        {
            5: "that is one layer of 5. There are two layers between the first one and the output.",
            10: "through each neuron of one layer you reach each one of the next: multiply.",
            15: "through each neuron of one layer you reach each one of the next: multiply.",
            125: "the weight belongs to one neuron of its layer. Only the layers after it multiply.",
            75: "the weight belongs to one neuron of its layer. Only the layers after it multiply.",
        },
    ),
    "08.1": number(
        sp.diff(sp.tanh(z), z).subs(sp.tanh(z), sp.Rational(6, 10)),
        {
            0.24: "h (1 - h) is the sigmoid's. The tanh has 1 - h**2.",
            0.4: "that is 1 - h. The tanh has 1 - h**2.",
            0.36: "that is h**2. How much is missing to 1?",
        },
    ),
    "08.2": derivative(z**2, z),
    "08.3": choice(
        "dead",
        dead="2 x - 3 is below 0 for every x up to 1, so the output and the derivative are 0.",
        learns="what is z = 2 x - 3 at the largest input, x = 1?",
        saturated="a relu is flat only on the left of 0, and there it is dead.",
    ),
    "09.1": number(
        1 / (1 - sp.Rational(8, 10)),
        {
            0.8: "that is what it keeps. Where does it stop changing?",
            10: "that belongs to momentum 0.9.",
            1.25: "that is 1/0.8. What is lost at each step is 1 - 0.8.",
            4.99: "nearly: let it run longer.",
        },
    ),
    "09.2": number(
        sp.Rational(1, 10),
        {
            -0.1: "the gradient is negative: which way does the parameter go?",
            0.5: "that is gradient descent. Adam divides by the size of the gradient.",
            1: "that is its sign. How long is the step?",
            -0.5: "that is gradient descent with the sign lost. Adam divides by the size of the gradient.",
        },
    ),
    "09.3": choice(
        "Adam",
        **{
            "gradient descent": "its steps would become 1000 times longer.",
            "momentum": "its velocity would become 1000 times larger.",
            "Adam": "it divides by the gradient's own size, so a common factor cancels. So does RMSprop.",
        },
    ),
    "07.3": choice(
        "shared",
        short="each is short because it uses the lines above it. Why may it?",
        shared="each link is visited once, and where paths meet they are added at once.",
        rounded="all three ways are the same mathematics, and backward is as exact as expanding.",
    ),
}


QUESTIONS |= {
    "14.1": number(
        3 * sp.diff(d**2, d).subs(d, 3),
        {
            6: "that is the gradient of one call. The other two are added to it.",
            12: "that is after two calls. Each call adds 6 to what is there.",
            36: "each call adds 6 to what is there, and no more.",
            216: "the gradients are added, not multiplied.",
            9: "that is the loss itself. What is its derivative?",
            27: "that is the loss, three times. What is its derivative?",
        },
    ),
    "14.2": number(
        sp.Rational(3, 10) / 12,
        {
            0.3: "the sum's gradients are 12 times as large, so the steps would be 12 times as long.",
            3.6: "the other way round: larger gradients need a smaller learning rate.",
        },
    ),
    "14.3": choice(
        "shapes",
        **{
            "added up": "gradients that add up make the loss swing. Which trap ended in a flat line?",
            "float32": "seven digits are enough to learn from. Which trap ended in a flat line?",
            "shapes": "each prediction was compared with all targets, and the best compromise is their mean.",
        },
    ),
}

QUESTIONS |= {
    "10.1": number(
        64 * 128,
        {
            100 * 64: "that is X. The derivative has the shape of W1.",
            100 * 128: "that is Z1. The derivative has the shape of W1.",
            128: "that is the biases. W1 connects each of 64 inputs with each of 128 neurons.",
            65 * 128: "the biases have a derivative of their own.",
            100 * 64 * 128: "the samples are added up.",
        },
    ),
    "10.2": choice(
        "A^T Z_bar B^T",
        **{
            "A^T Z_bar B^T": "what stands left of W stays on its left, transposed, and the right likewise.",
            "B^T Z_bar A^T": "look at the shapes: W has as many rows as A has columns.",
            "Z_bar A^T B^T": "look at the shapes: W has as many rows as A has columns.",
        },
    ),
    "10.3": number(
        len(dense([2, 16, 16, 1]).paths(sp.Symbol("w1_1_1"))),
        {
            256: "the weight belongs to one neuron of the first layer. Only the second layer multiplies.",
            32: "the weight belongs to one neuron of the first layer. Only the second layer multiplies.",
            1: "the neuron's output goes to every neuron of the second layer.",
            2: "that is the number of inputs.",
        },
    ),
}


MEMORY = [sp.S.Zero, *sp.symbols("h1:11")]  # before the first year, and after each of ten
UNROLLED = {MEMORY[t]: sp.tanh(w * MEMORY[t - 1] + x) for t in range(1, 11)}
TEN_YEARS = Model({**UNROLLED, L: (y - MEMORY[10]) ** 2}, [w], [x, y])

QUESTIONS |= {
    "13.1": number(
        sp.Rational(1, 2) ** 10,
        {
            5: "the links are multiplied, not added.",
            0.05: "multiply 0.5 by itself, ten times over.",
            2**10: "that is for w = 2. With 0.5 it becomes smaller at each link.",
            0.5**9: "that is over 9 links.",
        },
        tolerance=0.03,
    ),
    "13.2": number(
        len(TEN_YEARS.paths(w)),
        {
            10: "so many lead to u. What does w multiply in the first year?",
            1: "w is used more than once, and each use has a path of its own.",
            2: "so many there were over three years.",
            3: "so many lead to u over three years.",
            11: "one for each use of w. In the first year there is nothing to multiply it with.",
            511: "that was with two cells.",
        },
    ),
    "13.3": choice(
        "no",
        yes="clipping shortens a gradient that is too long. Is this one too long?",
        no="clipping only ever shortens. What has vanished needs another cell.",
        smaller="a smaller limit shortens even more.",
    ),
}

SCORES = sp.symbols("z1 z2 z3")
CROSS_ENTROPY = sp.log(sp.Add(*map(sp.exp, SCORES))) - SCORES[0]  # the first class is the right one
SEVEN_TENTHS = dict(zip(SCORES, map(sp.log, (7, 2, 1)), strict=True))

QUESTIONS |= {
    "11.1": number(
        sp.diff(CROSS_ENTROPY, SCORES[0]).subs(SEVEN_TENTHS),
        {
            0.3: "it is p - y, in this order: the score should rise, so the derivative is negative.",
            0.7: "that is p. And y is 1 for the right digit.",
            -0.7: "that is -p. The derivative is p - y, and y is 1 for the right digit.",
            -10 / 7: "that is with respect to the probability. Go one link further, to the score.",
            0.356675: "that is the loss itself.",
        },
    ),
    "11.2": number(
        20 * 5000 // 100,
        {
            50: "that is one epoch.",
            20: "that would be one update an epoch, with all data at once.",
            100_000: "that would be one update a sample.",
        },
    ),
    "11.3": choice(
        "more data",
        **{
            "more epochs": "it makes no mistake on the training set: there is nothing left to learn there.",
            "more data": "it knows its own digits by heart. New ones would show it what they have in common.",
            "a larger learning rate": "the training loss is low already. The trouble is the gap.",
        },
    ),
}


def slid(pixels: int, size: int) -> Model:
    """A filter of size by size weights over pixels by pixels, its answers averaged into one output."""
    places = [(r, c) for r in range(pixels - size + 1) for c in range(pixels - size + 1)]
    filters = {(i, j): sp.Symbol(f"f{i}_{j}") for i in range(size) for j in range(size)}
    answers = {
        sp.Symbol(f"z{r}_{c}"): sp.Add(*(f * sp.Symbol(f"x{r + i}_{c + j}") for (i, j), f in filters.items()))
        for r, c in places
    }
    inputs = set().union(*(answer.free_symbols for answer in answers.values())) - set(filters.values())
    mean = {y_hat: sp.Add(*answers) / len(places), L: (y - y_hat) ** 2}
    return Model(answers | mean, filters.values(), [*sorted(inputs, key=str), y])


SLID = slid(pixels=10, size=3)

QUESTIONS |= {
    "12.1": number(
        len(SLID.equations) - 2,
        {
            100: "at the right and lower edges the window would stick out.",
            49: "one more in each direction: the first place counts as well.",
            8: "that is one row of places.",
            9: "that is the number of weights.",
            144: "that is with a border of 2 pixels.",
        },
    ),
    "12.2": number(
        len(SLID.paths(sp.Symbol("f0_0"))),
        {
            1: "the weight is used at every place, and each use has its own path.",
            9: "that is the number of weights. How often is each one used?",
            100: "that is the number of pixels. At how many places does the weight stand?",
            576: "that is all nine weights together.",
        },
    ),
    "12.3": choice(
        "1",
        **{
            "3 and -2": "it is one weight, so it has one derivative: how much does the loss change in all?",
            "1": "both places move the loss, and small changes add up: 3 - 2.",
            "0.5": "the paths are added. Nothing is divided.",
            "-6": "along one path one multiplies. Different paths are added.",
        },
    ),
}


def check(question: str, answer) -> Verdict:
    """Check the answer to a lesson's question, such as "03.2". Raises ValueError for another name."""
    if question not in QUESTIONS:
        raise ValueError(f"there is no question {question!r}: they are {', '.join(QUESTIONS)}")
    return QUESTIONS[question](answer=answer)
