"""A formula in TeX as MathML, which a browser shows without any script."""

import re
from html import unescape
from xml.etree.ElementTree import Element, tostring

from latex2mathml.converter import Converter

LONGEST = 1000  # characters
# Few words that make many, and a command in which MathJax reads a style.
REFUSED = re.compile(r"\\(def|newcommand|newenvironment|DeclareMathOperator|unicode)\b")
ELEMENTS = """
math mrow mi mn mo mtext ms mspace mfrac msqrt mroot msub msup msubsup munder mover munderover mmultiscripts
mprescripts none mtable mtr mtd mlabeledtr mstyle mpadded mphantom menclose merror"""
ATTRIBUTES = """
accent accentunder columnalign columnlines columnspacing depth display displaystyle fence form height largeop
linebreak linethickness lspace mathcolor mathbackground mathsize mathvariant maxsize minsize movablelimits
notation rowlines rowspacing rspace scriptlevel separator stretchy symmetric voffset width xmlns"""


class NoFormula(ValueError):
    """What stands there is no formula, or not one that can be shown."""


def parts(element: Element):
    """An element, and everything inside it, from the outside in."""
    yield element
    for part in element:
        yield from parts(part)


def mathml(tex: str) -> str:
    """MathML for a formula with its dollars: `$a_1$` in a line, `$$a_1$$` on its own.

    Raises NoFormula for whatever is made of other elements and attributes than those above, such as a link,
    a style or an unknown command.
    """
    on_its_own = tex.startswith("$$")
    body = tex.strip("$").replace("{aligned}", "{align*}")
    if len(tex) > LONGEST or REFUSED.search(tex):
        raise NoFormula(tex)
    try:
        root = Converter(display="block" if on_its_own else "inline").convert_to_element(body)
        for part in parts(root):
            part.text = unescape(part.text or "")
            known = part.tag in ELEMENTS.split() and set(part.attrib) <= set(ATTRIBUTES.split())
            if not known or re.match(r"\\[A-Za-z]", part.text):
                raise NoFormula(tex)
        return tostring(root, encoding="unicode")
    except Exception:  # the converter has a dozen errors for malformed TeX, and recursion
        raise NoFormula(tex) from None
