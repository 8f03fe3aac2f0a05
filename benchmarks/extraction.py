"""Extraction of every layer against the bare forward passes on the same batches, in one run.

    python -m benchmarks extraction                                      the embedded encoder on toy-pos
    TUNESCOPE_DATA_DIR=… python -m benchmarks extraction --encoder FOLDER --task pos

Bare: the model called on batches that are ready on its device, last hidden state only. Extraction: `Encoder.encode`
from sentences to float32 vectors of all layers: tokenising, batching, the forward passes, pooling, copying. The two
take turns; the least time of each over the rounds counts. Other work on the machine disturbs wall times more than
core-seconds (processor time), so both are printed.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np
import torch

from tunescope.encoders import Encoder, load_encoder
from tunescope.tasks import Split, load_task


def bare(encoder: Encoder, split: Split, kind: str, batch_tokens: int) -> Callable[[], None]:
    """The forward passes alone; their batches are made here, outside of what is timed."""
    points = encoder.tokenize(split, kind)
    batches = [points.batch(windows).to(encoder.device).inputs() for windows in points.batches_by_length(batch_tokens)]

    def forward() -> None:
        with torch.inference_mode():
            for inputs in batches:
                encoder.model(**inputs)

    return forward


def timed(run: Callable[[], object], device: torch.device) -> tuple[float, float]:
    """Seconds of wall time and of processor time."""
    wall, cores = time.perf_counter(), time.process_time()
    run()
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter() - wall, time.process_time() - cores


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--encoder", default="embedded")
    parser.add_argument("--task", default="toy-pos")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--batch-tokens", type=int, nargs="*", default=[1024, 2048, 4096])
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)
    encoder = load_encoder(options.encoder, device=options.device)
    task = load_task(options.task)
    points = encoder.tokenize(task.test, task.kind)
    print(
        f"{encoder}, {options.threads} thread(s); {options.task} test: {len(task.test)} targets, {points.n_sentences}"
        f" sentences, {points.lengths.sum()} tokens; best of {options.rounds} rounds"
    )
    print("batch     padding   bare s  extraction s  speed   bare core-s  extraction core-s  speed")
    for batch_tokens in options.batch_tokens:
        forward = bare(encoder, task.test, task.kind, batch_tokens)

        def extract(batch_tokens: int = batch_tokens) -> object:
            return encoder.encode(task.test, task.kind, batch_tokens=batch_tokens)

        forward(), extract()  # warm caches
        both = np.array(
            [(timed(forward, encoder.device), timed(extract, encoder.device)) for _ in range(options.rounds)]
        ).min(axis=0)
        padded = sum(int(points.lengths[w].max()) * len(w) for w in points.batches_by_length(batch_tokens))
        (bare_wall, bare_cores), (wall, cores) = both
        print(
            f"{batch_tokens:<8d} {1 - points.lengths.sum() / padded:8.1%} {bare_wall:8.2f} {wall:13.2f}"
            f" {bare_wall / wall:6.0%} {bare_cores:13.2f} {cores:18.2f} {bare_cores / cores:6.0%}",
            flush=True,
        )


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
