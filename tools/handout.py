"""What learners get, in a folder of its own: lessons, library and released sets, and nothing that grades.

Usage: python tools/handout.py FOLDER     (a new one)
"""

import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDERS = ["notebooks", "course_utils", "exercises/release", "exercises/zh"]
READMES = ["README.md", "README.zh.md"]
PROJECT = ["pyproject.toml", "setup.py", "environment.yml", "Makefile", "LICENSE", *READMES]
FILES = [*PROJECT, "docs/explorer.gif", "docs/explorer.zh.gif"]
LEFT_OUT = shutil.ignore_patterns("grading", "__pycache__", ".ipynb_checkpoints")
TEACHERS = [  # what in these files is for teachers and developers
    ("pyproject.toml", r' *"course_utils\.grading",\n|, "grading/templates/[^"]*"'),
    ("README.md", r"(?s)## Contribute.*?(?=## Licence)| Teachers:\s\[.*?\]\(.*?\)\.| *make test .*?\n"),
    ("README.zh.md", r"(?s)## 参与.*?(?=## 许可证)|教师请看：\[.*?\]\(.*?\)。| *make test .*?\n"),
]


def hand_out(folder: Path) -> None:
    """Write the folder. Raises FileExistsError if it is there already."""
    folder.mkdir(parents=True)
    for part in FOLDERS:
        shutil.copytree(ROOT / part, folder / part, ignore=LEFT_OUT)
    for part in FILES:
        (folder / part).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / part, folder / part)
    for name, theirs in TEACHERS:
        text = (folder / name).read_text(encoding="utf-8")
        (folder / name).write_text(re.sub(theirs, "", text), encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    hand_out(Path(sys.argv[1]))
    print(f"{sys.argv[1]} holds what learners get. The library computes the keys: it can be read.")
