namespace XlstmSam.Kernels.Cpu;

/// <summary>
/// One axis of a resize: output o reads inputs Lower[o] and Upper[o] with weights 1 - Weight[o] and Weight[o]. First and End give, for
/// every input, the range of outputs that read it: what the adjoint gathers from.
/// </summary>
internal sealed class AxisTaps
{
    public AxisTaps(int inputs, int outputs, ResampleMode mode)
    {
        (Lower, Upper, Weight) = (new int[outputs], new int[outputs], new float[outputs]);
        (First, End) = (new int[inputs], new int[inputs]);
        Array.Fill(First, outputs);
        for (var o = 0; o < outputs; o++)
        {
            var source = mode == ResampleMode.Nearest ? (long)o * inputs / outputs : Math.Max(0, ((o + 0.5) * inputs / outputs) - 0.5);
            Lower[o] = Math.Min(inputs - 1, (int)source);
            Upper[o] = Math.Min(inputs - 1, Lower[o] + 1);
            Weight[o] = Upper[o] == Lower[o] ? 0 : (float)(source - Lower[o]);
            Widen(Lower[o], o);
            if (Weight[o] > 0)
            {
                Widen(Upper[o], o);
            }
        }
    }

    public int[] Lower { get; }

    public int[] Upper { get; }

    public float[] Weight { get; }

    public int[] First { get; }

    public int[] End { get; }

    /// <summary>The weight with which an output reads an input of its range.</summary>
    public float Of(int input, int output) =>
        (Lower[output] == input ? 1 - Weight[output] : 0) + (Upper[output] == input ? Weight[output] : 0);

    private void Widen(int input, int output)
    {
        First[input] = Math.Min(First[input], output);
        End[input] = output + 1;
    }
}
