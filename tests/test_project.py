"""The project's own promises: its files agree, its tools do what they say."""

import os
import re
import sys
import tomllib
from pathlib import Path

import nbformat
import pytest
import yaml
from nbclient import NotebookClient

from tools.handout import hand_out

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def test_conda_and_pip_install_the_same_packages():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    conda = {package for package in environment if isinstance(package, str) and package != "pip"}
    lab = PROJECT["optional-dependencies"]["lab"]
    assert conda == {*PROJECT["dependencies"], *lab, "python" + PROJECT["requires-python"]}


def test_every_package_folder_is_installed():
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    folders = {path.parent.relative_to(ROOT) for path in ROOT.glob("course_utils/**/__init__.py")}
    assert {".".join(folder.parts) for folder in folders} == set(packages)


BANK = """
import pytest
@pytest.mark.bank(one_in=3)
@pytest.mark.parametrize("case", range(8))
def test_many(case): pass
@pytest.mark.parametrize("case", range(8))
def test_few(case): pass
"""


@pytest.mark.parametrize(("options", "tried"), [([], range(8)), (["--quick"], (0, 3, 6))])
def test_quick_tries_one_in_so_many_of_a_bank_and_all_else(pytester, options, tried):
    pytester.makepyfile(test_bank=BANK)
    pytester.makeconftest((ROOT / "conftest.py").read_text().replace("pytest_plugins =", "_ ="))
    pytester.makeini("[pytest]\nmarkers = bank(one_in)")
    passed, *_ = pytester.inline_run("-p", "no:xdist", *options).listoutcomes()
    ran = [report.nodeid.partition("::")[2] for report in passed]
    assert ran == [*(f"test_many[{n}]" for n in tried), *(f"test_few[{n}]" for n in range(8))]


@pytest.mark.parametrize(("options", "folders"), [([], {"notebooks", "zh"}), (["--quick"], {"notebooks"})])
def test_quick_leaves_out_the_translated_lessons(pytester, options, folders):
    here = ["--collect-only", "--nbval", f"--rootdir={ROOT}", f"--confcutdir={ROOT}", ROOT / "notebooks"]
    cells, _ = pytester.inline_genitems(*here, *options)
    assert {cell.path.parent.name for cell in cells} == folders


def test_where_a_test_has_its_own_home_the_fonts_are_known(pytester):
    """Or else, where it takes 5 s to find them, Matplotlib writes so into the first cell that imports it."""
    code = "import matplotlib, pathlib; print(*pathlib.Path(matplotlib.get_cachedir()).glob('fontlist*'))"
    assert str(pytester.run(sys.executable, "-c", code).outlines[0]).endswith(".json")


READMES = [ROOT / "README.md", ROOT / "README.zh.md"]
PAGES = [*READMES, *LESSONS]


def prose(page):
    """A page's text: of a notebook, its Markdown cells."""
    if page.suffix == ".md":
        return page.read_text(encoding="utf-8")
    return "\n".join(cell.source for cell in nbformat.read(page, 4).cells if cell.cell_type == "markdown")


@pytest.mark.parametrize("page", PAGES[:3], ids=lambda page: page.name)
def test_the_map_names_every_lesson(page):
    assert not [lesson.name for lesson in LESSONS[1:] if lesson.name not in prose(page)]


def test_links_between_files_lead_somewhere():
    links = [(page, link) for page in PAGES for link in re.findall(r"\]\((?!http)([^)#]+)\)", prose(page))]
    assert not [f"{page.name}: {link}" for page, link in links if not (page.parent / link).exists()]


@pytest.fixture(scope="module")
def handout(tmp_path_factory):
    """The folder that learners get."""
    folder = tmp_path_factory.mktemp("class") / "handout"
    hand_out(folder)
    return folder


def test_a_handout_holds_no_solution_and_nothing_that_grades(handout):
    files = [path for path in handout.rglob("*") if path.is_file()]
    names = [str(path.relative_to(handout)) for path in files]
    assert not [name for name in names if re.search(r"source|grading|gradebook|tests|__pycache__", name)]
    texts = [
        path.read_text(encoding="utf-8") for path in files if path.suffix in (".ipynb", ".py", ".md", ".toml")
    ]
    assert not [text[:80] for text in texts if "BEGIN SOLUTION" in text or "course_utils.grading" in text]
    packages = tomllib.loads((handout / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    assert all((handout / package.replace(".", "/") / "__init__.py").is_file() for package in packages)
    for page in READMES:
        links = re.findall(r"\]\((?!http)([^)#]+)\)", prose(handout / page.name))
        assert links and not [link for link in links if (ROOT / link).exists() > (handout / link).exists()]


@pytest.mark.bank(one_in=3)
@pytest.mark.parametrize(
    ("notebook", "said"),
    [
        ("notebooks/03_apply_the_chain_rule.ipynb", 'hint("03.1")'),
        ("exercises/release/1_chain_rule/1_chain_rule.ipynb", 'hint("set 1.3")'),
        ("exercises/release/5_project/5_project.ipynb", 'hint("set 5.1")'),
    ],
)
def test_what_is_handed_out_runs_by_itself(handout, notebook, said, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(handout))
    page = nbformat.read(handout / notebook, 4)
    page.cells.append(nbformat.v4.new_code_cell(f"import course_utils\nprint(course_utils.__file__)\n{said}"))
    folder = (handout / notebook).parent
    NotebookClient(page, resources={"metadata": {"path": str(folder)}}, env=dict(os.environ)).execute()
    last = str(page.cells[-1].outputs)
    assert str(handout) in last and "Hint 1 of 3" in last
    assert said in str([cell.get("outputs") for cell in page.cells[:-1]]).replace("\\", "")
