"""Variants of the problem sets: each as good, and as hard, as the set itself; and graded as its own."""

import re
import tomllib
from functools import cache
from html import unescape

import nbformat
import pytest
import sympy as sp
from exercise_bank import BANK
from grading_course import Course, needs_bubblewrap
from languages import fixed, skeleton
from test_exercises import (
    BLOCK,
    EXERCISES,
    SETS,
    beside,
    cells,
    code_cells,
    execute,
    nbgrader,
    questions,
    run,
)

from course_utils import Model
from course_utils.checks.hints import written
from course_utils.grading import report
from course_utils.grading.assembly import label
from course_utils.grading.variants import CLASS, Class, chosen
from tools.variants import enrol, named, write

EXPLORERS = {"learning_rate_explorer", "recurrence_explorer"}
LANGUAGES = ["zh"]
SEEDS = ["7", "long and secret"]


@cache
def table(name):
    return tomllib.loads((EXERCISES / "variants" / f"{name}.toml").read_text())


def columns(name):
    """How many variants show each text of the table at least once."""
    texts = [varies["texts"][0] for varies in table(name)["vary"]]
    return max(map(len, [*texts, *(names.split() for names in table(name)["names"].values())]))


def of_column(name, column):
    return chosen(table(name), lambda _, count: column % count)


def of_seed(name, seed, learner="ada"):
    return Class(seed, (learner,), EXERCISES / "variants").variant(learner, name)


COLUMNS = [(name, column) for name in SETS for column in range(1, columns(name))]
SEEDED = [(name, seed) for name in SETS for seed in SEEDS]


def of(name, which):
    """A variant, by its column or its seed."""
    return of_column(name, which) if isinstance(which, int) else of_seed(name, which)


@cache
def solved(name, which):
    return run_variant(name, of(name, which))


def quiet(*_, **__):
    """In place of an explorer: what it draws is tested elsewhere."""


def run_variant(name, variant, released=False):
    """What the cells of a variant define, and what each check says."""
    namespace, verdicts = {}, {}
    with beside(name):
        for cell in cells(name):
            namespace |= {name: quiet for name in EXPLORERS & namespace.keys()}
            if cell.cell_type == "code":
                text = variant.cell(cell, BLOCK.sub("", cell.source) if released else cell.source)
                value = execute(text, namespace)
                if nbgrader(cell)["grade"]:
                    verdicts[nbgrader(cell)["grade_id"]] = value
    return namespace, verdicts


@pytest.mark.bank(one_in=5)
@pytest.mark.parametrize(("name", "which"), COLUMNS + SEEDED)
def test_a_variant_is_solved_and_open_like_the_set(name, which):
    _, verdicts = run_variant(name, of(name, which), released=True)
    assert {verdict.mark for verdict in verdicts.values()} == {"○ open"}
    _, verdicts = solved(name, which)
    assert {id: verdict for id, verdict in verdicts.items() if float(verdict) != 1} == {}


@pytest.mark.bank(one_in=4)
@pytest.mark.parametrize(("name", "which"), COLUMNS[::2])
def test_wrong_answers_are_wrong_in_a_variant(name, which):
    variant, (namespace, _) = of(name, which), solved(name, which)
    by_id, asked = {nbgrader(cell)["grade_id"]: cell for cell in cells(name)}, questions(name)
    right = []
    with beside(name):
        for answer, entries in BANK[name].items():
            for text, _, _ in entries:
                spoilt = dict(namespace)
                execute(variant.cell(by_id[answer], text), spoilt)
                verdict = execute(variant.cell(asked[answer], asked[answer].source), spoilt)
                right += [(answer, text)] if float(verdict) == 1 else []
    assert not right


def derivations(name, namespace, variant):
    """Of each question about a gradient: (ways to the parameter, links, operations), by its number."""
    found = {}
    with beside(name):
        for cell in questions(name).values():
            text = variant.cell(cell, cell.source)
            number, _, *about = eval(f"lambda check: {text}", dict(namespace))(lambda *given: given)
            if len(about) == 2 and isinstance(about[0], Model) and about[1] in about[0].parameters:
                model, parameter = about
                ways = model.paths(parameter)
                operations = sp.count_ops(model.gradient(parameter))
                found[number] = len(ways), sum(map(len, ways)), operations
    return found


@pytest.mark.parametrize(("name", "which"), COLUMNS)
def test_a_variant_is_as_hard_as_the_set(name, which):
    """As many ways and links to each gradient, and about as many operations in it."""
    own = derivations(name, solved(name, which)[0], of(name, which))
    original = derivations(name, run(name)[0], of_column(name, 0))
    assert own.keys() == original.keys() and (own or name == "5_project")
    for number, (ways, links, operations) in original.items():
        assert own[number][:2] == (ways, links), number
        assert abs(own[number][2] - operations) <= max(4, operations / 2), (number, own[number], operations)


def in_language(name, language):
    """The cells of a set as it is handed out, by name."""
    notebook = nbformat.read(EXERCISES / language / name / f"{name}.ipynb", 4)
    return {nbgrader(cell)["grade_id"]: cell for cell in notebook.cells}


def translated(name):
    """{language: {cell: its source}} of a set."""
    found = {language: in_language(name, language) for language in LANGUAGES}
    return {language: {id: cell.source for id, cell in own.items()} for language, own in found.items()}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("name", "column"), COLUMNS)
def test_a_variant_in_another_language_is_the_same_in_other_words(name, column, language):
    variant, english = of_column(name, column), in_language(name, "release")
    for id, other in in_language(name, language).items():
        own, said = (variant.cell(cell, cell.source) for cell in (english[id], other))
        assert (own == english[id].source) == (said == other.source), id
        if other.cell_type == "markdown":
            assert fixed(said) == fixed(own), id
        else:
            assert skeleton_of(other, said) == skeleton_of(other, own), id


def skeleton_of(cell, text):
    return skeleton(nbformat.from_dict({**cell, "source": text}))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SETS)
def test_a_variant_in_another_language_is_solved_by_the_same_answers(name, language):
    variant, namespace, untouched, verdicts = of_column(name, 1), {}, {}, {}
    solutions = {nbgrader(c)["grade_id"]: c.source for c in cells(name) if nbgrader(c)["solution"]}
    for found, answers in ((untouched, {}), (verdicts, solutions)):
        with beside(name):
            for id, cell in in_language(name, language).items():
                namespace |= {one: quiet for one in EXPLORERS & namespace.keys()}
                if cell.cell_type == "code":
                    value = execute(variant.cell(cell, answers.get(id, cell.source)), namespace)
                    found |= {id: value} if nbgrader(cell)["grade"] else {}
    assert {float(verdict) for verdict in untouched.values()} == {0}
    assert all("unanswered" in verdict.slips for verdict in untouched.values())
    assert {float(verdict) for verdict in verdicts.values()} == {1}


@pytest.mark.parametrize("name", SETS)
def test_what_varies_stands_in_the_set_and_nowhere_else(name):
    """Each text in one of its cells or of their wrong answers; no name in a hint, which all learners get."""
    by_id = {nbgrader(cell)["grade_id"]: cell.source for cell in cells(name)}
    for cell, source in by_id.items():
        others = [sources[cell] for sources in translated(name).values()]
        by_id[cell] = "\n".join([source, *others, *(wrong for wrong, *_ in BANK[name].get(cell, []))])
    for varies in table(name)["vary"]:
        rows, texts = varies["texts"], [by_id[cell] for cell in varies["cells"].split()]
        assert len({len(row) for row in rows}) == 1
        assert not [row[0] for row in rows if not any(row[0] in text for text in texts)]
        assert not [text for text in texts if not any(row[0] in text for row in rows)]
    hints = [
        hint for n, known in written().items() if n.startswith(f"set {name[0]}") for hint in known["hints"]
    ]
    told = {
        word for hint in hints for code in re.findall(r"`[^`]+`", hint) for word in re.findall(r"\w+", code)
    }
    assert not told & table(name)["names"].keys()
    all_names = [new for names in table(name)["names"].values() for new in names.split()]
    assert len(set(all_names)) == len(all_names)


@pytest.mark.parametrize("name", SETS)
def test_no_new_name_is_in_use_already(name):
    taken = {
        word for cell in cells(name) if cell.cell_type == "code" for word in re.findall(r"\w+", cell.source)
    }
    new = {new for old, names in table(name)["names"].items() for new in names.split() if new != old}
    assert not new & taken


def test_learners_have_variants_of_their_own():
    seen = {
        of_seed("1_chain_rule", "7", f"learner {n}").texts["question_6_numbers"].__repr__() for n in range(50)
    }
    assert len(seen) > 20
    one, other = (of_seed("1_chain_rule", seed) for seed in SEEDS)
    assert one.id != other.id and one.texts != other.texts
    assert one == of_seed("1_chain_rule", "7")


def test_what_learners_get_is_their_variant_without_solutions(tmp_path):
    known = enrol(tmp_path, "7", named("2"))
    enrol(tmp_path, "7", ["carl"])
    with pytest.raises(ValueError, match="has another seed, and learners with variants"):
        enrol(tmp_path, "8", ["carl"])
    assert Class.of(tmp_path).learners == ("learner_001", "learner_002", "carl")
    known = Class(known.seed, known.learners, EXERCISES / "variants")
    write(known, EXERCISES / "release", "learner_001", tmp_path / "one")
    assert {path.name for path in (tmp_path / "one").iterdir()} > {"2_train.ipynb", "puromycin.csv"}
    for name in SETS:
        variant = known.variant("learner_001", name)
        given = nbformat.read(tmp_path / "one" / f"{name}.ipynb", 4)
        assert given.metadata["variant"] == variant.id and "SOLUTION" not in str(given)
        own = [variant.cell(cell, BLOCK.sub("", cell.source)) for cell in code_cells(name)]
        assert [c.source.split() for c in given.cells if c.cell_type == "code"] == [c.split() for c in own]


@pytest.mark.parametrize("text", ["ada\n../eve\n", "a/b"])
def test_a_name_that_is_no_folder_is_refused(text, tmp_path):
    (tmp_path / "names").write_text(text)
    with pytest.raises(ValueError, match="a learner's name is the name of a folder"):
        named(str(tmp_path / "names"))


@pytest.mark.long
@needs_bubblewrap
def test_whose_variant_a_notebook_is_decides_nothing_and_is_told(tmp_path, monkeypatch):
    """Each learner answers the own questions, whatever the notebook says of itself."""
    name, course = "1_chain_rule", Course(tmp_path)
    course.enrol("ada", "bob", "eve", "fay")
    course.add_set(name, EXERCISES / "source" / name)
    marks = {"ada": course.variant("ada", name, "source").metadata["variant"], "eve": "0" * 16, "fay": None}
    for learner, mark in marks.items():
        solved = course.variant(learner, name, "source")
        solved.metadata["variant"] = mark
        course.submit(learner, name, solved)
    course.submit("bob", name, course.variant("ada", name, "source"))
    course.submit("guest", name, course.variant("ada", name, "source"))
    done = course.command("autograde", name)
    assert done.returncode == 0, done.stderr
    points = {learner: sum(course.scores(learner, name).values()) for learner in [*marks, "bob", "guest"]}
    assert points["ada"] == points["eve"] == points["fay"] == 17
    assert points["bob"] < 17 and points["guest"] < 17
    told = re.compile(r"(\w+)'s 1_chain_rule is (.*?)\. .* to (.*?)[.,]")
    others = [
        ("bob", "the variant of ada", "bob's own variant"),
        ("eve", "no variant of this class", "eve's own variant"),
        ("fay", "without the mark of its variant", "fay's own variant"),
        ("guest", "the variant of ada", "the set itself"),
    ]
    assert told.findall(done.stderr) == others
    monkeypatch.chdir(course.folder)
    page = course.folder / "feedback" / f"{name}_report.html"
    report.main([name])
    assert "<p>4 of the notebooks are not their learner&#x27;s own variant" in page.read_text()
    assert not told.search(unescape(page.read_text()))
    report.main([name, "--names"])
    assert told.findall(unescape(page.read_text())) == others
    graded = nbformat.read(course.folder / "autograded" / "bob" / name / f"{name}.ipynb", 4)
    own = {label(cell)["grade_id"]: cell.source for cell in course.variant("bob", name).cells}
    locked = {label(cell)["grade_id"]: cell.source for cell in graded.cells if label(cell).get("locked")}
    assert locked and not {id: source for id, source in locked.items() if own[id] != source}
    assert (course.folder / CLASS).exists()
