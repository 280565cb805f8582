"""How the time to derive and compile a network grows with the number of its equations.

Run: python tests/benchmarks/derive_and_compile.py
"""

from time import perf_counter

import numpy as np
from sympy.core.cache import clear_cache

from course_utils.models.networks import dense


def seconds_to_compile(model) -> float:
    clear_cache()  # or a small model would be found there from the round before, and a large one not
    began = perf_counter()
    model.compile()
    return perf_counter() - began


if __name__ == "__main__":
    sizes, times = [], []
    for layers in (4, 8, 16, 32):
        model = dense([2, *[6] * layers, 1])
        sizes.append(len(model.equations))
        times.append(min(seconds_to_compile(model) for _ in range(3)))
        print(f"{sizes[-1]:5} equations, {len(model.parameters):5} parameters: {times[-1]:.3f} s")
    exponent = np.polyfit(np.log(sizes), np.log(times), 1)[0]
    print(f"time grows as equations to the power {exponent:.2f}")
