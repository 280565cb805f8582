"""What keeps somebody out of a page, as axe-core finds it: contrast, names, the keyboard."""

from tools.npm import unpacked

RUN = "([within, only]) => axe.run(within, { preload: false, resultTypes: ['violations'], ...only })"
LOOKS = ("color-contrast", "scrollable-region-focusable")  # what depends on the theme and the width


def serious(page, within: str, rules: tuple[str, ...] = ()) -> list[tuple]:
    """Its serious and critical violations within these elements; by these rules alone, if there are any."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate((unpacked("axe-core") / "axe.min.js").read_text("utf-8"))
    found = page.evaluate(RUN, [within, {"runOnly": rules} if rules else {}])["violations"]
    return [
        (each["id"], each["nodes"][0]["html"][:200], len(each["nodes"]))
        for each in found
        if each["impact"] in ("serious", "critical")
    ]
