"""Formulas, runs and numbers, shown.

latex          the course's notation (matrix_latex: of matrices)
given          what may be drawn
picture        a figure that carries its alt text and its numbers
plots          data in, a picture out (bars: how often what happened)
rows           several plots side by side
contours       a function of two knobs, and arrows on it
graph          the computation graph, still or while training goes through it (places: of its symbols)
network        neurons layer by layer, and the paths through them
surfaces       the loss over two parameters
panels, curves, knobs, momentum, scores, windows   pictures that move under an explorer's slider
words          arrays in, a sentence out
predictions    what stands over a folded answer
arithmetic     sentences that compute with the digits that they show
"""

from .bars import bars
from .contours import contours
from .graph import GraphPicture, computation_graph
from .latex import chain, latex, link, load_ipython_extension, system
from .network import network
from .picture import LivePicture, Picture
from .plots import counts_table, final_loss, images, loss_surface, plot
from .predictions import cover
from .rows import side_by_side
from .words import fate, regime, settled

__all__ = [
    "GraphPicture",
    "LivePicture",
    "Picture",
    "bars",
    "chain",
    "computation_graph",
    "contours",
    "counts_table",
    "cover",
    "fate",
    "final_loss",
    "images",
    "latex",
    "link",
    "load_ipython_extension",
    "loss_surface",
    "network",
    "plot",
    "regime",
    "settled",
    "side_by_side",
    "system",
]
