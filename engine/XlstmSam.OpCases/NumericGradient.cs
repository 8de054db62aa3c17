namespace XlstmSam.OpCases;

/// <summary>
/// The oracle's gradient: central differences of ⟨cotangent, f(x)⟩ in double, where f is the case's reference. The step is 2^-16 of the
/// larger of 1 and |x|, which leaves a truncation error near 4e-11 f''' and a rounding error near 1e-11 f: both far below float.
/// </summary>
public sealed class NumericGradient
{
    /// <summary>How many coordinates are checked in a case that has more.</summary>
    public const int MostCoordinates = 300;

    private const double Step = 1.0 / 65536;

    private NumericGradient(List<(int Input, int Index, double Value)> coordinates) => Coordinates = coordinates;

    public IReadOnlyList<(int Input, int Index, double Value)> Coordinates { get; }

    /// <summary>The largest absolute value among the coordinates.</summary>
    public double Largest => Coordinates.Count == 0 ? 0 : Coordinates.Max(c => Math.Abs(c.Value));

    public static NumericGradient Of(OpCase op, double[][] inputs, float[] cotangent)
    {
        var wanted = Enumerable.Range(0, inputs.Length).Where(i => op.Inputs[i].Differentiable && inputs[i].Length > 0).ToArray();
        var all = wanted.Sum(i => (long)inputs[i].Length);
        var found = new List<(int, int, double)>();
        foreach (var input in wanted)
        {
            // Each input gets an even share; one coordinate at a hashed place in each of its strata.
            var length = inputs[input].Length;
            var strata = all <= MostCoordinates ? length : Math.Min(length, MostCoordinates / wanted.Length);
            for (var s = 0; s < strata; s++)
            {
                var index = (int)((s + (strata == length ? 0 : Sampler.Unit(input, s))) * length / strata);
                found.Add((input, index, Difference(op, inputs, cotangent, input, index)));
            }
        }

        return new(found);
    }

    private static double Difference(OpCase op, double[][] inputs, float[] cotangent, int input, int index)
    {
        var x = inputs[input][index];
        var step = Step * Math.Max(1, Math.Abs(x));
        inputs[input][index] = x + step;
        var above = (double[])op.Reference(inputs).Clone(); // a reference may give back its input
        inputs[input][index] = x - step;
        var below = op.Reference(inputs);

        // Differences first, sums second: outputs that do not depend on x cancel exactly.
        var sum = 0.0;
        for (var o = 0; o < cotangent.Length; o++)
        {
            sum += cotangent[o] * (above[o] - below[o]);
        }

        inputs[input][index] = x;
        return sum / (x + step - (x - step));
    }
}
