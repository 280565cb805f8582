"""A set of a learner's own: its source, with other numbers, functions and names in it.

What varies in a set, and what may stand there, is in variants/SET.toml of the course's folder. Which of it a
learner gets follows from the class's seed and the learner's name. Both stand in class.toml, which is the
teacher's alone: where there is none, or it does not name a learner, the set is as it is.
"""

import hmac
import re
import tomllib
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path

from nbformat import NotebookNode

from .assembly import answered_here, label

CLASS = "class.toml"
CODE_IN_TEXT = re.compile(r"\$[^$]+\$|`[^`]+`")  # what of Markdown is formulas and code


@dataclass(frozen=True)
class Variant:
    """What stands in place of what. texts: by cell; names: of symbols, in all cells."""

    id: str
    texts: Mapping[str, Mapping[str, str]] = field(hash=False)
    names: Mapping[str, str] = field(hash=False)

    def notebook(self, original: NotebookNode) -> NotebookNode:
        """A copy of the set's source or release as this variant has it."""
        copied = deepcopy(original)
        copied.metadata["variant"] = self.id
        for cell in filter(label, copied.cells):
            cell.source = self.cell(cell, cell.source)
        return copied

    def cell(self, cell: NotebookNode, text: str) -> str:
        """What a cell of the set becomes if this text is in it. In words meant for learners, names vary
        where they are marked as code."""
        text = replaced(text, self.texts.get(label(cell)["grade_id"], {}))
        if cell.cell_type == "code" or answered_here(cell):
            return self.renamed(text)
        return CODE_IN_TEXT.sub(lambda part: self.renamed(part[0]), text)

    def renamed(self, text: str) -> str:
        """Code or a formula with the symbols' other names."""
        return re.sub(r"\b[A-Za-z]\w*\b", lambda name: self.names.get(name[0], name[0]), text)


def replaced(text: str, others: Mapping[str, str]) -> str:
    """The text with all of `others` put in at once, the longest first."""
    if not others:
        return text
    known = "|".join(map(re.escape, sorted(others, key=len, reverse=True)))
    return re.sub(known, lambda found: others[found[0]], text)


def chosen(table: Mapping, choose: Callable[[str, int], int], id: str = "") -> Variant:
    """A variant by a set's table. choose(what varies, how many there are): which one."""
    texts: dict[str, dict[str, str]] = {}
    for varies in table["vary"]:
        rows = varies["texts"]
        column = choose(f"{varies['cells']} {rows[0][0]}", len(rows[0]))
        for cell in varies["cells"].split():
            texts.setdefault(cell, {}).update({row[0]: row[column] for row in rows})
    names = {name: others.split() for name, others in table["names"].items()}
    return Variant(id, texts, {name: others[choose(name, len(others))] for name, others in names.items()})


@dataclass(frozen=True)
class Class:
    """Learners who have variants, and the seed that these come from. tables: the folder with what varies."""

    seed: str
    learners: tuple[str, ...]
    tables: Path

    @classmethod
    def of(cls, course: Path) -> "Class":
        """The class of a course's folder; one without learners if nobody has a variant."""
        known: dict = {"seed": "", "learners": []}
        if (path := course / CLASS).exists():
            known |= tomllib.loads(path.read_text(encoding="utf-8"))
        return cls(known["seed"], tuple(known["learners"]), course / "variants")

    def variant(self, learner: str, name: str) -> Variant | None:
        """A learner's variant of the set of this name, if there is one."""
        table = self.tables / f"{name}.toml"
        if learner not in self.learners or not table.exists():
            return None

        def choose(what: str, count: int) -> int:
            return int.from_bytes(self.hashed(learner, name, what)) % count

        return chosen(tomllib.loads(table.read_text("utf-8")), choose, self.id_of(learner, name))

    def hashed(self, *words: str) -> bytes:
        """What nobody can compute who does not have the seed."""
        return hmac.digest(self.seed.encode(), "\0".join(words).encode(), "sha256")

    def id_of(self, learner: str, name: str) -> str:
        """By what a variant is recognised, and tells nothing else."""
        return self.hashed(learner, name).hex()[:16]

    def strange(self, learner: str, name: str, id: str | None) -> str | None:
        """What a teacher should know of a notebook with this id that a learner handed in, if anything."""
        variant = self.variant(learner, name)
        if id == (variant.id if variant else None):
            return None
        graded = f"{learner}'s own variant" if variant else "the set itself, as it has no variant"
        owners = {self.id_of(other, name): f"the variant of {other}" for other in self.learners}
        what = owners.get(id, "no variant of this class") if id else "without the mark of its variant"
        return f"{learner}'s {name} is {what}. What is in it is graded as answers to {graded}."
