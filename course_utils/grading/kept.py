"""What nbgrader does again for each submission or each of its cells, done once."""

import json
from functools import cache

from nbformat import NotebookNode
from nbformat.v4 import new_notebook
from nbgrader import api
from nbgrader.api import Gradebook
from nbgrader.preprocessors import CheckCellMetadata, SaveAutoGrades

from .assembly import label

# nbgrader opens the gradebook ten times for a submission, and with a new engine SQLAlchemy writes each
# statement anew. (Closing a gradebook gives its connections back, as before.)
api.create_engine = cache(api.create_engine)


class CheckLabels(CheckCellMetadata):
    """nbgrader's check of the cells' labels, for those that have not passed it yet."""

    passed: frozenset[str] = frozenset()

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """The notebook as it is. Raises ValidationError for a label that nbgrader cannot read."""
        labels = {json.dumps(label(cell), sort_keys=True): cell for cell in nb.cells}
        fresh = [cell for written, cell in labels.items() if written not in CheckLabels.passed]
        super().preprocess(new_notebook(cells=fresh), resources)
        CheckLabels.passed |= labels.keys()
        return nb, resources


class SaveTogether(SaveAutoGrades):
    """nbgrader's step that enters scores and comments: all of a notebook's at once, or none."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """The notebook as it is. Raises MissingEntry for a cell that the gradebook does not know."""
        asked = resources["nbgrader"]
        self.student_id, self.assignment_id = asked["student"], asked["assignment"]
        self.notebook_id = asked["notebook"]
        with Gradebook(asked["db_url"]) as self.gradebook:
            database = self.gradebook.db
            enter, database.commit = database.commit, database.flush  # what nbgrader calls behind each cell
            for place, cell in enumerate(nb.cells):
                self.preprocess_cell(cell, resources, place)
            enter()
        return nb, resources
