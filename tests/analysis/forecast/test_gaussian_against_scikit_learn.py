"""The Gaussian processes against scikit-learn's, which were written by others, at the same lengths."""

import numpy as np
import pytest
from scipy.special import expit
from sklearn.gaussian_process import GaussianProcessClassifier, GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, Matern, WhiteKernel

from analysis.forecast.gaussian import learn_classes
from analysis.forecast.matern import learn_process


@pytest.fixture(scope="module")
def flasks():
    dice = np.random.default_rng(3)
    x = dice.standard_normal((60, 3))
    latent = 2 * x[:, 0] + np.sin(2 * x[:, 1])
    return x, (dice.random(60) < expit(latent)).astype(int), dice.standard_normal((8, 3))


def theirs(x, y, amplitude, lengths):
    kernel = ConstantKernel(amplitude**2, "fixed") * RBF(lengths, "fixed")
    return GaussianProcessClassifier(kernel).fit(x, y)


def balanced(x, y):
    """Equal numbers of both classes, for which our offset is zero, as scikit-learn's always is."""
    few = min(np.sum(y), np.sum(1 - y))
    rows = np.sort(np.concatenate([np.flatnonzero(y == k)[:few] for k in (0, 1)]))
    return x[rows], y[rows]


def test_the_classes_chances_are_those_of_scikit_learn(flasks):
    x, y = balanced(*flasks[:2])
    ours = learn_classes(x, y, 2).model
    reference = theirs(x, y, ours.amplitude, ours.lengths)
    # they integrate over the latent numerically, we by MacKay's formula: within 0.01
    assert ours.chances(flasks[2]) == pytest.approx(reference.predict_proba(flasks[2]), abs=0.01)


def test_each_left_out_chance_is_that_of_a_fit_without_the_row(flasks):
    x, y = balanced(*flasks[:2])
    learned = learn_classes(x, y, 2)
    for i in range(0, len(y), 6):
        rest = np.arange(len(y)) != i
        without = theirs(x[rest], y[rest], learned.model.amplitude, learned.model.lengths)
        assert learned.left_out[i] == pytest.approx(without.predict_proba(x[[i]])[0], abs=0.02)


def test_an_input_that_does_not_matter_gets_a_longer_length(flasks):
    lengths = learn_classes(flasks[0], flasks[1], 2).model.lengths
    assert lengths[2] > 2 * lengths[0]


def test_far_from_every_flask_the_frequencies_are_left(flasks):
    x, y, _ = flasks
    far = learn_classes(x, y, 2).model.chances(np.full((1, 3), 1e3))[0]
    assert far[1] == pytest.approx((y.sum() + 1) / (len(y) + 2), abs=0.03)


def test_draws_scatter_around_the_chances(flasks):
    x, y, new = flasks
    model = learn_classes(x, y, 2).model
    drawn = model.draws(new, np.random.default_rng(1).standard_normal((4000, 2)))
    assert drawn.sum(axis=-1) == pytest.approx(1.0)
    assert drawn.mean(axis=0) == pytest.approx(model.chances(new), abs=0.05)


def test_numbers_are_those_of_scikit_learn():
    dice = np.random.default_rng(4)
    x, new = dice.standard_normal((50, 2)), dice.standard_normal((6, 2))
    y = np.sin(2 * x[:, 0]) + 0.3 * dice.standard_normal(50)
    u = np.full(50, 0.1)
    ours = learn_process(x, y, u)
    kernel = ConstantKernel(ours.size**2) * Matern(ours.lengths, nu=2.5) + WhiteKernel(
        ours.noise**2
    )
    reference = GaussianProcessRegressor(kernel, alpha=u**2, optimizer=None).fit(x, y)
    mean, sd = reference.predict(new, return_std=True)
    assert ours.at(new)[0] == pytest.approx(mean, abs=1e-6)
    assert ours.at(new)[1] == pytest.approx(sd, abs=1e-6)
    assert ours.noise == pytest.approx(0.3, abs=0.1)
    rest = np.arange(50) != 7
    without = GaussianProcessRegressor(kernel, alpha=u[rest] ** 2, optimizer=None).fit(
        x[rest], y[rest]
    )
    assert ours.left_out(y)[0][7] == pytest.approx(without.predict(x[[7]])[0], abs=1e-6)
