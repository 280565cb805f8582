"""The course in other languages: whole, true to its source, and never behind it."""

import re
import sys
import tomllib
from copy import deepcopy
from gettext import GNUTranslations
from pathlib import Path
from unittest.mock import Mock

import nbformat
import pytest
import sympy as sp
from babel.messages.catalog import Catalog, Message
from fontTools.ttLib import TTFont
from languages import fixed, skeleton
from matplotlib import font_manager
from model_bank import SEED, x, y

from course_utils import Adam, GradientDescent, Momentum, RMSprop
from course_utils.checks.line_slips import lost_parts
from course_utils.checks.mistakes import new_name
from course_utils.checks.questions.set_2 import first_rate
from course_utils.grading.assembly import assemble
from course_utils.language import say, say_count, sentences, speak

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tools"))

import translate  # noqa: E402

LANGUAGES = list(translate.LANGUAGES)
CATALOGUES = {(language, domain): translate.read_catalogue(language, domain)
              for language in LANGUAGES for domain in translate.TEMPLATES}  # fmt: skip
TEMPLATES = {domain: template() for domain, template in translate.TEMPLATES.items()}
MESSAGES = [
    message if isinstance(message.id, str) else Message(message.id[1], message.string[0])
    for catalog in CATALOGUES.values()
    for message in catalog
    if message.id
]
PAIRS = [
    pytest.param(path, translate.place_of(path, language), domain, id=f"{language} {path.stem}")
    for language in LANGUAGES
    for domain, notebooks in translate.NOTEBOOKS.items()
    for path in notebooks()
]
LESSON = next(path for path in translate.lessons() if path.stem.startswith("03"))
HAN = r"[\u4e00-\u9fff]"


@pytest.mark.parametrize(("language", "domain"), CATALOGUES)
def test_no_translation_is_behind_its_source(language, domain):
    assert not list(translate.behind(CATALOGUES[language, domain], TEMPLATES[domain]))


def test_a_number_that_changed_is_carried_over():
    catalog = Catalog(locale="zh_CN")
    catalog.add("12 of 50 runs, 1.5 m", "50 次中有 12 次，1.5 米")
    catalog.add("3 of 7 digits", "3 个（共 7 个）")
    template = Catalog()
    for text in ("12 of 60 runs, 1.5 m", "4 of 7 digits"):
        template.add(text)
    catalog.update(template)
    for message in list(catalog)[1:]:
        translate.renumber(message)
    assert [(m.string, m.fuzzy) for m in catalog if m.id] == [
        ("50 次中有 12 次，1.5 米", True),  # the order differs, so a person has to look
        ("4 个（共 7 个）", False),
    ]


def test_an_english_sentence_that_changed_is_named_with_its_cell(tmp_path, monkeypatch):
    monkeypatch.setattr(translate, "ROOT", tmp_path)
    notebook = nbformat.read(LESSON, 4)
    notebook.cells[0].source += "\n\nAnd this is new."
    changed = tmp_path / LESSON.name
    nbformat.write(notebook, changed)
    behind = translate.behind(CATALOGUES["zh", "lessons"], translate.template_of([changed]))
    assert list(behind) == [f"{LESSON.name}, cell 0: 'And this is new.'"]


def unlike(notebook, made):
    """The cells that are not as source and catalogue make them."""
    both = zip(notebook.cells, made.cells, strict=True)
    return [number for number, (one, two) in enumerate(both) if one.source != two.source]


@pytest.mark.parametrize(("source", "other", "domain"), PAIRS)
def test_a_notebook_is_made_from_its_source_and_its_catalogue(source, other, domain):
    (language,) = {*LANGUAGES} & {*other.parts}
    made = translate.translated(source, CATALOGUES[language, domain], language)
    notebook = nbformat.read(other, 4)
    assert not unlike(notebook, made)
    notebook.cells[1].source += " "
    assert unlike(notebook, made) == [1]


def other_code(source, other):
    """The cells whose code differs by more than its texts, or that are of another kind or name."""
    found = []
    for number, (one, two) in enumerate(zip(source.cells, other.cells, strict=True)):
        if (one.cell_type, one.id) != (two.cell_type, two.id) or (
            one.cell_type == "code" and skeleton(one) != skeleton(two)
        ):
            found.append(number)
    return found


@pytest.mark.parametrize(("source", "other", "domain"), PAIRS)
def test_the_code_is_the_same_but_for_its_texts(source, other, domain):
    assert not other_code(nbformat.read(source, 4), nbformat.read(other, 4))


def test_a_line_of_code_that_changed_is_named_by_its_cell():
    source, other = (nbformat.read(path, 4) for path in (LESSON, translate.place_of(LESSON, "zh")))
    computing = [n for n, c in enumerate(source.cells) if c.cell_type == "code" and " * " in c.source]
    for number in computing:
        cell = other.cells[number]
        kept, cell.source = cell.source, cell.source.replace(" * ", " + ", 1)
        assert other_code(source, other) == [number]
        cell.source = kept
    assert len(computing) > 3


def unfaithful(messages):
    """The sources whose translation has another formula, other code, another link or place."""
    return [message.id for message in messages if fixed(message.string) != fixed(message.id)]


def test_formulas_code_links_and_places_are_the_sources():
    assert not unfaithful(MESSAGES)


SIGNED = [m for m in MESSAGES if re.search(r"\$[^$]+ [-+] [^$]+\$", m.string)]


def test_a_sign_that_changed_in_a_formula_is_named():
    turn = {"-": "+", "+": "-"}
    for message in SIGNED[::8]:
        sign = re.compile(r"(?<=\$)([^$]+ )([-+])( [^$]+)(?=\$)")
        wrong = sign.sub(lambda found: found[1] + turn[found[2]] + found[3], message.string, count=1)
        assert unfaithful([Message(message.id, wrong), message]) == [message.id]
    assert len(SIGNED) > 50


def terms():
    glossary = tomllib.loads((translate.LOCALE / "zh_CN" / "glossary.toml").read_text(encoding="utf-8"))
    return {term: [said] if isinstance(said, str) else said for term, said in glossary.items()}


@pytest.mark.parametrize("term", terms())
def test_a_term_is_said_in_one_way(term):
    said = re.compile("|".join(map(re.escape, terms()[term])))
    found = re.compile(rf"(?<![\w{{`]){term}(?![\w}}`])", re.IGNORECASE)
    kept = re.compile(r"`[^`]*`|\w+\([^)]*\)|(?<!\*)\*[^*]*\*|\{[^}]*\}|\]\([^)]*\)|\"\w[^\"]*\"")
    using = [m for m in MESSAGES if m.string != m.id and found.search(kept.sub("", m.id))]
    assert using
    assert not [message.id for message in using if not said.search(message.string)]


SLIPS_OF_SETTING = {
    "half-width punctuation": rf"{HAN}[,;:!?]|{HAN}\.(?!\w)|[,;:]{HAN}",
    "no space between scripts": rf"{HAN}[A-Za-z0-9]|[A-Za-z0-9]{HAN}",
    "a space where a line ended": rf"[，。：；？！]\n(?=[^|\n-])|{HAN}\n{HAN}",
    "too polite": "您",
}


@pytest.mark.parametrize("slip", SLIPS_OF_SETTING)
def test_chinese_is_set_as_chinese(slip):
    kept = r"`[^`]*`|\]\([^)]*\)|\{[^}]*\}|\$[^$]*\$|\*[^*]+\*"
    prose = {m.id: re.sub(kept, lambda one: "` `", m.string) for m in MESSAGES}
    assert not [text for text in prose.values() if re.search(SLIPS_OF_SETTING[slip], text)]


def test_every_letter_of_a_picture_has_a_glyph():
    own = TTFont(ROOT / "course_utils" / "pictures" / "fonts" / "NotoSansSC.ttf").getBestCmap()
    theirs = TTFont(font_manager.findfont("DejaVu Sans")).getBestCmap()
    drawn = [catalog for (_, domain), catalog in CATALOGUES.items() if domain != "site"]
    letters = {ord(x) for catalog in drawn for message in catalog for x in "".join(message.string) if x > " "}
    assert not {chr(letter) for letter in letters - own.keys() - theirs.keys()}
    assert (ROOT / "course_utils" / "pictures" / "fonts" / "NotoSansSC.ttf").stat().st_size < 500_000


def by_what_is_said(catalog):
    """{as gettext keeps it: what is said}, with each number's words apart."""
    found = {}
    for message in filter(lambda one: one.id, catalog):
        one, *_ = texts = [message.id] if isinstance(message.id, str) else message.id
        key = f"{message.context}\4{one}" if message.context else one
        said = [message.string] if isinstance(message.string, str) else message.string
        found |= {key: said[0]} if len(texts) == 1 else {(key, i): text for i, text in enumerate(said)}
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_library_reads_is_its_catalogue(language):
    with translate.compiled(language).open("rb") as file:
        read = GNUTranslations(file)._catalog
    assert {key: text for key, text in read.items() if key} == by_what_is_said(
        CATALOGUES[language, "library"]
    )


@pytest.fixture
def chinese():
    speak("zh_CN")
    yield
    speak("en")


def test_the_library_speaks(chinese):
    assert say("round {round}: {phase}", round=2, phase=say("forward")) == "第 2 轮：前向"
    assert say("nobody has translated {this}", this=1) == "nobody has translated 1"
    assert sentences("一。", "", "二。") == "一。二。"


def english(said, code=()):
    """The English words of what is said, but for names of the code, and one that is cut off."""
    return {*re.findall(r"[A-Za-z_]\w{2,}", re.sub(r"\w+…", "", said), re.ASCII)} - {*code}


def test_what_a_run_is_called_is_no_english_word(chinese):
    words = ["slow", "steady", "oscillating", "oscillating", "diverging"]
    rates = [0.01, 0.02, 0.03, 0.04, 0.05]
    for rate in rates:
        regime = Mock(side_effect=words)
        verdict = first_rate(SEED, [1, 0, 1, 0], {x: [1.0], y: [2.0]}, rates, regime, rate)
        assert verdict.correct == (rate == 0.03) and not english(str(verdict))


def test_what_is_lost_in_a_line_is_no_english_word(chinese):
    rules = [GradientDescent(0.1), Momentum(0.1), RMSprop(0.1), Adam(0.1)]
    said = ""
    for lines in (SEED.equations, *(rule.lines() for rule in rules)):
        for symbol, right in lines.items():
            names = {str(one).removeprefix("new_") for one in right.free_symbols | {symbol}}
            code = names | {one.func.__name__ for one in right.atoms(sp.Function)} | {"sqrt"}
            for mistake in lost_parts(right):
                message = mistake.about(link=new_name(symbol)).message
                assert not english(message, code), message
                said += message
    assert "平方根" in said and "指数" in said


def test_it_speaks_english_unless_told():
    assert say("round {round}: {phase}", round=2, phase="forward") == "round 2: forward"
    assert [say_count("{count} day", "{count} days", count) for count in (1, 2)] == ["1 day", "2 days"]
    with pytest.raises(ValueError, match="the course speaks en, zh_CN, not 'fr'"):
        speak("fr")


def solved(handed_out, source, part=slice(None)):
    """A set as somebody hands it in who solved a part: there stand the source's answers."""
    notebook, answers = nbformat.read(handed_out, 4), {}
    for cell in source.cells:
        if cell.metadata["nbgrader"].get("solution"):
            answers[cell.metadata["nbgrader"]["grade_id"]] = cell.source
    answers = dict([*answers.items()][part])
    for cell in notebook.cells:
        cell.source = answers.get(cell.metadata["nbgrader"]["grade_id"], cell.source)
    return notebook


@pytest.mark.parametrize("path", translate.sets(), ids=lambda path: path.stem)
def test_a_set_is_graded_alike_in_every_language(path):
    source = nbformat.read(ROOT / "exercises" / "source" / path.parent.name / path.name, 4)
    english = assemble(deepcopy(source), solved(path, source))
    for language in LANGUAGES:
        other = assemble(deepcopy(source), solved(translate.place_of(path, language), source))
        assert [cell.source for cell in other.cells] == [cell.source for cell in english.cells]


@pytest.mark.parametrize("path", translate.sets(), ids=lambda path: path.stem)
def test_a_set_that_is_half_solved_is_graded_alike_in_every_language(path):
    """What runs is the same but for comments and texts in what was left as it was."""
    source = nbformat.read(ROOT / "exercises" / "source" / path.parent.name / path.name, 4)
    half = slice(0, None, 2)
    english = assemble(deepcopy(source), solved(path, source, half))
    for language in LANGUAGES:
        other = assemble(deepcopy(source), solved(translate.place_of(path, language), source, half))
        assert not other_code(english, other)
