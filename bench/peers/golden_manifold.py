"""Writes golden/metrics-manifold.json: metrics on fixed arrays that the library's own must equal.

Written from the papers with numpy in float64, by other routes than the library's: distances by the
differences themselves and whole matrices, radii by a full sort, the inception score by its KL form,
the best threshold by trying all of them.

Numbers are no file but a rule that any language follows to the last bit: Lehmer's generator
s <- 48271 s mod 2147483647 from a given s, each value s / 2147483647, rows first. Features are
value * scale + shift; "copies" says how many fakes, the first ones, are the real rows of the same
number. Probabilities are values cubed over the sum of their row; histograms one row of them.

    in-pytorch.sh DIR python3 /mnt/golden_manifold.py
"""

import json
from pathlib import Path

import numpy as np

TARGET = Path(__file__).parent / "golden" / "metrics-manifold.json"

SETS = {
    "overlapping": {
        "real": {"count": 120, "width": 6, "start": 3, "scale": 1.0, "shift": 0.0},
        "fake": {"count": 90, "width": 6, "start": 4, "scale": 0.9, "shift": 0.2},
        "copies": 0,
    },
    # A mean far above the spread: expanded squares lose their digits.
    "far": {
        "real": {"count": 80, "width": 3, "start": 21, "scale": 1.0, "shift": 1e5},
        "fake": {"count": 110, "width": 3, "start": 22, "scale": 1.2, "shift": 1e5},
        "copies": 0,
    },
    # Points exactly on the edge of balls.
    "copied": {
        "real": {"count": 60, "width": 4, "start": 31, "scale": 2.0, "shift": -1.0},
        "fake": {"count": 60, "width": 4, "start": 32, "scale": 2.0, "shift": -1.0},
        "copies": 25,
    },
}
PROBABILITIES = {
    "real": {"count": 240, "width": 5, "start": 41},
    "fake": {"count": 200, "width": 5, "start": 42},
}
HISTOGRAMS = {"real": {"count": 1, "width": 20, "start": 51}, "fake": {"count": 1, "width": 20, "start": 52}}
SCORES = {
    "real": {"count": 70, "width": 1, "start": 61, "scale": 2.0, "shift": 0.5},
    "fake": {"count": 50, "width": 1, "start": 62, "scale": 2.0, "shift": 0.0},
}
LAMBDAS = [0.01, 0.2, 0.7, 1.0, 1.5, 4.0, 80.0]
SPLITS = 4


def lehmer(start, count):
    state, out = start, np.empty(count)
    for i in range(count):
        state = state * 48271 % 2147483647
        out[i] = state / 2147483647
    return out


def features(count, width, start, scale, shift):
    return lehmer(start, count * width).reshape(count, width) * scale + shift


def probabilities(count, width, start):
    p = lehmer(start, count * width).reshape(count, width) ** 3
    return p / p.sum(axis=1, keepdims=True)


def distances(a, b):
    return np.sqrt(((a[:, None, :] - b[None, :, :]) ** 2).sum(axis=2))


def radii(x, k):
    """To the k-th nearest other row; column 0 of the sorted distances is the row itself."""
    return np.sort(distances(x, x), axis=1)[:, k]


def sets(real, fake, copies):
    r, f = features(**real), features(**fake)
    f[:copies] = r[:copies]
    gap = distances(r, f)
    return {
        "real": real,
        "fake": fake,
        "copies": copies,
        # Kynkaanniemi et al. 2019, equations 1 and 2: closed balls, k = 3.
        "improvedPrecision": (gap <= radii(r, 3)[:, None]).any(axis=0).mean(),
        "improvedRecall": (gap <= radii(f, 3)[None, :]).any(axis=1).mean(),
        # Naeem et al. 2020, equations 5 and 6, the authors' code: open balls, k = 5.
        "density": (gap < radii(r, 5)[:, None]).sum(axis=0).mean() / 5,
        "coverage": (gap.min(axis=1) < radii(r, 5)).mean(),
        "nearest": gap.min(axis=0).tolist(),
        "radii3": radii(r, 3).tolist(),
        "nearestRatio": np.median(gap.min(axis=0)) / np.median(radii(r, 1)),
        "copyRadius": np.quantile(radii(r, 1), 0.01),
    }


def inception(p):
    """Salimans et al. 2016: exp of the mean KL to the marginal."""
    return np.exp((p * (np.log(p) - np.log(p.mean(axis=0)))).sum(axis=1).mean())


def scores_of_probabilities():
    real, fake = probabilities(**PROBABILITIES["real"]), probabilities(**PROBABILITIES["fake"])
    wanted, made = real.mean(axis=0), fake.mean(axis=0)
    return {
        **PROBABILITIES,
        "inceptionScore": inception(fake),
        "splits": [inception(part) for part in np.split(fake, SPLITS)],
        # Zhou et al. 2018, equation 18.
        "entropy": -(fake * np.log(fake)).sum(axis=1).mean(),
        "divergence": (wanted * np.log(wanted / made)).sum(),
    }


def curve_of_histograms():
    """Sajjadi et al. 2018, algorithm 1 and the authors' 1001 angles."""
    p = probabilities(**HISTOGRAMS["real"])[0]
    q = probabilities(**HISTOGRAMS["fake"])[0]
    slopes = np.tan(np.linspace(1e-10, np.pi / 2 - 1e-10, num=1001))
    precision = np.minimum(p[None, :] * slopes[:, None], q[None, :]).sum(axis=1)
    recall = precision / slopes
    f = lambda beta: ((1 + beta**2) * precision * recall / (beta**2 * precision + recall)).max()
    some = list(range(0, 1001, 100))
    return {
        **HISTOGRAMS,
        "f8": f(8),
        "f1": f(1),
        "f1over8": f(1 / 8),
        "at": some,
        "precision": precision[some].tolist(),
        "recall": recall[some].tolist(),
    }


def curve_of_scores():
    """Simon, Webster, Rabin 2019: the least of lambda * fnr + fpr over all thresholds."""
    real, fake = features(**SCORES["real"])[:, 0], features(**SCORES["fake"])[:, 0]
    thresholds = np.concatenate([[-np.inf], real, fake])
    fnr = (real[None, :] <= thresholds[:, None]).mean(axis=1)
    fpr = (fake[None, :] > thresholds[:, None]).mean(axis=1)
    alpha = [(value * fnr + fpr).min() for value in LAMBDAS]
    return {**SCORES, "lambdas": LAMBDAS, "precision": alpha}


if __name__ == "__main__":
    result = {
        "about": "Metrics by numpy in float64. bench/peers/golden_manifold.py; do not edit by hand.",
        "sets": {name: sets(**case) for name, case in SETS.items()},
        "probabilities": scores_of_probabilities(),
        "histograms": curve_of_histograms(),
        "scores": curve_of_scores(),
    }
    TARGET.write_text(json.dumps(result, indent=1, default=float) + "\n")
