"""The web book in one language: where its pages lie, where the same pages lie in another, and its words.

The pages lie as their sources lie in the repository, so that links between them hold. The English book
stands in _site/, another beside it in the folder of its language.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from translate import LANGUAGES, NAMES, place_of, read_catalogue

ROOT = Path(__file__).resolve().parents[1]
TITLES = {"en": "English", **NAMES}


@dataclass(frozen=True)
class Book:
    """folder: "en", or that of a language in notebooks/."""

    folder: str

    @property
    def language(self) -> str:
        return LANGUAGES.get(self.folder, "en")

    @property
    def sources(self) -> Path:
        """The pages, as Sphinx wants them."""
        return ROOT / "build" / "site" / self.folder

    @property
    def within(self) -> str:
        """Where it stands in _site/."""
        return f"{self.folder}/" if self.folder in LANGUAGES else ""

    @property
    def target(self) -> Path:
        """What Sphinx makes of them."""
        return ROOT / "_site" / self.within

    def place(self, path: Path) -> Path:
        """Where a lesson, a set or another file of the repository stands in this language."""
        translated = self.folder in LANGUAGES and path.suffix == ".ipynb"
        return place_of(path, self.folder) if translated else path

    def own(self, text: str) -> str:
        """A text, or the name of a page, with the lessons and sets that it names in this language."""
        if self.folder not in LANGUAGES:
            return text
        text = re.sub(r"notebooks([/\\])(?=[\d*])", rf"notebooks\g<1>{self.folder}\g<1>", text)
        return text.replace("exercises/release/", f"exercises/{self.folder}/")

    def beside(self, page: str) -> dict[str, str]:
        """Where the same page stands in the other languages, seen from this one, by their names."""
        english = page.replace(f"notebooks/{self.folder}/", "notebooks/")
        english = english.replace(f"exercises/{self.folder}/", "exercises/release/")
        up = "../" * (page.count("/") + self.within.count("/"))
        others = [book for book in BOOKS if book != self]
        return {TITLES[book.folder]: f"{up}{book.within}{book.own(english)}.html" for book in others}

    @cached_property
    def _catalogue(self):
        return read_catalogue(self.folder, "site")

    def say(self, sentence: str, **places: object) -> str:
        """The sentence in the book's language; its places, if it has any, filled in as `str.format` does."""
        message = self._catalogue.get(sentence) if self.folder in LANGUAGES else None
        said = message.string if message and message.string else sentence
        return said.format(**places) if places else said


BOOKS = [Book(folder) for folder in TITLES]
