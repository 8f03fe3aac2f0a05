"""The explorer: the points themselves, served to a browser on this machine or put into the report page."""

from tunescope.report._explorer._server import ExplorerServer, serve_explorer

__all__ = ["ExplorerServer", "serve_explorer"]
