"""What a lesson's text says: a prediction before its answer, numbers that were computed, honest minutes."""

import ast
import re
import sys
import tomllib
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT / "tools"))
import minutes  # noqa: E402

from course_utils.pictures.predictions import COVER, COVERS, MARK, NEXT, WORDS  # noqa: E402

LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))
NO_RESULTS = tomllib.loads((ROOT / "tests" / "prose_numbers.toml").read_text())
LONGEST = 75  # minutes

NOT_YET: dict[str, str] = {}  # by lesson, what does not hold so far


def lessons_for(what):
    """The lessons as parameters, those marked that are known to fall short in this."""
    late = pytest.mark.xfail(strict=True, reason="not yet")
    marks = {path: late if what in NOT_YET.get(path.name[:2], "").split() else () for path in LESSONS}
    return pytest.mark.parametrize("lesson", [pytest.param(p, marks=m, id=p.stem) for p, m in marks.items()])


def cells_of(lesson):
    return nbformat.read(lesson, 4).cells


def is_prediction(cell):
    return cell.cell_type == "markdown" and "**Predict:**" in cell.source


def spoiled(cells):
    """The predictions whose answer is in sight: text after them, no folded output; and folds elsewhere."""
    asked = False  # in this section
    for before, cell in zip([None, *cells], [*cells, None], strict=True):
        asks = before is not None and is_prediction(before)
        if asks and not stands_last(before.source):
            yield f"one prediction a cell, and nothing after it: {before.source}"
        if asks and not (cell and cell.get("outputs") and is_folded(cell)):
            yield f"what follows is no code with folded outputs: {before.source}"
        elif asks and over(cell) != COVER:
            yield f"JupyterLab shows this answer's first line: end its cell's with {MARK}: {cell.source}"
        if cell and not asks and cell.get("outputs") and is_folded(cell) and over(cell) != COVERS[NEXT]:
            yield f"nothing is to be predicted here: end this cell's first line with {NEXT}: {cell.source}"
        if cell and is_folded(cell) and not asked:
            yield f"folded, and no prediction stands before it: {cell.source}"
        if cell and cell.cell_type == "markdown":
            asked = is_prediction(cell) or (asked and not starts_section(cell))


def over(cell):
    """The first line of what a cell shows, where it is folded."""
    return cell.outputs[0].get("data", {}).get("text/html")


def words_in_sight(cells):
    """The texts that are read with an answer, and are not folded as it is, by themselves."""
    for before, cell in pairwise(cells):
        if is_folded(before) and cell.cell_type == "markdown" and not has_only_words(cell):
            yield cell.source


def told(cells):
    """What stands in sight behind a folded answer, before the next section or prediction, and tells it."""
    for place in (place for place, cell in enumerate(cells[:-1]) if is_prediction(cell)):
        answer = cells[place + 1]
        before = "\n".join([*(cell.source + printed(cell) for cell in cells[: place + 1]), answer.source])
        secret = numbers_in(printed(answer)) - numbers_in(before)
        for last, cell in pairwise(cells[place + 1 :]):
            if cell.cell_type == "markdown" and (is_prediction(cell) or starts_section(cell)):
                break
            if in_sight(cell) and (
                (cell.cell_type == "code" and last is answer) or numbers_in(in_sight(cell)) & secret
            ):
                yield cell.source


def in_sight(cell):
    """What a reader sees of a cell who opens nothing: its text, or what it put out."""
    if cell.cell_type == "markdown":
        return "" if has_only_words(cell) else cell.source
    return "" if is_folded(cell) else printed(cell)


def printed(cell):
    """The words and numbers that a cell put out; of a picture, that there is one."""
    outputs = [{"text": output.get("text"), **output.get("data", {})} for output in cell.get("outputs", [])]
    shown = ["picture" if "image/png" in one else one["text"] or one.get("text/plain", "") for one in outputs]
    return "\n".join(shown)


def numbers_in(text):
    """The numbers of two digits or more in a text."""
    return {number for number in PRINTED.findall(text) if len(number.replace(".", "").lstrip("0")) > 1}


def has_only_words(cell):
    folded = cell.source.startswith(WORDS) and cell.metadata.get("jupyter") == {"source_hidden": True}
    return folded and not is_prediction(cell) and not starts_section(cell)


def starts_section(cell):
    return re.search(r"^#+ ", cell.source, re.MULTILINE)


def stands_last(source):
    quote = re.search(r"(?:^>.*\n?)+\Z", source, re.MULTILINE)
    return quote and quote[0].count("**Predict:**") == source.count("**Predict:**") == 1


def is_folded(cell):
    return cell.metadata.get("jupyter", {}).get("outputs_hidden", False)


@lessons_for("predictions")
def test_nothing_answers_a_prediction_before_it_is_made(lesson):
    assert not list(spoiled(cells_of(lesson)))


@lessons_for("words")
def test_the_words_of_an_answer_are_folded_with_it(lesson):
    assert not list(words_in_sight(cells_of(lesson)))


@lessons_for("told")
def test_nothing_in_sight_tells_a_folded_answer(lesson):
    assert not list(told(cells_of(lesson)))


DIGITS = r"\d+(?:,\d{3})*(?:\.\d+)?"
WRITTEN = re.compile(rf"(?<![\w.])({DIGITS}(?:e-?\d+)?)( ?%)?")
PRINTED = re.compile(r"(?<![\w.])\d+\.?\d*(?:e[+-]?\d+)?")
NO_NUMBERS = [  # what is written with digits and is no number
    (r"\]\([^)]*\)|https?://\S+", "]"),  # where a link leads
    (r"\b(?:[Ll]essons?|sets?|[Cc]hapters?) \d+(?:\.\d+)?(?:(?:, | and | to |, and )\d+)*", ""),
    (r"\b\d\d (?=[A-Z][a-z]+ )|^#+ \d\d |^(?:- )?(?:\*\*)?\d+\.(?= |\*)", ""),  # a lesson's name, a list
    (r"(?m)^\|.*\|$|^\*\*You need\*\*.*", ""),
]
NO_NUMBERS = [(re.compile(pattern, re.MULTILINE), by) for pattern, by in NO_NUMBERS]


def formula_numbers(formula):
    """A formula without its subscripts, exponents and single digits: its structure, not its results."""
    formula = re.sub(r"10\^\{?(-?\d+)\}?", r"1e\1", formula[0].replace(r"\,", ""))
    formula = re.sub(r"[_^](?:\{[^{}]*\}|\d)", " ", formula)
    return re.sub(r"(?<![\d.e-])\d(?![\d.e])", " ", formula)


def written(text):
    """The numbers in a text: each as it is written, and what it may be: value and half of the last digit."""
    for pattern, by in NO_NUMBERS:
        text = pattern.sub(by, text)
    text = re.sub(r"\$\$?[^$]+\$\$?", formula_numbers, text)
    for number, percent in WRITTEN.findall(text):
        mantissa, _, exponent = number.replace(",", "").partition("e")
        decimals = len(mantissa.partition(".")[2])
        scales = [10.0 ** int(exponent or 0), *([0.01] if percent else [])]
        yield number + percent.strip(), [(float(mantissa) * s, 0.5 * s / 10**decimals) for s in scales]


def nodes(cells):
    for cell in cells:
        if cell.cell_type == "code":
            yield from ast.walk(ast.parse(re.sub(r"(?m)^[%!].*", "", cell.source)))


def typed_texts(cells):
    """Sentences in code: alt texts, labels, what is printed. Typed as the prose is, so no source for it."""
    texts = [node.value for node in nodes(cells) if isinstance(node, ast.Constant)]
    return [text for text in texts if isinstance(text, str) and re.search(r"\d.* |\S .*\d", text)]


def computed(cells):
    """The numbers that a lesson puts out, typed sentences aside, or puts in."""
    given = [node.value for node in nodes(cells) if isinstance(node, ast.Constant)]
    numbers = {abs(float(value)) for value in given if type(value) in (int, float)}
    for cell in cells:
        for output in cell.get("outputs", []):
            text = output.get("text") or output.get("data", {}).get("text/plain", "")
            for typed in typed_texts([cell]):
                text = text.replace(typed, " ")
            numbers |= {float(number) for number in PRINTED.findall(text)}
    return numbers


def unfounded(cells, asked=frozenset()):
    """The numbers in a lesson's texts that nothing there computed or gave, or its questions where it asks."""
    text = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    lesson, _, questions = text.partition("## Further reading")[0].partition("## Your turn")
    numbers = computed(cells)

    def missing(text):
        return [name for name, meanings in written(text) if not any(map(is_computed, meanings))]

    def is_computed(meaning):
        value, half = meaning
        return any(abs(number - value) <= half * (1 + 1e-9) for number in numbers)

    told = missing("\n\n".join([lesson, *typed_texts(cells)]))
    return told + [name for name in missing(questions) if name not in asked]


def given_by_questions(lesson):
    """The numbers in the module that asks a lesson's questions."""
    module = ROOT / "course_utils" / "checks" / "questions" / f"lesson_{lesson.name[:2]}.py"
    return {name for name, _ in written(module.read_text())} if module.exists() else set()


@lessons_for("numbers")
def test_a_number_in_a_text_was_computed(lesson):
    missing = unfounded(cells_of(lesson), given_by_questions(lesson))
    excused = NO_RESULTS.get(lesson.name[:2], {})
    assert [name for name in missing if name not in excused] == []
    assert set(excused) <= set(missing), "an excuse that is not needed"


@lessons_for("minutes")
def test_every_place_says_what_a_lesson_takes(lesson):
    takes = minutes.minutes(lesson)
    tables = [readme.read_text(encoding="utf-8") for readme in minutes.READMES]
    tables.append("\n".join(cell.source for cell in cells_of(minutes.START)))
    said = [minutes.stated(table).get(lesson.name[:2]) for table in tables]
    assert [int(minutes.STATED.search(cells_of(lesson)[0].source)[2]), *said] == [takes] * 4
    assert takes <= LONGEST


READ = {  # by words, lines, predictions and questions: the minutes that a reader took, for nine early lessons
    (1045, 87, 5, 3): 37,
    (938, 79, 3, 3): 30,
    (1374, 85, 4, 3): 45,
    (767, 80, 4, 3): 30,
    (1568, 163, 5, 3): 75,
    (1411, 172, 5, 3): 55,
    (1146, 172, 4, 3): 65,
    (1970, 191, 9, 3): 90,
    (1801, 226, 9, 3): 65,
}


@pytest.mark.parametrize("lesson", READ)
def test_the_minutes_are_a_readers_within_a_quarter(lesson):
    assert minutes.rule(*lesson) == pytest.approx(READ[lesson], rel=0.25)


ASK, ANSWER = "> **Predict:** which?", {"metadata": {"jupyter": {"outputs_hidden": True}}}
COVERED, GOES_ON = (
    [nbformat.v4.new_output("display_data", data={"text/html": COVERS[mark]})] for mark in (MARK, NEXT)
)
OUTPUT = [nbformat.v4.new_output("stream", text="0.739 ends at 1338.2 (97.1 %)")]


def notebook(text, source="n = 0.25", outputs=COVERED + OUTPUT, **more):
    return [new_markdown_cell(text), new_code_cell(source, outputs=outputs, **more)]


@pytest.mark.parametrize(
    ("cells", "right"),
    [
        (notebook(ASK, **ANSWER), True),
        (notebook("Look.\n\n" + ASK, **ANSWER), True),
        (notebook(ASK), False),
        (notebook(ASK, outputs=OUTPUT, **ANSWER), False),
        (notebook(ASK + "\n\nThe second.", **ANSWER), False),
        (notebook(ASK + "\n" + ASK, **ANSWER), False),
        (notebook(ASK)[:1] + notebook("The second.", **ANSWER), False),
        (notebook(ASK)[:1], False),
        (notebook("Look.", **ANSWER), False),
        (notebook(ASK, **ANSWER) + notebook("Look.", outputs=GOES_ON, **ANSWER), True),
        (notebook(ASK, **ANSWER) + notebook("Look.", **ANSWER), False),
        (notebook(ASK, **ANSWER) + notebook("## Next", outputs=GOES_ON, **ANSWER), False),
    ],
)
def test_an_answer_in_sight_is_noticed(cells, right):
    assert (list(spoiled(cells)) == []) == right


@pytest.mark.parametrize(
    ("text", "folded", "right"),
    [
        (WORDS + "\nThe second.", True, True),
        (WORDS + "\nThe second.", False, False),
        ("The second.", True, False),
        (WORDS + "\nThe second.\n\n## Next", True, False),
        (WORDS + "\nThe second.\n\n" + ASK, True, False),
    ],
)
def test_words_in_sight_are_noticed(text, folded, right):
    words = new_markdown_cell(text, metadata={"jupyter": {"source_hidden": True}} if folded else {})
    assert (list(words_in_sight([*notebook(ASK, **ANSWER), words])) == []) == right


LATER = [new_code_cell("2", outputs=OUTPUT)]
TEXT = "It ends at 1338.2."


@pytest.mark.parametrize(
    ("cells", "right"),
    [
        ([new_markdown_cell("It gets down. And by how much?")], True),
        ([new_markdown_cell(TEXT)], False),
        ([new_markdown_cell(f"{WORDS}\n{TEXT}", metadata={"jupyter": {"source_hidden": True}})], True),
        ([new_markdown_cell("And by how much?"), *LATER], False),
        ([new_code_cell("2", outputs=[nbformat.v4.new_output("stream", text="it")])], False),
        ([new_code_cell(f"2  {MARK}", outputs=OUTPUT, **ANSWER)], True),
        ([new_markdown_cell("Why?"), new_markdown_cell(f"## Because\n\n{TEXT}"), *LATER], True),
    ],
)
def test_what_tells_a_folded_answer_is_noticed(cells, right):
    assert (list(told(notebook(ASK, **ANSWER) + cells)) == []) == right


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("At 0.74 (or 0.739) it ends at 1,338, which is 97 %.", []),
        ("In lessons 05 and 06: $w_{31} = 0.25 x^2$.", []),
        ("At 0.75 it ends.", ["0.75"]),
        ("At 0.7391 it ends at 1,339.", ["0.7391", "1,339"]),
        ("It reached 96 % with $\\eta = 0.4$ and 1e-8.", ["96%", "0.4", "1e-8"]),
        ("See [the tenth](10_x.ipynb).\n\n1. One\n\n**2.** Two, of 12.", ["12"]),
        ("## Your turn\n\nTry 0.5 and 0.6.\n\n## Further reading\n\n1986", ["0.6"]),
    ],
)
def test_a_number_from_nowhere_is_noticed(text, missing):
    assert unfounded(notebook(text), {"0.5"}) == missing


def test_a_typed_sentence_is_no_source():
    assert unfounded(notebook("It ends at 12.", 'print("it ends at 12")')) == ["12", "12"]
