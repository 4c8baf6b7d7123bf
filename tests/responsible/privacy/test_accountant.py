import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import comb, logsumexp

from course_lib.responsible.privacy import Accountant, epsilon_of_rdp, find_noise_multiplier, rdp_of_step
from course_lib.responsible.privacy.accountant import ORDERS

Q_OF_MNIST = 256 / 60000  # batches of 256 from 60,000


def binomial_rdp(q, sigma, order):
    """Mironov, Talwar & Zhang 2019, section 3.3: the closed form for whole orders."""
    k = np.arange(order + 1)
    log_terms = np.log(comb(order, k)) + k * np.log(q) + (order - k) * np.log1p(-q)
    return logsumexp(log_terms + (k * k - k) / (2 * sigma**2)) / (order - 1)


@pytest.mark.parametrize("q", [1e-3, 0.01, 0.2, 0.9])
@pytest.mark.parametrize("sigma", [0.3, 0.7, 1.0, 2.0, 8.0])
@pytest.mark.parametrize("order", [2, 3, 8, 32, 256])
def test_whole_orders_equal_the_closed_form(q, sigma, order):
    assert rdp_of_step(q, sigma, order) == pytest.approx(binomial_rdp(q, sigma, order), rel=1e-9, abs=1e-13)


@pytest.mark.parametrize(
    ("q", "sigma", "order"), [(0.01, 1.0, 1.5), (0.2, 0.5, 2.7), (0.5, 3.0, 10.9), (0.9, 0.8, 1.1)]
)
def test_fractional_orders_equal_an_integral_that_scipy_computes(q, sigma, order):
    def integrand(z):
        density = math.exp(-0.5 * (z / sigma) ** 2) / (sigma * math.sqrt(2 * math.pi))
        return density * (1 - q + q * math.exp((2 * z - 1) / (2 * sigma**2))) ** order

    places = [0, order / 2, order]
    expectation, _ = quad(
        integrand, -10 * sigma, order + 10 * sigma, points=places, epsabs=0, epsrel=1e-12, limit=500
    )
    assert rdp_of_step(q, sigma, order) == pytest.approx(math.log(expectation) / (order - 1), rel=1e-8)


@pytest.mark.parametrize(
    ("q", "sigma", "order", "of_opacus"),
    [
        (0.01, 1.0, 5.5, 0.0005246956673178559),
        (0.2, 2.0, 1.1, 0.005966332620532215),
        (0.0001, 0.3, 2.7, 0.6225977821843172),
        (0.9, 4.0, 10.9, 0.2897740966027962),
    ],
)
def test_steps_equal_those_of_opacus(q, sigma, order, of_opacus):
    assert rdp_of_step(q, sigma, order) == pytest.approx(of_opacus, rel=1e-9)  # Opacus 1.6.0


def test_with_everybody_in_every_batch_it_is_the_gaussian_mechanism():
    assert rdp_of_step(1.0, 3.0, 5.0) == 5 / 18
    assert rdp_of_step(1 - 1e-9, 3.0, 5.0) == pytest.approx(5 / 18, rel=1e-7)


def test_nobody_drawn_gives_nothing_away_and_no_noise_everything():
    assert rdp_of_step(0.0, 1.0, 2.0) == 0
    assert rdp_of_step(0.0, 0.0, 2.0) == 0
    assert rdp_of_step(0.5, 0.0, 2.0) == math.inf


def test_rounding_never_makes_a_divergence_negative():
    assert min(rdp_of_step(1e-9, sigma, 1.1) for sigma in np.linspace(0.5, 20, 100)) >= 0


@pytest.mark.parametrize(
    ("sigma", "n_epochs", "published"),
    [(1.3, 15, 1.19), (1.1, 60, 3.01), (0.7, 45, 7.10), (1.12, 60, 2.92), (1.12, 1, 1.00), (1.12, 2, 1.04)],
)
def test_the_epsilons_of_the_tensorflow_privacy_tutorial_come_out(sigma, n_epochs, published):
    # The tables of tutorials/README.md of TensorFlow Privacy: MNIST, batch size 256, delta 1e-5.
    accountant = Accountant()
    n_steps = n_epochs * 60000 // 256
    accountant.add(sampling_rate=Q_OF_MNIST, noise_multiplier=sigma, n_steps=n_steps)
    assert round(accountant.epsilon(1e-5, is_classic=True), 2) == published


def test_the_example_of_the_moments_accountant_comes_out():
    # Abadi et al. 2016, section 3.2: q = 0.01, sigma = 4, 10,000 steps, delta 1e-5: 1.26.
    accountant = Accountant()
    accountant.add(sampling_rate=0.01, noise_multiplier=4.0, n_steps=10_000)
    assert round(accountant.epsilon(1e-5, is_classic=True), 2) == 1.26


@pytest.mark.parametrize(
    ("q", "sigma", "n_steps", "of_opacus"),
    [
        (0.01, 4.0, 10_000, 1.0354900660362476),
        (Q_OF_MNIST, 1.12, 14_063, 2.5186864791087173),
        (Q_OF_MNIST, 0.7, 10_546, 6.318100586877763),
    ],
)
def test_the_sharper_conversion_equals_that_of_opacus(q, sigma, n_steps, of_opacus):
    accountant = Accountant()
    accountant.add(sampling_rate=q, noise_multiplier=sigma, n_steps=n_steps)
    assert accountant.epsilon(1e-5) == pytest.approx(of_opacus, rel=1e-8)  # Opacus 1.6.0, the same orders


def test_both_conversions_are_bounds_on_the_gaussian_mechanism():
    # Balle & Wang 2018, theorem 8: the exact delta of one Gaussian step for a given epsilon.
    def exact_delta(epsilon, sigma):
        def phi(t):
            return 0.5 * math.erfc(-t / math.sqrt(2))

        a, b = 1 / (2 * sigma), epsilon * sigma
        return phi(a - b) - math.exp(epsilon) * phi(-a - b)

    for sigma in (0.5, 1.0, 3.0):
        rdp = [rdp_of_step(1.0, sigma, order) for order in ORDERS]
        sharp, _ = epsilon_of_rdp(rdp, ORDERS, 1e-5)
        classic, _ = epsilon_of_rdp(rdp, ORDERS, 1e-5, is_classic=True)
        assert sharp < classic
        assert exact_delta(sharp, sigma) < 1e-5
        assert exact_delta(0.8 * sharp, sigma) > 1e-5


def test_the_best_order_is_taken_and_named():
    assert epsilon_of_rdp([1.0, 5.0, 0.9], [2.0, 3.0, 4.0], math.exp(-3), is_classic=True) == (1.9, 4.0)
    assert epsilon_of_rdp([0.0], [512.0], 0.9)[0] == 0.0


def test_the_orders_are_dense_where_epsilon_is_large_and_sparse_where_it_is_small():
    parts = [np.linspace(1.1, 10.9, 99), np.arange(11, 65), [80, 96, 128, 192, 256, 384, 512]]
    np.testing.assert_allclose(ORDERS, np.concatenate(parts), rtol=1e-12)


def test_steps_of_different_kinds_add_up():
    together, of_step = Accountant([2.0, 4.0]), [rdp_of_step(0.1, 1.0, 2.0), rdp_of_step(0.2, 3.0, 2.0)]
    together.add(sampling_rate=0.1, noise_multiplier=1.0, n_steps=3)
    together.add(sampling_rate=0.2, noise_multiplier=3.0)
    assert together.rdp[0] == pytest.approx(3 * of_step[0] + of_step[1], rel=1e-12)
    assert together.rdp.shape == (2,)


def test_without_noise_nothing_is_private_and_without_steps_all_is():
    accountant = Accountant()
    accountant.add(sampling_rate=0.1, noise_multiplier=0.0, n_steps=0)
    assert accountant.epsilon(0.5) == 0
    accountant.add(sampling_rate=0.1, noise_multiplier=0.0)
    assert accountant.epsilon(1e-5) == math.inf


@pytest.mark.parametrize(("epsilon", "n_steps"), [(0.5, 500), (3.0, 1000), (20.0, 100)])
def test_the_noise_that_is_found_keeps_the_budget_and_hardly_less_would_not(epsilon, n_steps):
    settings = {"sampling_rate": 0.02, "n_steps": n_steps}

    def spent(sigma):
        accountant = Accountant()
        accountant.add(noise_multiplier=sigma, **settings)
        return accountant.epsilon(1e-5)

    sigma = find_noise_multiplier(epsilon, 1e-5, precision=0.01, **settings)
    assert spent(sigma) <= epsilon < spent(sigma - 0.01)
    assert sigma - find_noise_multiplier(epsilon, 1e-5, **settings) < 0.01


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: rdp_of_step(1.5, 1.0, 2), r"rdp_of_step: sampling_rate must be between 0 and 1. It is 1.5"),
        (lambda: rdp_of_step(-0.1, 1.0, 2), "sampling_rate must be between 0 and 1"),
        (
            lambda: rdp_of_step(0.1, -1.0, 2),
            "noise_multiplier must be 0, or a finite number of at least 0.05",
        ),
        (lambda: rdp_of_step(0.1, 0.01, 2), "noise_multiplier must be 0, or a finite number"),
        (lambda: rdp_of_step(0.1, math.inf, 2), "noise_multiplier must be 0, or a finite number"),
        (lambda: rdp_of_step(0.1, 1.0, 1), "order must be a finite number greater than 1. It is 1"),
        (lambda: rdp_of_step(0.1, 1.0, math.inf), "order must be a finite number"),
        (lambda: epsilon_of_rdp([1.0], [2.0, 3.0], 0.1), r"same length, at least 1.*\(1,\) and \(2,\)"),
        (lambda: epsilon_of_rdp([], [], 0.1), "same length, at least 1"),
        (lambda: epsilon_of_rdp([[1.0]], [[2.0]], 0.1), "two lists"),
        (lambda: epsilon_of_rdp([1.0, 1.0], [2.0, 1.0], 0.1), "greater than 1. The smallest is 1.0"),
        (lambda: epsilon_of_rdp([1.0], [2.0], 0.0), "delta must be between 0 and 1, as 1e-5 is. It is 0.0"),
        (lambda: epsilon_of_rdp([1.0], [2.0], 1.0), "delta must be between 0 and 1"),
        (lambda: Accountant([2.0, 1.0]), "Accountant: every order must be greater than 1"),
        (
            lambda: Accountant().add(sampling_rate=0.1, noise_multiplier=1.0, n_steps=-1),
            "n_steps must be a whole number of at least 0. It is -1",
        ),
        (lambda: Accountant().add(sampling_rate=0.1, noise_multiplier=1.0, n_steps=1.5), "n_steps must be"),
        (lambda: Accountant().add(sampling_rate=2, noise_multiplier=1.0, n_steps=0), "Accountant.add: samp"),
        (
            lambda: find_noise_multiplier(0.0, 1e-5, sampling_rate=0.1, n_steps=1),
            "find_noise_multiplier: epsilon must be a positive number",
        ),
        (
            lambda: find_noise_multiplier(1.0, 1e-5, sampling_rate=0.1, n_steps=1, precision=0),
            "find_noise_multiplier: precision must be a positive number",
        ),
        (
            lambda: find_noise_multiplier(1e-4, 1e-12, sampling_rate=1.0, n_steps=10_000_000),
            "even a noise multiplier of 8192 spends more than 0.0001. Allow a larger epsilon",
        ),
    ],
)
def test_bad_input_gets_a_sentence(call, message):
    with pytest.raises(ValueError, match=message):
        call()
