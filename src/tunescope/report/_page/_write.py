"""One HTML file out of a study: data as JSON, looks and programs inlined, nothing fetched."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Any

from tunescope.errors import StorageError
from tunescope.findings import find_runs
from tunescope.findings._study import read_study
from tunescope.report._page._bundle import asset, bundle
from tunescope.report._page._json import script_json
from tunescope.report._page._payload import DETAILS, payload
from tunescope.report._points import Points, embedded
from tunescope.storage import write_text

#: Largest page that is written, in bytes: what a mail takes and a phone opens.
MOST_BYTES = 8_000_000
#: Of these, at most so many for the points themselves.
MOST_POINT_BYTES = 5_000_000


def write_report(study_dir: Path) -> Path:
    """Write the report page of a study that has run: `study_dir`/report.html.

    The file holds everything it shows and opens from disk without network; it is at most 8 MB. A large study
    is thinned out (fewer updates, single seeds, layers), and the page says so.

    Returns:
        The path of the page.

    Raises:
        StorageError: the folder holds no study, a table of it is damaged, or nothing in it can be shown.
    """
    study_dir = Path(study_dir)
    study = read_study(study_dir)
    for detail in DETAILS:
        data = payload(study, detail)
        if not data["runs"]:
            raise StorageError(f"{study_dir}: its tables hold no result of an encoder on a task.")
        page = html_page(data)
        size = len(page.encode("utf-8"))
        if size <= MOST_BYTES:
            break
    else:
        raise StorageError(f"{study_dir}: its report would be larger than 8 MB; report on fewer runs at a time.")
    # Points come last: what is left of the room is theirs, up to a size that a phone decodes at once.
    explorer = embedded(Points(study_dir), find_runs(study), min(MOST_BYTES - size - 10_000, MOST_POINT_BYTES))
    if explorer is not None:
        page = html_page({**data, "explorer": explorer})
    path = study_dir / "report.html"
    write_text(path, page)
    return path


def html_page(data: dict[str, Any], template: str = "report.html.j2", entry: str = "report.js") -> str:
    """The page for `data` (see `payload`), with a policy that lets only its own script and style run."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    script = "\n" + bundle(entry)
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
