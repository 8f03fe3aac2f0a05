"""What a person should know about a task before trusting a number: counted and named."""

from __future__ import annotations

import unicodedata

from tunescope.tasks._conflicts import find_conflicts, input_key
from tunescope.tasks._said import counted, listed
from tunescope.tasks._task import Split


def observations(train: Split, test: Split) -> tuple[str, ...]:
    """Notes on labels that train lacks, labels with a single example, conflicts and shared inputs."""
    notes = []
    unseen = {label: n for label, n in test.label_counts.items() if label not in train.label_counts}
    if unseen:
        names = ", ".join(f"{label} ({n})" for label, n in unseen.items())
        verb = "is" if len(unseen) == 1 else "are"
        notes.append(
            f"{counted(len(unseen), 'label')} of test {verb} not in train "
            f"({counted(sum(unseen.values()), 'target')}): {names}"
        )
    single = [label for label, n in train.label_counts.items() if n == 1]
    if single:
        notes.append(f"{counted(len(single), 'label')} with a single target in train: {', '.join(single)}")
    alike = _labels_alike({*train.label_counts, *test.label_counts})
    if alike:
        shown = listed(" and ".join(labels) for labels in alike)
        notes.append(f"labels that differ in capitals, white space or the form of a character only: {shown}")
    for split in (train, test):
        conflicts = find_conflicts(split)
        if conflicts:
            shown = listed(f"“{conflict.text}” is {' and '.join(conflict.labels)}" for conflict in conflicts)
            notes.append(
                f"{counted(len(conflicts), 'input')} of {split.name} with different labels "
                f"({counted(sum(len(c.targets) for c in conflicts), 'target')}): {shown}"
            )
    seen = {input_key(train, i) for i in range(len(train))}
    shared = sum(input_key(test, i) in seen for i in range(len(test)))
    if shared:
        notes.append(f"{counted(shared, 'target')} of test with an input that is in train too, sentence included")
    return tuple(notes)


def _labels_alike(labels: set[str]) -> list[list[str]]:
    """Labels that a person would take for one, in groups."""
    groups: dict[str, list[str]] = {}
    for label in sorted(labels):
        plain = unicodedata.normalize("NFKC", label).casefold()
        groups.setdefault(" ".join(plain.split()), []).append(label)
    return [group for group in groups.values() if len(group) > 1]
