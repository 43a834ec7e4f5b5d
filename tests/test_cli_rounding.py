"""Rounding of values and errors for the tables of the command line."""

from __future__ import annotations

import math

import pytest

from hs3.cli.rounding import asymmetric, rounded, signed


@pytest.mark.parametrize(
    "value, error, expected",
    [
        # the examples of the Review of Particle Physics, section 5.3
        (0.827, 0.119, ("0.83", "0.12")),
        (0.827, 0.367, ("0.8", "0.4")),
        # two digits up to 354, one from 355, 950 becomes 1000
        (1.27231, 0.354, ("1.27", "0.35")),
        (1.27231, 0.355, ("1.3", "0.4")),
        (1.27231, 0.949, ("1.3", "0.9")),
        (1.27231, 0.950, ("1.3", "1.0")),
        (1.27231, 0.0999, ("1.27", "0.10")),
        (-0.0001, 0.9934, ("0.0", "1.0")),
        (5.0, 1.0, ("5.0", "1.0")),
        (12345.6, 432.1, ("12300", "400")),
        (12345.6, 43.21, ("12350", "40")),
        (12345.6, 12.3, ("12346", "12")),
        (1.23456e7, 4.4e3, ("1.2346e+07", "0.0004e+07")),
        (1.23456e7, 1.5e4, ("1.2346e+07", "0.0015e+07")),
        (1.5e-7, 2.25e-8, ("1.50e-07", "0.22e-07")),
        (0.0, 3.0e-9, ("0.0e-09", "3.0e-09")),
        (1.0, None, ("1", "")),
        (0.123456789, 0.0, ("0.123457", "")),
        (2.0, math.inf, ("2", "inf")),
        (math.nan, 0.1, ("nan", "0.1")),
    ],
)
def test_the_error_decides_the_digits(value, error, expected):
    assert rounded(value, error) == expected


@pytest.mark.parametrize("exponent", range(-12, 13))
@pytest.mark.parametrize("leading", [1.0, 1.5, 3.54, 3.55, 9.49, 9.5, 9.996])
def test_the_shown_error_is_within_a_fifth_of_the_error(leading, exponent):
    error = leading * 10.0**exponent
    shown = float(rounded(1.0, error)[1])
    assert shown == pytest.approx(error, rel=0.2)


@pytest.mark.parametrize(
    "given, expected",
    [
        ((1.27291, -0.5667, 0.6264), ("1.3", "-0.6", "+0.6")),
        ((1.27291, -0.2345, 0.8), ("1.27", "-0.23", "+0.80")),
        ((0.0, -math.inf, 0.12), ("0.00", "-∞", "+0.12")),
        ((3.0, -math.inf, math.inf), ("3", "-∞", "+∞")),
        ((5.0, -0.0, 1.0), ("5.0", "-0.0", "+1.0")),
    ],
)
def test_the_smaller_offset_decides_the_digits(given, expected):
    assert asymmetric(*given) == expected


def test_shifts_have_two_digits_more_than_the_error():
    assert signed(-0.23145, 0.594) == "-0.231"
    assert signed(12.3, 432.1) == "+12"
    assert signed(math.nan, 0.5) == "+nan"
    assert signed(0.5, 0.0) == "+0.5"
