"""What a learner wrote, as pages that are safe to open: nothing in them runs, and nothing is fetched.

Two walls. `written` is what remains of a learner's Markdown in autograded/: plain HTML, not read again.
`shown` is how the pages of feedback and of Formgrader show any Markdown: cleaned again, formulas as MathML,
under a Content-Security-Policy of the templates. nbgrader_config.py puts all of it in its place.
"""

import re
from collections.abc import Mapping
from html import escape, unescape
from pathlib import Path
from urllib.parse import unquote, urlsplit

import nh3
from jinja2 import pass_context
from mistune import HTMLRenderer
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbconvert.preprocessors import Preprocessor

from .attachments import attached, is_picture
from .mathml import NoFormula, mathml

TEMPLATES = Path(__file__).parent / "templates"
TAGS = """
a abbr b blockquote br code dd del details div dl dt em h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q
s samp small span strong sub summary sup table tbody td tfoot th thead tr u ul var"""
MATH = re.compile(r'<span class="math">([^<]*)</span>')
TEX = re.compile(rf"{MATH.pattern}|<code>[^<]*</code>|\\")  # a formula, code, or what may be read as TeX
LONGEST = 10_000  # characters of Markdown; beyond, the text is shown as it is


class Renderer(IPythonRenderer):
    """nbconvert's own, but formulas are marked for `shown`, and neither pictures nor code are looked up."""

    block_code = HTMLRenderer.block_code

    def inline_math(self, body: str) -> str:
        """A formula within a line, marked for `shown`."""
        return f'<span class="math">${escape(body)}$</span>'

    def block_math(self, body: str) -> str:
        """A formula on lines of its own, marked in the same way."""
        return self.inline_math(f"${body}$")

    def latex_environment(self, name: str, body: str) -> str:
        """Such a block of TeX as align, which is shown as a formula."""
        return self.block_math(f"\\begin{{{name}}}{body}\\end{{{name}}}")

    def _embed_image_or_attachment(self, src: str) -> str:
        return src


def leads_outside(address: str) -> bool:
    """Whether it is a link to a mailbox or to a public host: none to this machine, where Jupyter listens."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.scheme == "mailto":
        return True
    public = re.fullmatch(r"[a-z0-9.-]+\.(xn--[a-z0-9-]+|[a-z]+)", host)
    private = host.endswith((".localhost", ".local", ".internal"))
    return parts.scheme in ("http", "https") and bool(public) and not private and "\\" not in address


def clean(html: str, pictures: Mapping[str, Mapping[str, str]] | None = None) -> str:
    """HTML of harmless elements alone. `attachment:` pictures are put in, each where it is first named."""
    left = dict(pictures or {})

    def allowed(tag: str, attribute: str, value: str) -> str | None:
        if (tag, attribute) == ("a", "href"):
            return value if leads_outside(value) else None
        if (tag, attribute) == ("img", "src"):
            scheme, _, name = value.partition(":")
            if scheme == "attachment":
                kinds = left.pop(unquote(name), {})
                return next((f"data:{kind};base64,{data}" for kind, data in kinds.items()), None)
            kind, _, data = name.partition(";base64,")
            return value if scheme == "data" and is_picture(kind, data) else None
        return value

    return nh3.clean(
        html,
        tags=set(TAGS.split()),
        clean_content_tags={"script", "style", "title", "template", "noscript", "iframe", "svg", "math"},
        attributes={"*": set(), "a": {"href"}, "img": {"src", "alt"}, "ol": {"start"}},
        allowed_classes={"span": {"math"}},
        attribute_filter=allowed,
        url_schemes={"http", "https", "mailto", "data", "attachment"},
        link_rel="noopener noreferrer nofollow",
    )


def rendered(source: str, pictures: Mapping[str, Mapping[str, str]] | None = None) -> str:
    """Markdown as clean HTML, with its formulas in TeX."""
    renderer = Renderer(escape=False, exclude_anchor_links=True)
    return clean(MarkdownWithMath(renderer=renderer).render(source), pictures)


def formula(tex: str) -> str:
    """What stands in a formula of clean HTML as MathML, or as it was typed if that fails."""
    try:
        return mathml(unescape(tex))
    except NoFormula:
        return f"<code>{tex}</code>"


def inert(html: str) -> str:
    """Clean HTML that Markdown does not read: one block without line breaks, and TeX in formulas only."""

    def part(found: re.Match) -> str:
        if found[1] is None:
            return "\\\u2060" if found[0] == "\\" else found[0]
        made = formula(found[1])
        return made if made.startswith("<code>") else found[0]

    marks = {ord(mark): f"&#{ord(mark)};" for mark in "\n\r\f\v\x85\u2028\u2029$\\`"}
    return f"<div>{TEX.sub(part, html).translate(marks)}</div>"


def written(source: str, pictures: Mapping[str, Mapping[str, str]], read: bool = True) -> str:
    """What remains of a learner's Markdown: it says the same, and is harmless however it is shown.

    read: or else, and when it is too long, it stays text.
    """
    if read and len(source) <= LONGEST:
        return inert(rendered(source, pictures))
    return inert(f"<pre><code>{escape(source)}</code></pre>")


def shown(source: str, pictures: Mapping[str, Mapping[str, str]] | None = None) -> str:
    """Markdown as HTML for a page: clean, its formulas as MathML, or as they were typed if that fails."""
    pieces = MATH.split(rendered(source, pictures))
    pieces[1::2] = map(formula, pieces[1::2])
    return "".join(pieces)


@pass_context
def markdown2html(context, source: str) -> str:
    """nbconvert's filter of this name, for a template that is at a cell."""
    return shown(source, attached(context.get("cell", {})))


class EscapeNames(Preprocessor):
    """Learners' and files' names as text: Formgrader's template puts them into its page as they are."""

    def preprocess(self, nb, resources):
        """The notebook as it was, and nbconvert's resources with the names escaped."""
        for key in ("student", "first_name", "last_name", "notebook_path", "notebook_id", "assignment_id"):
            if isinstance(resources.get(key), str):
                resources[key] = escape(resources[key])
        return nb, resources
