"""A set of one's own for each learner: other numbers, functions and names, and the same questions.

Usage: python tools/variants.py SEED LEARNERS FOLDER [LANGUAGE]
LEARNERS is a file with a name in each line, or how many there are. FOLDER gets LEARNER/SET.ipynb, with the
data beside; LANGUAGE is a folder of exercises/, such as zh, if not in English. The seed and the names go
into exercises/class.toml: from it grading knows who has which variant.
"""

import json
import shutil
import sys
from pathlib import Path

import nbformat
from nbgrader.preprocessors import ComputeChecksums

from course_utils.grading.variants import CLASS, Class

ROOT = Path(__file__).parents[1] / "exercises"


def named(learners: str) -> list[str]:
    """The names in a file, or as many as a number says."""
    if learners.isdecimal():
        return [f"learner_{number:03}" for number in range(1, int(learners) + 1)]
    lines = Path(learners).read_text(encoding="utf-8").splitlines()
    names = list(dict.fromkeys(filter(None, map(str.strip, lines))))
    if unfit := [name for name in names if Path(name).name != name or not name.isprintable()]:
        raise ValueError(f"a learner's name is the name of a folder, and {unfit[0]!a} is none")
    return names


def enrol(course: Path, seed: str, learners: list[str]) -> Class:
    """The class with these learners in it. Raises ValueError for another seed than it has."""
    before = Class.of(course)
    if before.learners and before.seed != seed:
        raise ValueError(
            f"{course / CLASS} has another seed, and learners with variants: use it, or delete the file"
        )
    everybody = list(dict.fromkeys([*before.learners, *learners]))
    text = f"seed = {json.dumps(seed)}\nlearners = {json.dumps(everybody, indent=4)}\n"
    (course / CLASS).write_text(text, encoding="utf-8")
    return Class(seed, tuple(everybody), course / "variants")


def write(known: Class, release: Path, learner: str, folder: Path) -> None:
    """A learner's variants of all released sets, and the data beside them, into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted(release.glob("*/*")):
        variant = known.variant(learner, path.stem) if path.suffix == ".ipynb" else None
        if variant is None:
            shutil.copy(path, folder)
        else:
            varied = variant.notebook(nbformat.read(path, as_version=4))
            nbformat.write(ComputeChecksums().preprocess(varied, {})[0], folder / path.name)


def main(seed: str, learners: str, to: str, language: str = "release") -> None:
    """Enrol the learners, and write their variants."""
    if not any((ROOT / language).glob("*/*.ipynb")):
        raise ValueError(f"no problem set is in {ROOT / language}")
    names = named(learners)
    known = enrol(ROOT, seed, names)
    for learner in names:
        write(known, ROOT / language, learner, Path(to) / learner)
    print(f"{to} holds the variants of {len(names)} learners. Keep {ROOT / CLASS}: grading needs it.")


if __name__ == "__main__":
    if len(sys.argv) not in (4, 5) or not all(sys.argv[1:]):
        sys.exit(__doc__)
    main(*sys.argv[1:])
