"""The web book in a browser: `make site` has built it into _site/. No page asks another host for anything."""

import http.server
import subprocess
import tarfile
import threading
from functools import partial
from pathlib import Path

import pytest

BOOK = Path(__file__).parents[1] / "_site"
PAGES = sorted(str(path.relative_to(BOOK)) for path in BOOK.glob("**/*.html") if "_static" not in path.parts)
SHOWN = "document.querySelectorAll(\".explorer-screen img[alt]:not([alt=''])\").length"
VIEWS = "document.querySelectorAll(\"script[type='application/vnd.jupyter.widget-view+json']\").length"
READY = f"{VIEWS} === 0 || ({SHOWN} > 0 && {SHOWN} >= document.querySelectorAll('.explorer').length)"
SERIOUS = ("serious", "critical")
MOST = 6 * 2**20  # bytes of a page with its explorers

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not PAGES, reason="the web book is not built: make site does that"),
]


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


@pytest.fixture(scope="module")
def address():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(BOOK)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    from tools.lab import CHROMIUM

    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])


@pytest.fixture
def opened(browser, address):
    """Opens a page, and says what went wrong on it: errors in the console, requests to other hosts."""
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    page, wrong = context.new_page(), []
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.on("response", lambda got: wrong.append(f"{got.status}: {got.url}") if got.status >= 400 else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))

    def route(route):
        if route.request.url.startswith((address, "data:", "blob:")):
            return route.continue_()
        wrong.append(f"asks {route.request.url}")
        return route.abort()

    page.route("**/*", route)

    def open(path):
        page.goto(f"{address}/{path}", wait_until="networkidle")
        page.evaluate("document.querySelectorAll('details').forEach((folded) => (folded.open = true))")
        page.wait_for_function(READY)
        return page, wrong

    yield open
    context.close()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_opens_without_errors_and_without_another_host(opened, path):
    page, wrong = opened(path)
    assert not wrong
    assert page.title()
    wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1")
    assert not wide


LESSONS = [path for path in PAGES if path.startswith("lessons/")]


@pytest.mark.parametrize("path", LESSONS)
def test_every_explorer_moves_by_the_keyboard(opened, path):
    """Each slider of each explorer, from end to end: the words change, and none is empty."""
    page, wrong = opened(path)
    for explorer in page.locator(".explorer").all():
        if explorer.locator(".needs-kernel").count():
            continue
        words = explorer.locator("[role=status]")
        for handle in explorer.locator(".noUi-handle").all():
            handle.focus()
            said = set()
            for key in ["Home", "ArrowRight", "ArrowRight", "End"]:
                page.keyboard.press(key)
                page.wait_for_timeout(50)
                said.add(words.inner_text())
            assert len(said) > 1 and "" not in said
    assert not wrong


@pytest.fixture(scope="module")
def axe(tmp_path_factory):
    """axe-core of the npm registry, as a script."""
    folder = tmp_path_factory.mktemp("axe")
    done = subprocess.run(
        ["npm", "pack", "--silent", "axe-core@4.11.0"], cwd=folder, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    with tarfile.open(next(folder.glob("*.tgz"))) as archive:
        return archive.extractfile("package/axe.min.js").read().decode()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_keeps_nobody_out(opened, axe, path):
    page, _ = opened(path)
    page.evaluate(axe)
    found = page.evaluate("axe.run()")["violations"]
    serious = [
        (v["id"], v["nodes"][0]["html"][:200], len(v["nodes"])) for v in found if v["impact"] in SERIOUS
    ]
    assert not serious


@pytest.mark.parametrize("path", LESSONS)
def test_a_lesson_is_light_enough(path):
    assert (BOOK / path).stat().st_size < MOST
