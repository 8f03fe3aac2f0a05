import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_iris

from tunescope.probes import ClassifierProbe, fit_together, training_curve
from tunescope.probes._adam import Update
from tunescope.probes._loss import loss_and_slope
from tunescope.probes._networks import Networks, glorot_uniform
from tunescope.probes._training import Course, Patience, Run, train_together
from tunescope.probes._units import add_bias, through_relu

CPU = torch.device("cpu")


def points(n=120, d=7, k=4, seed=0):
    random = np.random.RandomState(seed)
    centres = random.normal(size=(k, d))
    y = random.randint(k, size=n)
    X = (centres[y] + random.normal(size=(n, d))).astype(np.float32)
    return torch.from_numpy(X), torch.from_numpy(y)


def initial(shapes, d=7, k=4):
    return [glorot_uniform((d, *shape, k), np.random.RandomState(i)) for i, shape in enumerate(shapes)]


@pytest.mark.parametrize("n_outputs", [1, 4])
def test_gradients_are_those_of_autograd(n_outputs):
    X, y = points(k=max(n_outputs, 2))
    start = initial([(9, 5), (9, 5)], k=n_outputs)
    alphas = [0.3, 20.0]
    networks = Networks(start, alphas, CPU)
    before = [networks.parameters(row) for row in range(2)]
    loss = networks.step(X, y, 1e-3)
    for row in range(2):
        weights, biases = [[torch.tensor(a, requires_grad=True) for a in part] for part in before[row]]
        a = X
        for layer, (w, b) in enumerate(zip(weights, biases, strict=True)):
            a = a @ w + b
            a = a.relu() if layer < 2 else a
        if n_outputs == 1:
            expected = torch.nn.functional.binary_cross_entropy_with_logits(a[:, 0], y.float())
        else:
            expected = torch.nn.functional.cross_entropy(a, y)
        expected = expected + alphas[row] / 2 * sum(w.square().sum() for w in weights) / len(X)
        expected.backward()
        assert loss[row].item() == pytest.approx(expected.item(), rel=1e-5)
        # after one step Adam's first moment is a tenth of the gradient
        for layer in range(3):
            moment = networks._adam.m[layer][row].T
            np.testing.assert_allclose(moment, 0.1 * weights[layer].grad, atol=1e-7)
            np.testing.assert_allclose(networks._adam.m[3 + layer][row, 0], 0.1 * biases[layer].grad, atol=1e-7)


def run_of(seed):
    return Run(np.random.RandomState(seed), Patience(1e-4, np.inf))


def train(start, alphas, runs, X, y, epochs=6):
    course = Course(Networks(start, alphas, CPU), runs, X, y, batch_size=32, learning_rate=1e-2, max_iter=epochs)
    train_together([course])
    return runs


def test_training_in_a_stack_is_training_alone():
    X, y = points()
    shapes, alphas = [(9, 5), (4, 6), (12, 3)], [0.0, 0.1, 3.0]  # padded to (12, 6)
    stacked = train(initial(shapes), alphas, [run_of(i) for i in range(3)], X, y)
    for i, run in enumerate(stacked):
        (alone,) = train([initial(shapes)[i]], [alphas[i]], [run_of(i)], X, y)
        np.testing.assert_allclose(run.losses, alone.losses, rtol=1e-4)
        for ours, theirs in zip(run.parameters[0], alone.parameters[0], strict=True):
            assert ours.shape == theirs.shape
            np.testing.assert_allclose(ours, theirs, atol=1e-3)


def test_padding_stays_zero_and_is_cut():
    X, y = points()
    networks = Networks(initial([(9, 5), (4, 6)]), [1.0, 0.0], CPU)
    for _ in range(5):
        networks.step(X, y, 1e-2)
    assert networks.weights[0][1, 4:].abs().max() == 0
    assert networks.weights[1][1, :, 4:].abs().max() == 0
    assert networks.biases[0][1, :, 4:].abs().max() == 0
    answers = networks.logits(X)[1]
    networks.keep([1])
    assert networks.weights[1].shape == (1, 6, 4)
    torch.testing.assert_close(networks.logits(X)[0], answers)


def test_leaving_a_stack_does_not_disturb_the_others():
    X, y = points()
    patient, hasty = run_of(0), Run(np.random.RandomState(1), Patience(100.0, 1))
    train(initial([(9, 5), (9, 5)]), [0.0, 0.0], [patient, hasty], X, y, epochs=8)
    assert hasty.converged
    assert len(hasty.losses) < len(patient.losses) == 8
    (alone,) = train(initial([(9, 5)]), [0.0], [run_of(0)], X, y, epochs=8)
    np.testing.assert_allclose(patient.losses, alone.losses, rtol=1e-4)


@pytest.mark.parametrize("half", [False, True])
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), exponent=st.integers(-12, 3))
def test_both_forms_of_adam_agree(half, seed, exponent):
    random = torch.Generator().manual_seed(seed)
    p, g = torch.randn(3, 4, 5, generator=random), torch.randn(3, 4, 5, generator=random) * 10.0**exponent
    m, v = torch.zeros_like(p), torch.zeros_like(p)
    decay = torch.tensor([0.0, 1e-3, 1.0])
    g = g.bfloat16() if half else g
    copies = [p.bfloat16(), p.bfloat16()] if half else [None, None]
    states = [[t.clone() for t in (p, m, v)] for _ in range(2)]
    updates = [Update(*tensors, copy) for tensors, copy in zip(states, copies, strict=True)]
    for _ in range(3):
        squares = [updates[0].compiled(g, decay, 1e-3), updates[1].by_torch(g, decay, 1e-3)]
        np.testing.assert_allclose(squares[0], squares[1], rtol=1e-4, atol=1e-6)
    for ours, theirs in zip(*states, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-6)
    if half:
        torch.testing.assert_close(copies[0], states[0][0].bfloat16(), rtol=0, atol=0)


def test_moments_never_become_denormal():
    p = torch.ones(1, 8)
    m, v = torch.full((1, 8), 1e-29), torch.full((1, 8), 1e-35)
    update = Update(p, m, v, None)
    for _ in range(5000):
        update(torch.zeros(1, 8), None, 1e-3)
    assert m.abs().max() == v.max() == 0


def test_bfloat16_products_train_as_well():
    X, y = points(400)
    losses = []
    for half in (False, True):
        networks = Networks(initial([(32, 16)]), [1e-4], CPU, half=half)
        for _ in range(200):
            loss = networks.step(X.to(networks.dtype), y, 1e-2)
        losses.append(loss.item())
    assert losses[1] == pytest.approx(losses[0], abs=0.05)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), relu=st.booleans())
def test_units_between_products_are_those_of_pytorch(dtype, seed, relu):
    random = torch.Generator().manual_seed(seed)
    z = torch.randn(2, 7, 5, generator=random).to(dtype)
    bias = torch.randn(2, 1, 5, generator=random)
    expected = z.float() + bias
    expected = (expected.relu() if relu else expected).to(dtype)
    answers = add_bias(z, bias, relu=relu)
    torch.testing.assert_close(answers, expected, rtol=0, atol=0)
    delta = torch.randn(2, 7, 5, generator=random).to(dtype)
    through = torch.where(answers > 0, delta, 0) if relu else None
    if through is not None:
        slopes, sums = through_relu(delta.clone(), answers)
        torch.testing.assert_close(slopes, through, rtol=0, atol=0)
        torch.testing.assert_close(sums, through.float().sum(1, keepdim=True))


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), exponent=st.integers(-3, 4))
def test_cross_entropy_and_its_slope_are_those_of_autograd(seed, exponent):
    """Also of logits whose exponentials no float32 could hold."""
    random = torch.Generator().manual_seed(seed)
    logits = torch.randn(2, 7, 5, generator=random) * 10.0**exponent
    y = torch.randint(5, (2, 7), generator=random)
    wanted = logits.double().requires_grad_()
    expected = torch.nn.functional.cross_entropy(wanted.transpose(1, 2), y, reduction="none").sum(1)
    expected.sum().backward()
    loss, slope = loss_and_slope(logits.clone(), y)
    torch.testing.assert_close(loss, expected.detach(), rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(slope, (wanted.grad / 7).float(), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_fit_together_is_fit(precision):
    X, y = load_iris(return_X_y=True)
    settings_ = [((16, 8), 1e-3, 0), ((16, 8), 1e-3, 1), ((8, 8), 1.0, 2)]

    def probes():
        shared = {"tol": 1e-3, "device": "cpu", "precision": precision}
        return [ClassifierProbe(h, a, random_state=s, **shared) for h, a, s in settings_]

    together, alone = probes(), probes()
    fit_together(together, X, y, monitor={"train": (X, y)})
    for a, b in zip(together, alone, strict=True):
        b.fit(X, y)
        # probes of the same widths are multiplied in one call in bfloat16: equal up to rounding
        few = slice(None if precision == "float32" else 5)
        np.testing.assert_allclose(a.loss_curve_[few], b.loss_curve_[few], rtol=0 if precision == "float32" else 1e-2)
        if precision == "float32":
            np.testing.assert_array_equal(a.predict_proba(X), b.predict_proba(X))
        assert len(a.monitor_["train"]) == a.n_iter_


def test_fit_together_asks_for_one_kind_of_training():
    X, y = load_iris(return_X_y=True)
    with pytest.raises(ValueError, match="same tol"):
        fit_together([ClassifierProbe(), ClassifierProbe(tol=1e-3)], X, y)


def test_training_curve_shows_memorisation():
    """Labels without any structure can be learnt by heart, and only by heart."""
    random = np.random.RandomState(0)
    X = random.normal(size=(300, 40)).astype(np.float32)
    y = random.choice(list("abc"), 300)
    rows = training_curve(
        X[:150], y[:150], {"subtrain": (X[:150], y[:150]), "subtest": (X[150:], y[150:])},
        epochs=80, hidden=(64, 64), device="cpu",
    )  # fmt: skip
    curves = {name: [r["accuracy"] for r in rows if r["split"] == name] for name in ("subtrain", "subtest")}
    assert [r["probe_epoch"] for r in rows[::2]] == list(range(1, 81))
    assert curves["subtrain"][-1] > 0.99
    assert curves["subtest"][-1] < 0.5
    assert curves["subtrain"][0] < 0.6
