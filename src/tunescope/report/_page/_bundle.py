"""A page's programs, one module a file, put together into one script."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import PurePosixPath

from tunescope.errors import ReportError

_IMPORT = re.compile(r'^import \{([^}]*)\} from "(\.{1,2}/[^"]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?function |const |class )", re.MULTILINE)
_EXPORTED = re.compile(r"^export (?:async )?(?:function|const|class) (\w+)", re.MULTILINE)
_NOT_UNDERSTOOD = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)
#: What would end or hide the script inside a page.
_MARKUP = re.compile(r"</script|<!--|<script", re.IGNORECASE)


def bundle(entry: str, module: Callable[[str], str]) -> str:
    """One classic script of the module `entry` and all that it imports.

    A page that is opened from disk cannot import modules, so each becomes a function that runs once, in the
    order of their imports, and returns what it exports. Modules may import by name and export declarations;
    nothing else of the module syntax is understood, and a cycle is an error.

    Parameters
    ----------
    entry : str
        The path of the module to begin with, such as "report.js".
    module : callable
        Gives the text of the module at a path.

    Returns
    -------
    str
        The script.

    Raises
    ------
    ReportError
        Modules import each other in a circle, import what is not exported, use other module syntax, or hold text
        that would end the script inside a page.
    """
    order: list[str] = []
    texts: dict[str, str] = {}
    exports: dict[str, list[str]] = {}

    def visit(path: str, above: tuple[str, ...]) -> None:
        if path in above:
            raise ReportError(f"modules import each other in a circle: {' → '.join((*above, path))}.")
        if path in order:
            return
        texts[path] = text = module(path)
        exports[path] = _EXPORTED.findall(text)
        for names, target in _IMPORT.findall(text):
            found = _resolve(path, target)
            visit(found, (*above, path))
            absent = [name for name in _names(names) if name not in exports[found]]
            if absent:
                raise ReportError(f"{path} imports {', '.join(absent)}, which {found} does not export.")
        order.append(path)

    visit(entry, ())
    parts = ['"use strict";', "(() => {"]
    for path in order:
        parts += [
            f"// {path}",
            f"const {_variable(path)} = (() => {{",
            _body(path, texts[path]),
            f"return {{{', '.join(exports[path])}}};",
            "})();",
        ]
    return "\n".join([*parts, "})();", ""])


def _body(path: str, text: str) -> str:
    """A module's text with its imports turned into variables and its exports into plain declarations."""

    def fetch(match: re.Match[str]) -> str:
        return f"const {{{match[1].replace(' as ', ': ')}}} = {_variable(_resolve(path, match[2]))};\n"

    body = _EXPORT.sub("", _IMPORT.sub(fetch, text)).rstrip()
    left = _NOT_UNDERSTOOD.search(body)
    if left:
        raise ReportError(
            f"{path}: {left[0].strip()!r} is not understood; modules of a page import `{{ names }}` from paths that "
            "begin with ./ or ../, one line each, and export functions, constants and classes."
        )
    markup = _MARKUP.search(body)
    if markup:
        raise ReportError(f"{path}: holds {markup[0]!r}, which would end or hide the script inside a page.")
    return body


def _names(listed: str) -> list[str]:
    """The names that are asked for, before any `as`."""
    return [name.split(" as ")[0].strip() for name in listed.split(",") if name.strip()]


def _resolve(path: str, target: str) -> str:
    """`../core/dom.js` seen from `charts/lines.js` is `core/dom.js`."""
    parts: list[str] = list(PurePosixPath(path).parent.parts)
    for part in PurePosixPath(target).parts:
        if part == "..":
            if not parts:
                raise ReportError(f"{path} imports {target}, which lies outside of the page's modules.")
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def _variable(path: str) -> str:
    return "$" + re.sub(r"\W", "_", path.removesuffix(".js"))
