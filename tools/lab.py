"""A JupyterLab for programs, or a folder, served on this machine alone and opened in a headless Chromium."""

import http.server
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

CHROMIUM = next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None)
SETTINGS = {
    "notebook-extension/tracker": {"windowingMode": "none"},  # render the cells out of sight too
    "apputils-extension/notification": {"fetchNews": "false"},
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def write_settings(folder: Path) -> None:
    for name, settings in SETTINGS.items():
        path = folder / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(settings))


@contextmanager
def running_lab(home: Path, environment: dict[str, str] | None = None) -> Iterator[str]:
    """The address of a JupyterLab that serves home/notebooks, until the `with` block ends.

    home: an empty folder but for notebooks/; gets the settings and log.txt.
    environment: what the kernels shall have besides this program's own environment.
    Raises RuntimeError with the log if the server does not answer within a minute.
    """
    write_settings(home / "settings")
    port = free_port()
    options = [f"--port={port}", "--ip=127.0.0.1", "--no-browser", "--IdentityProvider.token="]
    options.append("--LabApp.expose_app_in_browser=True")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--allow-root")
    with open(home / "log.txt", "w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyter", "lab", *options],
            cwd=home / "notebooks",
            env={**os.environ, "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"), **(environment or {})},
            stdout=log,
            stderr=log,
        )
    try:
        wait_until_it_answers(f"http://127.0.0.1:{port}/api/status", home / "log.txt")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def wait_until_it_answers(address: str, log: Path) -> None:
    for _ in range(120):
        try:
            urllib.request.urlopen(address)
            return
        except OSError:
            time.sleep(0.5)
    raise RuntimeError(log.read_text())


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files, and says nothing of it."""

    def log_message(self, *arguments):
        pass


class Server(http.server.ThreadingHTTPServer):
    """Takes it as it comes that a browser leaves before it has got everything."""

    def handle_error(self, request, client_address):
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a server of this folder's files, until the `with` block ends."""
    with Server(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@contextmanager
def running_chromium() -> Iterator:
    """A headless Chromium, as a Playwright Browser, until the `with` block ends."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        chromium = driver.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"],
        )
        yield chromium
        chromium.close()


def run_all(page, address: str, notebook: str) -> None:
    """Open a notebook in a Playwright page, run all its cells, and wait until the last one is done."""
    page.goto(f"{address}/lab/tree/{notebook}?reset")
    page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=60_000)
    page.evaluate(
        """async () => {
            const app = window.jupyterapp;
            await app.restored;
            await app.shell.currentWidget.context.sessionContext.ready;
            await app.commands.execute('notebook:run-all-cells');
        }"""
    )
    prompts = page.locator(".jp-CodeCell .jp-InputArea-prompt").all_inner_texts()
    assert all(re.search(r"\[\d+\]", prompt) for prompt in prompts), prompts
