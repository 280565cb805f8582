"""The report of a class as a page: pictures, their numbers beside them, and a table."""

import base64
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from textwrap import shorten

from ..pictures import Picture, bars

Groups = Mapping[str, set[str]]  # learners by the name of their group

MOST = 12  # slips in a picture
KINDS = 5  # groups in a picture
SLIPS = "made this slip", "slip"
LABEL = 44  # characters of a slip beside its bar

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>{name}: what the class got wrong</title>
<style>
body {{ font-family: sans-serif; margin: 2em auto; max-width: 60em; }}
table {{ border-collapse: collapse; width: 100%; }}
td, th {{ border-bottom: 1px solid #999; padding: .4em; text-align: left; vertical-align: top; }}
pre {{ margin: 0; white-space: pre-wrap; }}
figure {{ margin: 1em 0; }}
img {{ max-width: 100%; }}
</style>
<h1>{name}: what the class got wrong</h1>
<p>{learners} learners handed it in.</p>
{told}
<h2>How many have each question right</h2>
{right}
<h2>What broke most often</h2>
{links}
<h2>Question by question</h2>
{questions}
<h2>All slips</h2>
<table>
<tr>{header}</tr>
{rows}
</table>
</html>
"""
FIGURE = """<figure><img src="data:image/png;base64,{image}" alt="{alt}">
<details><summary>The numbers in this picture</summary><pre>{numbers}</pre></details></figure>"""


def page(
    name: str, learners: set[str], groups: Groups, questions: Mapping, table: list, told: Iterable[str]
) -> str:
    """The report as HTML.

    questions: what became of each. table: its rows, with a column for each group. told: sentences at its top.
    """
    kinds = groups or {"all": learners}
    slips = [
        (f"{question}: {slip}", {learner for learner, _ in made})
        for question, tally in questions.items()
        for slip, made in tally.wrong.items()
    ]
    links = dict(sorted(slips, key=lambda pair: -len(pair[1]))[:MOST])
    header = ["question", "right", "slip", "how often", *(f"in {group}" for group in groups), "an example"]
    return PAGE.format(
        name=escape(name),
        learners=len(learners),
        told="\n".join(f"<p>{escape(sentence)}</p>" for sentence in told),
        right=figures({q: t.right for q, t in questions.items()}, kinds, ("have it right", "question")),
        links=figures(links, kinds, SLIPS),
        questions="\n".join(sections(questions, kinds)),
        header="".join(f"<th>{escape(title)}</th>" for title in header),
        rows="\n".join(map(line, table)),
    )


def sections(questions: Mapping, kinds: Groups) -> Iterator[str]:
    """A heading and pictures for each question that somebody has wrong."""
    for question, tally in questions.items():
        slips = {slip: {learner for learner, _ in made} for slip, made in tally.by_number()[:MOST]}
        if slips:
            yield f"<h3>{escape(question)}</h3>{figures(slips, kinds, SLIPS)}"


def figures(who: Mapping[str, set[str]], kinds: Groups, told: tuple[str, str]) -> str:
    """Pictures of who did what, in percent of each group; a picture holds five groups.

    told: what they did, and what the bars stand for.
    """
    if not who:
        return "<p>Nobody made a slip.</p>"
    drawn, names, (did, each) = [], list(kinds), told
    for some in (names[place : place + KINDS] for place in range(0, len(names), KINDS)):
        percent = {
            f"{group} ({len(kinds[group])})": {
                shorten(what, LABEL, placeholder=" …"): 100 * len(kinds[group] & did_it) / len(kinds[group])
                for what, did_it in who.items()
            }
            for group in some
        }
        alt = f"How many in a hundred {did}, a bar for each group: {', '.join(percent)}."
        drawn.append(figure(bars(percent, f"of a hundred {did}", each, alt)))
    return "\n".join(drawn)


def figure(picture: Picture) -> str:
    """A picture as HTML, with its words and numbers."""
    image = base64.b64encode(picture.png()).decode()
    return FIGURE.format(image=image, alt=escape(picture.alt), numbers=escape(picture.numbers()))


def line(row: Iterable) -> str:
    """A row of the table as HTML: the example as code, and below it who made the slip, if that is said."""
    *numbers, example, learners = row
    cells = "".join(f"<td>{escape(str(part))}</td>" for part in numbers)
    named = f"<p>{escape(learners)}</p>" if learners else ""
    return f"<tr>{cells}<td><pre>{escape(example)}</pre>{named}</td></tr>"
