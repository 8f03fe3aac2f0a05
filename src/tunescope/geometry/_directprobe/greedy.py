"""The greedy rule of DirectProbe, exactly, without the work that its answer does not need.

Rule ([DP], section 3; ties are broken by the order of the points, see ``canonical_order``): every point is a
cluster; the two clusters of one label with the closest centres merge unless the hull of their union meets the
hull of a current cluster of another label, in which case the pair is rejected for good; until no pair is left.

What is not done:

* labels whose hulls are apart as wholes never reject each other's merges, so they are not looked at;
* a union is compared with another label as a whole first: a hyperplane that clears the whole label clears all
  of its clusters, now and later, and survives merges that respect it;
* two sets with no more than rank + 1 points together never meet when the points are in general position. That
  is *assumed* on the way and *checked* at the end: the final clusters contain all earlier ones, so when no two of
  them meet, no earlier two met. Where the check fails, the rule is run again without the assumption for those
  labels;
* a pair that was rejected stays rejected when its clusters grow, with the same witness.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from tunescope.geometry._directprobe.clusters import Clusters, Group, Rejection
from tunescope.geometry._hulls.hulls import certify, contact_of, of_their_own, settle
from tunescope.geometry._solver.coordinates import IntArray, Spaces
from tunescope.geometry._solver.nearest_points import MET, SEPARATED
from tunescope.geometry._solver.search import Contact, solve

Progress = Callable[[int, int], None]
ClusterId = tuple[int, int]
"""Group and slot: a cluster keeps the slot of its first point."""


@dataclass(frozen=True)
class Plane:
    """A hyperplane in evened coordinates with a cluster on its positive side, and the contact it came from."""

    direction: NDArray[np.float64]
    offset: float
    margin: float
    """Each side keeps this far from the plane (in the unit of ``direction``), so that the gap stays certain."""
    contact: Contact

    def turned(self) -> Plane:
        """The same plane, seen from its other side."""
        return Plane(-self.direction, -self.offset, self.margin, replace(self.contact, first=~self.contact.first))


@dataclass
class Counts:
    """What was done, for the curious and for the benchmarks; merges and rejections are those of the last run."""

    merges: int = 0
    rejections: int = 0
    solves: int = 0
    survived: int = 0
    """Tests settled by a hyperplane that survived a merge."""
    restarts: int = 0
    undecided: int = 0
    """Rejections that rest on hulls nearer than the tolerance, without a common point."""
    unproved: int = 0
    """Of these, the ones where not even two points nearer than the tolerance are known."""


@dataclass
class Outcome:
    """The final clusters of the groups that were merged step by step."""

    members: list[IntArray]
    labels: list[int]
    rejections: dict[tuple[int, int], Rejection]
    """Per pair of clusters (i < j) of a label that may not merge."""
    counts: Counts


@dataclass
class Greedy:
    """One run of the rule over groups that are entangled with each other."""

    spaces: Spaces
    groups: list[Group]
    entangled: NDArray[np.bool_]
    """(groups, groups): whether their hulls as wholes may meet."""
    tolerance: float
    progress: Progress | None = None
    assume_general_position: bool = True
    counts: Counts = field(default_factory=Counts)
    strict: set[tuple[int, int]] = field(default_factory=set)
    """Pairs of groups whose points were found not to be in general position."""

    def run(self) -> Outcome:
        """Merge until no pair is left; again, with less assumed, where the final check finds a contact."""
        while True:
            self._start()
            self._merge_all()
            broken = self._broken()
            if not broken:
                return self._outcome()
            self.strict |= broken
            self.counts.restarts += 1

    # ---- the rule

    def _start(self) -> None:
        self.counts.merges = self.counts.rejections = self.counts.undecided = self.counts.unproved = 0
        space = self.spaces.evened
        self.clusters = [Clusters(group, self.spaces.X, space.points) for group in self.groups]
        offsets = np.cumsum([0] + [len(c.nearest) for c in self.clusters])
        # one array for all groups, so that the closest pair is one argmin away
        self.nearest = np.concatenate([c.nearest for c in self.clusters])
        for i, c in enumerate(self.clusters):
            c.nearest = self.nearest[offsets[i] : offsets[i + 1]]
        self.offsets = offsets
        self.against_group: dict[ClusterId, dict[int, Plane | None]] = {}
        self.against_cluster: dict[ClusterId, dict[ClusterId, Plane]] = {}
        self.last_blocker: dict[ClusterId, ClusterId] = {}
        self.possible = sum(len(g.rows) - 1 for g in self.groups if g.may_merge)

    def _merge_all(self) -> None:
        merged = 0
        while True:
            at = int(np.argmin(self.nearest))
            if not np.isfinite(self.nearest[at]):
                if self.progress is not None:
                    self.progress(self.possible, self.possible)
                return
            g = int(np.searchsorted(self.offsets, at, side="right") - 1)
            clusters = self.clusters[g]
            slot = at - int(self.offsets[g])
            other = int(clusters.partner[slot])
            a, b = min(slot, other), max(slot, other)
            union = clusters.union(a, b)
            why = self._obstacle(g, a, b, union)
            if why is None:
                clusters.merge(a, b, union)
                self.counts.merges += 1
                merged += 1
                if self.progress is not None and merged % 64 == 0:
                    self.progress(merged, self.possible)
            else:
                clusters.reject(a, b, why)
                self.counts.rejections += 1
                self.counts.undecided += not why.decided
                self.counts.unproved += not why.decided and why.contact.upper > self.tolerance

    def _obstacle(self, g: int, a: int, b: int, union: IntArray) -> Rejection | None:
        """What stands in the way of the union of clusters a and b of group g, if anything does."""
        group_planes: dict[int, Plane | None] = {}
        cluster_planes: dict[ClusterId, Plane] = {}
        space = self.spaces.evened
        points = space.points[union]
        box = points.min(axis=0), points.max(axis=0)
        unproved: Rejection | None = None
        for o in map(int, np.flatnonzero(self.entangled[g])):
            near = self._within_reach(g, o, len(union), box)
            if len(near) == 0:
                continue
            plane = self._against_whole_group(g, a, b, union, o)
            group_planes[o] = plane
            if plane is not None:
                continue
            for c in self._likely_first(g, a, b, o, near):
                found = self._against(g, a, b, union, (o, c))
                if isinstance(found, Rejection):
                    if found.decided:
                        self.last_blocker[g, a] = self.last_blocker[g, b] = (o, c)
                        return found
                    unproved = unproved or found  # another cluster may prove what this one leaves open
                elif found is not None:
                    cluster_planes[o, c] = found
        if unproved is None:
            self._keep(g, a, b, group_planes, cluster_planes)
        return unproved

    def _within_reach(
        self, g: int, o: int, size: int, box: tuple[NDArray[np.float64], NDArray[np.float64]]
    ) -> IntArray:
        """Clusters of group o that the union could meet: enough points together, and boxes that overlap."""
        other = self.clusters[o]
        live = np.flatnonzero(other.alive)
        if self.assume_general_position and (min(g, o), max(g, o)) not in self.strict:
            live = live[other.counts[live] + size > self.spaces.evened.rank + 1]
        if len(live) == 0:
            return live
        margin = 2.0 * self.tolerance * self.spaces.evened.stretch
        apart = (other.least[live] > box[1] + margin) | (other.most[live] < box[0] - margin)
        return live[~apart.any(axis=1)]

    def _likely_first(self, g: int, a: int, b: int, o: int, near: IntArray) -> list[int]:
        """The clusters that stood in the way last time, then by the distance of the centres."""
        own, other = self.clusters[g], self.clusters[o]
        centre = (own.sums[a] + own.sums[b]) / (own.counts[a] + own.counts[b])
        away = ((other.sums[near] / other.counts[near][:, None] - centre) ** 2).sum(axis=1)
        order = [int(c) for c in near[np.argsort(away, kind="stable")]]
        for known in (self.last_blocker.get((g, a)), self.last_blocker.get((g, b))):
            if known is not None and known[0] == o and known[1] in order:
                order.remove(known[1])
                order.insert(0, known[1])
        return order

    # ---- tests, from the cheapest to a run of the solver

    def _clears(self, plane: Plane, rows: IntArray) -> bool:
        heights = self.spaces.evened.points[rows] @ plane.direction
        return bool(heights.min() >= plane.offset + plane.margin)

    def _inherited(self, g: int, a: int, b: int, planes: list[Plane | None]) -> Plane | None:
        own = self.clusters[g]
        for plane, rest in zip(planes, (own.rows(b), own.rows(a)), strict=True):
            if plane is not None and self._clears(plane, rest):
                self.counts.survived += 1
                return plane
        return None

    def _against_whole_group(self, g: int, a: int, b: int, union: IntArray, o: int) -> Plane | None:
        """A plane between the union and all of group o, or None when there is none."""
        known = [self.against_group.get((g, s), {}) for s in (a, b)]
        if any(o in k and k[o] is None for k in known):
            return None
        plane = self._inherited(g, a, b, [k.get(o) for k in known])
        if plane is not None:
            return plane
        start = next((k[o].contact for k in known if k.get(o) is not None), None)  # type: ignore[union-attr]
        return self._separate(union, self.groups[o].rows, start)[0]

    def _against(self, g: int, a: int, b: int, union: IntArray, other: ClusterId) -> Plane | Rejection | None:
        """A plane between the union and a cluster of another label, the rejection, or None: apart by its label."""
        known = [self.against_cluster.get((g, s), {}).get(other) for s in (a, b)]
        plane = self._inherited(g, a, b, known)
        if plane is not None:
            return plane
        o, c = other
        rows = self.clusters[o].rows(c)
        of_other = self.against_group.setdefault(other, {})
        if g not in of_other:
            of_other[g] = self._separate(rows, self.groups[g].rows, None)[0]
        if of_other[g] is not None:
            return None
        start = next((p.contact for p in known if p is not None), None)
        plane, contact, decided = self._separate(union, rows, start)
        return plane if plane is not None else Rejection(contact, self.groups[o].label, decided)

    def _separate(self, rows: IntArray, others: IntArray, start: Contact | None) -> tuple[Plane | None, Contact, bool]:
        self.counts.solves += 1
        space = self.spaces.evened
        contact = solve(space, rows, others, verdict_only=True, least_gap=self.tolerance, start=start)
        if contact.status not in (SEPARATED, MET):
            best = certify(self.spaces, space, contact, rows, others, self.tolerance)
            if not best.meet and not best.separable:
                best = settle(*of_their_own(self.spaces, rows, others), self.tolerance, best)
            if not best.separable:
                return None, contact_of(best, rows, others), best.meet
            normal = best.normal
            assert normal is not None
            assert space.axes is not None
            # a plane of the original space, written in the evened coordinates
            contact_direction = (space.axes.T @ normal) / space.stretch
            return self._plane(contact_direction, rows, others, contact), contact, True
        if contact.status == MET:
            return None, contact, True
        return self._plane(contact.direction, rows, others, contact), contact, True

    def _plane(self, direction: NDArray[np.float64], rows: IntArray, others: IntArray, contact: Contact) -> Plane:
        """A plane half way between two sets of rows."""
        points = self.spaces.evened.points
        high, low = float((points[rows] @ direction).min()), float((points[others] @ direction).max())
        length = float(np.linalg.norm(direction * self.spaces.evened.stretch))
        return Plane(direction, (high + low) / 2, 0.5 * self.tolerance * length, contact)

    def _keep(self, g: int, a: int, b: int, groups: dict[int, Plane | None], clusters: dict[ClusterId, Plane]) -> None:
        """The union, known as (g, a) from here on, keeps what was proved about it; b is gone."""
        for part in ((g, a), (g, b)):
            for o, plane in self.against_group.pop(part, {}).items():
                if plane is None:  # what met a part meets the whole
                    groups.setdefault(o, None)
            for other in self.against_cluster.pop(part, {}):
                self.against_cluster[other].pop(part, None)
        self.last_blocker.pop((g, b), None)
        self.against_group[g, a] = groups
        self.against_cluster[g, a] = clusters
        for other, plane in clusters.items():
            self.against_cluster.setdefault(other, {})[g, a] = plane.turned()

    # ---- the end

    def _broken(self) -> set[tuple[int, int]]:
        """Pairs of groups in which two final clusters meet after all: general position did not hold there."""
        broken = set()
        for g, o in combinations(range(len(self.groups)), 2):
            if not self.entangled[g, o] or (g, o) in self.strict or not self.assume_general_position:
                continue
            if any(self._meet_at_the_end(g, o, a, b) for a, b in self._unproved(g, o)):
                broken.add((g, o))
        return broken

    def _unproved(self, g: int, o: int) -> list[tuple[int, int]]:
        first, second = self.clusters[g], self.clusters[o]
        pairs = []
        for a in np.flatnonzero(first.alive):
            known = self.against_group.get((g, int(a)), {})
            if known.get(o) is not None:
                continue
            for b in np.flatnonzero(second.alive):
                if first.counts[a] == 1 and second.counts[b] == 1:
                    continue  # two points are tolerated as they are
                if self.against_group.get((o, int(b)), {}).get(g) is None:
                    pairs.append((int(a), int(b)))
        return pairs

    def _meet_at_the_end(self, g: int, o: int, a: int, b: int) -> bool:
        first, second = self.clusters[g], self.clusters[o]
        if (o, b) in self.against_cluster.get((g, a), {}) or (g, a) in self.against_cluster.get((o, b), {}):
            return False
        margin = 2.0 * self.tolerance * self.spaces.evened.stretch
        if ((first.least[a] > second.most[b] + margin) | (first.most[a] < second.least[b] - margin)).any():
            return False
        return self._separate(first.rows(a), second.rows(b), None)[0] is None

    def _outcome(self) -> Outcome:
        members: list[IntArray] = []
        labels: list[int] = []
        number: dict[ClusterId, int] = {}
        for g, clusters in enumerate(self.clusters):
            for slot in np.flatnonzero(clusters.alive):
                number[g, int(slot)] = len(members)
                members.append(clusters.rows(int(slot)))
                labels.append(clusters.group.label)
        rejections = {}
        for g, clusters in enumerate(self.clusters):
            for slot in np.flatnonzero(clusters.alive):
                for other, why in clusters.rejected[int(slot)].items():
                    if other > slot:
                        rejections[number[g, int(slot)], number[g, other]] = why
        return Outcome(members, labels, rejections, self.counts)
