"""What a class got wrong: of each question how many are right, and which slip was made how often.

Run it in the course's folder, after autograde:  python -m course_utils.grading.report 1_chain_rule
It writes feedback/1_chain_rule_report.html and .csv. Nobody is named, unless --names is given.
"""

import argparse
import csv
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from .assembly import HANDED_IN, answered_here, label
from .variants import Class

NO_NAME = "no slip that has a name"
EXAMPLE = 400  # characters of an answer

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>{name}: what the class got wrong</title>
<style>
body {{ font-family: sans-serif; margin: 2em auto; max-width: 60em; }}
table {{ border-collapse: collapse; width: 100%; }}
td, th {{ border-bottom: 1px solid #999; padding: .4em; text-align: left; vertical-align: top; }}
pre {{ margin: 0; white-space: pre-wrap; }}
</style>
<h1>{name}: what the class got wrong</h1>
<p>{learners} learners handed it in.</p>
{told}<table>
<tr><th>question</th><th>right</th><th>slip</th><th>how often</th><th>an example</th></tr>
{rows}
</table>
</html>
"""


@dataclass
class Tally:
    """What became of one question. wrong: by slip, the (learner, answer) pairs."""

    right: int = 0
    wrong: dict[str, list[tuple[str, str]]] = field(default_factory=dict)


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


def tallied(marked: Mapping[str, NotebookNode]) -> dict[str, Tally]:
    """Of each question what became of it, from the learners' marked notebooks."""
    questions: dict[str, Tally] = {}
    for learner, notebook in marked.items():
        for question, right, slips, answer in answers(notebook):
            tally = questions.setdefault(question, Tally())
            tally.right += right
            for slip in [] if right else slips or [NO_NAME]:
                tally.wrong.setdefault(slip, []).append((learner, answer[:EXAMPLE]))
    return questions


def of_others(name: str, marked: Mapping[str, NotebookNode], names: bool) -> list[str]:
    """What is to be said of notebooks that are not their learner's own variant of the set."""
    known = Class.of(Path.cwd())
    found = [known.strange(each, name, notebook.metadata.get(HANDED_IN)) for each, notebook in marked.items()]
    told = list(filter(None, found))
    if names or not told:
        return told
    return [f"{len(told)} of the notebooks are not their learner's own variant: --names says whose they are."]


def rows(questions: dict[str, Tally], names: bool) -> Iterator[tuple]:
    """(question, how many are right, slip, how often, an example, learners), the most frequent slip first."""
    for question, tally in questions.items():
        by_number = sorted(tally.wrong.items(), key=lambda pair: -len(pair[1]))
        for slip, made in by_number or [("", [])]:
            learners = " ".join(learner for learner, _ in made) if names else ""
            yield question, tally.right, slip, len(made), made[0][1] if made else "", learners


def page(name: str, learners: int, table: Iterable[tuple], told: Iterable[str] = ()) -> str:
    """The report as HTML. told: sentences above the table."""
    lines = []
    for question, right, slip, made, example, names in table:
        cells = [f"<td>{escape(str(part))}</td>" for part in (question, right, slip, made)]
        shown = f"<pre>{escape(example)}</pre>" + (f"<p>{escape(names)}</p>" if names else "")
        lines.append(f"<tr>{''.join(cells)}<td>{shown}</td></tr>")
    above = "".join(f"<p>{escape(sentence)}</p>\n" for sentence in told)
    return PAGE.format(name=escape(name), learners=learners, told=above, rows="\n".join(lines))


def plain(row: Iterable) -> list:
    """A row of a table as text alone: a spreadsheet would compute what begins like a formula."""
    texts = ["".join(c if c.isprintable() or c in "\n\t" else " " for c in str(part)) for part in row]
    return [f"'{text}" if text.lstrip()[:1] in {*"=+-@"} else text for text in texts]


def main(arguments: list[str] | None = None) -> None:
    """Write the report. Exits with a sentence where nothing was graded yet."""
    parser = argparse.ArgumentParser(prog="python -m course_utils.grading.report", description=__doc__)
    parser.add_argument("name", help="the problem set")
    parser.add_argument("--names", action="store_true", help="say who made which slip")
    chosen = parser.parse_args(arguments)
    paths = sorted(Path("autograded").glob(f"*/{chosen.name}/{chosen.name}.ipynb"))
    marked = {path.parents[1].name: nbformat.read(path, as_version=4) for path in paths}
    if not marked:
        sys.exit(f"Nothing of {chosen.name} was graded in this folder: nbgrader autograde {chosen.name}")
    table, told = list(rows(tallied(marked), chosen.names)), of_others(chosen.name, marked, chosen.names)
    target = Path("feedback")
    target.mkdir(exist_ok=True)
    target = target / f"{chosen.name}_report.html"
    target.write_text(page(chosen.name, len(marked), table, told), "utf-8")
    with target.with_suffix(".csv").open("w", newline="", encoding="utf-8-sig") as file:  # as Excel reads it
        csv.writer(file).writerows(
            [("question", "right", "slip", "how often", "example", "learners"), *map(plain, table)]
        )
    print(*told, sep="\n", end="\n" if told else "")
    print(f"Wrote {target} and {target.with_suffix('.csv')}.")


if __name__ == "__main__":
    main()
