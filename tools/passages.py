"""The passages of a notebook that a translator gives other words: blocks of Markdown, and what code says.

A passage is a span of a cell's source, so that what lies between passages stays as it is, byte for byte.
"""

import io
import re
import tokenize
from collections.abc import Iterator

from markdown_it import MarkdownIt
from nbformat import NotebookNode

from course_utils.pictures.predictions import COVERS

MARKDOWN = MarkdownIt("commonmark").enable("table")
# What stays as it is in every language: formulas, code, addresses, the marks of Markdown.
NO_WORDS = re.compile(r"\$\$.*?\$\$|\$[^$]+\$|`[^`]*`|\]\([^)]*\)|<[^>]*>|[^a-zA-Z]", re.DOTALL)
WORDS_IN_FORMULA = re.compile(r"\\text\{[^}]*[a-z]{2} ?[a-z]{2}[^}]*\}")
STRING_STARTS = {tokenize.STRING, getattr(tokenize, "FSTRING_START", tokenize.STRING)}
STRING_ENDS = {tokenize.STRING, getattr(tokenize, "FSTRING_END", tokenize.STRING)}

Span = tuple[int, int]


def passages(cell: NotebookNode) -> list[Span]:
    """The spans of a cell's source that hold words, in their order."""
    spans = {"markdown": blocks, "code": words_of_code}.get(cell.cell_type, lambda source: [])(cell.source)
    return [(start, end) for start, end in spans if has_words(cell.source[start:end])]


def has_words(text: str) -> bool:
    """Whether there is anything to translate: in the prose, or in a formula's text."""
    return bool(NO_WORDS.sub("", text) or WORDS_IN_FORMULA.search(text))


def blocks(source: str) -> Iterator[Span]:
    """Paragraphs, headings, tables, quotes, and each item of a list by itself. No fenced code, no HTML."""
    starts = line_starts(source)
    items = ("list_item_open", "paragraph_open", "heading_open", "table_open", "blockquote_open")
    end = 0
    for token in MARKDOWN.parse(source):
        if token.type in items and token.map and token.map[0] >= end:
            first, end = token.map
            text = source[starts[first] : starts[end]]
            yield starts[first], starts[first] + len(text.rstrip())


def words_of_code(source: str) -> Iterator[Span]:
    """What stands between the quotes of each string, and after the # of a comment but the library's marks."""
    starts, opened = line_starts(source), []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        begin, end = (starts[row - 1] + column for row, column in (token.start, token.end))
        if token.type == tokenize.COMMENT and token.string not in COVERS:
            yield begin + len(token.string) - len(token.string.lstrip("# ")), end
        if token.type in STRING_STARTS:
            opened.append(begin)
        if token.type in STRING_ENDS:
            begin = opened.pop()
            if not opened:
                yield inside(source, begin, end)


def inside(source: str, begin: int, end: int) -> Span:
    """The span between the quotes of a string literal, which may be prefixed or have three of them."""
    opening = re.match(r"""[a-zA-Z]*('{3}|"{3}|'|")""", source[begin:end])
    return begin + opening.end(), end - len(opening[1])


def line_starts(source: str) -> list[int]:
    """Where each line begins, and where the last one ends."""
    lines = source.splitlines(keepends=True)
    return [sum(map(len, lines[:row])) for row in range(len(lines) + 1)]
