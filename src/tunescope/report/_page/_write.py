"""One HTML file out of a study: data as JSON, looks and programs inlined, nothing fetched."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tunescope.errors import StorageError
from tunescope.findings._study import read_study
from tunescope.report._page._bundle import bundle
from tunescope.report._page._json import script_json
from tunescope.report._page._modules import asset, modules
from tunescope.report._page._payload import payload, with_rest
from tunescope.report._page._section import Section, sections
from tunescope.report._page._view import DETAILS, StudyView
from tunescope.storage import write_text

#: Largest page that is written, in bytes: what a mail takes and a phone opens.
MOST_BYTES = 8_000_000
#: Bytes that are kept free for what names the parts of the last data.
_MARGIN = 10_000


def write_report(
    study_dir: Path,
    *,
    out: Path | None = None,
    most_bytes: int = MOST_BYTES,
    shown: Sequence[Section] | None = None,
) -> Path:
    """Write the report page of a study that has run: `study_dir`/report.html.

    The file holds everything it shows and opens from disk without network. A large study is thinned out (fewer
    updates, single seeds, layers), and the page says so.

    Parameters
    ----------
    study_dir : Path
        The folder of the study.
    out : Path, optional
        The folder of the page; that of the study by default. Another one where that cannot be written.
    most_bytes : int
        The largest page that is written, in bytes; 8 MB by default.
    shown : sequence of Section, optional
        The sections; by default all that this package, other packages and this program have.

    Returns
    -------
    Path
        The page.

    Raises
    ------
    StorageError
        The folder holds no study, a table of it is damaged, nothing in it can be shown, or the page cannot be made
        small enough.
    ReportError
        A section from outside is not one.
    """
    study_dir = Path(study_dir)
    study = read_study(study_dir)
    shown = sections() if shown is None else shown
    for detail in DETAILS:
        view = StudyView(study, detail)
        data = payload(view, shown)
        if not data["runs"]:
            raise StorageError(f"{study_dir}: its tables hold no result of an encoder on a task.")
        page = html_page(data, shown=shown)
        size = len(page.encode("utf-8"))
        if size <= most_bytes:
            break
    else:
        most = f"{most_bytes / 1e6:.3g} MB"
        raise StorageError(f"{study_dir}: its report would be larger than {most}; report on fewer runs at a time.")
    # Points come last: what is left of the room is theirs.
    whole = with_rest(data, view, shown, most_bytes - size - _MARGIN)
    if whole is not data:
        page = html_page(whole, shown=shown)
    path = (study_dir if out is None else Path(out)) / "report.html"
    write_text(path, page)
    return path


def html_page(
    data: dict[str, Any],
    template: str = "report.html.j2",
    entry: str = "report.js",
    shown: Sequence[Section] | None = None,
) -> str:
    """The page for `data` (see `payload`), with a policy that lets only its own script and style run."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    script = "\n" + bundle(entry, modules(sections() if shown is None else shown))
    style = "\n" + asset("page.css")
    return environment.from_string(asset(template)).render(
        data=data,
        json=_Verbatim(script_json(data)),
        script=_Verbatim(script),
        style=_Verbatim(style),
        script_hash=_hash(script),
        style_hash=_hash(style),
    )


class _Verbatim(str):
    """Text of our own, or already made safe, that the template must not escape."""

    def __html__(self) -> str:
        return self


def _hash(text: str) -> str:
    """The source expression of a Content-Security-Policy that allows exactly this inline text."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
