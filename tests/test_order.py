"""Packages look one way: each may import what is listed for it, and nothing else of the course."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LIBRARY = ROOT / "course_utils"
FIRST_FOUR = ["derivation", "compiled", "models", "training"]
MAY_USE = {name: FIRST_FOUR[:place] for place, name in enumerate(FIRST_FOUR)} | {
    "pictures": FIRST_FOUR,
    "explorers": [*FIRST_FOUR, "pictures"],
    "checks": FIRST_FOUR,
    "grading": [*FIRST_FOUR, "pictures", "checks"],
}


def imported(source: str, module: str) -> set[str]:
    """The modules, with all dots, that a module imports anywhere in its source, and names from them."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = module.split(".")[: -node.level] if node.level else []
            origin = ".".join([*above, *filter(None, [node.module])])
            found |= {f"{origin}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in (
            "import_module",
            "__import__",
        ):
            named = node.args[0]
            found.add(named.value if isinstance(named, ast.Constant) else ast.unparse(named))
    return found


def forbidden(source: str, module: str) -> set[str]:
    """What a module of a package imports from the course though it may not."""
    package = module.split(".")[1]
    allowed = {package, "language", *MAY_USE[package]}  # every package may speak
    own = {name for name in imported(source, module) if name.split(".")[0] == "course_utils"}
    return {name for name in own if [*name.split("."), "course_utils"][1] not in allowed}


def modules() -> dict[str, Path]:
    """Every module of a package by its name with all dots; a package counts as its `__init__`."""
    return {".".join(p.relative_to(ROOT).with_suffix("").parts): p for p in LIBRARY.glob("*/**/*.py")}


def test_every_package_has_its_place():
    assert {path.parent.name for path in LIBRARY.glob("*/__init__.py")} == set(MAY_USE)


@pytest.mark.parametrize("module", modules())
def test_no_import_goes_against_the_order(module):
    assert not forbidden(modules()[module].read_text(), module)


@pytest.mark.parametrize(
    ("module", "offence"),
    [
        ("course_utils.checks.symbols", "from ..pictures import latex"),
        ("course_utils.checks.symbols", "from ..explorers.screen import Screen"),
        ("course_utils.checks.questions.lesson_03", "from ...explorers import Explorer"),
        ("course_utils.derivation.chain_rule", "from ..compiled.lines import evaluate"),
        ("course_utils.training.loop", "from .. import checks"),
        ("course_utils.models.model", "from course_utils.pictures import latex"),
        ("course_utils.models.model", "import course_utils.training.loop as loop"),
        ("course_utils.models.model", "from course_utils import train"),
        ("course_utils.compiled.scalars", "def f():\n    from ..models import Model"),
        ("course_utils.compiled.scalars", "if TYPE_CHECKING:\n    from ..models import Model"),
        ("course_utils.explorers.rules", "importlib.import_module('course_utils.grading.wire')"),
        ("course_utils.explorers.rules", "from ..grading import wire"),
        ("course_utils.pictures.__init__", "from ..checks import check"),
    ],
)
def test_an_import_against_the_order_is_caught(module, offence):
    assert forbidden(offence, module)


def test_grading_is_used_by_its_course_alone():
    users = [
        p
        for p in ROOT.glob("*/*.py")
        if any("course_utils.grading" in n for n in imported(p.read_text(), "x"))
    ]
    users = {p.name for p in users if p.parent.name != "tests"}
    assert users == {"nbgrader_config.py", "variants.py", "start.py", "jupyterhub_config.py"}  # a teacher's


@pytest.mark.parametrize("folder", ["notebooks", "exercises/source", "exercises/release", "exercises/zh"])
def test_notebooks_import_from_faces_only(folder):
    import json

    for path in (ROOT / folder).rglob("*.ipynb"):
        for cell in json.loads(path.read_text())["cells"]:
            lines = "".join(cell["source"]).splitlines() if cell["cell_type"] == "code" else []
            imports = [
                line.split()[1]
                for line in lines
                if line.startswith(("from course_utils", "import course_utils"))
            ]
            assert all(name.count(".") <= 1 for name in imports), f"{path.name}: {imports}"
