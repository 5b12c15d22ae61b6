"""Checks that each call of a random layer draws a new mask.

A series of masks has the shape (calls, rows, units), and is True where an element was dropped. The
checks judge only how calls depend on each other. A layer whose elements are tied within a mask, or
are dropped at a wrong rate, passes them, as long as it draws each mask anew.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import fft, special, stats

from autograder.kit.finding import Finding, Mask, blocks, symmetric

MANY = 0.04  # of all elements: a twelfth of them is the same in three masks with p = 0.45


def never_drawn_anew(dropped: Mask, p: float) -> Finding:
    """Look for many elements that are dropped in every call, beside many that are dropped in none.

    This is what remains of a mask that never changes, or of two or three masks that take turns.
    A few such elements may only be dropped with a probability of their own.
    """
    calls, size = len(dropped), dropped[0].size
    always, never = int(dropped.all(axis=0).sum()), int((~dropped).all(axis=0).sum())
    if min(always, never) < MANY * size:
        return Finding(1.0, "")
    text = f"{always} of {size} elements are dropped in each of {calls} calls, and {never} in none"
    chance = min(
        float(stats.binom.sf(count - 1, size, each**calls))
        for count, each in ((always, p), (never, 1 - p))
    )
    return Finding(chance, text, calls=(0, 1))


def recurrence(dropped: Mask) -> Finding:
    """Look for masks that come back, as from a stock of masks.

    Elements that are always dropped or kept together, or always apart, count once. Two masks with
    k of these n elements dropped are equal with a chance of 1 over the number of ways to choose k
    of n. By this, the chance is bounded twice: for all pairs of calls, which are not independent,
    by Markov's inequality; for pairs that share no call, by Hoeffding's.
    """
    flat = dropped.reshape(len(dropped), -1)
    changes = np.packbits(flat ^ flat[0], axis=0)
    _, places = np.unique(changes, axis=1, return_index=True)
    telling = flat[:, places[changes[:, places].any(axis=0)]]
    _, first, kind = np.unique(
        np.packbits(telling, axis=1), axis=0, return_index=True, return_inverse=True
    )
    kind = kind.ravel()
    if len(first) == len(flat) or not telling.size:
        return Finding(1.0, "")
    counts = telling.sum(axis=1)
    chances = np.exp(-_log_ways(telling.shape[1], counts))
    pairs = np.triu_indices(len(flat), 1)
    half = len(flat) // 2
    apart = np.arange(half), np.arange(half) + half
    found, expected = _equal_pairs(kind, counts, chances, pairs)
    some, usual = _equal_pairs(kind, counts, chances, apart)
    chance = 2 * min(expected / found, float(stats.binom.sf(some - 1, half, usual / half)))
    again = int(np.flatnonzero(first[kind] != np.arange(len(flat)))[0])
    before = int(first[kind[again]])
    text = (
        f"masks come back: in {len(flat)} calls, {found} pairs of masks are alike, such as those "
        f"of the calls {before + 1} and {again + 1}"
    )
    return Finding(chance, text, calls=(before, again))


def _equal_pairs(
    kind: NDArray[np.int_],
    counts: NDArray[np.int_],
    chances: NDArray[np.float64],
    pairs: tuple[NDArray[np.int_], ...],
) -> tuple[int, float]:
    """Return how many pairs of masks are equal, and how many are expected for their counts."""
    a, b = pairs
    comparable = counts[a] == counts[b]
    return int((kind[a] == kind[b]).sum()), float((chances[a] * comparable).sum())


def _log_ways(size: int, counts: NDArray[np.int_]) -> NDArray[np.float64]:
    """Return the logarithm of the number of ways to choose so many of `size` elements."""
    ways: NDArray[np.float64] = (
        special.gammaln(size + 1) - special.gammaln(counts + 1) - special.gammaln(size - counts + 1)
    )
    return ways


def echo(dropped: Mask, place: Any) -> Finding:
    """Look for a distance at which masks are like earlier ones, moved by some elements or not.

    The second look compares each mask with the one that follows at this distance, and with another
    one of the series. If the calls are independent, both are as likely to be the more similar one,
    however the elements of one mask depend on each other.
    """
    flat = dropped.reshape(len(dropped), -1)
    centred = flat - flat.mean(axis=1, keepdims=True)
    if place is None:
        return _likeliest_echo(centred)
    apart, shift = place
    half = len(flat) // 2
    earlier = np.array([*blocks(half, apart)])
    others = half + np.random.default_rng(0).permutation(half)[: len(earlier)]
    start, stop = max(0, -shift), flat.shape[1] - max(0, shift)
    before = centred[earlier, start:stop]
    after, other = (
        centred[calls, start + shift : stop + shift] for calls in (earlier + apart, others)
    )
    alike = float(
        (flat[earlier, start:stop] == flat[earlier + apart, start + shift : stop + shift]).mean()
    )
    moved = f", moved by {abs(shift)} elements," if shift else ""
    text = (
        f"masks that lie {apart} {'call' if apart == 1 else 'calls'} apart{moved} drop and keep "
        f"the same elements in {alike:.0%} of the cases, more or less often than other masks"
    )
    chance = symmetric((before * (after - other)).sum(axis=1))
    return Finding(chance, text, place, calls=(0, apart))


def _likeliest_echo(centred: NDArray[np.float64]) -> Finding:
    """Return the distance in the stream of all elements at which it is the most like itself."""
    size, length = centred.shape[1], centred.size
    padded = fft.next_fast_len(length + length // 2, real=True)
    spectrum = fft.rfft(centred.ravel().astype(np.float32), padded)  # precise enough to choose
    sums = fft.irfft(np.abs(spectrum) ** 2, padded)[size : length // 2]
    lags = np.arange(size, length // 2)
    spread = max(float(centred.var()), 1e-9)
    score = np.abs(sums) / np.sqrt(length - lags) / spread
    worst = int(score.argmax())
    apart, shift = divmod(int(lags[worst]) + size // 2, size)
    rough = 2 * stats.norm.sf(float(score[worst])) * lags.size
    return Finding(float(rough), "", (apart, shift - size // 2))
