"""Every public name says what it takes, gives and is made of, in the one form that the documentation renders."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

import tunescope

numpydoc = pytest.importorskip("numpydoc.docscrape")

ROOT = Path(__file__).parents[1]
NAMES = [name for name in tunescope.__all__ if not name.startswith("__")]
_OTHER_DIALECTS = re.compile(
    r"^\s*(Args|Arguments|Returns|Raises|Yields|Example|Examples|Attributes):\s*$|:param \w+:", re.M
)


def sections(thing):
    return numpydoc.NumpyDocString(inspect.getdoc(thing) or "")


def named(entries):
    return {name.strip().lstrip("*") for entry in entries for name in entry.name.split(",")}


def parameters(function):
    return {name for name in inspect.signature(function).parameters if name not in ("self", "cls")}


@pytest.mark.parametrize("name", [n for n in NAMES if inspect.isfunction(getattr(tunescope, n))])
def test_a_function_tells_each_parameter_and_what_it_returns(name):
    function = getattr(tunescope, name)
    told = sections(function)
    assert parameters(function) - named(told["Parameters"]) - named(told["Other Parameters"]) == set()
    assert all(" ".join(entry.desc).strip() for entry in told["Parameters"])
    if inspect.signature(function).return_annotation not in (None, "None"):
        assert told["Returns"] or told["Yields"]


def fields(cls):
    """The fields of a dataclass or pydantic model that have a word of their own in the source, and all of them."""
    source = inspect.getsource(cls)
    given = [
        name
        for name in getattr(cls, "__dataclass_fields__", None) or getattr(cls, "model_fields", {})
        if not name.startswith("_")
    ]
    told = {name for name in given if re.search(rf'^    {name}: .*(?:\n(?!    \w+:).*)*?\n    """', source, re.M)}
    return told, given


@pytest.mark.parametrize("name", [n for n in NAMES if inspect.isclass(getattr(tunescope, n))])
def test_a_class_tells_its_fields_and_its_methods(name):
    cls = getattr(tunescope, name)
    told = sections(cls)
    in_docstring = named(told["Parameters"]) | named(told["Attributes"])
    described, given = fields(cls)
    inherited = {field for base in cls.__mro__[1:-1] for field in getattr(base, "__dataclass_fields__", {})}
    assert set(given) - described - in_docstring - inherited == set()
    if not given and "__init__" in vars(cls):
        assert parameters(cls.__init__) - in_docstring == set()
    for method, function in vars(cls).items():
        if inspect.isfunction(function) and not method.startswith("_"):
            assert inspect.getdoc(function), f"{name}.{method} says nothing"
            of_method = sections(function)
            if of_method["Parameters"]:
                assert parameters(function) == named(of_method["Parameters"]), f"{name}.{method}"


@pytest.mark.parametrize("path", sorted((ROOT / "src").rglob("*.py")), ids=lambda path: path.stem)
def test_one_dialect(path):
    found = _OTHER_DIALECTS.search(path.read_text(encoding="utf-8"))
    assert found is None, f"{path.name}: {found.group().strip()} is not a section as NumPy writes it"


def test_the_page_of_the_api_has_every_public_name_and_no_other():
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    shown = re.findall(r"^::: tunescope\.\w+\.(\w+)$", page, re.M)
    assert sorted(shown) == sorted(set(shown))
    assert set(shown) == set(NAMES)
