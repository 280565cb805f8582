"""How soon the pages of the web book can be read, as a table in Markdown. Needs `make site`, and Chromium.

Usage: python tools/measure_site.py [page ...]     (all pages with a picture unless told)

From the click on a link to the page's text, and to its first picture: milliseconds, the least and the median
of three visits with nothing kept from an earlier one, from a server on this machine. Load: of the machine.
"""

import os
import re
import sys
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[1]
BOOK = ROOT / "_site"
sys.path.insert(0, str(ROOT))

from tools.lab import running_chromium, served  # noqa: E402

WATCH = """(() => {
    window.seen = {};
    const look = () => {
        const [text, image] = ["article h1", "article img[alt]"].map((one) => document.querySelector(one));
        if (text) window.seen.text ??= performance.now();
        if (image?.complete && image.naturalWidth) window.seen.picture ??= performance.now();
        if (!window.seen.picture) requestAnimationFrame(look);
    };
    look();
})()"""


def visit(browser, address: str) -> dict[str, float]:
    """Milliseconds to the text and to the first picture of a page, in a browser that has seen nothing yet."""
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    page = context.new_page()
    page.add_init_script(WATCH)
    page.goto(address)
    page.wait_for_function("window.seen.picture")
    seen = page.evaluate("window.seen")
    context.close()
    return seen


def main(pages: list[str]) -> None:
    print("| Page | text | first picture | load |\n|---|---|---|---|")
    with served(BOOK) as address, running_chromium() as browser:
        for path in pages:
            seen = [visit(browser, f"{address}/{path}") for _ in range(3)]
            each = [[one[what] for one in seen] for what in ("text", "picture")]
            told = " | ".join(f"{min(some):.0f}, {median(some):.0f}" for some in each)
            print(f"| {path} | {told} | {os.getloadavg()[0]:.1f} |", flush=True)


def with_picture() -> list[str]:
    """The pages that show a picture."""
    pages = sorted(path for path in BOOK.rglob("*.html") if "_static" not in path.parts)
    article = re.compile(r"<article.*?<img [^>]*alt", re.DOTALL)
    return [p.relative_to(BOOK).as_posix() for p in pages if article.search(p.read_text(encoding="utf-8"))]


if __name__ == "__main__":
    main(sys.argv[1:] or with_picture())
