"""A submitted notebook, read before nbformat does: a malformed one would keep it busy for hours."""

import json
from pathlib import Path

from .attachments import attached
from .channel import LONGEST, as_line
from .regular import Irregular

CELLS = 2_000  # of one notebook
MARK = 100  # letters
CODE = LONGEST - 1_000_000  # bytes: the cells of the set go to the examiner with it
KINDS = {"code": {"execution_count": None, "outputs": []}, "markdown": {}, "raw": {}}


def reduce(path: Path) -> str | None:
    """Leave of a notebook what assembly uses: cells' kinds, texts, names and pictures. Raises Irregular.

    The mark of its variant is returned, if it has one.
    """
    where = path.relative_to(path.parents[2])
    try:
        data = json.loads(path.read_text("utf-8-sig"))
        cells, right = data["cells"], data["nbformat"] == 4
        kept = [cell(part) for part in cells[: CELLS + 1] if part["cell_type"] in KINDS]
    except (OSError, ValueError, TypeError, LookupError, AttributeError, RecursionError, MemoryError):
        right = False
    if not right:
        raise Irregular(
            f"{where} is no notebook of format 4 in UTF-8. Save it in JupyterLab, and hand it in again."
        )
    if len(cells) > CELLS:
        raise Irregular(f"{where} has {len(cells):,} cells: {CELLS:,} may be handed in.")
    code = len(as_line([part["source"] for part in kept if part["cell_type"] == "code"]))
    if code > CODE:
        raise Irregular(f"{where} has {code:,} bytes of code: {CODE:,} may be handed in.")
    mark = metadata.get("variant") if isinstance(metadata := data.get("metadata"), dict) else None
    mark = mark if isinstance(mark, str) and len(mark) <= MARK else None
    kept_of_all = {"variant": mark} if mark else {}
    path.write_text(json.dumps({"cells": kept, "metadata": kept_of_all, "nbformat": 4, "nbformat_minor": 4}))
    return mark


def cell(part: dict) -> dict:
    """Of a submitted cell what is read: its kind, its name, its source, and pictures pasted into it."""
    kind, labels = part["cell_type"], part.get("metadata", {}).get("nbgrader")
    name = labels.get("grade_id") if isinstance(labels, dict) else None
    metadata = {"nbgrader": {"grade_id": name}} if isinstance(name, str) else {}
    pictures = {"attachments": attached(part)} if kind == "markdown" else {}
    read = {"cell_type": kind, "metadata": metadata, "source": "".join(part["source"])}
    return read | KINDS[kind] | pictures
