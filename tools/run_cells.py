"""Run notebooks' code cells where no Jupyter is installed: IPython alone, which ipywidgets brings.

Usage: python tools/run_cells.py notebooks/*.ipynb
Each runs in a process and an empty folder of its own. One that lacks a package may stop there if its first
cell says that it needs it. Any other error is printed, and the exit code is 1.
"""

import json
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from IPython.core.interactiveshell import InteractiveShell

CALLED = {"sklearn": "scikit-learn", "torch": "PyTorch", "tensorflow": "TensorFlow"}


def run(path: Path) -> str:
    """Run the cells of a notebook here, and say what was done. Ends the program where a cell fails."""
    cells = json.loads(path.read_text("utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    shell = InteractiveShell.instance()
    for number, source in enumerate(code, 1):
        done = shell.run_cell(source)
        if not done.success:
            error = done.error_in_exec
            needed = isinstance(error, ImportError) and CALLED.get(str(error.name).split(".")[0])
            if needed and needed in "".join(cells[0]["source"]):
                return f"{path.name} needs {needed}, and says so."
            sys.exit(f"Cell {number} of {path.name} fails.")
    return f"{len(code)} cells of {path.name} ran."


def apart(path: Path) -> tuple[int, str]:
    """Run a notebook in a process and an empty folder of its own. Return its exit code, and what it said."""
    with tempfile.TemporaryDirectory() as empty:
        command = [sys.executable, "-I", Path(__file__).resolve(), "--here", path]
        done = subprocess.run(command, cwd=empty, capture_output=True, text=True)
    if done.returncode:
        return done.returncode, done.stdout[-3000:] + done.stderr
    return 0, done.stdout.splitlines()[-1]


def main(paths: list[Path]) -> None:
    """Run them all, two at a time."""
    with ThreadPoolExecutor(2) as pool:
        outcomes = [*pool.map(apart, paths)]
    for _, said in outcomes:
        print(said)
    sys.exit(any(code for code, _ in outcomes))


if __name__ == "__main__":
    if sys.argv[1] == "--here":
        print(run(Path(sys.argv[2])))
    else:
        main([Path(name).resolve() for name in sys.argv[1:]])
