"""What stands over the answer to a prediction, while it is folded.

JupyterLab shows the first line of what is folded. So what a cell shows begins with a cover, if the cell's
first line ends with a mark, and the answer stays hidden. A text that answers begins with WORDS: running it
opens it.
"""

from IPython.display import display

from ..language import later, say

MARK = "# predict first"  # on a cell that answers a prediction
NEXT = "# after the cells above"  # on one that goes on from an answer
COVER = later("<!-- Make your prediction. Then open this, or run the cell. -->")
COVERS = {MARK: COVER, NEXT: later("<!-- Run the cells above first, then this one. -->")}
WORDS = later("<!-- Run this cell too, and read on. -->")


def cover(cell) -> None:
    """Put a cover in front of what a cell shows, if it asks for one. cell: IPython's, before it runs."""
    if text := cover_of(cell.raw_cell):
        display({"text/html": say(text)}, raw=True)


def cover_of(source: str) -> str | None:
    """What is to stand over the folded output of a cell with this source, if it is to be folded."""
    first = source.partition("\n")[0]
    return next((text for mark, text in COVERS.items() if first.endswith(mark)), None)
