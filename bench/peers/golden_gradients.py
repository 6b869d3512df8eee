"""Writes golden/conv-bn-gradients.json: gradients that the engine's own must equal.

Two three-layer convolutional nets, with and without batch norm; for each a mean-of-squares loss and
a gradient penalty, the latter with second-order gradients. Inputs and parameters are small
multiples of 1/64, exact in float32, and everything is computed in float64. The same net written in
another framework can therefore be compared as tightly as its own arithmetic allows.

    in-pytorch.sh DIR python3 /mnt/golden_gradients.py
"""

import json
from pathlib import Path

import torch
from torch.nn import functional as F

TARGET = Path(__file__).parent / "golden" / "conv-bn-gradients.json"

SLOPE = 0.2
EPSILON = 1e-5

SHAPES = {
    "batch-norm": {
        "conv1.weight": [4, 2, 3, 3], "norm1.weight": [4], "norm1.bias": [4],
        "conv2.weight": [6, 4, 4, 4], "norm2.weight": [6], "norm2.bias": [6],
        "conv3.weight": [1, 6, 3, 3], "conv3.bias": [1],
    },
    "plain": {
        "conv1.weight": [4, 2, 3, 3], "conv1.bias": [4],
        "conv2.weight": [6, 4, 4, 4], "conv2.bias": [6],
        "conv3.weight": [1, 6, 3, 3], "conv3.bias": [1],
    },
}

ABOUT = {
    "purpose": "Golden losses and gradients from PyTorch in float64, for testing another engine.",
    "source": "bench/peers/golden_gradients.py; do not edit by hand",
    "tensors": "{shape, data}, row-major. x is NCHW, convolution weights are OIHW.",
    "exact": "x and parameters are multiples of 1/64, so float32 holds them exactly.",
    "x": "the input of both nets, [4, 2, 8, 8]",
    "nets": {
        "batch-norm": "conv1 3x3 stride 1 pad 1, norm1, leaky ReLU; conv2 4x4 stride 2 pad 1, "
        "norm2, tanh; conv3 3x3 stride 1 pad 1 with a bias. Output [4, 1, 4, 4].",
        "plain": "the same without norm1 and norm2, and with a bias in conv1 and conv2",
    },
    "norm": "training mode: mean and biased variance over N, H and W; weight and bias per channel",
    "leakySlope": SLOPE,
    "epsilon": EPSILON,
    "fields of a net": {
        "parameters": "by name",
        "output": "net(x)",
        "loss.value": "mean(net(x)^2)",
        "loss.gradients": "of loss.value with respect to every parameter and to x",
        "penalty.value": "mean over samples n of (||s[n]||_2 - 1)^2, where s = d sum(net(x)) / dx, "
        "the sum over all outputs, so that batch norm also couples the samples",
        "penalty.slope": "s",
        "penalty.gradients": "of penalty.value with respect to every parameter and to x. That of "
        "conv3.bias is zero: nothing in s depends on it.",
    },
}


def grid(generator, shape, scale):
    """Normal values rounded to multiples of 1/64: exact in float32, and short in the file."""
    values = torch.randn(shape, generator=generator, dtype=torch.float64)
    return (values * scale * 64).round() / 64


def make_parameters(generator, shapes):
    # norm weights around 1, everything else around 0; the scale keeps tanh away from saturation.
    return {
        name: grid(generator, shape, 0.25) + (1 if name in ("norm1.weight", "norm2.weight") else 0)
        for name, shape in shapes.items()
    }


def run(x, p):
    """Returns the output and the values that enter the leaky ReLU, whose kink is at zero."""

    def norm(h, layer):
        if f"{layer}.weight" not in p:
            return h
        return F.batch_norm(
            h, None, None, p[f"{layer}.weight"], p[f"{layer}.bias"], training=True, eps=EPSILON
        )

    before = norm(F.conv2d(x, p["conv1.weight"], p.get("conv1.bias"), 1, 1), "norm1")
    h = F.leaky_relu(before, SLOPE)
    h = torch.tanh(norm(F.conv2d(h, p["conv2.weight"], p.get("conv2.bias"), 2, 1), "norm2"))
    return F.conv2d(h, p["conv3.weight"], p["conv3.bias"], 1, 1), before


def loss(x, p):
    return run(x, p)[0].square().mean()


def slope(x, p):
    return torch.autograd.grad(run(x, p)[0].sum(), x, create_graph=True)[0]


def penalty(x, p):
    return (slope(x, p).flatten(1).norm(dim=1) - 1).square().mean()


def check_gradients(function, x, p, gradients):
    """Central differences along one random direction: the oracle must not be wrong itself."""
    directions = [torch.randn_like(tensor) for tensor in (*p.values(), x)]

    def at(step):
        *moved, moved_x = (t.detach() + step * d for t, d in zip((*p.values(), x), directions))
        return function(moved_x.requires_grad_(True), dict(zip(p, moved))).item()

    expected = (at(1e-6) - at(-1e-6)) / 2e-6
    found = sum((g * d).sum().item() for g, d in zip(gradients.values(), directions))
    if abs(found - expected) > 1e-6 * max(1, abs(expected)):
        raise AssertionError(f"{function.__name__}: gradient {found}, differences {expected}")


def tensor(values):
    # Twelve digits: well beyond float32, and the file stays small.
    data = [float(f"{v:.12g}") for v in values.detach().flatten().tolist()]
    return {"shape": list(values.shape), "data": data}


def differentiate(function, x, p):
    value = function(x, p)
    found = torch.autograd.grad(value, (*p.values(), x), allow_unused=True)
    gradients = {
        name: torch.zeros_like(variable) if gradient is None else gradient
        for (name, variable), gradient in zip((*p.items(), ("x", x)), found)
    }
    check_gradients(function, x, p, gradients)
    return {
        "value": value.item(),
        "gradients": {name: tensor(gradient) for name, gradient in gradients.items()},
    }


def golden(seed):
    """All values, or None if some value is so near the leaky ReLU's kink that float32 might fall
    on its other side."""
    generator = torch.Generator().manual_seed(seed)
    x = grid(generator, [4, 2, 8, 8], 1).requires_grad_(True)
    nets = {}
    for name, shapes in SHAPES.items():
        p = {n: v.requires_grad_(True) for n, v in make_parameters(generator, shapes).items()}
        output, before = run(x, p)
        if before.abs().min() < 5e-4:
            return None
        nets[name] = {
            "parameters": {n: tensor(v) for n, v in p.items()},
            "output": tensor(output),
            "loss": differentiate(loss, x, p),
            "penalty": {"slope": tensor(slope(x, p)), **differentiate(penalty, x, p)},
        }
    about = {**ABOUT, "torch": torch.__version__, "seed": seed}
    return {"about": about, "x": tensor(x), "nets": nets}


def write(values):
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(json.dumps(values, separators=(",", ":")) + "\n")
    print(f"{TARGET.name}: seed {values['about']['seed']}, {TARGET.stat().st_size} bytes")


torch.manual_seed(0)
write(next(filter(None, map(golden, range(1000)))))
