"""Run a notebook's code cells where no Jupyter is installed: IPython alone, which ipywidgets brings.

Usage: python tools/run_cells.py notebooks/03_apply_the_chain_rule.ipynb
It stops at the first cell that fails, with its error, and exit code 1.
"""

import json
import os
import sys
from pathlib import Path

from IPython.core.interactiveshell import InteractiveShell


def main(path: Path) -> None:
    """Run the cells in the notebook's folder."""
    cells = [cell for cell in json.loads(path.read_text("utf-8"))["cells"] if cell["cell_type"] == "code"]
    os.chdir(path.parent)
    shell = InteractiveShell.instance()
    for number, cell in enumerate(cells, 1):
        if not shell.run_cell("".join(cell["source"])).success:
            sys.exit(f"Cell {number} of {path.name} fails.")
    print(f"{len(cells)} cells of {path.name} ran.")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
