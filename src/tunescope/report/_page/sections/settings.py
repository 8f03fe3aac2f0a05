"""Settings, seeds and versions."""

from __future__ import annotations

from typing import Any

from tunescope.report._page._section import Section
from tunescope.report._page._view import StudyView

#: Settings deeper or longer than this are cut: they are for reading.
MOST_ENTRIES = 400


class SettingsSection(Section):
    """What the numbers rest on."""

    name = "settings"
    title = "Settings, seeds and versions"
    order = 150

    def of_study(self, view: StudyView) -> dict[str, Any]:
        """Settings, versions and notes as they were stored, without the list of units."""
        left = {key: value for key, value in view.study.settings.items() if key not in ("units", "tasks", "name")}
        versions, notes = left.pop("versions", None), left.pop("notes", None)
        return {
            "versions": versions if isinstance(versions, dict) else None,
            "settings": flat(left)[:MOST_ENTRIES],
            "notes": [str(note) for note in notes] if isinstance(notes, list) else [],
            "finished": left.get("finished"),
        }


def flat(value: Any, name: str = "") -> list[tuple[str, str]]:
    """Nested settings as (dotted name, text) pairs."""
    if isinstance(value, dict):
        return [entry for key, item in value.items() for entry in flat(item, f"{name}.{key}" if name else str(key))]
    if isinstance(value, list) and any(isinstance(item, (dict, list)) for item in value):
        return [entry for index, item in enumerate(value) for entry in flat(item, f"{name}[{index}]")]
    if isinstance(value, list):
        return [(name, ", ".join(map(str, value)))] if value else []
    return [(name, str(value))] if value is not None and value != "" else []
