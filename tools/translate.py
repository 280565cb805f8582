"""Bring the catalogues up to their sources, and write the notebooks of each language from both.

Usage: python tools/translate.py           catalogues, notebooks with their outputs, and what is missing
       python tools/translate.py --check   change nothing; name each place whose translation is behind

The English notebooks and the library are the source. `locale/LANGUAGE/LC_MESSAGES/` holds their words in
another language, in the format of gettext: a translator edits nothing else.
"""

import ast
import re
import shutil
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import nbformat
import site_words
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from passages import passages
from refresh import LESSONS, refresh

from course_utils.pictures.predictions import WORDS

ROOT = Path(__file__).parents[1]
LOCALE = ROOT / "locale"
SPOKEN = ROOT / "course_utils" / "locale"  # what the library reads, made from its catalogues
LANGUAGES = {"zh": "zh_CN"}  # the folder in notebooks/, and the catalogues
NAMES = {"zh": "中文"}
MARKS = {"zh": "（尚未翻译）"}  # behind a passage that is still in English
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
SENTENCE = re.compile(r"[^\\\\^|]*\w [^\\\\|]*[.:?!]", re.DOTALL)  # no regular expression
DESCRIBED = ast.Module | ast.ClassDef | ast.FunctionDef
KEYWORDS = {"say": None, "later": None, "refusal": None, "say_count": (1, 2), "say_in": ((1, "c"), 2)}
ABOUT = {"project": "Gradient descent, derived", "version": "1", "copyright_holder": "its authors"}


def lessons() -> list[Path]:
    return sorted(LESSONS.glob("*.ipynb"))


def sets() -> list[Path]:
    """The problem sets as they are handed out, without their solutions."""
    return sorted((ROOT / "exercises" / "release").glob("*/*.ipynb"))


NOTEBOOKS = {"lessons": lessons, "exercises": sets}


def template_of(notebooks: list[Path]) -> Catalog:
    """Every passage of some notebooks, with the cells where it stands."""
    catalog = Catalog(fuzzy=False, **ABOUT)
    for path in notebooks:
        for number, cell in enumerate(nbformat.read(path, as_version=4).cells):
            for start, end in passages(cell):
                place = [(path.relative_to(ROOT).as_posix(), number)]
                catalog.add(cell.source[start:end], locations=place, context=context(cell, path))
    return catalog


def context(cell: nbformat.NotebookNode, path: Path) -> str | None:
    """Of words in code, the lesson: what is a label in one may be a key in another."""
    return path.stem if cell.cell_type == "code" else None


def library_template() -> Catalog:
    """Every sentence that the library says, with the lines where it stands."""
    catalog = Catalog(fuzzy=False, **ABOUT)
    found = extract_from_dir(ROOT / "course_utils", [("**.py", "python")], keywords=KEYWORDS)
    found = [(f"course_utils/{name}", line, message, context) for name, line, message, _, context in found]
    for name, line, message, context in sorted([*found, *sentences_of_checks()], key=lambda one: one[:2]):
        catalog.add(message, locations=[(name, line)], context=context)
    return catalog


def sentences_of_checks() -> Iterator[tuple[str, int, str, None]]:
    """What questions, hints and mistakes hold as data, for `known`: texts that end as a sentence does."""
    checks = ROOT / "course_utils" / "checks"
    for path in sorted(checks.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        descriptions = {
            ast.get_docstring(node, clean=False) for node in ast.walk(tree) if isinstance(node, DESCRIBED)
        }
        for node in ast.walk(tree):
            text = node.value if isinstance(node, ast.Constant) else None
            if isinstance(text, str) and SENTENCE.fullmatch(text) and text not in descriptions:
                yield path.relative_to(ROOT).as_posix(), node.lineno, text, None
    hints = checks / "questions" / "hints.toml"
    for texts in tomllib.loads(hints.read_text(encoding="utf-8")).values():
        for text in (*texts.get("hints", ()), *texts.get("solution", ())):
            yield hints.relative_to(ROOT).as_posix(), 0, text, None


def site_template() -> Catalog:
    """What the web book says besides the lessons and sets."""
    catalog = Catalog(fuzzy=False, **ABOUT)
    for path, line, text in site_words.texts():
        catalog.add(text, locations=[(path.relative_to(ROOT).as_posix(), line)])
    return catalog


TEMPLATES = {
    "lessons": lambda: template_of(lessons()),
    "exercises": lambda: template_of(sets()),
    "library": library_template,
    "site": site_template,
}


def catalogue_path(language: str, domain: str) -> Path:
    return LOCALE / LANGUAGES[language] / "LC_MESSAGES" / f"{domain}.po"


def read_catalogue(language: str, domain: str) -> Catalog:
    path = catalogue_path(language, domain)
    if not path.exists():
        return Catalog(locale=LANGUAGES[language], **ABOUT)
    with path.open("rb") as file:
        return read_po(file, locale=LANGUAGES[language])


def update(language: str, domain: str, template: Catalog) -> Catalog:
    """Merge the source into the catalogue: new passages are empty, changed ones fuzzy, old ones dropped."""
    catalog = read_catalogue(language, domain)
    catalog.update(template, update_creation_date=False)
    catalog.obsolete.clear()
    for message in filter(lambda one: one.fuzzy and one.id, catalog):
        renumber(message)
    write_catalogue(catalog, catalogue_path(language, domain))
    return catalog


def renumber(message: Message) -> None:
    """Carry new numbers over into the translation, if numbers are all that changed in the source."""
    before, *plural = message.previous_id or [""]
    if plural or message.pluralizable:
        return
    numbers = iter(NUMBER.findall(message.id))
    same_words = NUMBER.sub("#", before) == NUMBER.sub("#", message.id)
    if same_words and NUMBER.findall(before) == NUMBER.findall(message.string):
        message.string = NUMBER.sub(lambda _: next(numbers), message.string)
        message.flags.discard("fuzzy")


def write_catalogue(catalog: Catalog, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalog, width=0, include_lineno=False)


def behind(catalog: Catalog, wanted: Catalog) -> Iterator[str]:
    """The passages that have no translation, or one that was made for other words."""
    for message in wanted:
        translated = catalog.get(message.id, message.context)
        if message.id and (translated is None or not all_of(translated.string) or translated.fuzzy):
            for file, number in message.locations:
                yield f"{file}, {'cell' if file.endswith('ipynb') else 'line'} {number}: {message.id!r}"


def all_of(string: str | tuple | list) -> bool:
    """Whether a translation is there, in each of its numbers if it has several."""
    return bool(string) if isinstance(string, str) else bool(string) and all(string)


def in_other_words(cell: nbformat.NotebookNode, path: Path, catalog: Catalog, mark: str) -> str:
    """The cell's source with its passages translated; one that is not is kept, and marked."""
    source = cell.source
    for start, end in reversed(passages(cell)):
        message = catalog.get(source[start:end], context(cell, path))
        known = message is not None and message.string and not message.fuzzy
        words = message.string if known else source[start:end] + mark
        source = source[:start] + words + source[end:]
    return source


def translated(path: Path, catalog: Catalog, language: str) -> nbformat.NotebookNode:
    """The notebook in another language, without outputs. Its links lead to others in this language."""
    notebook, library = nbformat.read(path, as_version=4), read_catalogue(language, "library")
    for cell in notebook.cells:
        mark = MARKS[language] if cell.cell_type == "markdown" else ""
        cell.source = in_other_words(cell, path, catalog, mark)
        if cell.cell_type == "markdown":
            cell.source = cell.source.replace("](../exercises/release/", f"](../../exercises/{language}/")
            cell.source = re.sub(r"\]\(\.\./\.\./\.\./notebooks/", rf"\g<0>{language}/", cell.source)
            cell.source = cell.source.replace(f"[{NAMES[language]}]({language}/", "[English](../")
            cell.source = cell.source.replace(WORDS, library.get(WORDS).string or WORDS)
        else:
            cell.source = cell.source.replace("%load_ext course_utils", f"%load_ext course_utils.{language}")
            cell.outputs = []
    return notebook


def place_of(path: Path, language: str) -> Path:
    """Where the notebook stands in another language."""
    if path.parent == LESSONS:
        return LESSONS / language / path.name
    return ROOT / "exercises" / language / path.parent.name / path.name


def write_notebooks(language: str, catalog: Catalog, notebooks: list[Path]) -> Iterator[Path]:
    """Write those whose words have changed, with the data beside them, and yield their paths."""
    for path in notebooks:
        notebook, target = translated(path, catalog, language), place_of(path, language)
        target.parent.mkdir(parents=True, exist_ok=True)
        for data in path.parent.glob("*.csv"):
            shutil.copy(data, target.parent)
        if not (target.exists() and words(nbformat.read(target, as_version=4)) == words(notebook)):
            nbformat.write(notebook, target)
            yield target


def words(notebook: nbformat.NotebookNode) -> list[str]:
    return [cell.source for cell in notebook.cells]


def compiled(language: str) -> Path:
    """Where gettext finds the library's sentences."""
    return SPOKEN / LANGUAGES[language] / "LC_MESSAGES" / "library.mo"


def compile_library(language: str, catalog: Catalog) -> None:
    compiled(language).parent.mkdir(parents=True, exist_ok=True)
    with compiled(language).open("wb") as file:
        write_mo(file, catalog)


def main(check: bool) -> int:
    templates = {domain: template() for domain, template in TEMPLATES.items()}
    missing: list[str] = []
    for language in LANGUAGES:
        found = {}
        for domain, template in templates.items():
            found[domain] = read_catalogue(language, domain) if check else update(language, domain, template)
            missing += behind(found[domain], template)
        if not check:
            compile_library(language, found["library"])
            for domain, notebooks in NOTEBOOKS.items():
                for path in write_notebooks(language, found[domain], notebooks()):
                    print(refresh(path) if domain == "lessons" else f"{path.name}: written")
    count = sum(map(len, templates.values()))
    print(*missing, f"{count} passages, {len(missing)} of them behind their source", sep="\n")
    return bool(missing)


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv))
