"""The page's programs, one module a file, put together into one script."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from pathlib import PurePosixPath

_IMPORT = re.compile(r'^import \{([^}]*)\} from "(\.{1,2}/[^"]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?function |const |class )", re.MULTILINE)
_EXPORTED = re.compile(r"^export (?:async )?(?:function|const|class) (\w+)", re.MULTILINE)


@cache
def asset(path: str) -> str:
    """The text of a file in report/assets."""
    return files("tunescope.report").joinpath("assets", *PurePosixPath(path).parts).read_text(encoding="utf-8")


@cache
def bundle(entry: str) -> str:
    """One classic script of the module `entry` (a path in report/assets) and all that it imports.

    A page that is opened from disk cannot import modules, so each becomes a function that runs once, in the
    order of their imports, and returns what it exports. Modules may import by name and export declarations;
    nothing else of the module syntax is understood, and a cycle is an error.

    Raises:
        ValueError: modules import each other in a circle, or import what is not exported.
    """
    order: list[str] = []
    exports: dict[str, list[str]] = {}

    def visit(path: str, above: tuple[str, ...]) -> None:
        if path in above:
            raise ValueError(f"modules import each other in a circle: {' → '.join((*above, path))}")
        if path in order:
            return
        text = asset(path)
        exports[path] = _EXPORTED.findall(text)
        for names, target in _IMPORT.findall(text):
            found = _resolve(path, target)
            visit(found, (*above, path))
            absent = [name for name in _names(names) if name not in exports[found]]
            if absent:
                raise ValueError(f"{path} imports {', '.join(absent)}, which {found} does not export")
        order.append(path)

    visit(entry, ())
    parts = ['"use strict";', "(() => {"]
    for path in order:
        text = _IMPORT.sub(
            lambda match, path=path: f"const {{{match[1]}}} = {_variable(_resolve(path, match[2]))};\n",  # type: ignore[misc]
            asset(path),
        )
        body = _EXPORT.sub("", text)
        parts += [
            f"// {path}",
            f"const {_variable(path)} = (() => {{",
            body.rstrip(),
            f"return {{{', '.join(exports[path])}}};",
            "})();",
        ]
    return "\n".join([*parts, "})();", ""])


def _names(listed: str) -> list[str]:
    return [name.strip() for name in listed.split(",") if name.strip()]


def _resolve(path: str, target: str) -> str:
    """`../core/dom.js` seen from `charts/lines.js` is `core/dom.js`."""
    parts: list[str] = list(PurePosixPath(path).parent.parts)
    for part in PurePosixPath(target).parts:
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def _variable(path: str) -> str:
    return "$" + re.sub(r"\W", "_", path.removesuffix(".js"))
