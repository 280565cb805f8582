"""The pages of the web book as files: they lead to each other, and hand out the notebooks that they show."""

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import nbformat
import pytest
from web_book import BOOK, BUILT, NOTEBOOKS, PAGES, ROOT

pytestmark = BUILT


def names(path):
    """What of a page can be linked to, and where its own links lead."""
    text = re.sub(r"(?s)<script.*?</script>", "", path.read_text("utf-8"))
    return set(re.findall(r'\bid="([^"]+)"', text)), set(re.findall(r'<a\b[^>]*\bhref="([^"]+)"', text))


def test_links_lead_somewhere():
    anchors = {BOOK / path: names(BOOK / path)[0] for path in PAGES}
    lost = []
    for path in PAGES:
        for link in names(BOOK / path)[1]:
            parts = urlsplit(link.replace("&amp;", "&"))
            if parts.scheme:
                continue
            target = (BOOK / path).parent / unquote(parts.path) if parts.path else BOOK / path
            target = target.resolve()
            known = anchors.get(target, set())
            if not target.exists() or (parts.fragment and unquote(parts.fragment) not in known):
                lost.append(f"{path}: {link}")
    assert not lost


@pytest.mark.parametrize("path", PAGES)
def test_a_page_leads_to_itself_in_the_other_language_and_back(path):
    there = switch(BOOK / path)
    assert there != BOOK / path and switch(there) == BOOK / path
    assert ('<html lang="zh-CN"' in there.read_text("utf-8")) != path.startswith("zh/")


def switch(path):
    """Where the switch at a page's top leads."""
    text = path.read_text("utf-8")
    (link,) = re.findall(r'(?s)<nav class="languages".*?href="([^"]+)".*?</nav>', text)
    return (path.parent / link).resolve()


@pytest.mark.parametrize("path", NOTEBOOKS)
def test_a_page_hands_out_its_notebook_and_folds_what_is_folded_there(path):
    notebook = Path(path.removeprefix("zh/")).with_suffix(".ipynb")
    text = (BOOK / path).read_text("utf-8")
    assert f"_sources/{notebook.as_posix()}" in text
    handed_out = BOOK / path.partition(notebook.parts[0])[0] / "_sources" / notebook
    if notebook.parts[0] == "notebooks":
        assert handed_out.read_bytes() == (ROOT / notebook).read_bytes()
    cells = [cell.metadata.get("jupyter", {}) for cell in nbformat.read(handed_out, 4).cells]
    for kind, key in [("words", "source_hidden"), ("hide", "outputs_hidden")]:
        folded = re.findall(rf'<details class="[^"]*\b{kind}\b', text)
        assert len(folded) == sum(key in cell for cell in cells)
