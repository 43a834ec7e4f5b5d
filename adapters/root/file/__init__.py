"""Reading ROOT files without ROOT: objects by their streamer infos, RooFit's by hand.

Nothing here knows what a density means: a file becomes plain objects, a workspace a graph of them.

::

    file = open_root("workspace.root")   # keys: name, class, cycle
    graph = file.workspace()             # nodes, data, snapshots, sets, configurations
    gauss = graph.nodes["gauss"]         # a RootObject
    gauss.proxy("mean")                  # the node that its mean is
"""

from __future__ import annotations

from .dataset import Dataset, Histogram
from .graph import WorkspaceGraph
from .objects import RootObject
from .source import Key, RootFile, open_root
from .variables import Binning, Category, Variable, binning_of, category, is_category, variable

__all__ = [
    "Binning",
    "Category",
    "Dataset",
    "Histogram",
    "Key",
    "RootFile",
    "RootObject",
    "Variable",
    "WorkspaceGraph",
    "binning_of",
    "category",
    "is_category",
    "open_root",
    "variable",
]
