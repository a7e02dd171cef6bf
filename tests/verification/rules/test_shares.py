"""Shares with their bounds, and those of too few cases."""

from itertools import product

import pytest

from verification.rules.shares import FEWEST, Share, hidden_beside


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"), [(0, 100, 0.0, 3.70), (5, 100, 2.15, 11.18), (0, 0, 0, 100)]
)
def test_the_bounds_are_wilsons(part, whole, low, high):
    assert Share("", part, whole).interval == pytest.approx((low, high), abs=0.01)


def test_two_small_groups_become_one_that_may_be_shown():
    shares = [Share("A", 1, 6), Share("B", 9, 90), Share("C", 2, 7)]
    assert hidden_beside(shares) == [Share("B", 9, 90), Share("All others", 3, 13)]


def test_a_single_small_group_takes_the_smallest_other_with_it():
    shares = [Share("A", 1, 6), Share("B", 9, 90), Share("C", 2, 17)]
    assert hidden_beside(shares) == [Share("B", 9, 90), Share("All others", 3, 23)]


def test_no_small_group_can_be_worked_out_and_nobody_is_lost():
    for sizes in product((0, 1, 5, 9, 10, 30), repeat=3):
        shares = hidden_beside([Share(str(n), 0, size) for n, size in enumerate(sizes)])
        assert sum(share.whole for share in shares) == sum(sizes)
        assert all(share.shown for share in shares) or sum(sizes) < FEWEST
