"""A class of thirty on one machine: handed out, answered, handed in, graded, given back, and kept apart.

`make class-test` runs it. It needs the rights of the system's administrator, as the class server does. Where
it does not have them it fails, and says so.
"""

import os
import re
import tempfile
from pathlib import Path

import nbformat
import pytest
import requests
from classroom import COURSE_ID, ROOT, Member, logins, may_keep_apart, running_class
from grading_course import bubblewrap_works
from nbgrader.api import Gradebook
from playwright.sync_api import expect

from course_utils.grading.variants import Class
from tools.lab import CHROMIUM, running_chromium

SET, WRONG = "1_chain_rule", "check_1"
NOTEBOOK, SOURCE = f"{SET}/{SET}.ipynb", ROOT / "exercises" / "source" / SET / f"{SET}.ipynb"
LEARNERS = [f"learner_{number:02}" for number in range(1, 1 + int(os.environ.get("CLASS_SIZE", "30")))]
IN_BROWSER, COPIES, RUNS, SPEAKS = LEARNERS[0], LEARNERS[1], LEARNERS[2:4], LEARNERS[4]
LINKS, EVE = LEARNERS[5], LEARNERS[6]

pytestmark = pytest.mark.classroom


class Classroom:
    """A class that has begun, everybody logged in, the first set released."""

    def __init__(self, address: str, folder: Path):
        self.address, self.folder, self.passwords = address, folder, logins(folder)
        self.members = {name: Member(address, name, self.passwords[name]) for name in ["teacher", *LEARNERS]}
        for member in self.members.values():
            member.start()
        for member in self.members.values():
            member.wait()
        self.exchange = folder / "exchange" / COURSE_ID

    def nbgrader(self, *words: str) -> str:
        """What a command of the teacher's says. It must end well."""
        done = self.members["teacher"].command("nbgrader", *words, SET)
        assert done.returncode == 0, done.stderr
        return done.stderr

    def solved(self, learner: str):
        """The set as a learner has it, with all answers."""
        variant = Class.of(self.folder / "course").variant(learner, SET)
        return variant.notebook(nbformat.read(SOURCE, 4))

    def scores(self, learner: str) -> dict[str, float]:
        """What the gradebook says, check by check."""
        with Gradebook(f"sqlite:///{self.folder / 'course' / 'gradebook.db'}", COURSE_ID) as gradebook:
            grades = gradebook.find_submission(SET, learner).notebooks[0].grades
            return {grade.name: grade.score for grade in grades}


def answered(released, solved, but: str = ""):
    """A released set with the answers of a solved one, but for one that is left as it was."""
    answers = {cell.metadata.nbgrader.grade_id: cell.source for cell in solved.cells if is_answer(cell)}
    for cell in filter(is_answer, released.cells):
        if cell.metadata.nbgrader.grade_id != but:
            cell.source = answers[cell.metadata.nbgrader.grade_id]
    return released


def is_answer(cell) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


@pytest.fixture(scope="module")
def classroom():
    assert may_keep_apart(), "a class needs the rights of the system's administrator, and mounts of its own"
    assert bubblewrap_works(), "bubblewrap is missing, or may not make a sandbox here"
    assert CHROMIUM, "no Chromium here"
    (ROOT / "artifacts").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as above:  # none of pytest's: it closes them to others again and again
        folder = Path(above, "class")
        Path(above).chmod(0o711)
        with running_class(folder, LEARNERS, ROOT / "artifacts" / "class.log") as address:
            room = Classroom(address, folder)
            room.nbgrader("generate_assignment")
            room.nbgrader("release_assignment")
            yield room


@pytest.fixture(scope="module")
def fetched(classroom):
    """What each learner got."""
    found = {}
    for name in LEARNERS:
        said = classroom.members[name].assignment("fetch", SET)
        assert said["success"], said
        found[name] = classroom.members[name].read(NOTEBOOK)
    return found


@pytest.fixture(scope="module")
def shown(classroom, fetched):
    """What the kernels of a few learners show for each check of their answers."""
    found = {}
    for name in LEARNERS:
        member, solved = classroom.members[name], classroom.solved(COPIES if name == SPEAKS else name)
        notebook = answered(fetched[name], solved, but="answer_1" if name == COPIES else "")
        member.write(NOTEBOOK, notebook)
        if name in RUNS:
            cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
            texts = member.run(f"%cd -q {SET}", *(cell.source for cell in cells))[1:]
            checks = [cell.metadata.nbgrader.get("grade") for cell in cells]
            found[name] = [text for text, check in zip(texts, checks, strict=True) if check]
    return found


@pytest.fixture(scope="module")
def in_browser(classroom, shown):
    """The page of one learner, who logs in by hand, and hands in from the tab Assignments."""
    with running_chromium() as chromium:
        page = chromium.new_page(viewport={"width": 1200, "height": 900})
        page.set_default_timeout(120_000)
        page.goto(classroom.address)
        page.get_by_label("Username").fill(IN_BROWSER)
        page.get_by_label("Password").fill(classroom.passwords[IN_BROWSER])
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_selector("#jp-main-dock-panel", timeout=120_000)
        open_assignments(page)
        page.locator("#fetched_assignments_list").get_by_role("button", name="Submit").click()
        expect(page.locator("#submitted_assignments_list")).to_contain_text(SET, timeout=60_000)
        page.screenshot(path=ROOT / "artifacts" / "class_submitted.png")
        yield page


def open_assignments(page) -> None:
    page.get_by_role("menuitem", name="Nbgrader").click()
    page.get_by_text("Assignment List").click()


@pytest.fixture(scope="module")
def graded(classroom, in_browser):
    """Everybody has handed in, the teacher has graded and given back: what `collect` said."""
    for name in LEARNERS:
        if name == IN_BROWSER:
            continue
        said = classroom.members[name].assignment("submit", SET)
        assert said["success"], said
    misuse(classroom)
    collected = classroom.nbgrader("collect")
    classroom.nbgrader("autograde")
    classroom.nbgrader("generate_feedback")
    classroom.nbgrader("release_feedback")
    return collected


def misuse(classroom) -> None:
    """One hands in in another's name, one a link to what only the teacher may read."""
    inbound, solution = classroom.exchange / "inbound", classroom.folder / "course" / "class.toml"
    classroom.members[EVE].run(
        "import os, shutil",
        f"shutil.copytree({SET!r}, '{inbound}/{LEARNERS[-1]}+{SET}+2099-01-01 00:00:00 UTC+x')",
        f"open('{inbound}/{EVE}+{SET}+no time at all+x', 'w').close()",
    )
    shown = classroom.members[LINKS].run(
        f"import os; path = '{inbound}/{LINKS}+{SET}+2099-01-01 00:00:00 UTC+x'",
        f"os.mkdir(path); os.symlink({str(solution)!r}, path + '/{SET}.ipynb'); print('linked')",
    )
    assert shown[-1] == "linked\n"


def test_everybody_fetches_a_variant_of_their_own(fetched):
    texts = {
        str(sorted((c.metadata.nbgrader.grade_id, c.source) for c in nb.cells)) for nb in fetched.values()
    }
    assert len({notebook.metadata.variant for notebook in fetched.values()}) == len(LEARNERS)
    assert len(texts) == len(LEARNERS)
    assert "BEGIN SOLUTION" not in str(fetched)


def test_cells_run_in_the_learners_kernel_and_are_checked(shown):
    assert set(shown) == set(RUNS)
    for name, texts in shown.items():
        right = [text for text in texts if "✓" in text]
        assert len(right) == len(texts) > 5, (name, texts)


def test_each_is_graded_by_their_own_variant(classroom, graded):
    with_words = {"words_10"}  # which wait for the teacher
    points = {
        cell.metadata.nbgrader.grade_id: cell.metadata.nbgrader.points
        for cell in nbformat.read(SOURCE, 4).cells
        if cell.metadata.get("nbgrader", {}).get("grade")
    }
    full = {check: 0 if check in with_words else most for check, most in points.items()}
    for name in set(LEARNERS) - {COPIES, SPEAKS}:
        assert classroom.scores(name) == full, name
    assert classroom.scores(COPIES) == full | {WRONG: 0}
    assert sum(classroom.scores(SPEAKS).values()) < sum(full.values())  # the answers to another one's variant


def test_nobody_hands_in_for_somebody_else_nor_what_is_no_file(classroom, graded):
    assert f"was handed in by {EVE} in the name of {LEARNERS[-1]}. It is not collected." in graded
    assert "no time at all+x is no folder. It is not collected." in graded
    submitted = classroom.folder / "course" / "submitted"
    assert {path.name for path in submitted.iterdir()} == set(LEARNERS)  # of LINKS, what came before
    assert not [path for path in submitted.rglob("*") if path.is_symlink()]
    assert "is a link" in graded


def test_each_sees_their_own_feedback(classroom, graded):
    for name in set(LEARNERS) - {IN_BROWSER}:
        member = classroom.members[name]
        said = member.assignment("fetch_feedback", SET)
        assert said["success"], said
        [tries] = [found for found in said["value"] if found["status"] == "submitted"]
        assert tries["student_id"] == name
        [path] = {found["local_feedback_path"] for found in tries["submissions"]}
        page = member.ask("get", f"files/{path}/{SET}.html").text
        assert f"(Score: {float(sum(classroom.scores(name).values()))} / " in page, name


def test_one_sees_the_feedback_in_a_browser(classroom, graded, in_browser):
    open_assignments(in_browser)
    listed = in_browser.locator("#submitted_assignments_list")
    in_browser.locator("#refresh_assignments_list").click()
    listed.get_by_role("button", name="Fetch Feedback").click()
    listed.get_by_text("(view feedback)").click()
    expect(in_browser.locator(".jp-DirListing")).to_contain_text(f"{SET}.html", timeout=60_000)
    in_browser.screenshot(path=ROOT / "artifacts" / "class_feedback.png")
    [page] = (classroom.folder / "home" / IN_BROWSER / SET / "feedback").glob("*/*.html")
    assert f"(Score: {float(sum(classroom.scores(IN_BROWSER).values()))} / " in page.read_text()


def attempts(classroom) -> set[str]:
    """What a learner might try to read, as Python."""
    other = LEARNERS[2]
    home, course = classroom.folder / "home" / other, classroom.folder / "course"
    [page] = (course / "feedback" / other / SET).glob("*.html")
    pids = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdecimal()]
    theirs = next(pid for pid in pids if owner(pid) == home.stat().st_uid)
    files = [
        home / NOTEBOOK,
        page,
        classroom.folder / "logins.csv",
        course / "class.toml",
        course / "gradebook.db",
    ]
    folders = [home, course, classroom.folder / "hub"]
    folders += [classroom.exchange / name for name in ("inbound", "feedback", "variants")]
    files += [f"/proc/{theirs}/environ", SOURCE]
    return {f"open({str(path)!r}).read(1)" for path in files} | {
        f"os.listdir({str(path)!r})" for path in folders
    }


TRY = """try:
    {}
    print("read")
except OSError as reason:
    print(type(reason).__name__)
"""


def owner(pid: int) -> int | None:
    try:
        return os.stat(f"/proc/{pid}").st_uid
    except FileNotFoundError:
        return None


def test_nobody_reads_what_is_not_theirs(classroom, graded):
    def tries(member, programs):
        cells = [
            f"try:\n    {it}\n    print('read')\nexcept OSError as e:\n    print(type(e))" for it in programs
        ]
        return dict(zip(programs, member.run("import os", *cells)[1:], strict=True))

    eve = classroom.members[EVE]
    known = tries(eve, sorted(attempts(classroom)))
    assert len(known) == 13 and not [it for it, said in known.items() if "read" in said], known
    own = tries(eve, [f"open({NOTEBOOK!r}).read(1)", "os.listdir()", "open('/proc/self/environ').read(1)"])
    assert set(own.values()) == {"read\n"}  # the same words, where they may


@pytest.mark.parametrize("path", ["api/contents", f"files/{NOTEBOOK}", "api/kernels", "lab"])
def test_nobody_enters_anothers_server(classroom, graded, path):
    eve, other = classroom.members[EVE], classroom.members[LEARNERS[2]]
    with pytest.raises(requests.HTTPError, match="403"):
        eve.ask("get", path, server=other.server)
    assert other.ask("get", path if path != "lab" else "api/status").ok


def test_nobody_learns_who_else_is_there(classroom):
    with pytest.raises(requests.HTTPError, match=r"40[34]"):
        classroom.members[EVE].hub_api("get", "", of=LEARNERS[2])


def test_no_one_enters_without_their_password(classroom):
    page = requests.Session()
    xsrf = re.search(r'name="_xsrf" value="([^"]*)"', page.get(f"{classroom.address}/hub/login").text)[1]
    for name, password in [(LEARNERS[2], "x"), ("nobody", ""), ("root", ""), (LEARNERS[2], "")]:
        data = {"username": name, "password": password, "_xsrf": xsrf}
        assert page.post(f"{classroom.address}/hub/login", data=data).status_code == 403, name
