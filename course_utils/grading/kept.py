"""What nbgrader works out again for each submission, worked out once: it is the same for a whole class."""

import json
from functools import cache

from nbformat import NotebookNode
from nbformat.v4 import new_notebook
from nbgrader import api
from nbgrader.preprocessors import CheckCellMetadata

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
