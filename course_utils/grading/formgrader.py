"""Formgrader in a teacher's JupyterLab: what nbgrader leaves open there, closed. It has no settings for this.

An address of Formgrader may come from a page that a learner links to, and a browser opens it as the teacher.
"""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from tornado.web import HTTPError


def close(handlers: ModuleType, course: Path) -> None:
    """Let nbgrader's handlers serve this course folder alone, names as text, and files without scripts.

    nbgrader reads its settings again and again: a second time changes nothing.
    """
    if not hasattr(handlers, "closed"):
        handlers.closed = True  # type: ignore[attr-defined]
        handlers.FormgraderHandler.get = within(course, handlers.FormgraderHandler.get)
        handlers.BaseHandler.render = escaped(handlers.BaseHandler.render)
        handlers.SubmissionFilesHandler.set_extra_headers = without_scripts


def within(course: Path, get: Callable) -> Callable:
    """Refuse another folder: nbgrader would run the nbgrader_config.py that it finds there."""

    def careful(self):
        path = self.get_argument("path", "")
        if path and Path(path).resolve() != course.resolve():
            raise HTTPError(403, "Formgrader serves the folder of this course alone.")
        return get(self)

    return careful


def escaped(render: Callable) -> Callable:
    """Write what an address says into a page as text: students' and assignments' names are in it."""

    def careful(self, name, **names):
        self.settings["nbgrader_jinja2_env"].autoescape = True
        return render(self, name, **names)

    return careful


def without_scripts(self, path: str) -> None:
    """A file that a learner handed in is shown as it would be on another host: it runs nothing here."""
    self.set_header("Content-Security-Policy", "sandbox; default-src 'none'")
    self.set_header("X-Content-Type-Options", "nosniff")
