"""How long it takes to grade a class: python tests/benchmarks/grading.py [submissions] [set]

Grades copies of the solution, and of the untouched release, in turn, in one run.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from grading_course import EXERCISES, Course


def main(submissions: int = 30, name: str = "1_chain_rule") -> None:
    with tempfile.TemporaryDirectory() as folder:
        course = Course(Path(folder))
        course.add_set(name, EXERCISES / "source" / name)
        notebooks = course.notebook(name, "source"), course.notebook(name)
        for number in range(submissions):
            course.submit(f"learner_{number:03}", name, notebooks[number % 2])
        start = time.perf_counter()
        done = course.command("autograde", name)
        seconds = time.perf_counter() - start
        assert done.returncode == 0, done.stderr
        best = {sum(course.scores(f"learner_{n:03}", name).values()) for n in range(0, submissions, 2)}
        each = seconds / submissions
        print(f"{submissions} submissions of {name}: {each:.2f} s each on the clock; ", end="")
        print(f"load {os.getloadavg()[0]:.1f}")
        print(f"every solution got {best} points")


if __name__ == "__main__":
    main(*(kind(word) for kind, word in zip((int, str), sys.argv[1:], strict=False)))
