"""What a release leans on: its files agree with each other, and follow their published schemas."""

import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from zipfile import ZipFile

import pytest
import yaml
from PIL import Image

from course_utils import data_file
from tools.record_explorer import RECORDINGS, recorded

ROOT = Path(__file__).parents[1]
OURS = {p.relative_to(ROOT) for p in (ROOT / "course_utils").rglob("*.*") if "__pycache__" not in p.parts}
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


@pytest.mark.parametrize(
    ("schema", "paths"),
    [
        ("github-workflows", WORKFLOWS),
        ("dependabot", [ROOT / ".github" / "dependabot.yml"]),
        ("citation-file-format", [ROOT / "CITATION.cff"]),
    ],
)
def test_files_follow_their_schema(schema, paths):
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", *paths]
    done = subprocess.run(command, capture_output=True, text=True)
    assert paths and done.returncode == 0, done.stdout + done.stderr


def test_each_package_has_a_version_that_was_tested():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    asked = [
        *project["dependencies"],
        *(p for name in ("lab", "fast", "site", "server", "dev") for p in extras[name]),
    ]
    tested = re.findall(r"(?m)^([\w-]+)==", (ROOT / "constraints.txt").read_text("utf-8"))
    own = project["name"]
    assert sorted(tested) == sorted({re.match(r"[\w-]+", package)[0] for package in asked} - {own})


def test_the_oldest_versions_are_the_lower_bounds():
    """What make test-oldest installs is what the package and the extras for learners ask for at least."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    asked = [*project["dependencies"], *extras["lab"], *extras["fast"]]
    oldest = re.findall(r"(?m)^[^#\n].*", (ROOT / "oldest.txt").read_text("utf-8"))
    assert oldest == [package.replace(">=", "==") for package in asked]


def test_there_is_one_version():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))["version"] == version
    assert re.search(r"^## (.*)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)[1] == version


def test_what_runs_elsewhere_calls_targets_that_are_there():
    container = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text("utf-8"))
    texts = [container["postCreateCommand"], *(path.read_text("utf-8") for path in WORKFLOWS)]
    called = {target for text in texts for target in re.findall(r"make ([\w./]+)", re.sub(r"#.*", "", text))}
    rules = (ROOT / "Makefile").read_text("utf-8").replace("$(VENV)", ".venv")
    assert len(called) > 4 and not {
        name for name in called if not re.search(rf"(?m)^{re.escape(name)}:", rules)
    }


def test_a_wheel_is_built_without_a_warning(tmp_path):
    for part in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / part, tmp_path)
    for part in ("course_utils", "notebooks/data"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    build = "from setuptools.build_meta import build_wheel; build_wheel('dist')"
    subprocess.run([sys.executable, "-W", "error", "-c", build], cwd=tmp_path, check=True)
    (wheel,) = tmp_path.glob("dist/*.whl")
    held = {Path(name) for name in ZipFile(wheel).namelist()}
    assert held > OURS | {Path("course_utils/data/sunspots.csv")}


@pytest.mark.parametrize("lesson", RECORDINGS)
def test_a_moving_picture_is_of_the_explorer_as_it_is(lesson):
    """tools/record_explorer.py makes it."""
    with Image.open(RECORDINGS[lesson]) as picture:
        assert picture.info["comment"].decode() == recorded(lesson)
    readme = ROOT / ("README.zh.md" if lesson.startswith("zh") else "README.md")
    assert f"](docs/{RECORDINGS[lesson].name})" in readme.read_text("utf-8").partition("##")[0]


def test_data_are_found_beside_a_notebook_and_elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert data_file("sunflowers.csv").read_bytes() == (ROOT / "notebooks/data/sunflowers.csv").read_bytes()
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "sunflowers.csv").write_text("7,1.5\n")
    assert data_file("sunflowers.csv").read_text() == "7,1.5\n"
    with pytest.raises(FileNotFoundError, match=r"no data roses\.csv; the course has sunflowers\.csv"):
        data_file("roses.csv")
