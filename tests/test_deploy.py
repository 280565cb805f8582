"""Who is let in to a class, what its view of the files hides; and the values for a cluster say the same."""

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from course_utils.grading.exchange import KEY, key_of
from course_utils.grading.variants import Class
from deploy.people import fitting, invite, is_password
from deploy.private import tops

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


@pytest.mark.parametrize(
    "name", ["root", "teacher", "Ada", "a b", "1a", "", "ä", "a" * 32, "../x", "a\n", "a:0"]
)
def test_a_name_that_no_user_can_have_is_named(name):
    with pytest.raises(ValueError, match=r"is no name to log in with|is the name of a user"):
        fitting(["ada", name])
    assert fitting(["ada", "b_1-c"]) == ["ada", "b_1-c"]


def test_everybody_has_a_password_that_lasts_and_only_its_owner_may_read_the_file(tmp_path):
    first = invite(tmp_path, ["ada"])
    then = invite(tmp_path, ["bob", "ada"])
    assert list(then) == ["teacher", "ada", "bob"] and then | first == then
    assert len(set(then.values())) == 3 and min(map(len, then.values())) >= 16
    assert (tmp_path / "logins.csv").stat().st_mode & 0o777 == 0o600


def test_a_password_lets_in_its_own_name_and_an_empty_one_nobody():
    known = {"ada": "right", "bob": ""}
    assert is_password(known, "ada", "right")
    for name, given in [
        ("ada", "wrong"),
        ("ada", ""),
        ("bob", ""),
        ("eve", ""),
        ("eve", "right"),
        ("ada", "é"),
    ]:
        assert not is_password(known, name, given)


def test_what_is_closed_on_the_way_to_python_is_hidden_but_for_it(tmp_path):
    for name in ("open/course", "closed/python/bin", "closed/other"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "closed").chmod(0o700)
    above = [path for path in [tmp_path, *tmp_path.parents] if not path.stat().st_mode & 0o001]
    found = tops(tmp_path / "open" / "course", [tmp_path / "closed" / "python"])
    # pytest's own folders may be closed: then the highest of them is hidden, with all that is below
    assert found == ({above[-1]} if above else {tmp_path / "open" / "course", tmp_path / "closed"})
