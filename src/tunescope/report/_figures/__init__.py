"""Figures and tables for papers: one figure a file, drawn from what the findings hold."""

from tunescope.report._figures._write import write_figures

__all__ = ["write_figures"]
