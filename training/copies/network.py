"""MobileNetV2 that ends in a unit vector: generalised-mean pooling and one linear projection."""

from itertools import pairwise
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.fusion import fuse_conv_bn_eval

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
POWER, FEATURES, DIM = 3.0, 1280, 256
# (expansion, channels, blocks, stride), as published.
STAGES = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)


def _step(inside: int, outside: int, kernel: int, stride: int, groups: int) -> list[nn.Module]:
    convolution = nn.Conv2d(inside, outside, kernel, stride, kernel // 2, groups=groups, bias=False)
    return [convolution, nn.BatchNorm2d(outside)]


class Block(nn.Module):
    """An inverted residual: widen, filter each channel, narrow."""

    def __init__(self, inside: int, outside: int, stride: int, expansion: int) -> None:
        super().__init__()
        self.adds = stride == 1 and inside == outside
        wide = inside * expansion
        steps = [] if expansion == 1 else [*_step(inside, wide, 1, 1, 1), nn.ReLU6(inplace=True)]
        steps += [*_step(wide, wide, 3, stride, wide), nn.ReLU6(inplace=True), *_step(wide, outside, 1, 1, 1)]
        self.conv = nn.Sequential(*steps)

    def forward(self, pixels: Tensor) -> Tensor:
        """(n, inside, h, w) to (n, outside, h / stride, w / stride)."""
        made: Tensor = self.conv(pixels)
        return pixels + made if self.adds else made


class CopyEncoder(nn.Module):
    """Embeds pictures: normalised float32 (n, 3, s, s) to (n, 256), unit norm."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = [nn.Sequential(*_step(3, 32, 3, 2, 1), nn.ReLU6(inplace=True))]
        width = 32
        for expansion, channels, blocks, stride in STAGES:
            for n in range(blocks):
                layers.append(Block(width, channels, stride if n == 0 else 1, expansion))
                width = channels
        layers.append(nn.Sequential(*_step(width, FEATURES, 1, 1, 1), nn.ReLU6(inplace=True)))
        self.features = nn.Sequential(*layers)
        self.projection = nn.Linear(FEATURES, DIM)

    def pooled(self, pixels: Tensor) -> Tensor:
        """Give the generalised mean of every channel, (n, 1280), unit norm: what the backbone says."""
        strong = self.features(pixels).clamp(min=1e-4) ** POWER
        return functional.normalize(strong.mean((2, 3)) ** (1 / POWER))

    def forward(self, pixels: Tensor) -> Tensor:
        """Embed; equal pictures have a dot product of 1."""
        return functional.normalize(self.projection(self.pooled(pixels)))

    def whiten(self, pooled: Tensor, damping: float = 0.03) -> None:
        """Set the projection to the principal directions of pooled vectors (n, 1280), evened in variance."""
        middle = pooled.mean(0)
        _, spread, directions = torch.linalg.svd(pooled - middle, full_matrices=False)
        scale = spread[:DIM] / len(pooled) ** 0.5
        weights = directions[:DIM] / (scale + damping * scale[0])[:, None]
        with torch.no_grad():
            self.projection.weight.copy_(weights)
            self.projection.bias.copy_(-weights @ middle)

    def fold(self) -> None:
        """Merge the batch statistics, which stay as they are, into the filters: quicker to train."""
        for steps in self.modules():
            if not isinstance(steps, nn.Sequential):
                continue
            for n, (filters, statistics) in enumerate(list(pairwise(steps))):
                if isinstance(filters, nn.Conv2d) and isinstance(statistics, nn.BatchNorm2d):
                    steps[n], steps[n + 1] = fuse_conv_bn_eval(filters, statistics), nn.Identity()

    def settle(self) -> None:
        """Make ready for training: folded, and the first three stages left as they are."""
        self.eval()
        self.fold()
        self.features[:5].requires_grad_(False)


def restore(checkpoint: Path) -> CopyEncoder:
    """Read a checkpoint of this recipe, folded or not."""
    state, network = torch.load(checkpoint, map_location="cpu"), CopyEncoder().eval()
    if not any(name.endswith("running_mean") for name in state):
        network.fold()
    network.load_state_dict(state)
    return network


def load(backbone: Path) -> CopyEncoder:
    """Build the network on the ImageNet weights of the package; the projection is still random."""
    network = CopyEncoder()
    missing, left = network.load_state_dict(torch.load(backbone, map_location="cpu"), strict=False)
    if left or [name for name in missing if not name.startswith("projection")]:
        raise SystemExit(f"{backbone}: not the expected MobileNetV2 ({missing}, {left})")
    return network.eval()
