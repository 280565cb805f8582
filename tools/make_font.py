"""Cut the letters that the catalogues use out of a font, for pictures on machines that have no such font.

Usage: python tools/make_font.py NotoSansSC_400Regular.ttf OFL.txt

Noto Sans SC is Google's and Adobe's, under the SIL Open Font License, which travels with it. The npm package
@expo-google-fonts/noto-sans-sc holds both files.
"""

import shutil
import sys
from pathlib import Path

from babel.messages.pofile import read_po
from fontTools import subset

ROOT = Path(__file__).parents[1]
FONTS = ROOT / "course_utils" / "pictures" / "fonts"


def letters() -> str:
    """Every letter of the translations that matplotlib's own font does not have, sorted."""
    found: set[str] = set()
    for path in (ROOT / "locale").rglob("[!s]*.po"):  # not site.po, which no picture uses
        with path.open("rb") as file:
            found.update(*(message.string for message in read_po(file) if isinstance(message.string, str)))
    return "".join(sorted(letter for letter in found if ord(letter) >= 0x2E80))


def cut(font: str, licence: str) -> None:
    FONTS.mkdir(exist_ok=True)
    options = subset.Options(
        layout_features=[], name_IDs=[1, 2, 4, 6, 13, 14], notdef_outline=True, hinting=False
    )
    whole = subset.load_font(font, options)
    cutter = subset.Subsetter(options)
    cutter.populate(text=letters())
    cutter.subset(whole)
    subset.save_font(whole, str(FONTS / "NotoSansSC.ttf"), options)
    shutil.copy(licence, FONTS / "OFL.txt")


if __name__ == "__main__":
    cut(*sys.argv[1:])
