"""Random replies of a sandbox, decoded and given to every check, with an audit hook on.

    python tests/fuzz_answers.py --minutes 60 --seed 0

Out come verdicts, or errors that say what is wrong with the question: nothing else, each within SECONDS. The
last line is a summary. Whatever else came out stands above it, with the shortest reply that led to it.
"""

import argparse
import json
import math
import resource
import signal
import sys
import time
import traceback
import warnings
from collections import Counter
from contextlib import suppress
from functools import partial
from itertools import cycle
from pathlib import Path
from random import Random

import numpy as np
import sympy as sp
from audit import Heard, Watch
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from strange_values import MADE
from sympy.logic.boolalg import Boolean

import course_utils as cu
from course_utils import checks
from course_utils.checks.floats import Floats
from course_utils.checks.parts import BY_NAME, CASE, CONSTANTS, NUMBER, OPERATIONS, TRUTH
from course_utils.checks.questions import ABOUT, LESSONS, questions
from course_utils.grading.channel import LONGEST, Died
from course_utils.grading.question import failure
from course_utils.grading.wire import READERS, Decoder, Refused

SECONDS = 5  # of computing, for each thing that is done with a reply
CHECKS = 6  # so many of those that fit a reply are made
MEMORY = 2 * 2**30

x, y, w, b, z, h, y_hat, L = symbols = sp.symbols("x y w b z h y_hat L")
SEED = cu.Model({z: w * x + b, h: cu.sigmoid(z), y_hat: 2 * h, L: (y - y_hat) ** 2}, [w, b], [x, y])
KINKS = cu.Model({z: w * x + b, h: cu.relu(z), y_hat: sp.Abs(h - 1), L: sp.Max(y_hat, y)}, [w, b], [x, y])
START, RATE, STEPS = {"w": 0.5, "b": 0.1}, 0.1, 3
DATA = {"x": np.array([0.5, 1.0, -2.0]), "y": np.array([1.0, 0.0, 1.0])}
ASKED = cycle([number for lesson in LESSONS for number in questions(lesson)])
AXIS = np.linspace(0, 1, 11)

# ---- replies

NAMES = [symbol.name for symbol in symbols]
ARGUMENTS = [*NAMES, "start", "data", "learning_rate", "steps", "parameter", "gradient", "velocity"]
CODE = ["__import__('os').system('true')", "exec('1')", "x**2", "", "class", "x y", "ﬁ", "1"]
CODE += [
    "(input)",
    "(key)",
    "E",
    "nan",
    "oo",
    "dL_dz",
    "é" * 50,
    "a" * 100_000,
    "\ud800",
    "x\n",
    "{0}",
    "$x$",
]
ODD_NAMES = ["λ", "w₁", "µ", "E", "pi", "exp", "numpy", "self", "_", "dL_dw", "x_1", "f", "xi_2", "Max", "x0"]
TEXT = st.sampled_from(CODE) | st.text(max_size=8)
LARGE = [2**13_999 - 1, -(2**64), 10**400, 3**2500, 2**53 + 1, 1001, 0]
FLOATING = [[0, 1, 1023, 53], [0, 1, -1074, 53], [1, 1, 3999, 53], [0, 0, 0, 53], [0, 1, 99_999, 1]]
FLOATING += [[0, 3**40, -64, 100], [0, 2**53 - 1, 971, 53], [1, 1, -99_999, 53], [0, 5, -1, 13_999]]
INTEGERS = st.integers(-9, 9) | st.integers() | st.integers(1, 13_999).map(lambda n: 2**n)
FLOATS = st.floats() | st.floats(-3, 3)
WORDS = [*READERS, *BY_NAME, "Symbol", "Rational", "Float", "(input)", "with"]
ATOMS = st.none() | st.booleans() | INTEGERS | FLOATS | TEXT | st.sampled_from(WORDS)
JSON = ATOMS | st.lists(ATOMS, max_size=4) | st.lists(st.lists(ATOMS, max_size=3), max_size=3)
JSON |= st.dictionaries(TEXT, ATOMS, max_size=2)


def gives(operation) -> str:
    if operation is BY_NAME["ExprCondPair"]:
        return CASE
    return TRUTH if issubclass(operation, Boolean) else NUMBER


KINDS = {kind: [n for n, o in BY_NAME.items() if gives(o) == kind] for kind in (NUMBER, TRUTH, CASE)}


class Writer:
    """Writes data by drawing. odd: in so many of a hundred places stands what does not belong there."""

    def __init__(self, draw, odd: int):
        self.draw, self.odd = draw, odd

    def one_of(self, *choices):
        return self.draw(st.sampled_from(choices))

    def chance(self, percent: int) -> bool:
        return self.draw(st.integers(0, 99)) < percent

    def number(self) -> int:
        return self.draw(st.integers(-9, 9) if not self.chance(self.odd) else INTEGERS)

    def leaf(self, names) -> list:
        kind = self.one_of("Symbol", "Symbol", "Symbol", "Rational", "Float", "constant")
        if self.chance(3):  # numbers at the edge of what there is
            return ["Float", *self.one_of(*FLOATING)] if self.chance(50) else self.large_fraction()
        if kind == "Symbol":
            return [kind, self.draw(TEXT) if self.chance(self.odd) else self.one_of(*names)]
        if kind == "Rational":
            return [kind, self.number(), abs(self.number()) or 1]
        if kind == "Float":
            return [kind, self.one_of(0, 1), abs(self.number()), self.number(), 53 + self.number()]
        return [self.one_of(*CONSTANTS)]

    def large_fraction(self) -> list:
        return ["Rational", self.one_of(*LARGE), abs(self.one_of(*LARGE)) or 1]

    def formula(self, depth: int, names=NAMES, kind: str = NUMBER):
        """Mostly one whose arguments are of the right number and kinds."""
        if self.chance(self.odd):
            return self.draw(JSON)
        if not depth or self.chance(20):
            if kind == NUMBER:
                return self.leaf(names)
            return ["StrictGreaterThan", self.leaf(names), self.leaf(names)] if kind == TRUTH else ["true"]
        name = self.one_of(*KINDS[kind])
        takes, repeated = OPERATIONS[BY_NAME[name]]
        if repeated or self.chance(self.odd):
            takes = takes[:1] * self.draw(st.integers(1, 4))
        return [name, *(self.formula(depth - 1, names, kind) for kind in takes)]

    def large(self):
        """A formula that is deep, or long, or a tower of numbers."""
        name, leaf = self.one_of(*BY_NAME), self.leaf(NAMES)
        if self.chance(30):  # deep, of operations that take numbers
            names = [n for n in KINDS[NUMBER] if n not in ("Piecewise", "ITE")]
            for _ in range(self.draw(st.integers(5, 155))):
                name, beside = self.one_of("Add", "Mul", *names), self.leaf(NAMES)
                takes, repeated = OPERATIONS[BY_NAME[name]]
                leaf = [name, leaf, *[beside] * (1 if repeated else len(takes) - 1)]
            return leaf
        if self.chance(50):
            return [name, *[leaf] * self.draw(st.integers(9, 31_000))]
        arguments = len(OPERATIONS[BY_NAME[name]].takes)
        for _ in range(self.draw(st.integers(1, 13 if arguments > 1 and self.chance(50) else 200))):
            leaf = [name, leaf, *[self.leaf(NAMES)] * (arguments - 1)]
        return leaf

    def any_formula(self):
        return self.large() if self.chance(5) else self.formula(self.draw(st.integers(0, 4)))

    def network(self) -> list:
        """Mostly one that can be: each equation of what is there before, the loss last."""
        known, equations = ["x", "y", "w", "b"], []
        for name in self.one_of(["L"], ["y_hat", "L"], ["z", "h", "y_hat", "L"]):
            formula = self.large() if self.chance(2) else self.formula(self.draw(st.integers(1, 3)), known)
            if self.chance(90):  # the parameters, and the line before it, are in it
                used = known[2:4] + known[-1:] if name == "L" else known[-1:]
                formula = [self.one_of("Add", "Mul", "Max"), formula, *(["Symbol", one] for one in used)]
            equations.append([name, formula])
            known.append(name)
        data = ["model", equations, self.one_of(["w", "b"], ["w"], ["b", "w"], [], ["x"]), ["x", "y"]]
        renamed = self.chance(10)
        return replaced(data, self.one_of("w", "b", "z", "h"), self.one_of(*ODD_NAMES)) if renamed else data

    def function(self) -> list:
        if self.chance(30):
            return ["function", 0, [["values", 4, False]]]
        names = st.sampled_from(ARGUMENTS) | TEXT if self.chance(self.odd) else st.sampled_from(ARGUMENTS)
        argument = st.tuples(names, st.integers(0, 5), st.booleans()).map(list)
        return ["function", 0, self.draw(st.lists(argument, max_size=5))]

    def array(self) -> list:
        numbers = self.draw(st.lists(FLOATS, min_size=3, max_size=3) | st.lists(FLOATS, max_size=6))
        if self.chance(20):
            shape = self.one_of([], [0], [1], [3, 1], [1, 3], [2, 0], [2, 2], [1, 1, 1])
            return ["array", shape, [self.draw(FLOATS) for _ in range(math.prod(shape))]]
        return ["array", self.draw(JSON) if self.chance(self.odd) else [len(numbers)], numbers]

    def value(self, depth: int = 2):
        kind = self.one_of(*READERS, "formula", "formula", "float", "array")
        if self.chance(self.odd):
            return self.draw(JSON)
        simple = {"text": TEXT, "int": INTEGERS, "float": FLOATS, "bool": st.booleans(), "foreign": TEXT}
        if kind in simple:
            return [kind, self.draw(simple[kind])]
        if kind == "formula":
            return [kind, self.any_formula()]
        if kind in ("model", "function", "array"):
            return {"model": self.network, "function": self.function, "array": self.array}[kind]()
        if kind in ("list", "tuple", "dict"):
            parts = [self.value(depth - 1) for _ in range(self.draw(st.integers(0, 3)) if depth else 0)]
            keys = [["text", self.one_of(*NAMES)] if self.chance(80) else self.value(0) for _ in parts]
            return [kind, parts if kind != "dict" else [list(pair) for pair in zip(keys, parts, strict=True)]]
        return [kind]

    def result(self):
        """What a function returns: values, or formulas computed from what it was given."""
        if self.chance(50):
            usual = ["array", [3], [0.5, -1.0, 2.0]], ["tuple", [["float", 0.5]] * 2]
            return self.one_of(*usual, self.value())
        forms = [self.formula(self.draw(st.integers(1, 3)), ["x", "w", "b", "z", "parameter", "gradient"])]
        return self.one_of(["computed", forms * self.draw(st.integers(1, 2))], *RIGHT)

    def message(self, data):
        """The data as they are, or with activations of one's own, or with one part that is another."""
        if self.chance(20):
            definitions = [self.definition() for _ in range(self.draw(st.integers(1, 2)))]
            data = ["with", definitions, replaced(data, ["Symbol", "z"], [0, ["Symbol", "z"]])]
        if self.chance(self.odd):
            place = self.draw(st.integers(0, 10**6))
            data = mutated(data, place, self.draw(JSON))
        return data

    def definition(self) -> list:
        slope = self.formula(2, ["z"]) if self.chance(30) else ["Pow", ["(output)"], ["Rational", 2, 1]]
        value = self.formula(2, ["z"]) if self.chance(30) else self.one_of(None, ["sin", ["(input)"]])
        return [self.draw(TEXT) if self.chance(self.odd) else self.one_of("soft", "sigmoid"), slope, value, 0]


def replaced(data, old, new):
    """The data with a part replaced wherever it stands."""
    if data == old:
        return new
    return [replaced(part, old, new) for part in data] if isinstance(data, list) else data


def mutated(data, place: int, part):
    """The data with another part in one place."""
    places, waiting = [], [data]
    while waiting and len(places) < 10_000:
        if isinstance(node := waiting.pop(), list):
            places += [(node, index) for index in range(len(node))]
            waiting += node
    if places:
        node, index = places[place % len(places)]
        node[index] = part
    return data


SYMBOLS = {name: ["Symbol", name] for name in NAMES + ARGUMENTS}
INSIDE = ["Add", ["Mul", SYMBOLS["w"], SYMBOLS["x"]], SYMBOLS["b"]]
MOVED = ["Mul", ["Rational", -1, 10], ["Symbol", "gradient"]]
RIGHT = [["computed", [["sigmoid", INSIDE]]], ["computed", [["relu", INSIDE]]]]
RIGHT += [["computed", [["Add", ["Symbol", "parameter"], MOVED], ["Symbol", "velocity"]]]]
RIGHT += [["computed", [["Mul", SYMBOLS["x"], ["step", INSIDE]], ["step", INSIDE]]]]


@st.composite
def replies(draw):
    write = Writer(draw, odd=draw(st.sampled_from([0, 0, 3, 20])))
    strange = [write.one_of(*MADE), write.any_formula(), write.any_formula()] if write.chance(30) else None
    return {
        "strange": strange,
        "answer": write.message(["formula", write.any_formula()] if write.chance(50) else write.value()),
        "function": write.message(write.function()),
        "network": write.message(write.network()),
        "results": [write.result() for _ in range(write.one_of(1, 1, 2, 5))],
        "choice": draw(st.integers(0, 10**6)),
    }


# ---- what is done with them


def calls_of(results):
    """What a learner's functions return, one result after another, as Session.call reads it."""
    results = cycle(results)

    def call(number, args, kwargs):
        data = next(results)
        if data == ["..."]:
            raise Died("the program ended")
        if data == ["None"]:
            raise failure("TypeError", "no")
        if type(data) is list and data and data[0] == "computed":
            return computed([Decoder(call).decode(["formula", formula]) for formula in data[1]], kwargs)
        return Decoder(call).decode(data)

    return call


def computed(formulas, given):
    """The formulas' values, as a learner's function would return them: one alone, or the mean of each."""
    known = {
        name: np.ravel(v).astype(float) for name, v in given.items() if isinstance(v, float | np.ndarray)
    }
    size = max((len(numbers) for numbers in known.values()), default=1)
    known = {symbol.name: np.ones(size) for formula in formulas for symbol in formula.free_symbols} | known
    at = Floats({name: np.resize(numbers, size) for name, numbers in known.items()})
    values = [at.value(formula) for formula in formulas]
    return values[0] if len(values) == 1 else [float(np.mean(value)) for value in values]


def hinted(name, *about):
    """A verdict, if there is a hint to a question about this."""
    ABOUT[name] = about
    assert len(cu.hint(name).plain) < 10_000
    return cu.Verdict(False, "")


def inquiries(answer, function, network):
    """Every check, of every kind of answer."""
    choices = {"up": "it is", "down": "it is not"}
    for one in (answer, function):
        yield "check_gradient", lambda one=one: cu.check_gradient(SEED, w, one)
        yield "check_local", lambda one=one: cu.check_local(KINKS, h, z, one)
        yield "check_derivative", lambda one=one: cu.check_derivative(x**2 * y, x, one)
        yield "check_number", lambda one=one: cu.check_number(one, 0.5, slips={1: "a slip"})
        yield "check_choice", lambda one=one: cu.check_choice(one, choices, "up")
        yield "check_forward", lambda one=one: cu.check_forward(SEED, h, one)
        yield "check_backward", lambda one=one: cu.check_backward(KINKS, one)
        yield "check_update", lambda one=one: cu.check_update(cu.Momentum(0.1), one)
        yield "check_training", lambda one=one: cu.check_training(SEED, one, START, DATA, RATE, STEPS)
        yield "check_fit", lambda one=one: checks.check_fit(SEED, y_hat, (START, one), (DATA, DATA), 0.5)
        yield "check_steepest", lambda one=one: checks.check_steepest(AXIS**2, AXIS, one)
        yield "check", lambda one=one: cu.check(next(ASKED), one)
        yield "check_network", lambda one=one: checks.check_network(one, y_hat, [x, y])
    yield "asked derivative", lambda: cu.check_derivative(answer, x, 1)
    yield "asked number", lambda: cu.check_number(1, answer)
    yield "asked symbols", lambda: cu.check_local(SEED, answer, function, 1)
    for name, check in of_own(answer, function).items():
        yield f"own {name}", lambda check=check: checks.for_network(network, y_hat, [x, y], check)
    if isinstance(network, cu.Model):
        parameter = network.parameters[-1] if network.parameters else w
        yield "model check_gradient", lambda: cu.check_gradient(network, parameter, answer)
        yield "model check_backward", lambda: cu.check_backward(network, function)
        yield "hint", lambda: hinted("set 1.4", network, parameter)
        yield "hints", lambda: hinted("set 5.4", network, y_hat, [x, y])
        yield "hint forward", lambda: hinted("set 1.8", network, network.loss)
        yield "model check_forward", lambda: cu.check_forward(network, network.loss, function)


def of_own(answer, function):
    """The checks of a network of one's own."""

    def anywhere(own):
        return dict.fromkeys(map(str, own.parameters), 0.5)

    def curve(own):
        return checks.predicted(own, y_hat, anywhere(own), {x: AXIS})

    return {
        "check_gradient": lambda own: cu.check_gradient(own, own.parameters[0], answer),
        "check_backward": lambda own: cu.check_backward(own, function),
        "check_training": lambda own: cu.check_training(own, function, anywhere(own), DATA, RATE, STEPS),
        "check_fit": lambda own: checks.check_fit(own, y_hat, (anywhere(own), answer), (DATA, DATA), 0.5),
        "check_steepest": lambda own: checks.check_steepest(curve(own), AXIS, answer),
    }


class TooSlow(BaseException):
    """A reply took longer than SECONDS."""


def too_slow(*_):
    raise TooSlow


def judged(verdict) -> str:
    """The verdict in a word. Raises AssertionError for what is no verdict, or none that can be shown."""
    assert type(verdict) is cu.Verdict and math.isfinite(verdict.score) and 0 <= verdict.score <= 1, verdict
    assert len(verdict.message) < 1500, f"a message of {len(verdict.message)} characters"
    return verdict.mark


class Fuzzer:
    def __init__(self):
        self.watch, self.counts, self.failures, self.slowest = Watch(), Counter(), {}, (0.0, "", "")

    def examine(self, reply) -> None:
        """Decode a reply and check it. Whatever should not come out is kept."""
        parts = ("answer", "function", "network")
        values = [self.guarded("decode", partial(self.decoded, reply, part), reply) for part in parts]
        if reply["strange"]:
            values[reply["choice"] % 3 % 2] = self.strange(reply)
        asked = list(inquiries(*values)) if any(value is not None for value in values) else []
        for name, check in Random(reply["choice"]).sample(asked, min(CHECKS, len(asked))):
            self.guarded(name, check, reply)

    def decoded(self, reply, part):
        self.counts["sent"] += 1
        if len(line := json.dumps(reply[part])) > LONGEST:
            raise Refused("too long for the channel")
        data = json.loads(line)
        with self.watch.listening():
            value = Decoder(calls_of(reply["results"])).decode(data)
        self.counts["decoded"] += 1
        return value

    def strange(self, reply):
        """A value that comes from a notebook alone; None where SymPy cannot make it, or not in time."""
        name, *formulas = reply["strange"]
        try:
            signal.setitimer(signal.ITIMER_PROF, SECONDS)
            return MADE[name](*[Decoder().decode(["formula", formula]) for formula in formulas])
        except (Exception, TooSlow):
            return None
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)

    def guarded(self, name, work, reply):
        """What the work gives, or None."""
        begin = time.process_time()
        try:
            signal.setitimer(signal.ITIMER_PROF, SECONDS, 0.1)  # again, if it was swallowed
            if name == "decode":
                return work()
            with self.watch.listening(printing=True):
                verdict = work()
            self.counts[judged(verdict)] += 1
        except Refused:
            self.counts["refused"] += 1
        except (ValueError, TypeError):
            self.counts["question refused"] += 1
        except (Exception, Heard, TooSlow) as error:
            signal.setitimer(signal.ITIMER_PROF, 0)
            frames = [f for f in traceback.extract_tb(error.__traceback__) if "course_utils" in f.filename]
            where = f"{Path(frames[-1].filename).name}:{frames[-1].name}" if frames else ""
            text = f"{name}: {type(error).__name__} in {where}: {error!s:.150}"
            self.keep(text, (name, type(error), where), reply)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            self.slowest = max(self.slowest, (time.process_time() - begin, name, json.dumps(reply)))

    def keep(self, text, key, reply):
        """The shortest reply of each kind of failure."""
        data = json.dumps(reply)
        times, _, shortest = self.failures.get(key, (0, text, data))
        self.failures[key] = times + 1, text, min(data, shortest, key=len)

    def summary(self) -> str:
        kinds = ["sent", "decoded", "refused", "✓ right", "✗ not yet", "○ open", "question refused"]
        counts = ", ".join(f"{kind} {self.counts[kind]}" for kind in kinds)
        seconds, name, _ = self.slowest
        rest = f"slowest {seconds:.2f} s ({name}), failures {len(self.failures)}"
        return f"{counts}, compiled {self.watch.sources}, {rest}"


def limit_memory() -> None:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY + pages * resource.getpagesize(),) * 2)


def warm_up(fuzzer) -> None:
    """Let everything that is imported on demand be imported before the hook listens."""
    answers = [w * x, sp.Piecewise((x, x > 0), (0, True)), 0.3, {"w": 1, "b": 2}, "up", ...]
    for answer in [*answers, lambda x, w, b: w * x + b]:
        for _, check in inquiries(answer, lambda **values: 0.0, SEED):
            with suppress(ValueError, TypeError):
                check()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--replies", type=int, default=sys.maxsize, help="the most to send")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    signal.signal(signal.SIGPROF, too_slow)
    fuzzer = Fuzzer()
    warm_up(fuzzer)
    limit_memory()
    end, batch = time.monotonic() + 60 * arguments.minutes, 0

    def goes_on():
        return time.monotonic() < end and fuzzer.counts["sent"] < arguments.replies

    while goes_on():

        @seed(hash((arguments.seed, batch)))
        @settings(
            max_examples=100,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(replies())
        def send(reply):
            if goes_on():
                fuzzer.examine(reply)

        send()
        batch += 1
    for times, text, reply in fuzzer.failures.values():
        print(f"{times} x {text}\n    {reply:.200000}")
    print(f"the slowest: {fuzzer.slowest[2]:.200000}")
    print(fuzzer.summary())
    return bool(fuzzer.failures)


if __name__ == "__main__":
    sys.exit(main())
