"""STIR: whether points that one space takes for the same are the same to the other.

The original inverts the first model by gradients. Here, as in later work, a point stands for its inverse: the nearest
other point of the first space. CKA is the unbiased one, over all points instead of random halves. A space beside
itself does not reach 1, hence its share of that ceiling.
"""

from __future__ import annotations

import math

from tunescope.geometry._measures.measure import ComparisonMeasure, Value
from tunescope.geometry._measures.neighbours import sampled
from tunescope.geometry._measures.of_two.cka import CKA
from tunescope.geometry._measures.space import Space


class STIR(ComparisonMeasure):
    """CKA of the second space's points with the second space's view of each one's nearest in the first."""

    name = "stir"
    title = "Shared invariances (STIR, without inversion)"
    range = (float("-inf"), float("inf"))
    direction = "up"
    towards = "alike in what is taken for the same"
    invariant_to = ("rotation", "shift", "scale")
    needs = frozenset({"vectors"})
    source = "Nanda et al., Measuring representational robustness, ICML 2022; own form, see docs/measures.md"
    null = "independent-rows"
    settings = ("second given first", "second given first, of its ceiling", "first given second",
                "first given second, of its ceiling")  # fmt: skip

    def compute(self, first: Space, second: Space, setting: str) -> Value:
        """Of its ceiling: over the value of the judged space beside itself."""
        n = len(first)
        if n < 5:
            return Value.undefined("fewer than five points", n)
        given, judge = (second, first) if setting.startswith("first") else (first, second)
        value = _stir(given, judge)
        if math.isnan(value):
            return Value.undefined("the points of a space do not differ enough", n)
        if setting.endswith("ceiling"):
            ceiling = _stir(judge, judge)
            if not ceiling > 0:
                return Value.undefined("the space shares nothing with itself", n)
            value /= ceiling
        return Value(value, n=n, note=sampled(n))


def _stir(given: Space, judge: Space) -> float:
    near = given.neighbours
    return CKA().compute(judge.take(near.asked), judge.take(near.rows[:, 0]), "").value
