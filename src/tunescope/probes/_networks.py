"""Many perceptrons of one shape, trained as one: every tensor has the networks as its first dimension."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from tunescope.probes._adam import Adam
from tunescope.probes._loss import loss_and_slope
from tunescope.probes._products import layer_of_units, times_transposed
from tunescope.probes._units import sum_over_points, through_relu

if TYPE_CHECKING:
    import torch


def glorot_uniform(
    sizes: Sequence[int], random_state: np.random.RandomState
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Draw weights and biases from U(-b, b), b = sqrt(6 / (fan in + fan out)) (Glorot and Bengio, 2010).

    The draws and their order are those of scikit-learn's `MLPClassifier` with ReLU, so that the same seed
    gives the same network.

    Parameters
    ----------
    sizes : width of the input, of each hidden layer and of the output

    Returns
    -------
    weights, biases : per layer a float64 array (fan in, fan out) and (fan out,)
    """
    weights, biases = [], []
    for fan_in, fan_out in pairwise(sizes):
        bound = np.sqrt(6.0 / (fan_in + fan_out))
        weights.append(random_state.uniform(-bound, bound, (fan_in, fan_out)))
        biases.append(random_state.uniform(-bound, bound, fan_out))
    return weights, biases


class Networks:
    """Perceptrons with ReLU, each with its own weights and its own L2 weight, trained as one.

    One output means two classes and a logistic output; k > 1 outputs mean k classes and a softmax. Networks of
    different widths are padded with units whose weights are zero. Such a unit answers 0, gets no gradient and
    stays zero, so that padding changes nothing but the time.

    Parameters
    ----------
    initial : per network its (weights, biases) as `glorot_uniform` gives them
    alphas : L2 weight of each network
    device : where to compute
    half : multiply matrices in bfloat16 (weights, moments and sums stay float32)
    """

    def __init__(
        self,
        initial: Sequence[tuple[list[np.ndarray], list[np.ndarray]]],
        alphas: Sequence[float],
        device: torch.device,
        *,
        half: bool = False,
    ) -> None:
        import torch

        self.hidden = [tuple(len(b) for b in biases[:-1]) for _, biases in initial]
        n_layers = len(initial[0][0])

        def stack(arrays: list[np.ndarray]) -> torch.Tensor:
            padded = np.zeros((len(arrays), *np.max([a.shape for a in arrays], axis=0)), np.float32)
            for row, array in zip(padded, arrays, strict=True):
                row[tuple(slice(width) for width in array.shape)] = array
            return torch.from_numpy(padded).to(device)

        # (networks, fan out, fan in) and (networks, 1, fan out)
        self.weights = [stack([w[layer].T for w, _ in initial]) for layer in range(n_layers)]
        self.biases = [stack([b[layer][None] for _, b in initial]) for layer in range(n_layers)]
        self.alphas = torch.tensor(alphas, dtype=torch.float64, device=device)
        self.half = half
        self.steps = 0
        self._set_up()

    def __len__(self) -> int:
        return len(self.hidden)

    @property
    def device(self) -> torch.device:
        """Where the networks are."""
        return self.alphas.device

    @property
    def dtype(self) -> torch.dtype:
        """Of the matrix products, and so of the points that `step` and `logits` take."""
        import torch

        return torch.bfloat16 if self.half else torch.float32

    def _set_up(self, moments: tuple[list[torch.Tensor], list[torch.Tensor]] | None = None) -> None:
        """Make what follows from the weights: Adam, and the copies that products in bfloat16 read."""
        import torch

        n = len(self.weights)
        self._rounded = [w.to(torch.bfloat16) for w in self.weights] if self.half else None
        copies: list[torch.Tensor | None] = [*self._rounded] if self._rounded else [None] * n
        copies += [None] * n
        self._adam = Adam(self.weights + self.biases, copies, [True] * n + [False] * n, moments)
        self._decays: dict[int, torch.Tensor] = {}

    def keep(self, rows: Sequence[int]) -> None:
        """Go on with these networks only, in this order."""
        import torch

        index = torch.as_tensor(list(rows), dtype=torch.long, device=self.alphas.device)
        self.hidden = [self.hidden[row] for row in rows]
        self.alphas = self.alphas[index]
        # the padding of the widest network that is left
        widths = np.max(self.hidden, axis=0).astype(int).tolist()
        ins, outs = [self.weights[0].shape[2], *widths], [*widths, self.weights[-1].shape[1]]
        n = len(self.weights)
        shapes = list(zip(outs, ins, strict=True)) + [(1, out) for out in outs]

        def cut(tensors: list[torch.Tensor]) -> list[torch.Tensor]:
            return [
                t[index, :rows_, :columns].contiguous() for t, (rows_, columns) in zip(tensors, shapes, strict=True)
            ]

        parameters = cut(self.weights + self.biases)
        self.weights, self.biases = parameters[:n], parameters[n:]
        self._set_up((cut(self._adam.m), cut(self._adam.v)))

    def _activations(self, X: torch.Tensor) -> list[torch.Tensor]:
        """Input, hidden activations and logits, (networks, points, width) each."""
        n = len(self.weights)
        activations = [X.expand(len(self), *X.shape[-2:])]
        weights = self._rounded or self.weights
        for layer in range(n):
            activations.append(layer_of_units(activations[-1], weights[layer], self.biases[layer], relu=layer < n - 1))
        return activations

    def logits(self, X: torch.Tensor) -> torch.Tensor:
        """Outputs before softmax (or logistic), float32 (networks, points, outputs), of points (n, d)."""
        return self._activations(X)[-1].float()

    def step(self, X: torch.Tensor, y: torch.Tensor, learning_rate: float) -> torch.Tensor:
        """One step of Adam on one minibatch.

        Parameters
        ----------
        X : (points, d), the same minibatch for all networks, or (networks, points, d), of `dtype`
        y : class indices, (points,) or (networks, points)

        Returns
        -------
        (networks,) float64 mean loss of the minibatch before the step: cross-entropy plus
        ``alpha / 2 * |weights|^2 / points``
        """
        n_points = X.shape[-2]
        n = len(self.weights)
        activations = self._activations(X)
        loss, delta = loss_and_slope(activations[-1].float(), y.expand(len(self), n_points))
        gradients: list[torch.Tensor] = [delta] * (2 * n)
        gradients[-1] = sum_over_points(delta)
        weights = self._rounded or self.weights
        delta = delta.to(self.dtype)
        for layer in reversed(range(n)):
            below = activations[layer]
            gradients[layer] = times_transposed(delta.mT, below.mT)
            if layer:
                delta, gradients[n + layer - 1] = through_relu(times_transposed(delta, weights[layer].mT), below)
        self.steps += 1
        if n_points not in self._decays:
            self._decays[n_points] = (self.alphas / n_points).float()
        squares = self._adam.step(gradients, self._decays[n_points], learning_rate, self.steps)
        mean: torch.Tensor = (loss + 0.5 * self.alphas * squares) / n_points
        return mean

    def parameters(self, row: int) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """Weights (fan in, fan out) and biases (fan out,) of one network as float32 NumPy arrays."""
        outs = [*self.hidden[row], self.weights[-1].shape[1]]
        ins = [self.weights[0].shape[2], *self.hidden[row]]
        weights = [
            w[row, :out, :in_].T.cpu().numpy().copy() for w, out, in_ in zip(self.weights, outs, ins, strict=True)
        ]
        biases = [b[row, 0, :out].cpu().numpy().copy() for b, out in zip(self.biases, outs, strict=True)]
        return weights, biases


def accuracies(networks: Networks, X: Any, y: Any, *, chunk: int = 4096) -> np.ndarray:
    """Share of points whose most probable class is theirs, float64 (networks,)."""
    import torch

    right = torch.zeros(len(networks), dtype=torch.float64, device=X.device)
    for start in range(0, len(X), chunk):
        z = networks.logits(X[start : start + chunk].to(networks.dtype))
        answers = (z[..., 0] > 0).long() if z.shape[-1] == 1 else z.argmax(-1)
        right += (answers == y[start : start + chunk]).sum(1)
    return (right / max(len(X), 1)).cpu().numpy()
