using XlstmSam.Engine;
using XlstmSam.Kernels;

namespace XlstmSam.Models;

/// <summary>
/// The xLSTM layer on tokens (B, S, D): two branches a, z of width I = 2D; a goes through a causal convolution, SiLU, headwise q, k (v skips
/// both), the mLSTM scan and a per-head norm; y = ((norm + skip s) silu(z)) W. Source: vision-LSTM, ViLLayer.
/// </summary>
internal sealed class VilLayer
{
    private const int ConvKernel = 4;
    private readonly int inner;
    private readonly int heads;
    private readonly ScanDirection direction;
    private readonly Tensor up, query, key, value, convWeight, convBias, skip, down;
    private readonly GateLayer inputGate, forgetGate;
    private readonly Tensor outNorm;

    public VilLayer(ParameterScope scope, int width, ScanDirection direction)
    {
        this.direction = direction;
        var block = width % 4 == 0 ? 4 : 2;
        (inner, heads) = (2 * width, block);
        var small = new Init.Normal(Math.Sqrt(2.0 / (5.0 * width)));
        up = scope.Parameter("proj_up.weight", new(2 * inner, width), small);
        query = scope.Parameter("q_proj.weight", new(inner / block, block, block), small);
        key = scope.Parameter("k_proj.weight", new(inner / block, block, block), small);
        value = scope.Parameter("v_proj.weight", new(inner / block, block, block), small);
        convWeight = scope.Parameter("conv1d.conv.weight", new(ConvKernel, inner), Init.Default(ConvKernel), WeightLayout.DepthwiseConv1d);
        convBias = scope.Parameter("conv1d.conv.bias", new(inner), Init.Default(ConvKernel));
        inputGate = new(scope["mlstm_cell"]["igate"], inner, heads, new Init.Normal(0.1));
        forgetGate = new(scope["mlstm_cell"]["fgate"], inner, heads, new Init.Linspace(3, 6));
        outNorm = scope.Parameter("mlstm_cell.outnorm.weight", new(inner), Init.Zero);
        skip = scope.Parameter("learnable_skip", new(inner), Init.One);
        down = scope.Parameter("proj_down.weight", new(width, inner), new Init.Normal(2 / Math.Sqrt(width)));
    }

    public Tensor Forward(Tape tape, Tensor x)
    {
        var a = Linear.Apply(tape, x, up.Rows(0, inner));
        var z = Linear.Apply(tape, x, up.Rows(inner, inner));
        var s = Elementwise.Apply<Silu>(tape, CausalConv1d.Apply(tape, a, convWeight, convBias, direction == ScanDirection.Reverse));
        var q = HeadwiseLinear.Apply(tape, s, query);
        var k = HeadwiseLinear.Apply(tape, s, key);
        var v = HeadwiseLinear.Apply(tape, a, value);
        var h = MlstmCell.Forward(tape, q, k, v, inputGate, forgetGate, outNorm, heads, direction);
        var y = Elementwise.Apply<Add>(tape, h, Elementwise.Apply<Multiply>(tape, s, skip));
        return Linear.Apply(tape, Elementwise.Apply<MultiplySilu>(tape, y, z), down);
    }
}
