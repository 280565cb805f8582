"""The class server of deploy/, started and used from outside: by its addresses, as browsers do."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import nbformat
import requests
from websocket import create_connection

from tools.lab import free_port

ROOT = Path(__file__).parents[1]
COURSE_ID = "gradient_descent_derived"


class Member:
    """Somebody who has logged in to the class, and whose server, once started, does what they ask for."""

    def __init__(self, class_address: str, name: str, password: str):
        self.name, self.session = name, requests.Session()
        self.hub, self.server = f"{class_address}/hub", f"{class_address}/user/{name}"
        form = self.session.get(f"{self.hub}/login").text
        xsrf = re.search(r'name="_xsrf" value="([^"]*)"', form)[1]
        data = {"username": name, "password": password, "_xsrf": xsrf}
        self.session.post(f"{self.hub}/login", data=data, allow_redirects=False)
        # a page of the hub's own, where a token of one's own is asked for
        page = self.session.get(f"{self.hub}/token")
        page.raise_for_status()
        xsrf = re.search(r'xsrf_token: "([^"]*)"', page.text)[1]
        made = self.hub_api(
            "post", "tokens", params={"_xsrf": xsrf}, headers={"Referer": f"{self.hub}/token"}
        )
        self.session.headers["Authorization"] = f"token {made.json()['token']}"
        self.session.cookies.clear()

    def hub_api(self, method: str, path: str, of: str = "", **given) -> requests.Response:
        """Ask the hub about a user, oneself if no other is named. Raises HTTPError for a refusal."""
        address = f"{self.hub}/api/users/{of or self.name}/{path}".rstrip("/")
        answer = self.session.request(method, address, timeout=300, **given)
        answer.raise_for_status()
        return answer

    def ask(self, method: str, path: str, server: str = "", **given) -> requests.Response:
        """Ask one's own server, or another one. Raises HTTPError for a refusal."""
        answer = self.session.request(method, f"{server or self.server}/{path}", timeout=300, **given)
        answer.raise_for_status()
        return answer

    def start(self) -> None:
        """Ask for a server, and do not wait for it."""
        self.hub_api("post", "server")

    def wait(self) -> None:
        """Wait until the server is there. Raises AssertionError with what went wrong."""
        with self.session.get(f"{self.hub}/api/users/{self.name}/server/progress", stream=True) as events:
            said = [json.loads(line[5:]) for line in events.iter_lines() if line.startswith(b"data:")]
        assert said and said[-1].get("ready"), f"{self.name}: {said[-1:]}"

    def assignment(self, action: str, name: str) -> dict:
        """What the tab Assignments does: fetch, submit or fetch_feedback."""
        asked = {"course_id": COURSE_ID, "assignment_id": name}
        return self.ask("post", f"assignments/{action}", data=asked).json()

    def assignments(self) -> list[dict]:
        """What the tab Assignments shows."""
        return self.ask("get", "assignments", params={"course_id": COURSE_ID}).json()["value"]

    def read(self, path: str):
        """A notebook of one's own."""
        return nbformat.from_dict(self.ask("get", f"api/contents/{path}").json()["content"])

    def write(self, path: str, notebook) -> None:
        """Save a notebook."""
        self.ask("put", f"api/contents/{path}", json={"type": "notebook", "content": notebook})

    def run(self, *cells: str) -> list[str]:
        """What cells print and show, in a kernel that ends with them."""
        kernel = self.ask("post", "api/kernels", json={"name": "python3", "path": ""}).json()["id"]
        address = f"{self.server.replace('http', 'ws', 1)}/api/kernels/{kernel}/channels"
        socket = create_connection(
            address, timeout=1800, header={"Authorization": self.session.headers["Authorization"]}
        )
        try:
            return [said(socket, cell) for cell in cells]
        finally:
            socket.close()
            self.ask("delete", f"api/kernels/{kernel}")

    def command(self, *words: str) -> subprocess.CompletedProcess:
        """A command as typed in a terminal of one's server."""
        program = (
            "import json, subprocess\n"
            f"done = subprocess.run({list(words)!r}, capture_output=True, text=True)\n"
            "print(json.dumps([done.returncode, done.stdout, done.stderr]))"
        )
        return subprocess.CompletedProcess(words, *json.loads(self.run(program)[0]))


def said(socket, cell: str) -> str:
    """What one cell prints and shows, once a kernel at the other end of the socket has run it."""
    header = {"msg_id": uuid4().hex, "msg_type": "execute_request", "session": "", "username": ""}
    content = {"code": cell, "silent": False, "store_history": False, "stop_on_error": False}
    message = {"header": header | {"version": "5.4"}, "parent_header": {}, "metadata": {}, "content": content}
    socket.send(json.dumps(message | {"channel": "shell"}))
    texts = []
    while True:
        answer = json.loads(socket.recv())
        if answer["parent_header"].get("msg_id") != header["msg_id"]:
            continue
        content = answer["content"]
        texts.append(content.get("text") or content.get("data", {}).get("text/plain", ""))
        texts += content.get("traceback", []) if answer["msg_type"] == "error" else []
        if answer["msg_type"] == "status" and content["execution_state"] == "idle":
            return "".join(texts)


@contextmanager
def running_class(folder: Path, names: list[str], log: Path) -> Iterator[str]:
    """The address of a class of these learners, kept in a new folder, until the `with` block ends.

    log: the file for what it says. Raises RuntimeError with that if it does not begin.
    """
    folder.mkdir()
    roll = folder.with_suffix(".txt")
    roll.write_text("\n".join(names))
    port = free_port()
    command = [sys.executable, str(ROOT / "deploy" / "start.py"), "--learners", str(roll)]
    with log.open("w") as said_here:
        process = subprocess.Popen(
            [*command, "--folder", str(folder), "--port", str(port)], stdout=said_here, stderr=said_here
        )
    try:
        wait_for(f"http://127.0.0.1:{port}/hub/api/", process, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(120)


def wait_for(address: str, process: subprocess.Popen, log: Path) -> None:
    """Wait until something answers at an address. Raises RuntimeError with the log."""
    for _ in range(240):
        try:
            if process.poll() is None and requests.get(address, timeout=10).ok:
                return
        except requests.ConnectionError:
            pass
        if process.poll() is not None:
            break
        time.sleep(0.5)
    raise RuntimeError(log.read_text())


def logins(folder: Path) -> dict[str, str]:
    """The passwords of a class, by name: the teacher's first."""
    lines = (folder / "logins.csv").read_text().splitlines()[1:]
    return dict(line.split(",") for line in lines)


def may_keep_apart() -> bool:
    """Whether this program may begin users and mounts of its own here, as the class server must."""
    command = ["unshare", "--mount", "mount", "-t", "tmpfs", "class", "/mnt"]
    return os.geteuid() == 0 and subprocess.run(command, capture_output=True).returncode == 0
