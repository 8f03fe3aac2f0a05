"""Many perceptrons of one shape, trained as one: every tensor has the networks as its first dimension."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from tunescope.probes._adam import Adam
from tunescope.probes._loss import loss_and_slope
from tunescope.probes._products import times_transposed

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
        self._adam = Adam(self.weights + self.biases)
        self._round()

    def __len__(self) -> int:
        return len(self.alphas)

    @property
    def device(self) -> torch.device:
        """Where the networks are."""
        return self.alphas.device

    @property
    def dtype(self) -> torch.dtype:
        """Of the matrix products, and so of the points that `step` and `logits` take."""
        import torch

        return torch.bfloat16 if self.half else torch.float32

    def _round(self) -> None:
        """Make the copies that matrix products read."""
        if self.half:
            self._products = [p.to(self.dtype) for p in self.weights + self.biases]
        else:
            self._products = self.weights + self.biases

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
        self._adam.m, self._adam.v = cut(self._adam.m), cut(self._adam.v)
        self._round()

    def _activations(self, X: torch.Tensor) -> list[torch.Tensor]:
        """Input, hidden activations and logits, (networks, points, width) each."""
        n = len(self.weights)
        activations = [X.expand(len(self), *X.shape[-2:])]
        for layer in range(n):
            z = times_transposed(activations[-1], self._products[layer], self._products[n + layer])
            activations.append(z.relu_() if layer < n - 1 else z)
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
        import torch

        n_points = X.shape[-2]
        n = len(self.weights)
        activations = self._activations(X)
        loss, delta = loss_and_slope(activations[-1].float(), y.expand(len(self), n_points))
        delta = delta.to(self.dtype)
        gradients: list[torch.Tensor] = [delta] * (2 * n)
        for layer in reversed(range(n)):
            gradients[layer] = times_transposed(delta.mT, activations[layer].mT)
            gradients[n + layer] = delta.sum(1, keepdim=True)
            if layer:
                delta = times_transposed(delta, self._products[layer].mT)
                delta = torch.ops.aten.threshold_backward(delta, activations[layer], 0)
        self.steps += 1
        decay = (self.alphas / n_points).float()
        squares = self._adam.step(
            self.weights + self.biases,
            gradients,
            self._products if self.half else [None] * (2 * n),
            [decay] * n + [None] * n,
            learning_rate,
            self.steps,
        )
        return loss / n_points + 0.5 * self.alphas * squares / n_points

    def parameters(self, row: int) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """Weights (fan in, fan out) and biases (fan out,) of one network as float32 NumPy arrays."""
        outs = [*self.hidden[row], self.weights[-1].shape[1]]
        ins = [self.weights[0].shape[2], *self.hidden[row]]
        weights = [
            w[row, :out, :in_].T.cpu().numpy().copy() for w, out, in_ in zip(self.weights, outs, ins, strict=True)
        ]
        biases = [b[row, 0, :out].cpu().numpy().copy() for b, out in zip(self.biases, outs, strict=True)]
        return weights, biases
