"""``python -m benchmarks``: list the measurements; ``python -m benchmarks NAME [options]``: run one of them."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from pathlib import Path

HERE = Path(__file__).parent
SHARED = {"data"}
"""Modules that hold what the measurements share, and measure nothing."""


def names() -> list[str]:
    return sorted(
        m.name for m in pkgutil.iter_modules([str(HERE)]) if not m.name.startswith("_") and m.name not in SHARED
    )


def main(arguments: list[str]) -> int:
    if not arguments or arguments[0] in {"-h", "--help"}:
        print(__doc__)
        for name in names():
            about = (importlib.import_module(f"benchmarks.{name}").__doc__ or "").strip().splitlines()[0]
            print(f"  {name:18s} {about}")
        return 0
    name, *rest = arguments
    if name not in names():
        print(f"There is no measurement {name!r}. There are: {', '.join(names())}.", file=sys.stderr)
        return 2
    module = importlib.import_module(f"benchmarks.{name}")
    return int(module.main(rest) or 0)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
