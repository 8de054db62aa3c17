namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>The two inputs that one output of an axis reads, with weights 1 - Weight and Weight. Weight is 0 where there is only one.</summary>
public readonly struct AxisTap(int lower, int upper, float weight)
{
    public readonly int Lower = lower;
    public readonly int Upper = upper;
    public readonly float Weight = weight;

    /// <summary>The weight with which an input is read; 0 if it is not.</summary>
    public float For(int input) => (Lower == input ? 1 - Weight : 0) + (Upper == input ? Weight : 0);
}

/// <summary>One axis of a resize. First and End give, for an input, a range of outputs outside of which none reads it.</summary>
public interface IAxisTaps
{
    static abstract AxisTap Of(int output, int inputs, int outputs);

    static abstract int First(int input, int inputs, int outputs);

    static abstract int End(int input, int inputs, int outputs);
}

/// <summary>source = max(0, (output + 0.5) inputs / outputs - 0.5), as a fraction whose denominator is 2 outputs.</summary>
public readonly struct TrilinearTaps : IAxisTaps
{
    public static AxisTap Of(int output, int inputs, int outputs)
    {
        var numerator = (((2 * output) + 1) * inputs) - outputs;
        var source = (uint)(numerator > 0 ? numerator : 0);
        var (whole, denominator) = ((int)(source / (uint)(2 * outputs)), 2 * outputs);
        var lower = whole < inputs - 1 ? whole : inputs - 1;
        return lower == inputs - 1 ? new(lower, lower, 0) : new(lower, lower + 1, (float)((int)source - (lower * denominator)) / denominator);
    }

    /// <summary>The first output whose source is beyond input - 1; the clamped ones belong to input 0.</summary>
    public static int First(int input, int inputs, int outputs)
    {
        var bound = (((2 * input) - 1) * outputs) - inputs;
        return input == 0 || bound < 0 ? 0 : (int)((uint)bound / (uint)(2 * inputs));
    }

    /// <summary>The first output whose source is not before input + 1; all, for the last input.</summary>
    public static int End(int input, int inputs, int outputs)
    {
        var bound = (((2 * input) + 3) * outputs) - inputs;
        var end = bound < 0 ? 0 : (int)((uint)bound / (uint)(2 * inputs)) + 1;
        return input == inputs - 1 || end > outputs ? outputs : end;
    }
}

/// <summary>source = floor(output inputs / outputs).</summary>
public readonly struct NearestTaps : IAxisTaps
{
    public static AxisTap Of(int output, int inputs, int outputs)
    {
        var source = (int)((uint)(output * inputs) / (uint)outputs);
        return new(source, source, 0);
    }

    public static int First(int input, int inputs, int outputs) => (int)((uint)((input * outputs) + inputs - 1) / (uint)inputs);

    public static int End(int input, int inputs, int outputs) => First(input + 1, inputs, outputs);
}
