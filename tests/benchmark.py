"""How fast our code is beside others, turn by turn in one run, so that a busy machine is fair to all.

Run: python tests/benchmark.py [step] [sweep] [compile] [digits] [verdict] [grading]  (all, unless named)
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"  # before NumPy is imported

import math
import sys
import tempfile
import threading
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from time import perf_counter

import nbformat
import numpy as np
import psutil
import sympy as sp
from grading_course import EXERCISES, Course, needs_bubblewrap
from helpers import sunflower_data
from model_bank import SEED
from sympy.core.cache import clear_cache
from verdicts import verdict

from course_utils import GradientDescent, train
from course_utils.models import classifier, dense, random_start
from course_utils.training import sweep

LOOK = 5  # seconds between two looks at memory: each takes 0.06 s of computing with two workers
RATE = 1e-6  # so small that all steps are about the same


def seconds(function, calls=1):
    began = perf_counter()
    for _ in range(calls):
        function()
    return (perf_counter() - began) / calls


def side_by_side(functions, calls, rounds):
    """(name, seconds a call, ratio of the first to this) of each function: medians over the rounds."""
    times = {name: [] for name in functions}
    for _ in range(rounds):
        for name, function in functions.items():
            function()  # or it would pay for the cache that the one before it has left behind
            times[name].append(seconds(function, calls))
    ours, *_ = found = [median(each) for each in times.values()]
    return [(name, each, ours / each) for name, each in zip(functions, found, strict=True)]


def terms_by_hand(parameters, data):
    """The seed's squared error and slopes for each sample, every shared value computed once."""
    (w1, b1, w2, b2), (x, y) = parameters, data
    h = 1 / (1 + np.exp(-(w1 * x + b1)))
    error = w2 * h + b2 - y
    d_y_hat = 2 * error
    d_z = d_y_hat * w2 * h * (1 - h)
    return error**2, d_z * x, d_z, d_y_hat * h, d_y_hat


def by_hand(parameters, data):
    loss, one, two, three, four = terms_by_hand(parameters, data)
    n = len(loss)
    return loss.sum() / n, (one.sum() / n, two.sum() / n, three.sum() / n, four.sum() / n)


def by_hand_with_mean(parameters, data):
    loss, one, two, three, four = terms_by_hand(parameters, data)
    return np.mean(loss), (np.mean(one), np.mean(two), np.mean(three), np.mean(four))


def loop_by_hand(w1, b1, w2, b2, x, y):
    """The step as a loop over the samples, everything added up on the way."""
    loss = d_w1 = d_b1 = d_w2 = d_b2 = 0.0
    for i in range(len(x)):
        h = 1 / (1 + math.exp(-(w1 * x[i] + b1)))
        error = w2 * h + b2 - y[i]
        d_y_hat = 2 * error
        d_z = d_y_hat * w2 * h * (1 - h)
        loss += error * error
        d_w1 += d_z * x[i]
        d_b1 += d_z
        d_w2 += d_y_hat * h
        d_b2 += d_y_hat
    n = len(x)
    return loss / n, (d_w1 / n, d_b1 / n, d_w2 / n, d_b2 / n)


def agree(ways, start, data):
    """The ways as functions without arguments, once all have given the same gradients."""
    one, *others = (way(start, data)[1] for way in ways.values())
    assert all(np.allclose(one, other, rtol=1e-12) for other in others)
    return {name: lambda way=way: way(start, data) for name, way in ways.items()}


def step():
    """The seed's loss and gradients on 256 samples; by numba as well, where it is installed."""
    start, data = (0.5, 0.1, 0.2, 0.3), tuple(np.random.default_rng(0).normal(size=(2, 256)))
    ways = {"compiled": SEED.compile(), "by hand, sum()/n": by_hand, "by hand, np.mean": by_hand_with_mean}
    rows = side_by_side(agree(ways, start, data), calls=200, rounds=101)
    if find_spec("numba"):
        from numba import njit

        plain, fast = njit(loop_by_hand), njit(fastmath=True)(loop_by_hand)
        ways = {"compiled by numba": SEED.compile("numba")}
        ways |= {"numba, by hand": lambda start, data: plain(*start, *data)}
        ways |= {"numba, by hand, fastmath": lambda start, data: fast(*start, *data)}
        rows += side_by_side(agree(ways, start, data), calls=200, rounds=101)
    return rows


def many_rates():
    """A hundred learning rates for 500 steps on the sunflowers."""
    arguments, rates = (SEED, [0.5, 0.0, 0.5, 0.0], sunflower_data()), np.geomspace(0.001, 3, 100)
    ways = {
        "one sweep": lambda: sweep(*arguments, rates, 500),
        "one by one": lambda: [train(*arguments, GradientDescent(rate), 500) for rate in rates],
    }
    if find_spec("numba"):
        by_numba = SEED.compile("numba")
        ways["one sweep by numba"] = lambda: sweep(by_numba, *arguments[1:], rates, 500)
    return side_by_side(ways, calls=1, rounds=5)


def derive_and_compile():
    """Networks of more and more equations, and the power of their number with which the time grows."""
    sizes, times = [], []
    for layers in (4, 8, 16, 32):
        model, tries = dense([2, *[6] * layers, 1]), []
        for _ in range(3):
            clear_cache()  # or a small model would be found there from the round before, and a large one not
            tries.append(seconds(model.compile))
        sizes.append(len(model.equations))
        times.append(min(tries))
    power = np.polyfit(np.log(sizes), np.log(times), 1)[0]
    rows = [(f"{size} equations", each, None) for size, each in zip(sizes, times, strict=True)]
    return [*rows, (f"grows as equations to the power {power:.2f}", None, None)]


def digits_by_hand(parameters, X, Y):
    """What a careful person writes: the largest score is taken out, every shared value computed once."""
    W1, b1, W2, b2 = parameters
    Z1 = X @ W1 + b1
    H = np.maximum(Z1, 0)
    scores = H @ W2 + b2
    exponentials = np.exp(scores - scores.max(axis=1, keepdims=True))
    P = exponentials / exponentials.sum(axis=1, keepdims=True)
    loss = -np.log((P * Y).sum(axis=1)).mean()
    d_scores = (P - Y) / len(X)
    d_Z1 = (d_scores @ W2.T) * (Z1 > 0)
    gradients = X.T @ d_Z1, d_Z1.sum(axis=0), H.T @ d_scores, d_scores.sum(axis=0)
    return loss, [p - RATE * g.reshape(p.shape) for p, g in zip(parameters, gradients, strict=True)]


def digits_in_pytorch(start, X, labels):
    """The step in eager PyTorch, on one thread, as a function without arguments."""
    import torch

    torch.set_num_threads(1)
    W1, b1, W2, b2 = parameters = [torch.tensor(value, requires_grad=True) for value in start]
    X, labels = torch.tensor(X), torch.tensor(labels)
    optimizer = torch.optim.SGD(parameters, lr=RATE)

    def step():
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(torch.relu(X @ W1 + b1) @ W2 + b2, labels)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def digits():
    """Forward, backward and update of a 64-128-10 classifier on a batch of 256, in float64."""
    random = np.random.default_rng(0)
    X, labels = random.random((256, 64)), random.integers(0, 10, 256)
    Y, model, rule = np.eye(10)[labels], classifier([64, 128, 10]), GradientDescent(RATE)
    start, compiled = random_start(model), model.compile()
    memory = rule.start(start)

    def derived():
        loss, gradients = compiled(start, [X, Y])
        return loss, rule.step(start, gradients, memory)[0]

    ways = {"derived": derived, "by hand": lambda: digits_by_hand(start, X, Y)}
    for one, other in zip(derived()[1], ways["by hand"]()[1], strict=True):
        assert np.allclose(one, other, rtol=1e-12)
    if find_spec("torch"):
        ways["PyTorch, eager"] = digits_in_pytorch(start, X, labels)
        assert np.isclose(ways["PyTorch, eager"](), derived()[0], rtol=1e-9)
    return side_by_side(ways, calls=5, rounds=201)


class Watch:
    """Seconds on the clock and of computing of the whole machine, and the most memory of our processes."""

    def __enter__(self):
        self.began, self.computed, self.memory = perf_counter(), computing(), []
        self.over = threading.Event()
        self.looking = threading.Thread(target=self.look)
        self.looking.start()
        return self

    def look(self):
        while not self.over.wait(LOOK):
            total = 0
            for process in psutil.Process().children(recursive=True):
                with suppress(psutil.Error):
                    total += process.memory_full_info().pss
            self.memory.append(total / 1e6)

    def __exit__(self, *_):
        self.over.set()
        self.looking.join()
        self.clock, self.computed = perf_counter() - self.began, computing() - self.computed


def computing():
    """Seconds that this machine has computed, whoever for: sandboxes are killed before they could tell."""
    times = psutil.cpu_times()
    return times.user + times.nice + times.system


def grading(name="1_chain_rule"):
    """A class (CLASS=500, or 30) hands in the solution and the untouched release in turn."""
    submissions = int(os.environ.get("CLASS", 30))
    if needs_bubblewrap.args[0]:
        return [(needs_bubblewrap.kwargs["reason"], None, None)]
    rows, limits, first = [], [], None
    for workers, cores in ((1, 1), (1, 2), (2, 2)):  # one worker's sandboxes end on a second core, if any
        watch = class_graded(name, submissions, workers, cores)
        first = first or watch.clock
        limits.append(at_once())
        half = len(watch.memory) // 2
        memory = [max(part, default=0) for part in (watch.memory[: half + 1], watch.memory[half:])]
        rows += [
            (
                f"one of {submissions}, workers {workers}, cores {cores}",
                watch.clock / submissions,
                first / watch.clock,
            ),
            ("    computing of the machine", watch.computed / submissions, None),
            (f"    {memory[0]:.0f} MB in the first half, {memory[1]:.0f} MB in the second", None, None),
        ]
    return [*rows, ("    two programs that share nothing, on two cores", None, median(limits))]


def derive(number=0):
    """Some seconds of what grading mostly does, with nothing to wait for and nothing shared."""
    x = sp.Symbol("x")
    for step in range(150):
        clear_cache()
        sp.diff(sp.tanh(x * step + number) * sp.exp(-(x**2)) / (1 + x**3), x, 3).expand()


def at_once():
    """How many times as fast two cores derive as one does, which is the most that grading can gain."""
    with ProcessPoolExecutor(2) as programs:
        list(programs.map(derive, range(2)))
        one = seconds(lambda: programs.submit(derive).result())
        both = seconds(lambda: list(programs.map(derive, range(2))))
        return 2 * one / both


def class_graded(name, submissions, workers, cores):
    """How long a class took on so many cores, once its scores are right."""
    with tempfile.TemporaryDirectory() as folder:
        course = Course(Path(folder), f"c.ParallelAutograde.workers = {workers}")
        course.add_set(name, EXERCISES / "source" / name)
        notebooks = course.notebook(name, "source"), course.notebook(name)
        for number in range(submissions):
            course.submit(f"learner_{number:03}", name, notebooks[number % 2])
        with Watch() as watch:
            process = course.begin(("autograde", name), Path(folder))
            os.sched_setaffinity(process.pid, sorted(os.sched_getaffinity(0))[:cores])
            process.join()
        scores = [sum(course.scores(f"learner_{n:03}", name).values()) for n in range(submissions)]
    cells = nbformat.read(EXERCISES / "source" / name / f"{name}.ipynb", as_version=4).cells
    marked = [cell.metadata["nbgrader"] for cell in cells if "nbgrader" in cell.metadata]
    most = sum(one["points"] for one in marked if one["grade"] and not one["solution"])  # the rest: by hand
    assert scores == [0 if number % 2 else most for number in range(submissions)], scores
    return watch


ROWS = {
    "step": step,
    "sweep": many_rates,
    "compile": derive_and_compile,
    "digits": digits,
    "verdict": verdict,
    "grading": grading,
}

if __name__ == "__main__":
    print(f"{'':56}{'time':>10}   ours/this")
    for chosen in sys.argv[1:] or ROWS:
        print(ROWS[chosen].__doc__.strip())
        for name, taken, ratio in ROWS[chosen]():
            time = (
                "" if taken is None else f"{taken * 1e6:.1f} µs" if taken < 1e-3 else f"{taken * 1e3:.1f} ms"
            )
            print(f"    {name:52}{time:>10}" + ("" if ratio is None else f"{ratio:12.3f}"), flush=True)
