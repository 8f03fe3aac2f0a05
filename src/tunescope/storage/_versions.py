"""What a result was made with: versions and platform, found without importing anything heavy."""

from __future__ import annotations

import importlib.metadata
import platform

RECORDED = (
    "tunescope",
    "torch",
    "numpy",
    "scipy",
    "scikit-learn",
    "transformers",
    "tokenizers",
    "numba",
    "pandas",
)
"""The distributions whose versions can change a result."""


def versions() -> dict[str, str]:
    """The versions of Python and of every installed distribution that can change a result."""
    found = {"python": platform.python_version()}
    for name in RECORDED:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def platform_name() -> str:
    """The operating system, its version and the kind of processor, in one line."""
    return platform.platform()
