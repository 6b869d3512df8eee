"""PyTorch twins of the training steps that the step benchmark times.

Reads lines such as `dcgan32 20 batch=64 width=64` and answers each with one JSON line: the wall time
of every one of 20 whole steps. `channels-last` asks for that memory layout, `make` for the generator
alone. The first request for a net builds it and warms it up. `--info` prints versions instead.
README.md describes the protocol.

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
from torch.nn import functional as F

import torch_biggan
from torch_nets import (
    DcganDiscriminator, DcganGenerator, MlpDiscriminator, MlpGenerator,
    SnganDiscriminator, SnganGenerator,
)

WARM_UP_STEPS = 3

# Losses, minimised by the player they are named for.


def bce_discriminator(real, fake):
    return F.softplus(-real).mean() + F.softplus(fake).mean()


def bce_generator(fake):
    return F.softplus(-fake).mean()


def hinge_discriminator(real, fake):
    return F.relu(1 - real).mean() + F.relu(1 + fake).mean()


def hinge_generator(fake):
    return -fake.mean()


# Steps: step() trains once and returns a loss, the generator's where it moves. The real batch is a
# constant, since loading data is no part of a step; noise is drawn anew.


def alternating(generator, discriminator, d_loss, g_loss, rate, betas):
    """One update of the discriminator, then one of the generator on the same fakes."""

    def prepare(real):
        optimise_g = torch.optim.Adam(generator.parameters(), rate, betas, fused=True)
        optimise_d = torch.optim.Adam(discriminator.parameters(), rate, betas, fused=True)

        def step():
            fake = generator(torch.randn(len(real), generator.latent, device=real.device))

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

        return step

    return generator, discriminator, prepare


def dcgan(side):
    return lambda width: alternating(
        DcganGenerator(side, width), DcganDiscriminator(side, width, batch_norm=True),
        bce_discriminator, bce_generator, 2e-4, (0.5, 0.999),
    )


def sngan_resnet32(width):
    return alternating(
        SnganGenerator(width), SnganDiscriminator(width),
        hinge_discriminator, hinge_generator, 2e-4, (0.0, 0.9),
    )


def mlp_grid25(width):
    return alternating(
        MlpGenerator(width), MlpDiscriminator(width),
        bce_discriminator, bce_generator, 1e-3, (0.5, 0.999),
    )


def sagan32(width):
    generator, discriminator = torch_biggan.nets(width, latent=128, attention=True)
    return alternating(
        generator, discriminator, hinge_discriminator, hinge_generator, 2e-4, (0.0, 0.9),
    )


def biggan32(width):
    generator, discriminator = torch_biggan.nets(width, latent=80, shared=128)
    return alternating(
        generator, discriminator, hinge_discriminator, hinge_generator, 2e-4, (0.0, 0.999),
    )


def wgan_gp_dcgan(width):
    return wgan_gp(
        DcganGenerator(32, width), DcganDiscriminator(32, width, batch_norm=False),
    )


def wgan_gp_resnet(width):
    return wgan_gp(SnganGenerator(width), SnganDiscriminator(width, norm=lambda layer: layer))


def wgan_gp(generator, critic):
    """The critic's step alone: Gulrajani et al. 2017, arXiv:1704.00028, algorithm 1, 4-9."""

    def prepare(real):
        optimise = torch.optim.Adam(critic.parameters(), 1e-4, (0.0, 0.9), fused=True)

        def step():
            with torch.no_grad():
                fake = generator(torch.randn(len(real), generator.latent, device=real.device))
            share = torch.rand(len(real), 1, 1, 1, device=real.device)
            mixed = torch.lerp(fake, real, share).requires_grad_(True)
            (slope,) = torch.autograd.grad(critic(mixed).sum(), mixed, create_graph=True)
            penalty = (slope.flatten(1).norm(dim=1) - 1).square().mean()
            loss = critic(fake).mean() - critic(real).mean() + 10 * penalty
            optimise.zero_grad()
            loss.backward()
            optimise.step()
            return loss.item()

        return step

    return generator, critic, prepare


def images(side):
    return lambda batch: torch.rand(batch, 3, side, side) * 2 - 1


def grid25(batch):
    """Points around the centres -4, -2, 0, 2, 4 in either direction."""
    return torch.randint(-2, 3, (batch, 2)) * 2 + 0.05 * torch.randn(batch, 2)


# Name → (nets and step of a width, data of a batch).
STEPS = {
    "dcgan32": (dcgan(32), images(32)),
    "dcgan64": (dcgan(64), images(64)),
    "wgan-gp": (wgan_gp_dcgan, images(32)),
    "sngan-resnet32": (sngan_resnet32, images(32)),
    "sagan32": (sagan32, images(32)),
    "biggan32": (biggan32, images(32)),
    "wgan-gp-resnet32": (wgan_gp_resnet, images(32)),
    "mlp-grid25": (mlp_grid25, grid25),
}


def build(name, words, batch, width, seed, device):
    """Returns (work, parameters): work() is one training step, or one use of the generator."""
    torch.manual_seed(seed)
    nets, data = STEPS[name]
    generator, discriminator, prepare = nets(width)
    layout = torch.channels_last if "channels-last" in words else torch.contiguous_format
    real = data(batch).to(device)
    if real.dim() == 4:
        real = real.to(memory_format=layout)
    for net in (generator, discriminator):
        net.to(device, memory_format=layout)
    work = prepare(real)
    if "make" in words:
        work = maker(generator.eval(), batch, device)
    return work, {"generator": count(generator), "discriminator": count(discriminator)}


def maker(generator, batch, device):
    """Makes a batch and brings it to the host."""

    def make():
        with torch.inference_mode():
            made = generator(torch.randn(batch, generator.latent, device=device)).cpu()
        return made.flatten()[0].item()

    return make


def timed(work):
    start = time.perf_counter()
    value = work()
    ms = (time.perf_counter() - start) * 1000
    if value != value or abs(value) == float("inf"):
        raise FloatingPointError(f"the loss is {value}")
    return round(ms, 3), round(value, 6)


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


def info(device):
    config = torch.__config__.show().splitlines()
    onednn = [line.split()[3] for line in config if "MKL-DNN v" in line]
    about = {"torch": torch.__version__, "device": device}
    if device == "cuda":
        return about | {"name": torch.cuda.get_device_name(), "cuda": torch.version.cuda}
    return about | {
        "onednn": onednn[0] if onednn else None,
        "blas": blas(),
        "threads": torch.get_num_threads(),
        "capability": torch.backends.cpu.get_cpu_capability(),
    }


def parse(line):
    """`dcgan32 20 make batch=64 width=64` → (name, steps, words, numbers), or None."""
    name, steps, *rest = line.split() + [""] * (2 - len(line.split()))
    words = {word for word in rest if "=" not in word}
    numbers = dict(word.split("=", 1) for word in rest if "=" in word)
    known = words <= {"channels-last", "make"} and numbers.keys() <= {"batch", "width", "seed"}
    digits = all(value.isdigit() for value in [steps, *numbers.values()])
    if name not in STEPS or not known or not digits or not {"batch", "width"} <= numbers.keys():
        return None
    return name, int(steps), words, {"seed": 0} | {k: int(v) for k, v in numbers.items()}


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--info", action="store_true", help="print versions")
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--device", choices=["cpu", "cuda", "mps"], default="cpu")
    options = options.parse_args()
    torch.set_num_threads(options.threads)

    if options.info:
        print(json.dumps(info(options.device)))
        return

    warm = {}
    for line in sys.stdin:
        request = parse(line)
        if request is None:
            print(json.dumps({"cannot": f"unknown request: {line.strip()}"}), flush=True)
            continue
        name, steps, words, numbers = request
        key = (name, *sorted(words), *sorted(numbers.items()))
        first = []
        try:
            if key not in warm:
                warm[key] = build(name, words, **numbers, device=options.device)
                first = [timed(warm[key][0])[1] for _ in range(WARM_UP_STEPS)]
            work, parameters = warm[key]
            done = [timed(work) for _ in range(steps)]
        except (RuntimeError, FloatingPointError) as error:
            print(json.dumps({"cannot": str(error).splitlines()[0]}), flush=True)
            continue
        answer = {"ms": [ms for ms, _ in done], "losses": first + [loss for _, loss in done]}
        print(json.dumps(answer | {"parameters": parameters}), flush=True)


main()
