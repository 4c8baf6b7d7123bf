"""The accountant of DP-SGD: how much privacy has been spent after so many noisy steps.

What is kept count of is the Rényi divergence, because it simply adds up from step to step. Only at the end is
it turned into the pair (epsilon, delta) that people compare.
"""

import math
from collections.abc import Sequence

import numpy as np

from course_lib.checks import expect_positive

__all__ = ["ORDERS", "Accountant", "epsilon_of_rdp", "find_noise_multiplier", "rdp_of_step"]

# The best order is small for a large epsilon and large for a small one. Tenths matter below 11 only.
ORDERS = (*(1 + tenth / 10 for tenth in range(1, 100)), *range(11, 65), 80, 96, 128, 192, 256, 384, 512)
SMALLEST_NOISE = 0.05  # less hides nothing: one step alone would spend an epsilon in the hundreds
N_STANDARD_DEVIATIONS = 12.0  # what lies further out is 1e-32 of the whole: below rounding
MOST_NOISE = 1e4  # where the search for a noise multiplier gives up


def rdp_of_step(sampling_rate: float, noise_multiplier: float, order: float) -> float:
    r"""Return the Rényi divergence of order α that one step of DP-SGD gives away.

    An example takes part with probability q. If it does, it moves the noise, of standard deviation σ, by at
    most 1: both are measured in units of the clipping norm. An observer sees either pure noise z ~ N(0, σ²),
    or a mixture whose density is greater by the factor

    $$\rho(z) = 1 - q + q \, e^{(2z - 1) / (2\sigma^2)} \qquad
    \mathrm{RDP}(\alpha) = \frac{1}{\alpha - 1} \log \mathrm{E}_z \left[\rho(z)^\alpha\right]$$

    The expectation is computed as a sum over equally spaced points. For a smooth function that dies off on
    both sides this is exact to rounding, for whole and for fractional orders alike.

    Args:
        sampling_rate: q, the chance that an example is in a batch, each drawn by itself
        noise_multiplier: σ, standard deviation of the noise in units of the clipping norm
        order: α, greater than 1
    Returns:
        the divergence in nats; 0 where nobody is drawn, infinite without noise
    Raises:
        ValueError: q is no probability, α is not greater than 1, or σ is negative or too small
    Source: Mironov, Talwar & Zhang 2019, "Rényi differential privacy of the sampled Gaussian mechanism",
        arXiv:1908.10530, section 3; the sum: Trefethen & Weideman 2014, "The exponentially convergent
        trapezoidal rule", *SIAM Review* 56.

    >>> rdp_of_step(sampling_rate=1.0, noise_multiplier=2.0, order=8)  # α / (2 σ²)
    1.0
    >>> round(rdp_of_step(sampling_rate=0.01, noise_multiplier=2.0, order=8), 6)
    0.000116
    """
    _expect_mechanism(sampling_rate, noise_multiplier, where="rdp_of_step")
    if not 1 < order < np.inf:
        raise ValueError(f"rdp_of_step: order must be a finite number greater than 1. It is {order!r}.")
    q, sigma = float(sampling_rate), float(noise_multiplier)
    if q == 0:
        return 0.0
    if sigma == 0:
        return math.inf
    if q == 1:
        return order / (2 * sigma**2)
    spacing = min(sigma, sigma**2) / 2  # the error is about exp(-3.5 pi^2) = 1e-15 or less: rounding
    reach = N_STANDARD_DEVIATIONS * sigma
    z = np.arange(-reach, order + reach, spacing)  # the integrand has its bumps between 0 and the order
    log_density = -0.5 * (z / sigma) ** 2 - math.log(sigma * math.sqrt(2 * math.pi))
    log_rho = np.logaddexp(math.log1p(-q), math.log(q) + (2 * z - 1) / (2 * sigma**2))
    log_terms = log_density + order * log_rho
    largest = log_terms.max()
    log_expectation = largest + math.log(spacing * np.exp(log_terms - largest).sum())
    return max(0.0, float(log_expectation) / (order - 1))  # a divergence of 0 may be off by rounding


def epsilon_of_rdp(
    rdp: Sequence[float], orders: Sequence[float], delta: float, *, is_classic: bool = False
) -> tuple[float, float]:
    r"""Turn a Rényi divergence into the ε that holds with probability 1 - δ.

    $$\varepsilon = \min_\alpha \; \mathrm{RDP}(\alpha) + \log\frac{\alpha - 1}{\alpha}
    - \frac{\log \delta + \log \alpha}{\alpha - 1} \qquad
    \varepsilon_\text{classic} = \min_\alpha \; \mathrm{RDP}(\alpha) + \frac{\log(1/\delta)}{\alpha - 1}$$

    Both are true bounds. The first is never worse; the classic one is what older papers report.

    Args:
        rdp: (n_orders,)  divergence of each order, over all steps
        orders: (n_orders,)  α, each greater than 1
        delta: δ, between 0 and 1; choose it well below 1 / (number of examples)
        is_classic: take the classic bound
    Returns:
        ε, at least 0, and the order that gave it
    Raises:
        ValueError: the lengths differ, there is no order, an order is not greater than 1, or δ is not between
            0 and 1
    Source: Canonne, Kamath & Steinke 2020, "The discrete Gaussian for differential privacy", NeurIPS,
        proposition 12, and Balle, Barthe, Gaboardi, Hsu & Sato 2020, "Hypothesis testing interpretations and
        Rényi differential privacy", AISTATS, theorem 21; the classic one: Mironov 2017, "Rényi differential
        privacy", CSF, proposition 3.

    >>> orders = [2.0, 4.0]
    >>> epsilon, order = epsilon_of_rdp([1.0, 2.0], orders, delta=1e-5, is_classic=True)
    >>> round(epsilon, 3), order  # 2 + log(1e5) / 3
    (5.838, 4.0)
    >>> round(epsilon_of_rdp([1.0, 2.0], orders, delta=1e-5)[0], 3)
    5.088
    """
    rdp, orders = np.asarray(rdp, dtype=np.float64), np.asarray(orders, dtype=np.float64)
    if rdp.shape != orders.shape or rdp.ndim != 1 or rdp.size == 0:
        raise ValueError(
            "epsilon_of_rdp: rdp and orders must be two lists of the same length, at least 1. "
            f"Their shapes are {rdp.shape} and {orders.shape}."
        )
    if not (orders > 1).all():
        raise ValueError(
            f"epsilon_of_rdp: every order must be greater than 1. The smallest is {orders.min()}."
        )
    if not 0 < delta < 1:
        raise ValueError(f"epsilon_of_rdp: delta must be between 0 and 1, as 1e-5 is. It is {delta!r}.")
    epsilons = rdp - math.log(delta) / (orders - 1)
    if not is_classic:
        epsilons = epsilons + np.log1p(-1 / orders) - np.log(orders) / (orders - 1)
    best = int(np.argmin(epsilons))
    return max(0.0, float(epsilons[best])), float(orders[best])


class Accountant:
    r"""Add up what the steps give away: $\mathrm{RDP}_\text{total}(\alpha) = \sum_t \mathrm{RDP}_t(\alpha)$.

    Args:
        orders: the orders α to keep count of; more of them give a slightly smaller ε
    Attributes:
        rdp: (n_orders,)  what has been given away so far
    Raises:
        ValueError: an order is not greater than 1
    Source: Mironov 2017, "Rényi differential privacy", CSF, proposition 1.

    >>> accountant = Accountant()
    >>> accountant.add(sampling_rate=256 / 60000, noise_multiplier=1.12, n_steps=14063)
    >>> round(accountant.epsilon(delta=1e-5, is_classic=True), 2)
    2.92
    """

    def __init__(self, orders: Sequence[float] = ORDERS):
        self.orders = tuple(orders)
        if not all(order > 1 for order in self.orders):
            raise ValueError(f"Accountant: every order must be greater than 1. They are {self.orders}.")
        self.rdp = np.zeros(len(self.orders))

    def add(self, *, sampling_rate: float, noise_multiplier: float, n_steps: int = 1) -> None:
        """Count steps that were taken.

        Args:
            sampling_rate: q, the chance of each example to be in a batch
            noise_multiplier: σ, standard deviation of the noise in units of the clipping norm
            n_steps: how many such steps
        Raises:
            ValueError: q is no probability, σ is negative, or n_steps is not a whole number of at least 0
        """
        _expect_mechanism(sampling_rate, noise_multiplier, where="Accountant.add")
        if not (isinstance(n_steps, int | np.integer) and n_steps >= 0):
            raise ValueError(
                f"Accountant.add: n_steps must be a whole number of at least 0. It is {n_steps!r}."
            )
        if n_steps:  # without steps, infinity times 0 would be no number
            of_one = [rdp_of_step(sampling_rate, noise_multiplier, order) for order in self.orders]
            self.rdp = self.rdp + n_steps * np.array(of_one)

    def epsilon(self, delta: float, *, is_classic: bool = False) -> float:
        """Say what has been spent so far, see ``epsilon_of_rdp``.

        Args:
            delta: δ, between 0 and 1
            is_classic: take the classic bound of 2017
        Returns:
            ε
        """
        return epsilon_of_rdp(self.rdp, self.orders, delta, is_classic=is_classic)[0]


def find_noise_multiplier(
    epsilon: float, delta: float, *, sampling_rate: float, n_steps: int, precision: float = 0.001
) -> float:
    """Find the least noise with which so many steps stay within a budget, by halving an interval.

    Args:
        epsilon: ε, the budget
        delta: δ, between 0 and 1
        sampling_rate: q, the chance of each example to be in a batch
        n_steps: how many steps will be taken
        precision: how far above the least noise the answer may lie
    Returns:
        σ, the noise multiplier; with it the budget is kept
    Raises:
        ValueError: the budget or the precision is not positive, no noise is enough, q is no probability, or δ
            is not between 0 and 1

    >>> round(find_noise_multiplier(3.0, 1e-5, sampling_rate=0.01, n_steps=1000), 2)
    0.87
    """
    expect_positive(epsilon, where="find_noise_multiplier: epsilon")
    expect_positive(precision, where="find_noise_multiplier: precision")

    def spent(noise_multiplier: float) -> float:
        accountant = Accountant()
        accountant.add(sampling_rate=sampling_rate, noise_multiplier=noise_multiplier, n_steps=n_steps)
        return accountant.epsilon(delta)

    too_little, enough = SMALLEST_NOISE, 1.0
    while spent(enough) > epsilon:
        too_little, enough = enough, 2 * enough
        if enough > MOST_NOISE:
            raise ValueError(
                f"find_noise_multiplier: even a noise multiplier of {too_little:g} spends more than "
                f"{epsilon}. Allow a larger epsilon or delta, or take fewer steps."
            )
    while enough - too_little > precision:
        middle = (too_little + enough) / 2
        if spent(middle) > epsilon:
            too_little = middle
        else:
            enough = middle
    return enough


def _expect_mechanism(sampling_rate: float, noise_multiplier: float, *, where: str) -> None:
    if not 0 <= sampling_rate <= 1:
        raise ValueError(
            f"{where}: sampling_rate must be between 0 and 1. It is {sampling_rate!r}. "
            "It is the mean batch size divided by the number of examples."
        )
    if not (noise_multiplier == 0 or SMALLEST_NOISE <= noise_multiplier < np.inf):
        raise ValueError(
            f"{where}: noise_multiplier must be 0, or a finite number of at least {SMALLEST_NOISE}. "
            f"It is {noise_multiplier!r}."
        )
