"""Every weight is trained: fine-tuning as the paper does it."""

from __future__ import annotations

from typing import ClassVar

from tunescope.finetuning._methods.method import Method


class Full(Method):
    """Train every weight of the encoder and the head."""

    name: ClassVar[str] = "full"
    title: ClassVar[str] = "every weight"
    source: ClassVar[str] = "Zhou and Srikumar, ACL 2022, section 4"
