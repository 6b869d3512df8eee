"""Writes golden/metrics-frechet.json: metrics on fixed features that the library's own must equal.

Written from the formulas with numpy in float64, by other routes than the library's where there are
some: the trace of a matrix root by the eigenvalues of the product itself, Wasserstein distances of
unequal counts by repeating items up to a common count, weighted covariances by np.cov.

Features are no file but a rule that any language follows to the last bit: Lehmer's generator
s <- 48271 s mod 2147483647 from a given s, each value s / 2147483647, rows first; then, along a row
from its end, each value takes half of the one before; then value * scale + shift.

    in-pytorch.sh DIR python3 /mnt/golden_metrics.py
"""

import json
import math
from pathlib import Path

import numpy as np

TARGET = Path(__file__).parent / "golden" / "metrics-frechet.json"

CASES = {
    # Full rank, different means and spreads.
    "full": {
        "real": {"count": 200, "width": 12, "start": 1, "scale": 2.0, "shift": 0.0},
        "fake": {"count": 150, "width": 12, "start": 77, "scale": 2.5, "shift": 0.25},
    },
    # Fewer items than dimensions on both sides.
    "deficient": {
        "real": {"count": 30, "width": 40, "start": 5, "scale": 1.0, "shift": 3.0},
        "fake": {"count": 21, "width": 40, "start": 6, "scale": 1.5, "shift": 3.0},
    },
    # The same distribution, and a mean far above the spread.
    "equal": {
        "real": {"count": 120, "width": 8, "start": 11, "scale": 1.0, "shift": 1000.0},
        "fake": {"count": 160, "width": 8, "start": 12, "scale": 1.0, "shift": 1000.0},
    },
}
CLASSES = 3
DIRECTIONS = 6


def lehmer(start, count):
    state, out = start, np.empty(count)
    for i in range(count):
        state = state * 48271 % 2147483647
        out[i] = state / 2147483647
    return out


def features(count, width, start, scale, shift):
    x = lehmer(start, count * width).reshape(count, width)
    for j in range(width - 1, 0, -1):
        x[:, j] += 0.5 * x[:, j - 1]
    return x * scale + shift


def probabilities(x, start):
    """p(k | item): a draw of the generator cubed, over its sum."""
    p = lehmer(start + 1000, len(x) * CLASSES).reshape(len(x), CLASSES) ** 3
    return p / p.sum(axis=1, keepdims=True)


def trace_of_root(a, b):
    values = np.linalg.eigvals(a @ b)
    return np.sqrt(np.maximum(values.real, 0)).sum()


def frechet(a, b):
    (mean_a, cov_a), (mean_b, cov_b) = a, b
    return ((mean_a - mean_b) ** 2).sum() + np.trace(cov_a + cov_b) - 2 * trace_of_root(cov_a, cov_b)


def moments(x, weights=None):
    mean = np.average(x, axis=0, weights=weights)
    return mean, np.cov(x, rowvar=False, aweights=weights)


def kid(x, y):
    def kernel(a, b):
        return (a @ b.T / a.shape[1] + 1) ** 3

    def within(a):
        k = kernel(a, a)
        return (k.sum() - np.trace(k)) / (len(a) * (len(a) - 1))

    return within(x) + within(y) - 2 * kernel(x, y).mean()


def directions(width):
    d = lehmer(99, DIRECTIONS * width).reshape(DIRECTIONS, width) - 0.5
    return d / np.sqrt((d**2).sum(axis=1, keepdims=True))


def sliced(x, y):
    common = math.lcm(len(x), len(y))
    squares = []
    for d in directions(x.shape[1]):
        a, b = np.sort(x @ d), np.sort(y @ d)
        a, b = np.repeat(a, common // len(a)), np.repeat(b, common // len(b))
        squares.append(((a - b) ** 2).mean())
    return np.sqrt(np.mean(squares))


def intra_fid(x, y):
    """Item i is of class i mod CLASSES."""
    parts = [frechet(moments(x[k::CLASSES]), moments(y[k::CLASSES])) for k in range(CLASSES)]
    return np.mean(parts), parts


def cafd(x, y, p, q):
    parts = [frechet(moments(x, p[:, k]), moments(y, q[:, k])) for k in range(CLASSES)]
    share = p.sum(axis=0) / p.sum()
    smooth = [(m.sum(axis=0) + 1 / CLASSES) / (m.sum() + 1) for m in (p, q)]
    return (share * parts).sum(), parts, (smooth[0] * np.log(smooth[0] / smooth[1])).sum()


def run(case):
    x, y = features(**case["real"]), features(**case["fake"])
    p = probabilities(x, case["real"]["start"])
    q = probabilities(y, case["fake"]["start"])
    intra, intra_parts = intra_fid(x, y)
    aware, aware_parts, kl = cafd(x, y, p, q)
    return {
        **case,
        "first": list(x[0, :3]),
        "fid": frechet(moments(x), moments(y)),
        "kid": kid(x, y),
        "sw2": sliced(x, y),
        "intraFid": {"value": intra, "parts": intra_parts},
        "cafd": {"value": aware, "parts": aware_parts, "kl": kl},
    }


golden = {
    "about": "Metrics by numpy in float64. bench/peers/golden_metrics.py; do not edit by hand.",
    "classes": CLASSES,
    "directions": DIRECTIONS,
    "cases": {name: run(case) for name, case in CASES.items()},
}
TARGET.write_text(json.dumps(golden, indent=1, default=float) + "\n")
print(json.dumps({name: case["fid"] for name, case in golden["cases"].items()}))
