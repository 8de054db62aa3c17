namespace XlstmSam.Kernels.Cuda;

/// <summary>
/// Inputs of a strided convolution that the same taps reach: on every axis, those a multiple of the stride apart.
/// </summary>
internal readonly record struct StridePhase(StridePhase.Axis D, StridePhase.Axis H, StridePhase.Axis W)
{
    /// <summary>Inputs of the phase.</summary>
    public Extent3 Size => new(D.Size, H.Size, W.Size);

    public Extent3 Taps => new(D.Taps, H.Taps, W.Taps);

    /// <summary>First input.</summary>
    public Extent3 Inputs => new(D.Input, H.Input, W.Input);

    /// <summary>Output that the first tap takes from the first input; the next tap is the output before.</summary>
    public Extent3 Outputs => new(D.Output, H.Output, W.Output);

    public int Terms(in Conv3dGeometry g) => checked((int)(Taps.Count * g.Cout));

    /// <summary>No data gradient passes through it.</summary>
    public bool IsEmpty => Size.Count * Taps.Count == 0;

    public static int Count(in Conv3dGeometry g) => checked((int)g.Stride.Count);

    public static StridePhase At(in Conv3dGeometry g, int index)
    {
        var (line, w) = int.DivRem(index, g.Stride.W);
        var (d, h) = int.DivRem(line, g.Stride.H);
        return new(
            new(d, g.In.D, g.Kernel.D, g.Stride.D, g.Padding.D), new(h, g.In.H, g.Kernel.H, g.Stride.H, g.Padding.H),
                new(w, g.In.W, g.Kernel.W, g.Stride.W, g.Padding.W));
    }

    /// <summary>One axis of a phase: inputs Input + i stride, taps FirstTap + j stride; input i gets tap j from output Output + i - j.</summary>
    internal readonly record struct Axis
    {
        public Axis(int input, int inputs, int kernel, int stride, int padding)
        {
            Input = input;
            FirstTap = (input + padding) % stride;
            Output = (input + padding) / stride;
            Size = Math.Max(0, (inputs - input + stride - 1) / stride);
            Taps = Math.Max(0, (kernel - FirstTap + stride - 1) / stride);
        }

        public int Input { get; }

        public int FirstTap { get; }

        public int Output { get; }

        public int Size { get; }

        public int Taps { get; }
    }
}
