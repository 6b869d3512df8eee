"""The networks of the training steps, in PyTorch, initialised as Ganymede's are.

A bias is as PyTorch leaves it, U(±1/sqrt(fan in)).
"""

from torch import nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import spectral_norm


def normal(layer):
    """N(0, 0.02²): Radford et al. 2015, arXiv:1511.06434, section 4."""
    nn.init.normal_(layer.weight, 0, 0.02)
    return layer


# DCGAN. A convolution has a bias unless batch norm follows, which would cancel it. Channels double
# with each halving of the map: at 64 wide, 256-128-64 for 32x32 and 512-256-128-64 for 64x64, the
# networks of the paper.


def dcgan_widths(side, width):
    """Channels of the maps from 4x4 to side/2."""
    levels = side.bit_length() - 3
    return [width * 2 ** (levels - 1 - level) for level in range(levels)]


class DcganGenerator(nn.Sequential):
    latent = 100

    @staticmethod
    def up(inputs, outputs, stride, pad):
        conv = normal(nn.ConvTranspose2d(inputs, outputs, 4, stride, pad, bias=False))
        return [conv, nn.BatchNorm2d(outputs), nn.ReLU()]

    def __init__(self, side, width):
        widths = dcgan_widths(side, width)
        layers = self.up(self.latent, widths[0], 1, 0)
        for inputs, outputs in zip(widths, widths[1:]):
            layers += self.up(inputs, outputs, 2, 1)
        last = normal(nn.ConvTranspose2d(width, 3, 4, 2, 1))
        super().__init__(nn.Unflatten(1, (self.latent, 1, 1)), *layers, last, nn.Tanh())


class DcganDiscriminator(nn.Sequential):
    """Images to logits. Without batch norm it is the critic of wgan-gp: the penalty is on each
    sample's own gradient, and batch norm would make that depend on the rest of the batch."""

    def __init__(self, side, width, batch_norm):
        def down(inputs, outputs):
            norm = [nn.BatchNorm2d(outputs)] if batch_norm else []
            conv = normal(nn.Conv2d(inputs, outputs, 4, 2, 1, bias=not batch_norm))
            return [conv, *norm, nn.LeakyReLU(0.2)]

        widths = dcgan_widths(side, width)[::-1]
        layers = [normal(nn.Conv2d(3, width, 4, 2, 1)), nn.LeakyReLU(0.2)]
        for inputs, outputs in zip(widths, widths[1:]):
            layers += down(inputs, outputs)
        super().__init__(*layers, normal(nn.Conv2d(widths[-1], 1, 4, 1, 0)), nn.Flatten(0))


# The ResNets of SNGAN for CIFAR-10: Miyato et al. 2018, arXiv:1802.05957, appendix B.4, table 4.
# The paper is 256 wide in the generator and 128 in the discriminator; both are 64 wide in the
# benchmark, to fit two cores. Every convolution has a bias, as in the authors' code.


def xavier(layer, gain=1.0):
    nn.init.xavier_uniform_(layer.weight, gain)
    return layer


def conv3(inputs, outputs):
    """A 3x3 convolution inside a block."""
    return xavier(nn.Conv2d(inputs, outputs, 3, 1, 1), 2**0.5)


def conv1(inputs, outputs):
    """The 1x1 convolution of a shortcut."""
    return xavier(nn.Conv2d(inputs, outputs, 1))


class UpBlock(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm1 = nn.BatchNorm2d(width)
        self.conv1 = conv3(width, width)
        self.norm2 = nn.BatchNorm2d(width)
        self.conv2 = conv3(width, width)
        self.shortcut = conv1(width, width)

    def forward(self, x):
        h = F.interpolate(F.relu(self.norm1(x)), scale_factor=2, mode="nearest")
        h = self.conv2(F.relu(self.norm2(self.conv1(h))))
        return h + self.shortcut(F.interpolate(x, scale_factor=2, mode="nearest"))


class SnganGenerator(nn.Module):
    latent = 128

    def __init__(self, width):
        super().__init__()
        self.width = width
        self.linear = xavier(nn.Linear(self.latent, width * 4 * 4))
        self.blocks = nn.Sequential(UpBlock(width), UpBlock(width), UpBlock(width))
        self.norm = nn.BatchNorm2d(width)
        self.conv = xavier(nn.Conv2d(width, 3, 3, 1, 1))

    def forward(self, z):
        h = self.blocks(self.linear(z).view(-1, self.width, 4, 4))
        return F.tanh(self.conv(F.relu(self.norm(h))))


class FirstDownBlock(nn.Module):
    """No activation on the image itself, and its shortcut pools first, which is cheaper."""

    def __init__(self, width, norm=spectral_norm):
        super().__init__()
        self.conv1 = norm(conv3(3, width))
        self.conv2 = norm(conv3(width, width))
        self.shortcut = norm(conv1(3, width))

    def forward(self, x):
        h = F.avg_pool2d(self.conv2(F.relu(self.conv1(x))), 2)
        return h + self.shortcut(F.avg_pool2d(x, 2))


class Block(nn.Module):
    def __init__(self, width, down, norm=spectral_norm):
        super().__init__()
        self.conv1 = norm(conv3(width, width))
        self.conv2 = norm(conv3(width, width))
        self.shortcut = norm(conv1(width, width)) if down else None

    def forward(self, x):
        h = self.conv2(F.relu(self.conv1(F.relu(x))))
        if self.shortcut is None:
            return h + x
        return F.avg_pool2d(h, 2) + F.avg_pool2d(self.shortcut(x), 2)


class SnganDiscriminator(nn.Module):
    """Spectral norm on every layer, or `norm` instead."""

    def __init__(self, width, norm=spectral_norm):
        super().__init__()
        self.blocks = nn.Sequential(
            FirstDownBlock(width, norm), Block(width, True, norm),
            Block(width, False, norm), Block(width, False, norm),
        )
        self.linear = norm(xavier(nn.Linear(width, 1)))

    def forward(self, x):
        return self.linear(F.relu(self.blocks(x)).sum((2, 3))).flatten()


# The first GAN, on points: dense layers, initialised as PyTorch does.


class MlpGenerator(nn.Sequential):
    latent = 16

    def __init__(self, width):
        super().__init__(
            nn.Linear(self.latent, width), nn.ReLU(),
            nn.Linear(width, width), nn.ReLU(),
            nn.Linear(width, 2),
        )


class MlpDiscriminator(nn.Sequential):
    def __init__(self, width):
        super().__init__(
            nn.Linear(2, width), nn.LeakyReLU(0.2),
            nn.Linear(width, width), nn.LeakyReLU(0.2),
            nn.Linear(width, 1), nn.Flatten(0),
        )
