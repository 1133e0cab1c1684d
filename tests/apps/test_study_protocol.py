"""Every participant sees what the protocol promises, and the same again whenever asked."""

import numpy as np
import pytest

from ganapps.errors import GanappsError
from study.protocol import CHECK, PRACTICE, SCORED, Pairing, Rules, deal, obvious_fake, trials

REAL, FAKE = [f"r{i}" for i in range(30)], [f"f{i}" for i in range(20)]


@pytest.mark.parametrize("seed", range(20))
def test_a_participant_sees_what_the_rules_say(seed):
    rules = Rules(scored=25, practice=6, checks=3)
    given = trials(rules, Pairing(REAL, FAKE), seed, participant=seed % 5 + 1)
    kinds = [trial.kind for trial in given]
    assert [trial.number for trial in given] == list(range(rules.pairs)) == list(range(34))
    assert kinds[:6] == [PRACTICE] * 6 and PRACTICE not in kinds[6:]
    assert kinds.count(SCORED) == 25 and kinds.count(CHECK) == 3
    reals, fakes = [trial.real for trial in given], [trial.fake for trial in given]
    assert len(set(reals[:30])) == 30 and len(set(fakes[:20])) == 20  # none again before all were there
    assert len(set(fakes[20:])) == 14


def test_the_same_study_and_participant_see_the_same_and_others_do_not():
    def see(*who):
        return trials(Rules(), Pairing(REAL, FAKE), *who)

    assert see(1, 1) == see(1, 1)
    assert see(1, 1) != see(1, 2) and see(1, 1) != see(2, 1)


def test_sides_and_checks_are_anywhere():
    given = [trials(Rules(40, 10, 4), Pairing(REAL, FAKE), 5, person) for person in range(1, 201)]
    left = np.array([[trial.real_left for trial in person] for person in given])
    assert abs(left.mean() - 0.5) < 0.02  # of 10,800; four deviations
    assert np.all(abs(left.mean(0) - 0.5) < 0.16)  # at every place, of 200
    checks = np.array([[trial.kind == CHECK for trial in person] for person in given]).mean(0)
    assert not checks[:10].any() and np.all(checks[10:] > 0) and checks[10:].max() < 0.25


def test_pairs_stay_together():
    names = [f"{i}.png" for i in range(12)]
    given = trials(Rules(10, 2, 2), Pairing(names, names[::-1], paired=True), 3, 1)
    assert {(trial.real, trial.fake) for trial in given} <= set(zip(names, names[::-1], strict=True))
    free = trials(Rules(100, 2, 2), Pairing(names, names), 3, 1)
    assert any(trial.real != trial.fake for trial in free)


def test_fooled_is_the_wrong_side():
    for trial in trials(Rules(5, 0, 0), Pairing(REAL, FAKE), 0, 1):
        assert trial.fooled(not trial.real_left) and not trial.fooled(trial.real_left)


@pytest.mark.parametrize(("size", "n"), [(5, 0), (5, 3), (5, 5), (5, 13), (1, 4)])
def test_deal(size, n):
    dealt = deal(size, n, np.random.default_rng(0))
    assert len(dealt) == n and set(dealt) <= set(range(size))
    counts = np.bincount(dealt, minlength=size) if n else np.zeros(size)
    assert counts.max() - counts.min() <= 1


def test_an_obvious_fake_has_the_same_pixels_elsewhere():
    picture = np.random.default_rng(0).integers(0, 256, (16, 12, 3)).astype(np.uint8)
    fake = obvious_fake(picture, 1)
    assert fake.shape == picture.shape and fake.dtype == np.uint8 and (fake != picture).mean() > 0.9
    assert sorted(map(tuple, fake.reshape(-1, 3))) == sorted(map(tuple, picture.reshape(-1, 3)))


@pytest.mark.parametrize(
    "wrong", [{"scored": 0}, {"practice": -1}, {"seconds": 0.0}, {"most_missed": 2}, {"checks": 999}]
)
def test_rules_that_cannot_be(wrong):
    with pytest.raises(GanappsError):
        Rules(**wrong)


@pytest.mark.parametrize("wrong", [([], FAKE), (REAL, []), (REAL, FAKE, True)])
def test_pictures_that_cannot_be(wrong):
    with pytest.raises(GanappsError):
        Pairing(*wrong)
