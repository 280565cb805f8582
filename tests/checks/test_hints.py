"""Up to three hints to each question of the lessons, none with its answer; and the way to the answer."""

import json
from types import SimpleNamespace

import pytest
import sympy as sp
from helpers import gives_away
from nbformat.v4 import new_code_cell, new_notebook
from test_checks import ANSWERS

from course_utils import Model, hint, solution
from course_utils.checks import hints
from course_utils.checks.hints import hints_to, key_of, written
from course_utils.checks.questions import SETS, check, questions

H = sp.Symbol("h")


@pytest.mark.parametrize(("name", "answer"), ANSWERS.items(), ids=ANSWERS)
def test_a_question_of_a_lesson_has_three_hints_and_a_solution(name, answer):
    notes = hints_to(name)
    assert len({note.plain for note in notes}) == 3
    assert not [note for note in notes if gives_away(note, answer, lambda said: check(name, said).correct)]
    steps = solution(name)
    assert steps.plain.startswith(f"Question {name}") and steps._repr_markdown_().startswith("**Question")
    if name in written():
        assert key_of(name).plain in steps.plain and key_of(name).latex in steps.markdown
    else:
        assert check(name, sp.sympify(steps.plain.rpartition("=")[2].strip(" ."))).correct


@pytest.mark.parametrize(
    ("text", "answer"),
    [("so it is 0.640.", 0.64), ("then `2*b*x + 2*w`", "b"), ("`2*h*(1 - h)`", 2 * H - 2 * H**2),
     ("it goes up", "up"), ("∂h/∂z = 1 - h**2, because", 1 - H**2), ("it is 1/3", 1 / 3)],
)  # fmt: skip
def test_a_hint_with_the_answer_in_it_is_seen(text, answer):
    def is_right(said):
        return (
            said.free_symbols == sp.sympify(answer).free_symbols
            and abs((said - answer).evalf(subs={"h": 0.3})) < 1e-9
        )

    assert gives_away(hints.Note(text, text), answer, is_right)


@pytest.mark.parametrize("lines", [1, 2])
def test_no_hint_holds_nearly_all_of_a_short_chain(lines):
    x, y, w, e, y_hat, L = sp.symbols("x y w e y_hat L")
    loss = {L: (y - y_hat) ** 2} if lines == 1 else {e: y - y_hat, L: e**2}
    model = Model({y_hat: sp.atan(w * x)} | loss, [w], [x, y])
    assert not any("x**2" in note.plain for note in hints.gradient_hints(model, w))


def test_hints_come_one_after_the_other():
    hints.ASKED.clear()
    shown = [hint("03.1") for _ in range(5)]
    assert [len(note.plain.splitlines()) for note in shown] == [2, 3, 4, 4, 4]
    assert (
        "L → y_hat → h → z → w1" in shown[0].plain
        and r"L \to \hat{y} \to h \to z \to w_{1}" in shown[0].markdown
    )
    assert r"\frac{\partial h}{\partial z}" in shown[1].markdown and "h*(1 - h)" in shown[2].plain
    assert 'solution("03.1")' not in shown[2].plain and 'solution("03.1")' in shown[3].plain
    assert len(hint("01.1").plain.splitlines()) == 2


@pytest.mark.parametrize("name", [3.1, "3.1", " 03.1"])
def test_a_number_may_be_written_in_other_ways(name):
    assert solution(name) == solution("03.1") and check(name, ...) == check("03.1", ...)
    assert "give one answer only" in check("04.2", 9, 75).message
    assert "set 1.4" in solution("Set1.4").plain


def test_an_open_answer_mentions_its_hint():
    assert check("03.1", ...).message.endswith('Stuck? hint("03.1") helps.')


@pytest.mark.parametrize("name", [name for unit in SETS for name in questions(unit)])
def test_a_set_has_no_solutions(name):
    assert f'{name} has hints, and no solution: hint("{name}").' in solution(name).plain


@pytest.mark.parametrize("ask", [hint, solution])
def test_a_question_that_does_not_exist_has_neither(ask):
    with pytest.raises(ValueError, match=r"there is no question '99\.9'"):
        ask("99.9")


@pytest.mark.parametrize("ask", [hint, solution])
@pytest.mark.parametrize("name", ["set 1.10", "set 2.10", "set 3.10", "set 4.13", "set5.8"])
def test_a_question_in_words_is_known_and_has_neither(ask, name):
    assert str(ask(name)) == hints.READ


def test_a_set_hints_before_its_check_has_run(tmp_path, monkeypatch):
    """The check says what it is about, and the cells above it what that is."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(hints.ABOUT, "set 1.3", raising=False)
    x, w, y_hat = sp.symbols("x w y_hat")
    known = {"tea": Model({y_hat: w * x, sp.Symbol("L"): y_hat**2}, [w], [x])}
    monkeypatch.setattr(hints, "get_ipython", lambda: SimpleNamespace(user_ns=known))
    texts = ["%magic\ncheck(", "check(", 'check("set 1.3", answer_3, tea, w)']
    (tmp_path / "broken.ipynb").write_text("[")
    (tmp_path / "set.ipynb").write_text(json.dumps(new_notebook(cells=list(map(new_code_cell, texts)))))
    assert str(hint("set 1.3")) == hints.FIRST  # nobody knows w yet
    known["w"] = w
    assert "L → y_hat → w" in hint("set 1.3").plain and "w" in known and "__builtins__" not in known
    (tmp_path / "set.ipynb").unlink()
    assert str(hint("set 1.3")) == hints.FIRST
