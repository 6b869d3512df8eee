"""SAGAN's and BigGAN's networks for 32x32 images of ten classes, in PyTorch, as Ganymede builds them.

Zhang et al. 2019, arXiv:1805.08318; Brock, Donahue, Simonyan 2019, arXiv:1809.11096, appendix B.
Every hidden map has 4 x width channels. Spectral norm is on all weights but the class vectors'.
"""

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import spectral_norm

from torch_nets import Block, FirstDownBlock, conv1, conv3

CLASSES = 10
MULTIPLE = 4


def orthogonal(layer):
    nn.init.orthogonal_(layer.weight)
    return layer


class SelfAttention(nn.Module):
    """Keys and values are pooled to half the resolution."""

    def __init__(self, channels):
        super().__init__()

        def conv(inputs, outputs):
            return spectral_norm(nn.Conv2d(inputs, outputs, 1, bias=False))

        self.query, self.key = conv(channels, channels // 8), conv(channels, channels // 8)
        self.value, self.out = conv(channels, channels // 2), conv(channels // 2, channels)
        self.gamma = nn.Parameter(torch.zeros(()))

    def forward(self, x):
        query = self.query(x).flatten(2)
        key = F.max_pool2d(self.key(x), 2).flatten(2)
        value = F.max_pool2d(self.value(x), 2).flatten(2)
        weights = torch.softmax(query.transpose(1, 2) @ key, dim=2)
        gathered = (value @ weights.transpose(1, 2)).unflatten(2, x.shape[2:])
        return x + self.gamma * self.out(gathered)


class ByClass(nn.Module):
    """Batch norm with a gain and a bias of each class."""

    def __init__(self, channels):
        super().__init__()
        self.norm = nn.BatchNorm2d(channels, affine=False)
        self.gain, self.bias = nn.Embedding(CLASSES, channels), nn.Embedding(CLASSES, channels)
        nn.init.ones_(self.gain.weight)
        nn.init.zeros_(self.bias.weight)

    def forward(self, x, label):
        gain, bias = (e(label)[:, :, None, None] for e in (self.gain, self.bias))
        return torch.addcmul(bias, self.norm(x), gain)


class ByVector(nn.Module):
    """Batch norm whose gain and bias are linear in a vector."""

    def __init__(self, channels, size):
        super().__init__()
        self.norm = nn.BatchNorm2d(channels, affine=False)
        self.gain = spectral_norm(nn.Linear(size, channels, bias=False))
        self.bias = spectral_norm(nn.Linear(size, channels, bias=False))

    def forward(self, x, vector):
        gain, bias = (e(vector)[:, :, None, None] for e in (self.gain, self.bias))
        return torch.addcmul(bias, self.norm(x), 1 + gain)


class UpBlock(nn.Module):
    def __init__(self, channels, norm):
        super().__init__()
        self.norm1, self.norm2 = norm(), norm()
        self.conv1 = spectral_norm(conv3(channels, channels))
        self.conv2 = spectral_norm(conv3(channels, channels))
        self.shortcut = spectral_norm(conv1(channels, channels))

    def forward(self, x, condition):
        h = F.interpolate(F.relu(self.norm1(x, condition)), scale_factor=2, mode="nearest")
        h = self.conv2(F.relu(self.norm2(self.conv1(h), condition)))
        return h + F.interpolate(self.shortcut(x), scale_factor=2, mode="nearest")


class Generator(nn.Module):
    """With `shared`, each block is told of the class's vector and a piece of the code of its own."""

    blocks = 3

    def __init__(self, width, latent, shared=0, attention=False):
        super().__init__()
        self.latent, self.channels, self.shared = latent, MULTIPLE * width, shared
        self.piece = latent // (self.blocks + 1) if shared else 0
        self.first = latent - self.blocks * self.piece
        norm = self.by_vector if shared else self.by_class
        self.classes = nn.Embedding(CLASSES, shared) if shared else None
        self.project = spectral_norm(orthogonal(nn.Linear(self.first, self.channels * 16)))
        self.up = nn.ModuleList(UpBlock(self.channels, norm) for _ in range(self.blocks))
        self.attention = SelfAttention(self.channels) if attention else None
        self.norm = nn.BatchNorm2d(self.channels)
        self.image = spectral_norm(orthogonal(nn.Conv2d(self.channels, 3, 3, 1, 1)))

    def by_vector(self):
        return ByVector(self.channels, self.piece + self.shared)

    def by_class(self):
        return ByClass(self.channels)

    def forward(self, z, label):
        below, *pieces = z.split([self.first] + [self.piece] * self.blocks, dim=1)
        told = [label] * self.blocks
        if self.classes is not None:
            own = self.classes(label)
            told = [torch.cat([piece, own], dim=1) for piece in pieces]
        h = self.project(below).unflatten(1, (self.channels, 4, 4))
        for i, block in enumerate(self.up):
            h = block(h, told[i])
            if i == 1 and self.attention is not None:
                h = self.attention(h)
        return F.tanh(self.image(F.relu(self.norm(h))))


class Discriminator(nn.Module):
    """Projection: the score gains the product of the features with a direction of the class."""

    def __init__(self, width, attention=False):
        super().__init__()
        channels = MULTIPLE * width
        self.trunk = nn.Sequential(
            FirstDownBlock(channels), *([SelfAttention(channels)] if attention else []),
            Block(channels, down=True), Block(channels, down=False), Block(channels, down=False),
        )
        self.logit = spectral_norm(nn.Linear(channels, 1))
        self.classes = spectral_norm(nn.Embedding(CLASSES, channels))

    def forward(self, x, label):
        features = F.relu(self.trunk(x)).sum((2, 3))
        return self.logit(features).flatten() + (self.classes(label) * features).sum(1)


class Labelled(nn.Module):
    """A net with classes of its own choosing, drawn anew for each batch."""

    def __init__(self, net):
        super().__init__()
        self.net, self.label = net, None

    @property
    def latent(self):
        return self.net.latent

    def forward(self, x):
        self.label = torch.randint(CLASSES, (len(x),), device=x.device)
        return self.net(x, self.label)


class Judging(nn.Module):
    """Scores fakes by the classes they were made for, data by any."""

    def __init__(self, net, generator):
        super().__init__()
        self.net, self.made = net, [generator]

    def forward(self, x):
        return self.net(x, self.made[0].label)


def nets(width, latent, shared=0, attention=False):
    generator = Labelled(Generator(width, latent, shared, attention))
    return generator, Judging(Discriminator(width, attention), generator)
