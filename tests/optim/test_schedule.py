import warnings

import numpy as np
import pytest

from course_lib.optim import Constant, Cosine, OneCycle, OnPlateau, StepDecay, WarmUp

POSITIVE = "must be a positive number"


def rates_of_pytorch(make, n_steps, learning_rate=0.1):
    """Return the learning rates of the first steps, from a scheduler that ``make`` builds on an optimiser."""
    torch = pytest.importorskip("torch")
    optimiser = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=learning_rate)
    rates = []
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*epoch parameter.*")  # SequentialLR's own call
        scheduler = make(optimiser, torch.optim.lr_scheduler)
        for _ in range(n_steps):
            rates.append(optimiser.param_groups[0]["lr"])
            optimiser.step()
            if len(rates) < n_steps:  # OneCycleLR refuses a step too many
                scheduler.step()
    return rates


@pytest.mark.parametrize(
    ("schedule", "make", "n_steps"),
    [
        (Constant(0.1), lambda o, s: s.ConstantLR(o, factor=1.0), 5),
        (StepDecay(0.1, every=7), lambda o, s: s.StepLR(o, 7), 40),
        (StepDecay(0.1, every=1, factor=0.9), lambda o, s: s.StepLR(o, 1, gamma=0.9), 40),
        (Cosine(0.1, n_steps=30), lambda o, s: s.CosineAnnealingLR(o, 30), 31),
        (Cosine(0.1, n_steps=30, lowest=0.01), lambda o, s: s.CosineAnnealingLR(o, 30, eta_min=0.01), 31),
        (
            WarmUp(Constant(0.1), n_steps=9),
            lambda o, s: s.LinearLR(o, start_factor=0.1, total_iters=9),
            30,
        ),
        (
            WarmUp(Cosine(0.1, n_steps=20), n_steps=4),
            lambda o, s: s.SequentialLR(
                o, [s.LinearLR(o, start_factor=0.2, total_iters=4), s.CosineAnnealingLR(o, 20)], [4]
            ),
            25,
        ),
        (OneCycle(0.7, n_steps=50), lambda o, s: s.OneCycleLR(o, 0.7, 50, cycle_momentum=False), 50),
        (
            OneCycle(0.7, n_steps=33, rise=0.5),
            lambda o, s: s.OneCycleLR(o, 0.7, 33, pct_start=0.5, cycle_momentum=False),
            33,
        ),
    ],
    ids=lambda value: repr(value) if hasattr(value, "__dataclass_fields__") else "",
)
def test_every_rate_is_that_of_pytorch(schedule, make, n_steps):
    np.testing.assert_allclose(
        [schedule(t) for t in range(n_steps)], rates_of_pytorch(make, n_steps), rtol=1e-12
    )


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ({}, {}),
        ({"patience": 0, "factor": 0.5}, {"patience": 0, "factor": 0.5}),
        (
            {"patience": 3, "threshold": 0.2, "lowest": 1e-3},
            {"patience": 3, "threshold": 0.2, "min_lr": 1e-3},
        ),
    ],
)
def test_every_rate_on_a_plateau_is_that_of_pytorch(ours, theirs):
    torch = pytest.importorskip("torch")
    optimiser = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimiser, eps=0.0, **theirs)
    schedule = OnPlateau(0.1, **ours)
    rng = np.random.default_rng(0)
    seen = set()
    for epoch in range(120):
        loss = 1 / (1 + epoch / 10) + 0.3 * rng.random()
        scheduler.step(loss)
        rate = schedule.look(loss)
        assert rate == pytest.approx(optimiser.param_groups[0]["lr"], rel=1e-12)
        seen.add(rate)
    assert len(seen) >= 3, "the losses must bring the rate down, or nothing was compared"


def test_a_plateau_just_below_the_threshold_is_no_progress():
    schedule = OnPlateau(1.0, factor=0.5, patience=1, threshold=0.1)
    assert [schedule.look(loss) for loss in [1.0, 0.91, 0.95, 0.89, 0.89, 0.89]] == [
        1,
        1,
        0.5,
        0.5,
        0.5,
        0.25,
    ]


def test_the_same_loss_again_is_no_progress_whatever_the_threshold():
    schedule = OnPlateau(1.0, factor=0.5, patience=0, threshold=0.0)
    assert [schedule.look(loss) for loss in [1.0, 1.0, 0.9]] == [1, 0.5, 0.5]


def test_nothing_said_a_rate_falls_to_a_tenth_and_a_cosine_to_zero():
    assert StepDecay(1.0, every=1)(1) == 0.1
    assert Cosine(1.0, n_steps=1)(1) == 0.0
    assert Cosine(1.0, n_steps=1, lowest=1.0)(1) == 1.0
    schedule = OnPlateau(1.0)
    assert (schedule.factor, schedule.patience, schedule.threshold, schedule.lowest) == (0.1, 10, 1e-4, 0)
    assert schedule.state() == {"learning_rate": 1.0, "best_loss": np.inf, "n_looks_without_progress": 0}


def test_one_step_is_not_enough_to_climb_but_two_are():
    assert OneCycle(1.0, n_steps=4, rise=0.5)(1) == 1.0
    with pytest.raises(ValueError, match="OneCycle: rise must leave"):
        OneCycle(1.0, n_steps=4, rise=0.25)


def test_a_plateau_that_is_resumed_from_its_state_goes_on_alike():
    losses = np.random.default_rng(0).random(60)
    schedule, resumed = OnPlateau(0.1, patience=2), OnPlateau(0.5, patience=2)
    for loss in losses[:31]:
        schedule.look(loss)
    resumed.load_state(schedule.state())
    assert [schedule.look(loss) for loss in losses[31:]] == [resumed.look(loss) for loss in losses[31:]]
    with pytest.raises(ValueError, match=r"OnPlateau.load_state: the names must be"):
        resumed.load_state({"learning_rate": 0.1})


def test_after_the_last_step_a_schedule_stays_at_its_lowest():
    assert Cosine(0.1, n_steps=10, lowest=0.01)(10_000) == pytest.approx(0.01, rel=1e-12)
    assert OneCycle(0.25, n_steps=10)(10_000) == pytest.approx(0.25 / 25 / 10_000, rel=1e-9)


def test_warming_up_is_below_the_full_rate_at_every_shortened_step_and_never_zero():
    rates = [WarmUp(Constant(1.0), n_steps=3)(step) for step in range(5)]
    assert rates == [0.25, 0.5, 0.75, 1.0, 1.0]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Constant(0.0), "Constant: learning_rate " + POSITIVE),
        (lambda: StepDecay(-1.0, every=3), "StepDecay: learning_rate " + POSITIVE),
        (lambda: StepDecay(0.1, every=0), "StepDecay: every must be a whole number of at least 1. It is 0"),
        (lambda: StepDecay(0.1, every=2.5), "every must be a whole number"),
        (lambda: StepDecay(0.1, every=True), "every must be a whole number"),
        (lambda: StepDecay(0.1, every=3, factor=0.0), "StepDecay: factor " + POSITIVE),
        (lambda: Cosine(0.0, n_steps=3), "Cosine: learning_rate " + POSITIVE),
        (lambda: Cosine(0.1, n_steps=0), "Cosine: n_steps must be"),
        (
            lambda: Cosine(0.1, n_steps=3, lowest=0.2),
            "Cosine: lowest must lie between 0 and the learning rate",
        ),
        (lambda: Cosine(0.1, n_steps=3, lowest=-0.1), "Cosine: lowest must lie"),
        (lambda: WarmUp(Constant(0.1), n_steps=0), "WarmUp: n_steps must be"),
        (lambda: OneCycle(0.0, n_steps=10), "OneCycle: highest " + POSITIVE),
        (lambda: OneCycle(0.1, n_steps=0), "OneCycle: n_steps must be"),
        (
            lambda: OneCycle(0.1, n_steps=3),
            "OneCycle: rise must leave steps to climb .* It is 0.3 of 3 steps",
        ),
        (lambda: OneCycle(0.1, n_steps=10, rise=1.0), "OneCycle: rise must leave"),
        (lambda: OnPlateau(0.0), "OnPlateau: learning_rate " + POSITIVE),
        (lambda: OnPlateau(0.1, factor=1.0), "OnPlateau: factor must lie between 0 and 1"),
        (lambda: OnPlateau(0.1, factor=0.0), "OnPlateau: factor must lie between 0 and 1"),
        (lambda: OnPlateau(0.1, patience=-1), "OnPlateau: patience must be a whole number of at least 0"),
        (lambda: OnPlateau(0.1, patience=1.5), "OnPlateau: patience must be"),
        (lambda: OnPlateau(0.1, threshold=1.0), "OnPlateau: threshold must be at least 0"),
        (lambda: OnPlateau(0.1, lowest=0.2), "OnPlateau: lowest must lie"),
        (lambda: OnPlateau(0.1).look(float("nan")), "OnPlateau.look: loss must be finite"),
    ],
)
def test_settings_that_cannot_be_right_are_refused_by_name(make, message):
    with pytest.raises(ValueError, match=message):
        make()
