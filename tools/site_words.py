"""The words of the web book that stand in no notebook: those of its own pages, and what its programs say."""

import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

from babel.messages.extract import extract_from_file
from nbformat.v4 import new_markdown_cell
from passages import Span, passages

ROOT = Path(__file__).resolve().parents[1]
SITE = ROOT / "docs" / "site"
OWN = [SITE / "index.md", SITE / "setup.md"]
PROGRAMS = [*(ROOT / "tools" / name for name in ("pages.py", "seed.py", "site.py")), SITE / "conf.py"]
SEED = SITE / "seed.toml"
LISTED = re.compile(r"(?<=^:caption: ).+|^[^`\n]+(?= <[\w/]+>$)", re.MULTILINE)
KEYWORDS = {"say": None, "later": None}


def spans(page: str) -> list[Span]:
    """The passages of a page, and what a list of pages calls itself and them."""
    return sorted([*passages(new_markdown_cell(page)), *(found.span() for found in LISTED.finditer(page))])


def texts() -> Iterator[tuple[Path, int, str]]:
    """Every text, with its file and its line where that is known."""
    for path in OWN:
        page = path.read_text("utf-8")
        yield from ((path, 0, page[start:end]) for start, end in spans(page))
    for path in PROGRAMS:
        for line, text, *_ in extract_from_file("python", path, KEYWORDS):
            yield path, line, text
    for part in tomllib.loads(SEED.read_text("utf-8"))["part"]:
        yield SEED, 0, part["title"]


def in_other_words(page: str, say: Callable[[str], str]) -> str:
    """A page with each of its passages as `say` says it."""
    for start, end in reversed(spans(page)):
        page = page[:start] + say(page[start:end]) + page[end:]
    return page
