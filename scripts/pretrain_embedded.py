"""Pre-train the small BERT that the package carries, by masked language modelling on the grammar's text.

    python scripts/pretrain_embedded.py

writes tokeniser, config, weights (safetensors, half precision) and model card to the folder `embedded` of the
encoders' room. The same versions, seed and number of threads give the same files.
"""

from __future__ import annotations

import argparse
import platform
import time
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import tokenizers
import torch
import transformers
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from torch.nn.utils.rnn import pad_sequence
from transformers import BertConfig, BertForMaskedLM, BertTokenizerFast

from tunescope.encoders import Encoder
from tunescope.tasks import generate_sentences

FOLDER = Path(__file__).parents[1] / "src/tunescope/encoders/embedded"
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
IGNORE = -100
ALPHABET = [chr(code) for code in range(33, 127) if not chr(code).isupper()]


def wordpieces(counts: Counter[str], size: int) -> list[str]:
    """The vocabulary of a WordPiece model: most frequent neighbours are merged until there are `size` pieces.

    The trainer of the tokenizers library breaks ties differently in every run; here they go by the alphabet.
    """
    spelled = {word: [word[0], *(f"##{letter}" for letter in word[1:])] for word in counts}
    vocabulary = [*SPECIAL, *ALPHABET, *(f"##{letter}" for letter in ALPHABET if letter.isalnum())]
    while len(vocabulary) < size:
        pairs: Counter[tuple[str, str]] = Counter()
        for word, pieces in spelled.items():
            for pair in pairwise(pieces):
                pairs[pair] += counts[word]
        if not pairs:
            break
        left, right = max(pairs, key=lambda pair: (pairs[pair], pair))
        merged = left + right.removeprefix("##")
        if merged not in vocabulary:
            vocabulary.append(merged)
        for word, pieces in spelled.items():
            spelled[word] = merge(pieces, left, right, merged)
    return vocabulary


def merge(pieces: Sequence[str], left: str, right: str, merged: str) -> list[str]:
    """`pieces` with each `left` that `right` follows put together."""
    result: list[str] = []
    for piece in pieces:
        if piece == right and result and result[-1] == left:
            result[-1] = merged
        else:
            result.append(piece)
    return result


def train_tokenizer(texts: Sequence[str], vocabulary_size: int, longest: int) -> BertTokenizerFast:
    """An uncased WordPiece tokeniser with BERT's normalisation and special tokens."""
    normalizer, splitter = normalizers.BertNormalizer(lowercase=True), pre_tokenizers.BertPreTokenizer()
    words = Counter(word for text in texts for word in text.split())
    counts: Counter[str] = Counter()
    for word, count in words.items():
        for part, _ in splitter.pre_tokenize_str(normalizer.normalize_str(word)):
            counts[part] += count
    pieces = {piece: number for number, piece in enumerate(wordpieces(counts, vocabulary_size))}
    tokenizer = Tokenizer(models.WordPiece(vocab=pieces, unk_token="[UNK]"))
    tokenizer.add_special_tokens(SPECIAL)
    tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = splitter
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[(token, pieces[token]) for token in ("[CLS]", "[SEP]")],
    )
    return BertTokenizerFast(tokenizer_object=tokenizer, do_lower_case=True, model_max_length=longest)


def mask_tokens(
    ids: torch.Tensor, tokenizer: BertTokenizerFast, generator: torch.Generator, *, always: bool = False
) -> tuple[torch.Tensor, torch.Tensor]:
    """BERT's masking: 15% of the tokens are to be told; of these 80% are hidden, 10% replaced, 10% left.

    Args:
        ids: (rows, length) token ids.
        tokenizer: for the special tokens.
        generator: where the choice comes from.
        always: hide all of the 15%, as for measuring.

    Returns
    -------
        What the model reads, and what it is to tell (IGNORE elsewhere).
    """
    special = torch.isin(ids, torch.tensor(tokenizer.all_special_ids))
    chosen = (torch.rand(ids.shape, generator=generator) < 0.15) & ~special
    targets = torch.where(chosen, ids, IGNORE)
    dice = torch.rand(ids.shape, generator=generator)
    hidden = chosen if always else chosen & (dice < 0.8)
    replaced = chosen & ~hidden & (dice < 0.9)
    random = torch.randint(len(SPECIAL), len(tokenizer), ids.shape, generator=generator)
    inputs = torch.where(hidden, tokenizer.mask_token_id, ids)
    return torch.where(replaced, random, inputs), targets


def batches(rows: Sequence[torch.Tensor], size: int, pad: int, order: np.random.Generator) -> list[torch.Tensor]:
    """One epoch: rows shuffled, those of like length together, the batches shuffled."""
    shuffled = order.permutation(len(rows))
    by_length = shuffled[np.argsort([len(rows[i]) for i in shuffled], kind="stable")]
    groups = [by_length[i : i + size] for i in range(0, len(by_length), size)]
    padded = [pad_sequence([rows[i] for i in g], batch_first=True, padding_value=pad) for g in groups]
    return [padded[i] for i in order.permutation(len(padded))]


@torch.inference_mode()
def masked_accuracy(
    model: BertForMaskedLM, rows: Sequence[torch.Tensor], tokenizer: BertTokenizerFast, guess: int
) -> tuple[float, float, int]:
    """Shares of hidden tokens that the model tells and that `guess` is right for, and their number."""
    model.eval()
    generator = torch.Generator().manual_seed(0)
    right = guessed = total = 0
    for ids in batches(rows, 256, tokenizer.pad_token_id, np.random.default_rng(0)):
        inputs, targets = mask_tokens(ids, tokenizer, generator, always=True)
        logits = model(input_ids=inputs, attention_mask=(ids != tokenizer.pad_token_id).long()).logits
        chosen = targets != IGNORE
        right += int((logits.argmax(-1)[chosen] == targets[chosen]).sum())
        guessed += int((targets[chosen] == guess).sum())
        total += int(chosen.sum())
    return right / total, guessed / total, total


def pretrain(arguments: argparse.Namespace) -> None:
    """Train tokeniser and model, measure, and write both with a model card."""
    started = time.perf_counter()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    texts = [" ".join(words) for words in generate_sentences(arguments.sentences, arguments.seed)]
    seen = set(texts)
    unseen = [" ".join(words) for words in generate_sentences(3000, arguments.seed + 1_000_000)]
    held_out = [text for text in unseen if text not in seen]

    tokenizer = train_tokenizer(texts, arguments.vocabulary, arguments.positions)
    rows = [torch.tensor(ids) for ids in tokenizer(texts)["input_ids"]]
    held_out_rows = [torch.tensor(ids) for ids in tokenizer(held_out)["input_ids"]]
    counts = torch.bincount(torch.cat([row[1:-1] for row in rows]), minlength=len(tokenizer))
    words = sorted({word for text in texts for word in text.split()})
    whole = sum(len(tokenizer.tokenize(word)) == 1 for word in words)

    model = BertForMaskedLM(
        BertConfig(
            vocab_size=len(tokenizer),
            hidden_size=arguments.width,
            num_hidden_layers=arguments.layers,
            num_attention_heads=arguments.heads,
            intermediate_size=4 * arguments.width,
            max_position_embeddings=arguments.positions,
            pad_token_id=tokenizer.pad_token_id,
        )
    )
    model.bert.pooler = None  # nothing here reads it
    per_epoch = -(-len(rows) // arguments.batch)
    n_updates = per_epoch * arguments.epochs
    rising = n_updates // 20
    optimizer = torch.optim.AdamW(model.parameters(), lr=arguments.learning_rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / rising, (n_updates - step) / (n_updates - rising))
    )
    order = np.random.default_rng(arguments.seed)
    masks = torch.Generator().manual_seed(arguments.seed)
    update = 0
    for epoch in range(arguments.epochs):
        model.train()
        total = 0.0
        for ids in batches(rows, arguments.batch, tokenizer.pad_token_id, order):
            inputs, targets = mask_tokens(ids, tokenizer, masks)
            attention = (ids != tokenizer.pad_token_id).long()
            loss = model(input_ids=inputs, attention_mask=attention, labels=targets).loss
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
            total += loss.item()
            update += 1
        most_frequent = int(counts.argmax())
        accuracy, unigram, n_hidden = masked_accuracy(model, held_out_rows, tokenizer, most_frequent)
        seconds = time.perf_counter() - started
        print(
            f"epoch {epoch + 1}/{arguments.epochs}  update {update}/{n_updates}  loss {total / per_epoch:.3f}"
            f"  held-out accuracy {accuracy:.3f} (unigram {unigram:.3f})  {seconds:.0f} s",
            flush=True,
        )

    encoder = model.bert.half()
    Encoder(encoder, tokenizer, name="embedded").save(arguments.out)
    n_parameters = sum(p.numel() for p in encoder.parameters())
    facts = {
        "Layers, heads, width": f"{arguments.layers}, {arguments.heads}, {arguments.width}",
        "Parameters": f"{n_parameters:,} (stored in half precision, loaded as float32)",
        "Longest input": f"{arguments.positions} tokens",
        "Vocabulary": f"{len(tokenizer)} WordPiece tokens, uncased; {whole} of the text's {len(words)} words"
        " are one token, the others several",
        "Text": f"{len(texts):,} sentences of the embedded grammar ({len(seen):,} different), seed {arguments.seed}",
        "Training": f"{arguments.epochs} epoch(s), {n_updates:,} updates of {arguments.batch} sentences,"
        f" AdamW, learning rate {arguments.learning_rate:g}",
        "Masked-token accuracy": f"{accuracy:.1%} on {n_hidden:,} hidden tokens of {len(held_out):,}"
        " sentences that are not in the training text",
        "Baseline": f"{unigram:.1%}, by always guessing the most frequent token",
        "Versions": f"torch {torch.__version__}, transformers {transformers.__version__}, tokenizers"
        f" {tokenizers.__version__}, Python {platform.python_version()}",
        "Time": f"{time.perf_counter() - started:.0f} s with {arguments.threads} thread(s)",
    }
    arguments.out.joinpath("README.md").write_text(model_card(arguments.command, facts), encoding="utf-8")


def model_card(command: str, facts: dict[str, str]) -> str:
    """The model card in Markdown."""
    table = "\n".join(f"| {name} | {value} |" for name, value in facts.items())
    return f"""---
license: mit
language: en
---

# The embedded encoder

A small BERT, pre-trained with masked language modelling on the text of tunescope's own grammar, so that the
demo and the tests have a real pre-trained encoder without a network. It knows the grammar's words and nothing
else of English. `load_encoder("embedded")` loads it.

| | |
|---|---|
{table}

Made by

    {command}

which gives the same files with the same versions and number of threads. Licence: MIT, as the package.
"""


def main() -> None:
    """Read the arguments and pre-train."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, default=FOLDER)
    parser.add_argument("--sentences", type=int, default=40_000)
    parser.add_argument("--vocabulary", type=int, default=640)
    parser.add_argument("--layers", type=int, default=2)
    parser.add_argument("--heads", type=int, default=2)
    parser.add_argument("--width", type=int, default=128)
    parser.add_argument("--positions", type=int, default=128)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    changed = [
        f"--{name.replace('_', '-')} {value}"
        for name, value in vars(arguments).items()
        if name != "out" and value != parser.get_default(name)
    ]
    arguments.command = " ".join(["python scripts/pretrain_embedded.py", *changed])
    pretrain(arguments)


if __name__ == "__main__":
    main()
