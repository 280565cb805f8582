"""What stands over the answer to a prediction, while it is folded.

JupyterLab shows the first line of what is folded. So what a cell shows begins with COVER, if the cell's first
line ends with MARK, and the answer stays hidden. A text that answers begins with WORDS: running it opens it.
"""

from IPython.display import display

from ..language import later, say

MARK = "# predict first"
COVER = later("<!-- Make your prediction. Then open this, or run the cell. -->")
WORDS = later("<!-- Run this cell too, and read on. -->")


def cover(cell) -> None:
    """Put COVER in front of what a cell shows, if it asks for that. cell: IPython's, before it runs."""
    if cell.raw_cell.partition("\n")[0].endswith(MARK):
        display({"text/html": say(COVER)}, raw=True)
