"""The data that come with the course, wherever it runs."""

from pathlib import Path

from .language import say

HERE = Path(__file__).parent
# Beside the notebook; in an installed package; in the repository, for a notebook that lies elsewhere.
FOLDERS = (Path("data"), HERE / "data", HERE.parent / "notebooks" / "data")


def data_file(name: str) -> Path:
    """The path of measured data, such as "sunflowers.csv": in the folder `data`, or else in the course.

    Raises FileNotFoundError, naming the files that there are.
    """
    there = {path.name: path for folder in reversed(FOLDERS) for path in folder.glob("*.csv")}
    if name not in there:
        known = ", ".join(sorted(there))
        raise FileNotFoundError(
            say("there are no data {name}; the course has {known}", name=name, known=known)
        )
    return there[name]
