"""`%load_ext course_utils.zh` is `%load_ext course_utils`, and the course speaks Chinese."""

from . import load_ipython_extension as load_course
from .language import speak


def load_ipython_extension(ipython) -> None:
    """Speak Chinese, and load the course."""
    speak("zh_CN")
    load_course(ipython)
