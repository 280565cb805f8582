"""What keeps somebody out of a page, as axe-core finds it: contrast, names, the keyboard."""

from collections.abc import Sequence

from tools.npm import unpacked

RUN = "([within, only]) => axe.run(within, { preload: false, resultTypes: ['violations'], ...only })"
CONTRAST, SCROLLS = (
    "color-contrast",
    "scrollable-region-focusable",
)  # what depends on the theme, and on the width


def serious(page, within: str, only: Sequence[str] = ()) -> list[tuple]:
    """Its serious and critical violations within these elements, by all rules, or by some."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate((unpacked("axe-core") / "axe.min.js").read_text("utf-8"))
    found = page.evaluate(RUN, [within, {"runOnly": only} if only else {}])["violations"]
    return [
        (each["id"], each["nodes"][0]["html"][:200], len(each["nodes"]))
        for each in found
        if each["impact"] in ("serious", "critical")
    ]
