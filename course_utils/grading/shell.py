"""An IPython shell without a kernel: it runs cells, magics and all, and keeps what they show."""

import io
from contextlib import redirect_stderr, redirect_stdout

from IPython.core.displayhook import DisplayHook
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets.config import Config


class Keep(DisplayHook):
    """Keeps the value of a cell's last line, in all its formats (a MIME bundle), and as `_` and `Out`."""

    def __call__(self, result=None):
        """Take the value that a cell ends with; None and what ends with a semicolon show nothing."""
        if result is not None and not self.quiet():
            self.update_user_ns(result)
            self.fill_exec_result(result)
            if self.shell.shows:
                bundle, _ = self.compute_format_data(result)
                self.shell.kept.append(bundle)


class QuietShell(InteractiveShell):
    """Writes nothing. shows: whether the value of a cell is kept, as it would be shown."""

    displayhook_class = Keep
    shows = True

    def __init__(self, **settings):
        self.kept = []
        config = Config({"HistoryManager": {"enabled": False}})
        super().__init__(config=config, colors="NoColor", xmode="Minimal", **settings)

    def enable_gui(self, gui=None):
        """No window opens here. `%matplotlib inline` asks for this, and has to go on."""

    def run(self, source: str):
        """IPython's result of a cell, what it printed, and what it displayed (MIME bundles).

        The result's `result` is the value of the last line.
        """
        self.kept, spare = [], io.StringIO()
        with redirect_stdout(spare), redirect_stderr(spare), capture_output() as shown:
            result = self.run_cell(source, store_history=True)
        return result, shown.stdout, [*(output.data for output in shown.outputs), *self.kept]
