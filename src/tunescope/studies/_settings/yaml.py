"""YAML with the line of every value, so that an error can say where it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tunescope.errors import StudyError

Place = tuple["str | int", ...]
"""Where a value is in the document: the keys and indices that lead to it."""


@dataclass(frozen=True)
class Document:
    """A YAML file: its content, and the line of every value in it."""

    source: str
    """The name of the file as it is written in messages."""
    content: dict[str, Any]
    lines: dict[Place, int] = field(repr=False)
    """1-based line of every key and item; the empty place is the whole document."""
    text: str = field(default="", repr=False)
    """The file as it was read."""

    def where(self, place: Place) -> str:
        """`file:line` of a value, or of the nearest thing around it that the file has."""
        for length in range(len(place), -1, -1):
            if place[:length] in self.lines:
                return f"{self.source}:{self.lines[place[:length]]}"
        return self.source


def read_document(path: Path) -> Document:
    """Read a YAML file that holds one mapping.

    Parameters
    ----------
    path : Path
        The file.

    Raises
    ------
    StudyError
        The file is missing, is not YAML, holds a key twice or is no mapping.
    """
    import yaml

    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise StudyError(f"{path}: there is no such study file") from error
    except (OSError, UnicodeDecodeError) as error:
        raise StudyError(f"{path}: cannot be read as a study: {error}") from error
    loader = yaml.SafeLoader(text)
    try:
        root = loader.get_single_node()
        if not isinstance(root, yaml.MappingNode):
            raise StudyError(f"{path}:1: a study is a mapping (`name: ...`, `encoders: ...`), this file holds none")
        lines: dict[Place, int] = {(): 1}
        content = _value(root, (), lines, str(path), loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark is not None else ""
        raise StudyError(f"{path}{line}: is not YAML: {getattr(error, 'problem', None) or error}") from error
    finally:
        loader.dispose()
    return Document(str(path), content, lines, text)


def _value(node: Any, place: Place, lines: dict[Place, int], source: str, loader: Any) -> Any:
    """Build the plain value of a YAML node and note the line of each part."""
    import yaml

    lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        found: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = loader.construct_object(key_node, deep=True)
            line = key_node.start_mark.line + 1
            if not isinstance(key, str):
                raise StudyError(f"{source}:{line}: {key!r} is no name of a setting; put it in quotes if it is one")
            if key in found:
                raise StudyError(
                    f"{source}:{line}: {key!r} is set a second time (first in line {lines[(*place, key)]})"
                )
            lines[(*place, key)] = line
            found[key] = _value(value_node, (*place, key), lines, source, loader)
        return found
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*place, index), lines, source, loader) for index, item in enumerate(node.value)]
    return loader.construct_object(node, deep=True)
