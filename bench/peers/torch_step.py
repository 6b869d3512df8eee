"""PyTorch twins of the three training steps that the step benchmark times.

Reads lines such as `dcgan32 20` and answers each with one JSON line, `{"ms": [...]}`: the wall
time of every one of 20 whole steps. A third word, `channels-last`, asks for that memory layout. The
first request for a step builds its networks and warms them up. `--info` prints versions and
parameter counts instead. README.md describes the protocol.

PyTorch is shown at its best: fused Adam, and a frozen discriminator during the generator's update,
so that it never computes weight gradients that nobody uses. Channels-last is a separate request and
not the default, because it is a choice of the user that few examples make; it is often faster here.
"""

import argparse
import ctypes
import json
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import spectral_norm

WARM_UP_STEPS = 3


# DCGAN at 32x32. A convolution has a bias unless batch norm follows, which would cancel it.


class DcganGenerator(nn.Sequential):
    latent = 100

    @staticmethod
    def up(inputs, outputs, stride, pad):
        conv = nn.ConvTranspose2d(inputs, outputs, 4, stride, pad, bias=False)
        return [conv, nn.BatchNorm2d(outputs), nn.ReLU()]

    def __init__(self):
        super().__init__(
            nn.Unflatten(1, (self.latent, 1, 1)),
            *self.up(self.latent, 256, 1, 0),
            *self.up(256, 128, 2, 1),
            *self.up(128, 64, 2, 1),
            nn.ConvTranspose2d(64, 3, 4, 2, 1), nn.Tanh(),
        )


class DcganDiscriminator(nn.Sequential):
    """Images to logits. Without batch norm it is the critic of wgan-gp: the penalty is on each
    sample's own gradient, and batch norm would make that depend on the rest of the batch."""

    def __init__(self, batch_norm):
        def down(inputs, outputs):
            norm = [nn.BatchNorm2d(outputs)] if batch_norm else []
            conv = nn.Conv2d(inputs, outputs, 4, 2, 1, bias=not batch_norm)
            return [conv, *norm, nn.LeakyReLU(0.2)]

        super().__init__(
            nn.Conv2d(3, 64, 4, 2, 1), nn.LeakyReLU(0.2),
            *down(64, 128),
            *down(128, 256),
            nn.Conv2d(256, 1, 4, 1, 0), nn.Flatten(0),
        )


# The ResNets of SNGAN for CIFAR-10: Miyato et al. 2018, arXiv:1802.05957, appendix B.4, table 4.
# The paper is 256 wide in the generator and 128 in the discriminator; both are 64 wide here, to fit
# two cores. Every convolution has a bias, as in the authors' code.


class UpBlock(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm1 = nn.BatchNorm2d(width)
        self.conv1 = nn.Conv2d(width, width, 3, 1, 1)
        self.norm2 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1)
        self.shortcut = nn.Conv2d(width, width, 1)

    def forward(self, x):
        h = F.interpolate(F.relu(self.norm1(x)), scale_factor=2, mode="nearest")
        h = self.conv2(F.relu(self.norm2(self.conv1(h))))
        return h + self.shortcut(F.interpolate(x, scale_factor=2, mode="nearest"))


class SnganGenerator(nn.Module):
    latent = 128

    def __init__(self, width=64):
        super().__init__()
        self.width = width
        self.linear = nn.Linear(self.latent, width * 4 * 4)
        self.blocks = nn.Sequential(UpBlock(width), UpBlock(width), UpBlock(width))
        self.norm = nn.BatchNorm2d(width)
        self.conv = nn.Conv2d(width, 3, 3, 1, 1)

    def forward(self, z):
        h = self.blocks(self.linear(z).view(-1, self.width, 4, 4))
        return torch.tanh(self.conv(F.relu(self.norm(h))))


class FirstDownBlock(nn.Module):
    """No activation on the image itself, and its shortcut pools first, which is cheaper."""

    def __init__(self, width):
        super().__init__()
        self.conv1 = spectral_norm(nn.Conv2d(3, width, 3, 1, 1))
        self.conv2 = spectral_norm(nn.Conv2d(width, width, 3, 1, 1))
        self.shortcut = spectral_norm(nn.Conv2d(3, width, 1))

    def forward(self, x):
        h = F.avg_pool2d(self.conv2(F.relu(self.conv1(x))), 2)
        return h + self.shortcut(F.avg_pool2d(x, 2))


class Block(nn.Module):
    def __init__(self, width, down):
        super().__init__()
        self.conv1 = spectral_norm(nn.Conv2d(width, width, 3, 1, 1))
        self.conv2 = spectral_norm(nn.Conv2d(width, width, 3, 1, 1))
        self.shortcut = spectral_norm(nn.Conv2d(width, width, 1)) if down else None

    def forward(self, x):
        h = self.conv2(F.relu(self.conv1(F.relu(x))))
        if self.shortcut is None:
            return h + x
        return F.avg_pool2d(h, 2) + F.avg_pool2d(self.shortcut(x), 2)


class SnganDiscriminator(nn.Module):
    def __init__(self, width=64):
        super().__init__()
        self.blocks = nn.Sequential(
            FirstDownBlock(width), Block(width, down=True),
            Block(width, down=False), Block(width, down=False),
        )
        self.linear = spectral_norm(nn.Linear(width, 1))

    def forward(self, x):
        return self.linear(F.relu(self.blocks(x)).sum((2, 3))).flatten()


# Losses, minimised by the player they are named for.


def bce_discriminator(real, fake):
    return F.softplus(-real).mean() + F.softplus(fake).mean()


def bce_generator(fake):
    return F.softplus(-fake).mean()


def hinge_discriminator(real, fake):
    return F.relu(1 - real).mean() + F.relu(1 + fake).mean()


def hinge_generator(fake):
    return -fake.mean()


# Steps. A builder returns (generator, discriminator, step); calling step() trains once and returns
# a loss. The real batch is a constant, since loading data is no part of a step; noise is drawn
# anew.


def alternating(generator, discriminator, d_loss, g_loss, betas, real):
    """One update of the discriminator, then one of the generator on the same fakes."""
    optimise_g = torch.optim.Adam(generator.parameters(), 2e-4, betas, fused=True)
    optimise_d = torch.optim.Adam(discriminator.parameters(), 2e-4, betas, fused=True)

    def step():
        fake = generator(torch.randn(len(real), generator.latent))

        discriminator.requires_grad_(True)
        optimise_d.zero_grad()
        d_loss(discriminator(real), discriminator(fake.detach())).backward()
        optimise_d.step()

        discriminator.requires_grad_(False)
        optimise_g.zero_grad()
        loss = g_loss(discriminator(fake))
        loss.backward()
        optimise_g.step()
        return loss.item()

    return generator, discriminator, step


def dcgan32(real):
    return alternating(
        DcganGenerator(), DcganDiscriminator(batch_norm=True),
        bce_discriminator, bce_generator, (0.5, 0.999), real,
    )


def sngan_resnet32(real):
    return alternating(
        SnganGenerator(), SnganDiscriminator(),
        hinge_discriminator, hinge_generator, (0.0, 0.9), real,
    )


def wgan_gp(real):
    """The critic's step alone: Gulrajani et al. 2017, arXiv:1704.00028, algorithm 1, 4-9."""
    generator, critic = DcganGenerator(), DcganDiscriminator(batch_norm=False)
    optimise = torch.optim.Adam(critic.parameters(), 1e-4, (0.0, 0.9), fused=True)

    def step():
        with torch.no_grad():
            fake = generator(torch.randn(len(real), generator.latent))
        mixed = torch.lerp(fake, real, torch.rand(len(real), 1, 1, 1)).requires_grad_(True)
        (slope,) = torch.autograd.grad(critic(mixed).sum(), mixed, create_graph=True)
        penalty = (slope.flatten(1).norm(dim=1) - 1).square().mean()
        loss = critic(fake).mean() - critic(real).mean() + 10 * penalty
        optimise.zero_grad()
        loss.backward()
        optimise.step()
        return loss.item()

    return generator, critic, step


STEPS = {"dcgan32": dcgan32, "wgan-gp": wgan_gp, "sngan-resnet32": sngan_resnet32}


LAYOUTS = {"": torch.contiguous_format, "channels-last": torch.channels_last}


def build(name, batch, layout=""):
    torch.manual_seed(0)
    real = torch.rand(batch, 3, 32, 32) * 2 - 1
    generator, discriminator, step = STEPS[name](real.to(memory_format=LAYOUTS[layout]))
    for net in (generator, discriminator):
        net.to(memory_format=LAYOUTS[layout])
    return generator, discriminator, step


def timed(step):
    start = time.perf_counter()
    loss = step()
    ms = (time.perf_counter() - start) * 1000
    if loss != loss or abs(loss) == float("inf"):
        raise FloatingPointError(f"the loss is {loss}")
    return ms


def count(net):
    return sum(parameter.numel() for parameter in net.parameters())


def blas():
    """OpenBLAS describes itself; Debian's torch only knows that it has "generic" BLAS."""
    try:
        library = ctypes.CDLL("libopenblas.so.0")
    except OSError:
        return torch.__config__.show().split("BLAS_INFO=")[1].split(",")[0]
    library.openblas_get_config.restype = ctypes.c_char_p
    return library.openblas_get_config().decode().strip()


def info(batch):
    config = torch.__config__.show().splitlines()
    parameters = {}
    for name in STEPS:
        generator, discriminator, _ = build(name, batch)
        parameters[name] = {"generator": count(generator), "discriminator": count(discriminator)}
    return {
        "torch": torch.__version__,
        "onednn": next(line.split()[3] for line in config if "MKL-DNN v" in line),
        "blas": blas(),
        "threads": torch.get_num_threads(),
        "capability": torch.backends.cpu.get_cpu_capability(),
        "batch": batch,
        "parameters": parameters,
    }


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--info", action="store_true", help="print versions and parameter counts")
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--batch", type=int, default=64)
    options = options.parse_args()
    torch.set_num_threads(options.threads)

    if options.info:
        print(json.dumps(info(options.batch)))
        return

    warm = {}
    for line in sys.stdin:
        name, steps, layout = (line.split() + ["", "", ""])[:3]
        if name not in STEPS or not steps.isdigit() or layout not in LAYOUTS:
            print(json.dumps({"cannot": f"unknown request: {line.strip()}"}), flush=True)
            continue
        if (name, layout) not in warm:
            *_, step = build(name, options.batch, layout)
            for _ in range(WARM_UP_STEPS):
                timed(step)
            warm[name, layout] = step
        ms = [round(timed(warm[name, layout]), 3) for _ in range(int(steps))]
        print(json.dumps({"ms": ms}), flush=True)


main()
