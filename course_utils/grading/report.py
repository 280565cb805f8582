"""What a class got wrong: of each question how many are right, and which link broke how often, in each group.

Run it in the course's folder, after autograde:  python -m course_utils.grading.report 1_chain_rule
It writes feedback/1_chain_rule_report.html and .csv. Who is in which group is in groups.csv: its columns are
learner and group. Nobody is named, and groups of fewer than five are put together, unless --names is given.
"""

import argparse
import csv
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from .assembly import HANDED_IN, answered_here, label
from .report_page import page
from .tables import plain
from .variants import Class

NO_NAME = "no slip that has a name"
EXAMPLE = 400  # characters of an answer
FEW, TOGETHER = 5, "small groups"  # who is in a group of fewer would be known by it
SYMBOL = re.compile(r"(?<=∂)\w+")  # in a link, ∂h/∂z


@dataclass
class Tally:
    """What became of one question. right: who has it. wrong: by slip, the (learner, answer) pairs."""

    right: set[str] = field(default_factory=set)
    wrong: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    def by_number(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """The slips and who made them, the most frequent one first."""
        return sorted(self.wrong.items(), key=lambda pair: -len(pair[1]))


def answers(notebook) -> Iterator[tuple[str, bool, list[str], str]]:
    """(question, whether it is right, slips, the answer before it) of each check in a marked notebook."""
    answer = ""
    for cell in notebook.cells:
        if answered_here(cell):
            answer = cell.source
        elif label(cell).get("grade"):
            points = [float(o.data["text/plain"]) for o in cell.outputs if o.output_type == "execute_result"]
            right = sum(points) >= float(label(cell)["points"])
            yield label(cell)["grade_id"], right, cell.metadata.get("slips", []), answer


def tallied(name: str, marked: Mapping[str, NotebookNode], known: Class) -> dict[str, Tally]:
    """Of each question of a set what became of it, from the learners' marked notebooks."""
    questions: dict[str, Tally] = {}
    for learner, notebook in marked.items():
        own = own_names(known, learner, name)
        for question, right, slips, answer in answers(notebook):
            tally = questions.setdefault(question, Tally())
            if right:
                tally.right.add(learner)
            for slip in [] if right else slips or [NO_NAME]:
                tally.wrong.setdefault(renamed(slip, own), []).append((learner, answer[:EXAMPLE]))
    return questions


def own_names(known: Class, learner: str, name: str) -> dict[str, str]:
    """How the set calls the symbols that are called otherwise in a learner's variant."""
    variant = known.variant(learner, name)
    return {other: symbol for symbol, other in variant.names.items()} if variant else {}


def renamed(slip: str, names: dict[str, str]) -> str:
    """A slip with the set's names in its links: it is the same one in each variant."""
    return SYMBOL.sub(lambda symbol: names.get(symbol[0], symbol[0]), slip)


def of_others(name: str, marked: Mapping[str, NotebookNode], known: Class, names: bool) -> list[str]:
    """What is to be said of notebooks that are not their learner's own variant of the set."""
    found = [known.strange(each, name, notebook.metadata.get(HANDED_IN)) for each, notebook in marked.items()]
    told = list(filter(None, found))
    if names or not told:
        return told
    return [f"{len(told)} of the notebooks are not their learner's own variant: --names says whose they are."]


def grouped(course: Path, learners: set[str], names: bool) -> dict[str, set[str]]:
    """Who of the learners is in which group, by groups.csv. Raises ValueError for another file."""
    path, groups = course / "groups.csv", {}
    if path.exists():
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            if not {"learner", "group"} <= {*(rows.fieldnames or [])}:
                raise ValueError(f"{path.name} needs the columns learner and group.")
            for row in rows:
                groups.setdefault(row["group"], set()).add(row["learner"])
    groups = {group: members & learners for group, members in sorted(groups.items()) if members & learners}
    few = {} if names else {group: members for group, members in groups.items() if len(members) < FEW}
    together = set().union(*few.values())
    others = {group: members for group, members in groups.items() if group not in few}
    return others | ({TOGETHER: together} if len(together) >= FEW else {})


def rows(questions: dict[str, Tally], groups: dict[str, set[str]], names: bool) -> Iterator[tuple]:
    """(question, how many are right, slip, how often, and in each group, an example, learners)."""
    for question, tally in questions.items():
        for slip, made in tally.by_number() or [("", [])]:
            who = [learner for learner, _ in made]
            in_groups = (len(members.intersection(who)) for members in groups.values())
            example, named = made[0][1] if made else "", " ".join(who if names else [])
            yield question, len(tally.right), slip, len(made), *in_groups, example, named


def main(arguments: list[str] | None = None) -> None:
    """Write the report. Exits with a sentence where nothing was graded yet."""
    parser = argparse.ArgumentParser(prog="python -m course_utils.grading.report", description=__doc__)
    parser.add_argument("name", help="the problem set")
    parser.add_argument("--names", action="store_true", help="say who made which slip")
    chosen = parser.parse_args(arguments)
    paths = sorted(Path("autograded").glob(f"*/{chosen.name}/{chosen.name}.ipynb"))
    marked = {path.parents[1].name: nbformat.v4.reads(path.read_text("utf-8")) for path in paths}
    if not marked:
        sys.exit(f"Nothing of {chosen.name} was graded in this folder: nbgrader autograde {chosen.name}")
    try:
        groups = grouped(Path(), {*marked}, chosen.names)
    except ValueError as reason:
        sys.exit(str(reason))
    known = Class.of(Path.cwd())
    questions = tallied(chosen.name, marked, known)
    told = of_others(chosen.name, marked, known, chosen.names)
    table = list(rows(questions, groups, chosen.names))
    target = Path("feedback", f"{chosen.name}_report.html")
    target.parent.mkdir(exist_ok=True)
    target.write_text(page(chosen.name, {*marked}, groups, questions, table, told), "utf-8")
    header = ("question", "right", "slip", "how often", *(f"in {group}" for group in groups))
    with target.with_suffix(".csv").open("w", newline="", encoding="utf-8-sig") as file:  # as Excel reads it
        csv.writer(file).writerows([plain([*header, "example", "learners"]), *map(plain, table)])
    print(*told, sep="\n", end="\n" if told else "")
    print(f"Wrote {target} and {target.with_suffix('.csv')}.")


if __name__ == "__main__":
    main()
