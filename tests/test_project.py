"""The project's own promises: its files agree, its tools do what they say."""

import re
import tomllib
from pathlib import Path

import nbformat
import pytest
import yaml

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


PAGES = [ROOT / "README.md", *LESSONS]


def prose(page):
    """A page's text: of a notebook, its Markdown cells."""
    if page.suffix == ".md":
        return page.read_text()
    return "\n".join(cell.source for cell in nbformat.read(page, 4).cells if cell.cell_type == "markdown")


@pytest.mark.parametrize("page", PAGES[:2], ids=lambda page: page.name)
def test_the_map_names_every_lesson(page):
    assert not [lesson.name for lesson in LESSONS[1:] if lesson.name not in prose(page)]


def test_links_between_files_lead_somewhere():
    links = [(page, link) for page in PAGES for link in re.findall(r"\]\((?!http)([^)#]+)\)", prose(page))]
    assert not [f"{page.name}: {link}" for page, link in links if not (page.parent / link).exists()]
