"""Prompt encoder, mask decoder and loss of the model in PyTorch, and the model of these and the encoder."""
import math

import torch
from torch import nn
from torch.nn import functional as F

from torch_model import Encoder


class VolumeNorm(nn.Module):
    """A layer norm over the channels of a volume (N, C, D, H, W)."""

    def __init__(self, channels):
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.ones(channels)), nn.Parameter(torch.zeros(channels))

    def forward(self, x):
        return F.layer_norm(x.permute(0, 2, 3, 4, 1), self.weight.shape, self.weight, self.bias, 1e-6).permute(0, 4, 1, 2, 3)


class PositionFeatures(nn.Module):
    """Random Fourier features of positions; the sine stands twice."""

    def __init__(self, features):
        super().__init__()
        self.register_buffer("positional_encoding_gaussian_matrix", torch.randn(3, features))

    def forward(self, position):
        angle = 2 * math.pi * ((2 * position - 1) @ self.positional_encoding_gaussian_matrix)
        return torch.cat([angle.sin(), angle.cos(), angle.sin()], -1)


def sequence(named):
    """Modules under the numbers that published files give them."""
    module = nn.Module()
    for name, child in named.items():
        module.add_module(name, child)
    return module


class Prompts(nn.Module):
    def __init__(self, config):
        super().__init__()
        width, channels = config["embedding"], config["maskChannels"]
        self.size, self.swap = config["size"], config["swapDensePeAxes"]
        self.pe_layer = PositionFeatures(width // 3)
        self.point_embeddings = nn.ModuleList(nn.Embedding(1, width) for _ in range(config["pointEmbeddings"]))
        self.not_a_point_embed, self.no_mask_embed = nn.Embedding(1, width), nn.Embedding(1, width)
        self.mask_downscaling = sequence({
            "0": nn.Conv3d(1, channels // 4, 2, 2), "1": VolumeNorm(channels // 4),
            "3": nn.Conv3d(channels // 4, channels, 2, 2), "4": VolumeNorm(channels), "6": nn.Conv3d(channels, width, 1)})

    def sparse(self, points, label):
        """One click and its padding as (1, 2, E). Both signs take part, so that both get a gradient, if only zero."""
        position = (points + 0.5) / torch.tensor(self.size, dtype=torch.float32, device=points.device)
        kinds = torch.cat([self.point_embeddings[0].weight, self.point_embeddings[1].weight])
        return torch.cat([self.pe_layer(position) + kinds[label : label + 1], self.not_a_point_embed.weight]).unsqueeze(0)

    def dense(self, mask):
        part = dict(self.mask_downscaling.named_children())
        return part["6"](F.gelu(part["4"](part["3"](F.gelu(part["1"](part["0"](mask)))))))

    def positions(self, grid, device):
        """The position of every grid cell, (cells, E); upstream swaps the first two coordinates."""
        axes = [(torch.arange(size, dtype=torch.float32, device=device) + 0.5) / size for size in grid]
        cells = torch.meshgrid(*axes, indexing="ij")
        cells = (cells[1], cells[0], cells[2]) if self.swap else cells
        return self.pe_layer(torch.stack(cells, -1)).flatten(0, 2)


class Attention(nn.Module):
    def __init__(self, width, heads, downsample):
        super().__init__()
        self.heads, inner = heads, width // downsample
        self.q_proj, self.k_proj, self.v_proj, self.out_proj = nn.Linear(width, inner), nn.Linear(width, inner), nn.Linear(width, inner), nn.Linear(inner, width)

    def forward(self, q, k, v):
        q, k, v = (projection(x).unflatten(2, (self.heads, -1)).transpose(1, 2) for projection, x in ((self.q_proj, q), (self.k_proj, k), (self.v_proj, v)))
        if hasattr(F, "scaled_dot_product_attention"):
            y = F.scaled_dot_product_attention(q, k, v)
        else:
            y = ((q / math.sqrt(q.shape[-1])) @ k.transpose(-2, -1)).softmax(-1) @ v
        return self.out_proj(y.transpose(1, 2).flatten(2))


class TwoWayBlock(nn.Module):
    def __init__(self, config, is_first):
        super().__init__()
        width, heads, self.is_first = config["embedding"], config["decoderHeads"], is_first
        self.self_attn, self.cross_attn_token_to_image, self.cross_attn_image_to_token = Attention(width, heads, 1), Attention(width, heads, 2), Attention(width, heads, 2)
        self.norm1, self.norm2, self.norm3, self.norm4 = (nn.LayerNorm(width) for _ in range(4))
        self.mlp = sequence({"lin1": nn.Linear(width, config["decoderMlp"]), "lin2": nn.Linear(config["decoderMlp"], width)})

    def forward(self, queries, keys, tokens, positions):
        p = queries + tokens
        queries = self.norm1(self.self_attn(queries, queries, queries) if self.is_first else queries + self.self_attn(p, p, queries))
        k = keys + positions
        queries = self.norm2(queries + self.cross_attn_token_to_image(queries + tokens, k, keys))
        queries = self.norm3(queries + self.mlp.lin2(F.relu(self.mlp.lin1(queries))))
        return queries, self.norm4(keys + self.cross_attn_image_to_token(k, queries + tokens, queries))


class Transformer(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.layers = nn.ModuleList(TwoWayBlock(config, layer == 0) for layer in range(config["decoderDepth"]))
        self.final_attn_token_to_image, self.norm_final_attn = Attention(config["embedding"], config["decoderHeads"], 2), nn.LayerNorm(config["embedding"])

    def forward(self, image, positions, tokens):
        queries, keys = tokens, image
        for layer in self.layers:
            queries, keys = layer(queries, keys, tokens, positions)
        return self.norm_final_attn(queries + self.final_attn_token_to_image(queries + tokens, keys + positions, keys)), keys


class Mlp(nn.Module):
    def __init__(self, *widths):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(widths, widths[1:]))

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = F.relu(layer(x))
        return self.layers[-1](x)


class Decoder(nn.Module):
    """The logits of mask 0. The IoU head is there for its name only."""

    def __init__(self, config):
        super().__init__()
        width, masks, hidden = config["embedding"], config["maskTokens"], config["iouHidden"]
        self.transformer = Transformer(config)
        self.iou_token, self.mask_tokens = nn.Embedding(1, width), nn.Embedding(masks, width)
        self.output_upscaling = sequence({"0": nn.ConvTranspose3d(width, width // 4, 2, 2), "1": VolumeNorm(width // 4), "3": nn.ConvTranspose3d(width // 4, width // 8, 2, 2)})
        self.output_hypernetworks_mlps = nn.ModuleList(Mlp(width, width, width, width // 8) for _ in range(masks))
        self.iou_prediction_head = Mlp(width, hidden, hidden, masks)

    def forward(self, image, positions, sparse):
        tokens = torch.cat([self.iou_token.weight, self.mask_tokens.weight]).unsqueeze(0)
        tokens = tokens if sparse is None else torch.cat([tokens, sparse], 1)
        queries, keys = self.transformer(image.flatten(2).transpose(1, 2), positions, tokens)
        part = dict(self.output_upscaling.named_children())
        upscaled = F.gelu(part["3"](F.gelu(part["1"](part["0"](keys.transpose(1, 2).reshape(image.shape))))))
        mask = self.output_hypernetworks_mlps[0](queries[:, 1:2]) @ upscaled.flatten(2)
        return mask.reshape(1, 1, *upscaled.shape[2:])


class Model(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.size, stride = config["size"], math.prod(config["encoder"]["strides"])
        self.grid = [side // stride for side in self.size]
        self.image_encoder, self.prompt_encoder, self.mask_decoder = Encoder(config["encoder"]), Prompts(config), Decoder(config)

    def no_logits(self, device):
        return torch.zeros(1, 1, *(4 * side for side in self.grid), device=device)

    def decode(self, embedding, positions, prompt, mask):
        sparse = None if prompt is None else self.prompt_encoder.sparse(*prompt)
        return self.mask_decoder(self.prompt_encoder.dense(mask) + embedding, positions, sparse)

    def upscale(self, mask):
        return F.interpolate(mask.float(), self.size, mode="trilinear", align_corners=False)


def dice_ce(x, y):
    """Dice over squares plus cross entropy of one mask; x and y are flat, in float32."""
    p = x.sigmoid()
    return 1 - (2 * p.dot(y) + 1e-5) / (p.dot(p) + y.dot(y) + 1e-5) + F.binary_cross_entropy_with_logits(x, y)
