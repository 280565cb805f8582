"""How Sphinx makes the web book. tools/site.py lays out the pages, and calls it."""

import os
import re
import sys
from gettext import NullTranslations
from importlib.metadata import version as installed
from pathlib import Path

PAGES = Path(__file__).resolve().parent
sys.path.append(str(PAGES.parents[2] / "tools"))  # at the end: one of them is called site
from book import Book  # noqa: E402
from chinese_search import Pairs  # noqa: E402
from sphinx.locale import get_translator  # noqa: E402

from course_utils.language import later  # noqa: E402

BOOK = Book(PAGES.name)
say = BOOK.say

# Where the course is kept, for the buttons that open a page elsewhere. No page loads anything from there.
REPOSITORY = os.environ.get("COURSE_REPOSITORY", "").rstrip("/")

project = say("Gradient descent, derived")
author = say("The authors of Gradient descent, derived")
version = release = installed("gradient-descent-derived")
language = BOOK.language
highlight_language = "none"  # notebooks say what theirs is

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx_copybutton"]
autodoc_member_order = "bysource"
autodoc_inherit_docstrings = False
autodoc_default_options = {"exclude-members": "set"}  # matplotlib's, of the pictures
autodoc_typehints = "description"

html_theme = "sphinx_book_theme"
html_title = project
html_static_path = ["_static"]
templates_path = ["_templates"]
html_css_files = ["course.css"]
on_paper = {
    "data-title": say("What was folded"),
    "data-name": say("Folded {number}"),
    "data-place": say("(Folded {number}, at the end)"),
}
html_js_files = [("icons.js", {"priority": 10}), ("print.js", on_paper)]
html_extra_path = ["_static/icons"]
html_context = {"default_mode": "auto"}  # light or dark, as the reader's machine is
html_copy_source = True
html_theme_options = {
    "search_bar_text": say("Search"),
    "show_navbar_depth": 1,
    "show_toc_level": 2,
    "use_download_button": True,
    "use_fullscreen_button": False,
    "home_page_in_toc": True,
    "navbar_persistent": [],  # the search is in the sidebar
    "article_header_end": ["languages.html", "article-header-buttons.html"],
}
if REPOSITORY:
    html_theme_options |= {
        "repository_url": REPOSITORY,
        "repository_branch": "main",
        "use_repository_button": True,
        "launch_buttons": {
            "binderhub_url": "https://mybinder.org",
            "colab_url": "https://colab.research.google.com",
            "notebook_interface": "jupyterlab",
        },
    }

# Formulas, sliders and scripts come with the pages: nothing is asked of another host.
mathjax_path = "mathjax/tex-chtml.js"
myst_enable_extensions = ["dollarmath", "amsmath"]
myst_heading_anchors = 3
nb_execution_mode = "off"  # tools/site.py has run them, and kept what their sliders need
nb_ipywidgets_js = {
    "require.js": {},
    "anywidget-path.js": {},
    "embed-amd.js": {"data-jupyter-widgets-cdn": "", "crossorigin": ""},
}
nb_code_prompt_show = say("Show the output")
nb_code_prompt_hide = say("Hide the output")
suppress_warnings = ["mystnb.unknown_mime_type"]


NO_NAME = ' aria-label="Toggle hidden content"'  # myst-nb's, over words that tell what they do
UNSAID = [later("Color mode"), later("System Settings")]  # by the theme, in Chinese


class Words(NullTranslations):
    """Where Sphinx and its theme have no words of their own in the book's language."""

    def gettext(self, message):
        """The book's word, or the one that is asked for."""
        return say(message)


def speaks(app):
    """Let Sphinx look for the words of its pages in the book's catalogue, after its own."""
    get_translator().add_fallback(Words())


def plain(app, kind, name, thing, options, lines):
    """A docstring is plain text here: its first line, and below it the rest as it stands in the code."""
    if rest := lines[1:]:
        lines[1:] = ["", "::", "", *(f"   {line}" for line in rest)] if any(map(str.strip, rest)) else []


def beside(app, page, template, context, doctree):
    """The same page in other languages, for the switch. What is in English in every book says so."""
    context["others"], context["languages"] = BOOK.beside(page), say("Languages")
    body = context.get("body", "").replace(NO_NAME, "")
    if (context.get("meta") or {}).get("english") and BOOK.language != "en":
        note = say("This page is in English only.")
        body = f'<p class="in-english">{note}</p>\n<div lang="en">{body}</div>'
    context["body"] = body


def elsewhere(app, page, template, context, doctree):
    """Among the theme's buttons one for Codespaces; Colab opens the notebooks that install the course."""
    codespaces = {
        "type": "link",
        "text": "Codespaces",
        "tooltip": say("Launch on Codespaces"),
        "icon": "fa-brands fa-github",
        "url": REPOSITORY.replace("github.com", "codespaces.new"),
    }
    for group in context.get("header_buttons", []):
        if group.get("label") == "launch-buttons":
            for button in group["buttons"]:
                button["url"] = re.sub("(?<=/blob/)main(?=/)", "colab", button["url"])
            group["buttons"].append(codespaces)


def setup(app):
    """Let Sphinx read docstrings as this course writes them, and Chinese without spaces."""
    app.add_search_language(Pairs)
    app.connect("builder-inited", speaks)
    app.connect("autodoc-process-docstring", plain)
    app.connect("html-page-context", beside, priority=100)  # before the theme makes its headers
    app.connect("html-page-context", elsewhere, priority=900)  # after the theme's buttons
