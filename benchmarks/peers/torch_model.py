"""The whole model in PyTorch, with the published names: encoder, prompt encoder, mask decoder, loss. The twin of XlstmSam.Peers/Model."""
import math

import torch
from torch import nn
from torch.nn import functional as F

NEVER = -1e30  # finite, so that differences of two are no NaN; its exponential is 0
SLOPE = 0.01
CHUNK = 64


class Norm(nn.Module):
    """An instance norm with weight and bias."""

    def __init__(self, channels):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x):
        return F.instance_norm(x, weight=self.weight, bias=self.bias, eps=1e-5)


class ResBlock(nn.Module):
    """lrelu(norm2(conv2(lrelu(norm1(conv1(x))))) + conv3(x))."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1, self.norm1 = nn.Conv3d(inputs, outputs, 3, stride, 1), Norm(outputs)
        self.conv2, self.norm2 = nn.Conv3d(outputs, outputs, 3, 1, 1), Norm(outputs)
        self.conv3 = nn.Conv3d(inputs, outputs, 1, stride)

    def forward(self, x):
        y = F.leaky_relu_(self.norm1(self.conv1(x)), SLOPE)
        return F.leaky_relu_(self.norm2(self.conv2(y)).add_(self.conv3(x)), SLOPE)


class ConvNorm(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv, self.norm = nn.Conv3d(channels, channels, 3, 1, 1), Norm(channels)

    def forward(self, x):
        return self.norm(self.conv(x))


class BasicBlock(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv1, self.conv2 = ConvNorm(channels), ConvNorm(channels)

    def forward(self, x):
        return F.leaky_relu_(self.conv2(F.leaky_relu_(self.conv1(x), SLOPE)).add_(x), SLOPE)


class ScaleNorm(nn.Module):
    """A layer norm over each of some groups of channels, scaled by 1 + weight."""

    def __init__(self, width, groups=1):
        super().__init__()
        self.groups, self.weight = groups, nn.Parameter(torch.zeros(width))

    def forward(self, x):
        width = self.weight.shape[0] // self.groups
        return F.layer_norm(x.unflatten(2, (self.groups, width)), (width,), eps=1e-5).flatten(-2) * (1 + self.weight)


class Headwise(nn.Module):
    """A block-diagonal projection, as a grouped convolution over the tokens."""

    def __init__(self, inner, block):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(inner // block, block, block))

    def forward(self, x):
        weight = self.weight.reshape(-1, self.weight.shape[2], 1)
        return F.conv1d(x.transpose(1, 2), weight, groups=self.weight.shape[0]).transpose(1, 2)


class CausalConv(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv = nn.Conv1d(channels, channels, 4, padding=3, groups=channels)

    def forward(self, x):
        return self.conv(x.transpose(1, 2))[:, :, : x.shape[1]].transpose(1, 2)


def future(size, diagonal, like):
    return torch.ones(size, size, dtype=torch.bool, device=like.device).triu(diagonal)


def divide(values, norm, maximum):
    return values / (torch.maximum(norm.abs(), (-maximum).exp()) + 1e-6)


def quadratic(q, k, v, i, f):
    """The definition: every token looks back at every other through an S x S matrix of decays."""
    decay = F.logsigmoid(f).cumsum(-1)
    exponents = (decay.unsqueeze(-1) + (i - decay).unsqueeze(-2)).masked_fill(future(q.shape[2], 1, q), NEVER)
    maximum = exponents.detach().amax(-1, keepdim=True)
    scores = (q / math.sqrt(q.shape[3])) @ k.transpose(-2, -1) * (exponents - maximum).exp()
    return divide(scores @ v, scores.sum(-1, keepdim=True), maximum)


def chunkwise(q, k, v, i, f):
    """Chunks look back at themselves through a small matrix, and at everything before through a state per chunk; all states at once."""
    batch, heads, length, width = q.shape
    count = length // CHUNK
    q, k, v = (x.reshape(batch, heads, count, CHUNK, -1) for x in (q, k / math.sqrt(width), v))
    i, f = i.reshape(batch, heads, count, CHUNK), f.reshape(batch, heads, count, CHUNK)
    decay = F.logsigmoid(f).cumsum(-1)
    whole = decay[..., -1:]
    at_end = whole - decay + i
    added_maximum = at_end.detach().amax(-1, keepdim=True)
    added_keys = k * (at_end - added_maximum).exp().unsqueeze(-1)
    added = (added_keys.transpose(-2, -1) @ v).flatten(-2)
    passed = whole.squeeze(-1).cumsum(-1)
    between = (passed - whole.squeeze(-1)).unsqueeze(-1) + (added_maximum.squeeze(-1) - passed).unsqueeze(-2)
    between = between.masked_fill(future(count, 0, q), NEVER)
    state_maximum = between.detach().amax(-1, keepdim=True)
    mixing = (between - state_maximum).exp().masked_fill(future(count, 0, q), 0)
    state = (mixing @ added).reshape(batch, heads, count, width, width)
    state_norm = (mixing @ added_keys.sum(-2)).unsqueeze(-1)
    inside = (decay.unsqueeze(-1) + (i - decay).unsqueeze(-2)).masked_fill(future(CHUNK, 1, q), NEVER)
    from_state = decay.unsqueeze(-1) + state_maximum.unsqueeze(-1)
    maximum = torch.maximum(inside.detach().amax(-1, keepdim=True), from_state.detach())
    scores = q @ k.transpose(-2, -1) * (inside - maximum).exp()
    reach = q * (from_state - maximum).exp()
    norm = scores.sum(-1, keepdim=True) + reach @ state_norm
    return divide(scores @ v + reach @ state, norm, maximum).reshape(batch, heads, length, width)


class MlstmCell(nn.Module):
    def __init__(self, inner, heads):
        super().__init__()
        self.heads = heads
        self.igate, self.fgate = nn.Linear(3 * inner, heads), nn.Linear(3 * inner, heads)
        self.outnorm = ScaleNorm(inner, heads)

    def forward(self, q, k, v):
        gates = torch.cat([q, k, v], -1)
        i, f = self.igate(gates).transpose(1, 2).float(), self.fgate(gates).transpose(1, 2).float()
        q, k, v = (x.unflatten(2, (self.heads, -1)).transpose(1, 2) for x in (q, k, v))
        long = q.shape[2] > CHUNK and q.shape[2] % CHUNK == 0
        return self.outnorm((chunkwise if long else quadratic)(q, k, v, i, f).transpose(1, 2).flatten(2))


class VilLayer(nn.Module):
    def __init__(self, width, reverse):
        super().__init__()
        self.reverse, inner, block = reverse, 2 * width, 4 if width % 4 == 0 else 2
        self.proj_up, self.proj_down = nn.Linear(width, 2 * inner, bias=False), nn.Linear(inner, width, bias=False)
        self.q_proj, self.k_proj, self.v_proj = Headwise(inner, block), Headwise(inner, block), Headwise(inner, block)
        self.conv1d, self.mlstm_cell = CausalConv(inner), MlstmCell(inner, block)
        self.learnable_skip = nn.Parameter(torch.ones(inner))

    def forward(self, x):
        a, z = self.proj_up(x.flip(1) if self.reverse else x).chunk(2, -1)
        s = F.silu(self.conv1d(a))
        h = self.mlstm_cell(self.q_proj(s), self.k_proj(s), self.v_proj(a))
        y = self.proj_down((h + self.learnable_skip * s) * F.silu(z))
        return y.flip(1) if self.reverse else y


class VilBlock(nn.Module):
    def __init__(self, width, reverse):
        super().__init__()
        self.norm, self.layer = ScaleNorm(width), VilLayer(width, reverse)

    def forward(self, x):
        return x + self.layer(self.norm(x))


class VilMixer(nn.Module):
    """The norm beside the block is saved in published files and never called."""

    def __init__(self, width, reverse):
        super().__init__()
        self.norm, self.vil = nn.LayerNorm(width), VilBlock(width, reverse)

    def forward(self, x):
        return self.vil(x.flatten(2).transpose(1, 2)).transpose(1, 2).reshape(x.shape)


class Encoder(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.stem = nn.ModuleList([ResBlock(config["inputChannels"], config["stem"], 1)])
        self.stages, self.xlstm_layers, width, scans = nn.ModuleList(), nn.ModuleList(), config["stem"], 0
        for features, stride, mixer in zip(config["features"], config["strides"], config["mixers"]):
            self.stages.append(nn.ModuleList([ResBlock(width, features, stride)]))
            width, is_vil = features, mixer == "Vil"
            reverse = config["direction"] == "Alternate" and scans % 2 == 1
            self.xlstm_layers.append(VilMixer(width, reverse) if is_vil else BasicBlock(width))
            scans += is_vil

    def forward(self, x):
        x = self.stem[0](x)
        for stage, mixer in zip(self.stages, self.xlstm_layers):
            x = mixer(stage[0](x))
        return x
