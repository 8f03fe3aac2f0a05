"""The modules of a page by path: the package's own files, the scripts of sections, and what is generated."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path, PurePosixPath

from tunescope.errors import ReportError
from tunescope.records import for_javascript
from tunescope.report._page._section import Section, sections
from tunescope.storage import write_text

#: Modules that no file holds: the list of sections, and the names of the stored form.
GENERATED = ("sections.js", "core/names.js")


@cache
def asset(path: str) -> str:
    """The text of a file in report/assets."""
    return files("tunescope.report").joinpath("assets", *PurePosixPath(path).parts).read_text(encoding="utf-8")


def modules(shown: Sequence[Section]) -> Callable[[str], str]:
    """The text of the module at a path, for `bundle`.

    Parameters
    ----------
    shown : sequence of Section
        The sections of the page, in its order.

    Returns
    -------
    callable
        Of a path: `sections/x.js` is the script of the section x, `sections.js` the list of all sections,
        `core/names.js` the names of the stored form, and everything else a file in report/assets.
    """
    scripts = {f"sections/{one.name}.js": one for one in shown}
    generated = {"sections.js": list_of(shown), "core/names.js": constants(for_javascript())}

    def module(path: str) -> str:
        if path in generated:
            return generated[path]
        if path in scripts:
            return scripts[path].script_text()
        try:
            return asset(path)
        except OSError as error:
            raise ReportError(f"a page has no module {path}.") from error

    return module


def list_of(shown: Sequence[Section]) -> str:
    """The module that lists the sections, with the titles and order that their classes have."""
    head = [f'import {{ draw as draw{at} }} from "./sections/{one.name}.js";' for at, one in enumerate(shown)]
    rows = [
        f"  {{ name: {_text(one.name)}, title: {_text(one.title)}, draw: draw{at} }}," for at, one in enumerate(shown)
    ]
    return "\n".join(
        ["// The sections of the page in their order.", "", *head, "", "export const SECTIONS = [", *rows, "];", ""]
    )


def write_modules(folder: Path) -> list[Path]:
    """Write all modules of the package's own pages under their paths, as checkers and tests of JavaScript read them.

    Parameters
    ----------
    folder : Path
        Where to write them.

    Returns
    -------
    list of Path
        The files.
    """
    shown = [one for one in sections() if type(one).__module__.startswith("tunescope.")]
    module = modules(shown)
    assets = files("tunescope.report").joinpath("assets")
    paths = [*_scripts(assets), *GENERATED, *(f"sections/{one.name}.js" for one in shown)]
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        write_text(folder / path, module(path))
    return [folder / path for path in paths]


def _scripts(folder: object, above: str = "") -> list[str]:
    """Paths of all scripts in a folder of the package."""
    found: list[str] = []
    for one in sorted(folder.iterdir(), key=lambda one: one.name):  # type: ignore[attr-defined]
        if one.is_dir():
            found += _scripts(one, f"{above}{one.name}/")
        elif one.name.endswith(".js"):
            found.append(f"{above}{one.name}")
    return found


def constants(values: Mapping[str, object]) -> str:
    """A module that exports each of these values as a constant of its name."""
    lines = (f"export const {name} = {_text(value)};" for name, value in values.items())
    return "\n".join(["// Names of the stored form, as `tunescope.records` defines them.", "", *lines, ""])


def _text(value: object) -> str:
    """JSON that is also JavaScript, and ends no script element."""
    return json.dumps(value, ensure_ascii=True).replace("<", "\\u003c")
