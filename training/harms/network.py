"""The network in torch: a shortened BERT encoder and four ordinal heads."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.harms.weights import Checkpoint

CATEGORIES = ("hate", "self_harm", "sexual", "violence")
CUTS = (1, 2, 4, 6)


class Block(nn.Module):
    """One post-norm transformer layer, as in BERT."""

    def __init__(self, hidden: int, heads: int, epsilon: float) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(hidden, 3 * hidden)
        self.out = nn.Linear(hidden, hidden)
        self.norm1 = nn.LayerNorm(hidden, eps=epsilon)
        self.wide = nn.Linear(hidden, 4 * hidden)
        self.narrow = nn.Linear(4 * hidden, hidden)
        self.norm2 = nn.LayerNorm(hidden, eps=epsilon)
        self.drop = nn.Dropout(0.1)

    def forward(self, x: Tensor, mask: Tensor | None) -> Tensor:
        """Keep the shape (batch, tokens, hidden); mask (batch, 1, 1, tokens) is True at real tokens."""
        batch, tokens, hidden = x.shape
        qkv = self.qkv(x).view(batch, tokens, 3, self.heads, hidden // self.heads).permute(2, 0, 3, 1, 4)
        # Written out: the fused kernel's backward pass takes five times as long on a CPU at these lengths.
        scores = qkv[0] @ qkv[1].transpose(2, 3) * qkv[0].shape[-1] ** -0.5
        if mask is not None:
            scores = scores.masked_fill(~mask, -1e4)
        mixed = scores.softmax(-1).to(qkv.dtype) @ qkv[2]
        x = self.norm1(x + self.out(mixed.transpose(1, 2).reshape(batch, tokens, hidden)))
        return self.norm2(x + self.drop(self.narrow(functional.gelu(self.wide(x)))))


class HarmNetwork(nn.Module):
    """Token ids (batch, tokens) to logits (batch, 4 categories, 4 cuts); padding is id 1."""

    def __init__(
        self, vocabulary: int, layers: int, hidden: int = 384, heads: int = 12, epsilon: float = 1e-12
    ) -> None:
        super().__init__()
        self.word = nn.Embedding(vocabulary, hidden)
        self.position = nn.Embedding(512, hidden)
        self.norm = nn.LayerNorm(hidden, eps=epsilon)
        self.layers = nn.ModuleList(Block(hidden, heads, epsilon) for _ in range(layers))
        self.head = nn.Linear(2 * hidden, hidden)
        self.cuts = nn.Linear(hidden, len(CATEGORIES) * len(CUTS))
        self.drop = nn.Dropout(0.1)

    def features(self, ids: Tensor) -> Tensor:
        """Mean and maximum over tokens, side by side: (batch, 2 * hidden)."""
        real = ids != 1
        mask = None if bool(real.all()) else real[:, None, None, :]
        places = torch.arange(ids.shape[1])
        x = self.norm(self.word(ids) + self.position(places))
        for layer in self.layers:
            x = layer(x, mask)
        kept = real[:, :, None]
        mean = (x * kept).sum(1) / kept.sum(1)
        most = x.masked_fill(~kept, -1e4).amax(1)
        return torch.cat([mean, most], 1)

    def forward(self, ids: Tensor) -> Tensor:
        """Logits of severity >= 1, 2, 4, 6 per category: (batch, 4, 4)."""
        hidden = functional.gelu(self.head(self.drop(self.features(ids))))
        return self.cuts(self.drop(hidden)).view(-1, len(CATEGORIES), len(CUTS)).float()


def from_checkpoint(checkpoint: Checkpoint, kept_rows: list[int], kept_layers: list[int]) -> HarmNetwork:
    """Start a network from `kept_layers` of the checkpoint and the `kept_rows` of its vocabulary."""
    network = HarmNetwork(
        len(kept_rows), len(kept_layers), checkpoint.hidden, checkpoint.heads, checkpoint.epsilon
    )
    t = {name: torch.from_numpy(values.copy()) for name, values in checkpoint.tensors.items()}
    with torch.no_grad():
        network.word.weight.copy_(t["emb.word"][kept_rows])
        network.position.weight.copy_(t["emb.pos"] + t["emb.type"][: checkpoint.hidden])
        _pair(network.norm, t, "emb.ln")
        for block, n in zip(network.layers, kept_layers, strict=True):
            parts = ("q", "k", "v")
            block.qkv.weight.copy_(torch.cat([t[f"l{n}.{p}.w"] for p in parts]))
            block.qkv.bias.copy_(torch.cat([t[f"l{n}.{p}.b"] for p in parts]))
            for module, name in (
                (block.out, "ao"),
                (block.norm1, "aln"),
                (block.wide, "fi"),
                (block.narrow, "fo"),
                (block.norm2, "oln"),
            ):
                _pair(module, t, f"l{n}.{name}")
    return network


def _pair(module: nn.Module, tensors: dict[str, Tensor], name: str) -> None:
    module.weight.copy_(tensors[f"{name}.w"])
    module.bias.copy_(tensors[f"{name}.b"])
