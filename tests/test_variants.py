"""Variants of the problem sets: each as good, and as hard, as the set itself; and graded as its own."""

import tomllib
from functools import cache

import pytest
from exercise_bank import BANK
from test_exercises import BLOCK, EXERCISES, SETS, beside, cells, execute, nbgrader, questions

from course_utils.grading.variants import Class, chosen

EXPLORERS = {"learning_rate_explorer", "recurrence_explorer"}
SEEDS = ["7", "long and secret"]


@cache
def table(name):
    return tomllib.loads((EXERCISES / "variants" / f"{name}.toml").read_text())


def columns(name):
    """How many variants show each text of the table at least once."""
    texts = [varies["texts"][0] for varies in table(name)["vary"]]
    return max(map(len, [*texts, *(names.split() for names in table(name)["names"].values())]))


def variants(name):
    """(what it is called, the variant): one for each column, and one from each seed."""
    for column in range(1, columns(name)):
        yield f"column {column}", chosen(table(name), lambda _, count, c=column: c % count)
    for seed in SEEDS:
        yield f"seed {seed}", Class(seed, ("ada",), EXERCISES / "variants").variant("ada", name)


EACH = [
    pytest.param(name, variant, id=f"{name}-{what}")
    for name in SETS
    if (EXERCISES / "variants" / f"{name}.toml").exists()
    for what, variant in variants(name)
]


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


@pytest.mark.parametrize(("name", "variant"), EACH)
def test_a_variant_is_solved_open_and_missed_like_the_set(name, variant):
    _, verdicts = run_variant(name, variant, released=True)
    assert {v.mark for v in verdicts.values()} == {"○ open"}
    namespace, verdicts = run_variant(name, variant)
    assert {id: verdict for id, verdict in verdicts.items() if float(verdict) != 1} == {}
    by_id, asked = {nbgrader(cell)["grade_id"]: cell for cell in cells(name)}, questions(name)
    with beside(name):
        for answer, entries in BANK[name].items():
            for number, (text, _, _) in enumerate(entries):
                spoilt = dict(namespace)
                execute(variant.cell(by_id[answer], text), spoilt)
                verdict = execute(variant.cell(asked[answer], asked[answer].source), spoilt)
                assert float(verdict) < 1, (answer, number, variant.cell(by_id[answer], text))
