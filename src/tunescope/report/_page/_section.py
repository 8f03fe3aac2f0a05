"""A section of the page: the Python half of it, and how all sections are found."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any, ClassVar

from tunescope._additions import discover
from tunescope.errors import ReportError
from tunescope.report._page._view import RunView, StudyView

#: Other packages name modules that hold sections under this group of entry points.
GROUP = "tunescope.sections"

_registered: dict[str, type[Section]] = {}


class Section:
    """One section of the report page; a subclass is one, wherever it is written.

    A section is two files side by side, `x.py` and `x.js`. The class gives plain data, the script draws them. The
    script is a module that exports

    ``draw({ run, study }, app)``
        `run` and `study` are what `of_run` and `of_study` returned (`study` may come from `of_rest` as well; null
        where nothing was). It returns null for nothing, or `{ lead, title, body }`: a sentence under the title, a
        title other than that of the class, both optional, and elements. `app` has the whole page (`data`), the
        chosen `run`, and `store`, `on`, `localOf` for what the reader chooses.

    Its place among the page's modules is `sections/x.js`, so it imports `../core/dom.js`, `../charts/lines.js` and
    the like. A page shows the section of a run for which there are data.

    Examples
    --------
    >>> class Sizes(Section):
    ...     name, title, order = "sizes", "How large is it?", 200
    ...
    ...     def of_run(self, view):
    ...         return {"layers": len(view.run.layers)}
    >>> sections()[-1].name
    'sizes'
    >>> forget("sizes")
    """

    name: ClassVar[str]
    """Its name in data and address: small letters, digits and hyphens."""
    title: ClassVar[str]
    order: ClassVar[float]
    """Smaller numbers come first; the package's own are tens from 0 (the answer) to 150 (the settings)."""
    script: ClassVar[Path | None] = None
    """The script; None for the file beside the class's own, with the suffix .js."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "name" not in cls.__dict__:  # something that sections share
            return
        missing = [field for field in ("title", "order") if not hasattr(cls, field)]
        if missing or not re.fullmatch(r"[a-z][a-z0-9-]*", cls.name):
            wrong = f"has no {' and no '.join(missing)}" if missing else f"has the name {cls.name!r}"
            raise ReportError(
                f"{cls.__module__}.{cls.__qualname__}: a section {wrong}. It needs a name of small letters, digits "
                "and hyphens, a title and an order."
            )
        there = _registered.get(cls.name)
        if there is not None and (there.__module__, there.__qualname__) != (cls.__module__, cls.__qualname__):
            raise ReportError(
                f"{cls.__module__}.{cls.__qualname__}: the name {cls.name!r} is taken by the section "
                f"{there.__module__}.{there.__qualname__}."
            )
        _registered[cls.name] = cls

    def of_run(self, view: RunView) -> Any:
        """What one run has to show.

        Parameters
        ----------
        view : RunView
            The run, its study, and how much of it the page may hold.

        Returns
        -------
        JSON or None
            Numbers, text, lists, mappings, arrays of numpy; None, or anything empty, for nothing.
        """
        return None

    def of_study(self, view: StudyView) -> Any:
        """What the study as a whole has to show, as `of_run`."""
        return None

    def of_rest(self, view: StudyView, room: int) -> Any:
        """What the study has to show in the room that all other data left: `room` bytes, as `of_run`."""
        return None

    @classmethod
    def script_text(cls) -> str:
        """The text of its script.

        Raises
        ------
        ReportError
            There is no such file, or it is not UTF-8.
        """
        path = cls.script or Path(inspect.getfile(cls)).with_suffix(".js")
        try:
            return Path(path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ReportError(f"{path}: the script of the section {cls.name!r} cannot be read ({error}).") from error


def sections() -> tuple[Section, ...]:
    """All sections in the order of the page: of this package, of other packages, and of this program.

    Raises
    ------
    ReportError
        A package names a module that cannot be imported.
    """
    discover("tunescope.report._page.sections", GROUP, "section", ReportError)
    return tuple(one() for one in sorted(_registered.values(), key=lambda one: (one.order, one.name)))


def forget(name: str) -> None:
    """Take a section out of the page for the rest of this program."""
    _registered.pop(name, None)
