"""The values for a cluster say what the class on one machine says."""

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from course_utils.grading.exchange import KEY, key_of
from course_utils.grading.variants import Class

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
sys.path.insert(0, str(DEPLOY / "cluster"))

from check import faults  # noqa: E402

VALUES = yaml.safe_load((DEPLOY / "cluster" / "jupyterhub.yaml").read_text("utf-8"))
SCHEMA = """
type: object
additionalProperties: false
properties:
  memory: {type: object, required: [limit, kind], properties: {limit: {type: number}, kind: {type: string}}}
"""


@pytest.fixture
def hook(tmp_path):
    """What the hub does before a pod starts, with its files in a folder."""
    for name, file in VALUES["hub"]["extraFiles"].items():
        (tmp_path / name).write_text(file["stringData"])
    c = SimpleNamespace(KubeSpawner=SimpleNamespace())
    exec(VALUES["hub"]["extraConfig"]["class.py"].replace("/srv/class", str(tmp_path)), {"c": c})
    return c.KubeSpawner.pre_spawn_hook


def spawner(name):
    return SimpleNamespace(user=SimpleNamespace(name=name), environment={}, uid=None, gid=None, fs_gid=None)


def test_each_pod_has_its_own_number_and_the_key_that_opens_the_learners_variants(hook, tmp_path):
    ada, bob = spawner("ada"), spawner("bob")
    hook(ada)
    hook(bob)
    known = Class("your-seed", ("ada", "bob"), tmp_path)
    assert (ada.uid, bob.uid) == (52001, 52002)
    assert [pod.environment[KEY] for pod in (ada, bob)] == [key_of(known, "ada"), key_of(known, "bob")]
    for stranger in ("eve", "root"):
        with pytest.raises(ValueError, match="is not in this class"):
            hook(spawner(stranger))


def test_nbgrader_has_the_same_settings_as_on_one_machine():
    def settings(text):
        return [line for line in text.splitlines() if line.startswith("c.")]

    given = VALUES["singleuser"]["extraFiles"]["nbgrader_config.py"]["stringData"]
    assert settings(given) == settings((DEPLOY / "etc" / "nbgrader_config.py").read_text()) != []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("memory: {limit: 2}", []),
        ("memory: {limit: two}", ["'two' is not of type"]),
        ("memry: 2", ["'memry' was"]),
    ],
)
def test_values_that_do_not_fit_a_chart_are_named(tmp_path, given, said):
    (tmp_path / "values.yaml").write_text("memory: {limit: 1, kind: fast}")
    (tmp_path / "given.yaml").write_text(given)
    (tmp_path / "values.schema.yaml").write_text(SCHEMA)
    found = faults(tmp_path, tmp_path / "given.yaml")
    assert len(found) == len(said) and all(words in fault for words, fault in zip(said, found, strict=True))


def test_without_a_schema_the_charts_own_values_are_the_names(tmp_path):
    (tmp_path / "values.yaml").write_text("pvc: {storage: 1Gi, annotations: {}}")
    (tmp_path / "given.yaml").write_text("pvc: {storge: 2Gi, annotations: {any: thing}}")
    assert faults(tmp_path, tmp_path / "given.yaml") == ["pvc.storge is no value of this chart"]
