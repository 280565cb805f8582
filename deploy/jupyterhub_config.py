"""JupyterHub's settings for a class on one machine; start.py says where the class is.

Each learner is a user of the system, with a home that nobody else may enter and a server that is theirs.
"""

import os
import sys
from pathlib import Path

from jupyterhub.auth import Authenticator

from course_utils.grading.exchange import KEY, key_of
from course_utils.grading.variants import Class

sys.path.insert(0, str(Path(__file__).parent))

from people import TEACHER, is_password, passwords

DEPLOY = Path(__file__).parent
CLASS, PORT = Path(os.environ["CLASS_FOLDER"]), int(os.environ["CLASS_PORT"])
COURSE, LOGINS = CLASS / "course", passwords(CLASS)


class Passwords(Authenticator):
    """Lets in whom logins.csv names, by the password there."""

    async def authenticate(self, handler, data):
        """The name of who may enter, or None."""
        return data["username"] if is_password(LOGINS, data["username"], data["password"]) else None


def fetch_key(spawner) -> str:
    """What opens the variants of the learner whose server starts, and of nobody else."""
    return key_of(Class.of(COURSE), spawner.user.name)


def sockets(spawner) -> str:
    """The folder where the kernels of a learner listen, which nobody else may enter."""
    return str(Path(os.environ["CLASS_SOCKETS"], spawner.user.name))


def settings(spawner) -> str:
    """Where a server finds its settings; the teacher's has those of the course folder too."""
    return os.pathsep.join([str(DEPLOY / "etc"), *([str(COURSE)] if spawner.user.name == TEACHER else [])])


def in_course(spawner) -> None:
    """Let the teacher's server begin in the course folder, where nbgrader's commands belong."""
    if spawner.user.name == TEACHER:
        spawner.notebook_dir = str(COURSE)


c = get_config()  # noqa: F821 (JupyterHub provides it)

c.JupyterHub.bind_url = f"http://127.0.0.1:{PORT}"
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{PORT + 1}"
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{PORT + 2}"
c.ConfigurableHTTPProxy.command = ["node", os.environ["CLASS_PROXY"]]
c.ConfigurableHTTPProxy.pid_file = str(CLASS / "hub" / "proxy.pid")
c.JupyterHub.db_url = f"sqlite:///{CLASS / 'hub' / 'hub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(CLASS / "hub" / "cookie_secret")

c.JupyterHub.authenticator_class = Passwords
c.Authenticator.allowed_users = set(LOGINS)

c.JupyterHub.spawner_class = "jupyterhub.spawner.LocalProcessSpawner"
c.Spawner.cmd = [sys.executable, "-m", "jupyterhub.singleuser"]
c.Spawner.default_url = "/lab"
c.Spawner.pre_spawn_hook = in_course
c.Spawner.environment = {
    "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
    "JUPYTER_CONFIG_PATH": settings,
    "COURSE_EXCHANGE": str(CLASS / "exchange"),
    "JUPYTER_RUNTIME_DIR": sockets,
    KEY: fetch_key,
}
c.Spawner.start_timeout = c.Spawner.http_timeout = 300  # a whole class may begin at once
c.JupyterHub.concurrent_spawn_limit = 0  # and nobody is sent away
