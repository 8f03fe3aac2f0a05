"""The explorer: the points of a study, in a browser on this machine."""

from tunescope.report._explorer._serve import serve_explorer
from tunescope.report._explorer._server import ExplorerServer

__all__ = ["ExplorerServer", "serve_explorer"]
