using XlstmSam.Engine;
using XlstmSam.Kernels;

namespace XlstmSam.Models;

/// <summary>A gate's pre-activation per head, from q, k and v side by side.</summary>
internal sealed class GateLayer(ParameterScope scope, int inner, int heads, Init bias)
{
    private readonly Tensor weight = scope.Parameter("weight", new(heads, 3 * inner), Init.Zero);
    private readonly Tensor bias = scope.Parameter("bias", new(heads), bias);

    public Tensor Forward(Tape tape, Tensor q, Tensor k, Tensor v) => Linear.ApplyConcat(tape, [q, k, v], weight, bias);
}

/// <summary>Gates, scan and per-head norm: (B, S, I) three times in, (B, S, I) out. Source: vision-LSTM, MatrixLSTMCell.</summary>
internal static class MlstmCell
{
    public static Tensor Forward(
        Tape tape, Tensor q, Tensor k, Tensor v, GateLayer inputGate, GateLayer forgetGate, Tensor normWeight, int heads, ScanDirection direction)
    {
        var i = inputGate.Forward(tape, q, k, v);
        var f = forgetGate.Forward(tape, q, k, v);
        var h = MlstmScan.Apply(tape, q, k, v, i, f, direction);
        return LayerNorm.Apply(tape, h, normWeight, groups: heads, scaleOffset: 1);
    }
}
