"""Intervals against scipy and against simulated people of known skill; who does not look is left out."""

import json

import numpy as np
import pytest
from scipy.stats import binom, binomtest

from study.protocol import CHECK, PRACTICE, SCORED
from study.statistics import bootstrap, people, summary, wilson


def answers(participant, fooled, kind=SCORED, shown=1000.0, views=1):
    return [
        {"participant": participant, "kind": kind, "fooled": bool(f), "shown_ms": shown, "views": views} for f in fooled
    ]


@pytest.mark.parametrize(("hits", "n"), [(0, 1), (1, 1), (0, 20), (20, 20), (7, 40), (19, 100), (500, 1000), (3, 7)])
@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
def test_wilson_is_scipys(hits, n, level):
    interval = binomtest(hits, n).proportion_ci(level, "wilson")
    np.testing.assert_allclose(wilson(hits, n, level), (interval.low, interval.high), atol=1e-12)
    assert 0 <= wilson(hits, n, level)[0] <= hits / n <= wilson(hits, n, level)[1] <= 1


def test_wilson_of_nothing():
    assert wilson(0, 0) == (0.0, 1.0)


def test_wilson_holds_the_truth_as_often_as_it_says():
    hits = np.arange(61)
    bounds = np.array([wilson(int(k), 60) for k in hits])
    truths = np.linspace(0.1, 0.9, 81)
    inside = [binom.pmf(hits, 60, p)[(bounds[:, 0] <= p) & (p <= bounds[:, 1])].sum() for p in truths]
    assert np.mean(inside) == pytest.approx(0.95, abs=0.005) and min(inside) > 0.91


def test_a_thousand_answers_are_as_sure_as_the_protocol_says():
    low, high = wilson(190, 1000)
    assert (high - low) / 2 == pytest.approx(0.024, abs=0.001)


def test_bootstrap():
    shares = np.random.default_rng(1).normal(0.3, 0.1, 50)
    low, high = bootstrap(shares)
    error = shares.std(ddof=1) / 50**0.5
    np.testing.assert_allclose((low, high), (shares.mean() - 1.96 * error, shares.mean() + 1.96 * error), atol=0.003)
    assert bootstrap(shares) == (low, high)
    assert bootstrap([0.4]) is None and bootstrap([]) is None and bootstrap([0.25, 0.25]) == (0.25, 0.25)


def test_simulated_people_of_known_skill():
    generator = np.random.default_rng(2)
    rows = [row for p in range(1, 51) for row in answers(p, generator.random(40) < 0.19)]
    found = summary(rows, pairs=40, most_missed=0.2)
    assert found.scored == 2000 and found.people == 50 and found.share == found.fooled / 2000
    assert found.wilson[0] < 0.19 < found.wilson[1] and found.people_interval[0] < 0.19 < found.people_interval[1]
    assert found.wilson[1] - found.wilson[0] == pytest.approx(0.034, abs=0.003)


def test_who_counts():
    looked = answers(1, [1, 0, 0, 0]) + answers(1, [0, 0, 0, 0, 1], CHECK)  # a fifth missed: still good
    slept = answers(2, [1, 1, 1, 1]) + answers(2, [0, 0, 0, 1, 1], CHECK)
    left = answers(3, [1, 1]) + answers(3, [0], CHECK)
    practised = answers(4, [1] * 3, PRACTICE) + answers(4, [0] * 3) + answers(4, [0] * 3, CHECK)
    rows = looked + slept + left + practised
    found = people(rows, pairs=9, most_missed=0.2)
    assert [person.state for person in found] == ["counts", "left out", "not finished", "counts"]
    assert [(person.fooled, person.scored, person.missed) for person in found] == [
        (1, 4, 1),
        (4, 4, 2),
        (2, 2, 0),
        (0, 3, 0),
    ]
    total = summary(rows, 9, 0.2)
    assert (total.people, total.left_out, total.unfinished, total.fooled, total.scored) == (2, 1, 1, 1, 7)
    assert summary(rows, 9, 1.0).people == 3 and summary(rows, 9, 0.0).people == 1


def test_how_long_pairs_were_shown():
    rows = answers(1, [0] * 3, shown=1001.0) + answers(1, [0], shown=1017.0, views=2)
    found = summary(rows, 4, 0.2)
    assert found.shown_ms[1] == 1001.0 and 1001 < found.shown_ms[2] <= 1017 and found.again == 1
    assert summary(answers(1, [0], shown=None), 1, 0.2).shown_ms is None


def test_nobody_yet():
    found = summary([], 10, 0.2)
    assert found.share is None and found.wilson == (0.0, 1.0) and found.people == 0
    json.dumps(found.as_dict(), allow_nan=False)
