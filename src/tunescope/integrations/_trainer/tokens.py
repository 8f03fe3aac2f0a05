"""From token ids back to the words they were made of, where that can be done without guessing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

_BEGINS = ("Ġ", "▁")
"""How byte-level BPE and SentencePiece mark the first subword of a word."""
_GOES_ON = "##"
"""How WordPiece marks the others."""


class Decoder:
    """Takes rows of token ids apart; what tokenises to other ids than it was read from is refused."""

    def __init__(self, tokenizer: Any) -> None:
        self.tokenizer = tokenizer
        self.special = set(tokenizer.all_special_ids) - {tokenizer.unk_token_id}
        vocabulary = tokenizer.get_vocab()
        self.marks_beginnings = not any(token.startswith(_GOES_ON) for token in vocabulary) and any(
            token.startswith(_BEGINS) for token in vocabulary
        )

    def texts(
        self, ids: Sequence[int], types: Sequence[int] | None
    ) -> tuple[tuple[str, ...], tuple[str, ...] | None] | None:
        """The words of a row, and those of its second text where token types tell one; None where it is not sure."""
        types = list(types) if types is not None and any(types) else [0] * len(ids)
        parts: list[tuple[str, ...]] = []
        for kind in sorted(set(types)):
            mine = [i for i, of in zip(ids, types, strict=True) if of == kind and i not in self.special]
            if not mine:
                continue
            text = self.tokenizer.decode(mine)
            if self.tokenizer(text, add_special_tokens=False)["input_ids"] != mine:
                return None
            parts.append(tuple(text.split()))
        if not parts or len(parts) > 2:
            return None
        return parts[0], (parts[1] if len(parts) == 2 else None)

    def words_with_labels(self, ids: Sequence[int], labels: Sequence[int]) -> tuple[tuple[str, ...], list[int]] | None:
        """The words of a row, each with the label of its first subword; None where words cannot be told."""
        groups: list[list[int]] = []
        found: list[int] = []
        tokens = self.tokenizer.convert_ids_to_tokens(list(ids))
        for place, (token, i, label) in enumerate(zip(tokens, ids, labels, strict=True)):
            if i in self.special:
                continue
            is_first = place == 0 or ids[place - 1] in self.special
            if is_first or self._begins(token):
                groups.append([i])
                found.append(label)
            else:
                groups[-1].append(i)
        words = tuple(self.tokenizer.decode(group).strip() for group in groups)
        if not words or not all(words) or any(len(word.split()) != 1 for word in words):
            return None
        again = self.tokenizer(list(words), is_split_into_words=True, add_special_tokens=False)["input_ids"]
        return (words, found) if again == [i for group in groups for i in group] else None

    def _begins(self, token: str) -> bool:
        return token.startswith(_BEGINS) if self.marks_beginnings else not token.startswith(_GOES_ON)
