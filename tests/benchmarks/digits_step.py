"""One training step of a 64-128-10 classifier on a batch of 256: derived, by hand, and in PyTorch.

Forward, backward and update, in float64, on one thread each. PyTorch is left out where it is not installed.

Run: python tests/benchmarks/digits_step.py
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"  # before NumPy is imported

import numpy as np
from side_by_side import side_by_side

from course_utils import GradientDescent
from course_utils.models.networks import classifier, random_start

RATE = 1e-6  # so small that all steps are about the same


def by_hand(parameters, X, Y):
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


def in_pytorch(start, X, labels):
    """The step in eager PyTorch, as a function without arguments; None if it is not installed."""
    try:
        import torch
    except ImportError:
        return None
    torch.set_num_threads(1)
    parameters = [torch.tensor(value, requires_grad=True) for value in start]
    W1, b1, W2, b2 = parameters
    X, labels = torch.tensor(X), torch.tensor(labels)
    optimizer = torch.optim.SGD(parameters, lr=RATE)

    def step():
        optimizer.zero_grad()
        scores = torch.relu(X @ W1 + b1) @ W2 + b2
        loss = torch.nn.functional.cross_entropy(scores, labels)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


if __name__ == "__main__":
    random = np.random.default_rng(0)
    X, labels = random.random((256, 64)), random.integers(0, 10, 256)
    Y = np.eye(10)[labels]
    model = classifier([64, 128, 10])
    start, compiled, rule = random_start(model), model.compile(), GradientDescent(RATE)
    memory = rule.start(start)

    def derived():
        loss, gradients = compiled(start, [X, Y])
        return loss, rule.step(start, gradients, memory)[0]

    steps = {"derived": derived, "by hand": lambda: by_hand(start, X, Y)}
    if pytorch := in_pytorch(start, X, labels):
        steps["PyTorch, eager"] = pytorch
        assert np.isclose(pytorch(), derived()[0], rtol=1e-9)
    for one, other in zip(derived()[1], by_hand(start, X, Y)[1], strict=True):
        assert np.allclose(one, other, rtol=1e-12)
    seconds = side_by_side(steps, calls=5, rounds=201)
    for name, each in seconds.items():
        print(f"{name:15} {each * 1e6:6.0f} µs   derived/this {seconds['derived'] / each:.2f}")
