"""What the web book consists of, once `make site` has built it."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BOOK = ROOT / "_site"
PAGES = sorted(
    path.relative_to(BOOK).as_posix() for path in BOOK.glob("**/*.html") if "_static" not in path.parts
)
LESSONS = [path for path in PAGES if "notebooks/" in path]
NOTEBOOKS = [path for path in PAGES if re.search(r"/\d+_", path)]  # lessons and sets
BUILT = [
    pytest.mark.browser,
    pytest.mark.skipif(not PAGES, reason="the web book is not built: make site does that"),
]
