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


MOST_BYTES = 1 << 20
"""Largest study file: 1 MiB."""
MOST_VALUES = 20_000
"""Most values of a study file, those counted again that an alias repeats."""
MOST_DEPTH = 30
"""How deep the values of a study file may be nested."""


def read_document(path: Path) -> Document:
    """Read a YAML file that holds one mapping.

    Parameters
    ----------
    path : Path
        The file, of at most 1 MiB, 20,000 values and 30 levels.

    Raises
    ------
    StudyError
        The file is missing, no regular file, too large or too deep, is not YAML, holds a key twice, a value that
        cannot be, or no mapping.
    """
    import yaml

    from tunescope.storage import read_regular

    try:
        text = read_regular(path, MOST_BYTES, StudyError).decode("utf-8-sig")
    except FileNotFoundError as error:
        raise StudyError(f"{path}: there is no such study file") from error
    except UnicodeDecodeError as error:
        raise StudyError(f"{path}: cannot be read as a study: {error}") from error
    loader = None
    try:
        _refuse_deep(path, text)
        loader = yaml.SafeLoader(text)
        root = loader.get_single_node()
        if not isinstance(root, yaml.MappingNode):
            raise StudyError(f"{path}:1: a study is a mapping (`name: ...`, `encoders: ...`), this file holds none")
        reading = _Reading(str(path), loader)
        content = reading.value(root, ())
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark is not None else ""
        if isinstance(error, yaml.reader.ReaderError) and isinstance(error.position, int):
            line = f":{text.count(chr(10), 0, error.position) + 1}"
        why = getattr(error, "problem", None) or getattr(error, "reason", None) or error
        raise StudyError(f"{path}{line}: is not YAML: {why}") from error
    finally:
        if loader is not None:
            loader.dispose()
    return Document(str(path), content, reading.lines, text)


def _refuse_deep(path: Path, text: str) -> None:
    """Refuse what is nested too deep before anything is built of it."""
    import yaml

    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MOST_DEPTH:
                raise _deep(path, event.start_mark.line + 1 if event.start_mark else 1)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _deep(path: Path | str, line: int) -> StudyError:
    return StudyError(f"{path}:{line}: values are nested deeper than {MOST_DEPTH} levels; no setting is")


class _Reading:
    """Builds the plain values of a document's nodes and notes the line of each."""

    def __init__(self, source: str, loader: Any) -> None:
        self.source = source
        self.lines: dict[Place, int] = {(): 1}
        self._loader = loader
        self._left = MOST_VALUES

    def value(self, node: Any, place: Place) -> Any:
        """The value of a node; `place` leads to it."""
        import yaml

        line = node.start_mark.line + 1
        self.lines.setdefault(place, line)
        self._left -= 1
        if self._left < 0:
            raise StudyError(f"{self.source}:{line}: holds more than {MOST_VALUES:,} values (aliases repeat theirs)")
        if len(place) > MOST_DEPTH:  # an alias that holds itself
            raise _deep(self.source, line)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, place)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*place, index)) for index, item in enumerate(node.value)]
        return self._scalar(node)

    def _mapping(self, node: Any, place: Place) -> dict[str, Any]:
        import yaml

        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            key = self._scalar(key_node) if isinstance(key_node, yaml.ScalarNode) else None
            if not isinstance(key, str):
                said = repr(key_node.value) if isinstance(key_node, yaml.ScalarNode) else "a list or a mapping"
                raise StudyError(f"{self.source}:{line}: {said} is no name of a setting; put it in quotes if it is one")
            if key in found:
                first = self.lines[(*place, key)]
                raise StudyError(f"{self.source}:{line}: {key!r} is set a second time (first in line {first})")
            self.lines[(*place, key)] = line
            found[key] = self.value(value_node, (*place, key))
        return found

    def _scalar(self, node: Any) -> Any:
        """A single value; what YAML's own constructors raise is an error of the file's line."""
        import yaml

        try:
            return self._loader.construct_object(node, deep=True)
        except yaml.YAMLError:
            raise
        except Exception as error:  # a date that is none, a number of thousands of digits, a tag that lies
            line = node.start_mark.line + 1
            said = str(node.value)
            raise StudyError(
                f"{self.source}:{line}: {said[:40]!r}{'…' if len(said) > 40 else ''} cannot be read: {error}; "
                "put it in quotes if it is text"
            ) from error
