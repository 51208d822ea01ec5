"""How probable it is that what was counted came about by chance, given what was counted before. Pure."""

import math
from statistics import NormalDist

# From this mean on, what is left to the approximation is less than one does not know of the dispersion.
_MANY = 150
# More observations than these say nothing more that matters, and would take long to add up.
_ENOUGH = 200
_NORMAL = NormalDist()


def so_few(count: float, mean: float, dispersion: float) -> float:
    """The probability of ``count`` or fewer where ``mean`` are usual.

    The distribution is Panjer's: negative binomial for a dispersion (variance by mean) above 1, Poisson's for 1,
    binomial below.
    """
    if mean <= 0:
        return 1.0
    if mean > _MANY:
        return _NORMAL.cdf(_cube_root_score(count + 0.5, mean, dispersion))
    return min(_sum(math.floor(count), mean, dispersion), 1.0)


def so_many(count: float, mean: float, dispersion: float) -> float:
    """The probability of ``count`` or more where ``mean`` are usual."""
    if count <= 0:
        return 1.0
    mean = max(mean, 0.01)
    if mean > _MANY:
        return _NORMAL.cdf(-_cube_root_score(count - 0.5, mean, dispersion))
    return max(1.0 - _sum(math.ceil(count) - 1, mean, dispersion), 0.0)


def so_large_a_share(part: int, of: int, before: tuple[int, int], dispersion: float) -> float:
    """The probability that ``part`` or more of these are so, where before they were in so many of so many.

    Beta-binomial, from Jeffreys' prior and what was before; with a dispersion above 1 all that was observed counts
    for as much less.
    """
    scale = max(dispersion, of / _ENOUGH, 1.0)
    n, k = round(of / scale), math.floor(part / scale)
    if k < 1:
        return 1.0
    a = 0.5 + before[0] / dispersion
    b = 0.5 + (before[1] - before[0]) / dispersion
    return min(math.fsum(math.exp(_log_beta_binomial(one, n, a, b)) for one in range(k, n + 1)), 1.0)


def _sum(upto: int, mean: float, dispersion: float) -> float:
    """The probabilities of 0 to ``upto``, each from the one before."""
    if upto < 0:
        return 0.0
    ratio = (dispersion - 1) / dispersion
    logarithm = math.log(dispersion) / (dispersion - 1) if abs(dispersion - 1) > 1e-6 else 1.0  # noqa: PLR2004
    one = total = math.exp(-mean * logarithm)
    for count in range(1, upto + 1):
        one *= max(ratio + (mean / dispersion - ratio) / count, 0.0)
        total += one
    return total


def _cube_root_score(count: float, mean: float, dispersion: float) -> float:
    """The standard score by Wilson's and Hilferty's approximation of the gamma distribution."""
    shape = mean / dispersion
    return (math.cbrt(max(count, 0.0) / mean) - 1 + 1 / (9 * shape)) * 3 * math.sqrt(shape)


def _log_beta_binomial(k: int, n: int, a: float, b: float) -> float:
    choose = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
    return choose + _log_beta(k + a, n - k + b) - _log_beta(a, b)


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
