"""Tables for a teacher's spreadsheet, which shall compute nothing that a learner wrote."""

from collections.abc import Iterable


def plain(row: Iterable) -> list:
    """A row of a table as text alone: a spreadsheet would compute what begins like a formula."""
    texts = ["".join(c if c.isprintable() or c in "\n\t" else " " for c in str(part)) for part in row]
    return [f"'{text}" if text.lstrip()[:1] in {*"=+-@"} and text != "-" else text for text in texts]
