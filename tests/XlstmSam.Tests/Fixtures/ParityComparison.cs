using System.Globalization;

namespace XlstmSam.Tests.Fixtures;

/// <summary>
/// The tolerances of the fixtures: outputs within 2e-4 of that output's largest absolute value, or three times the case's own float32
/// error where that is larger; gradients within 5e-3 of the case's largest gradient, because several are mathematically zero.
/// </summary>
/// <param name="float32Error">How far the reference's own float32 run was from its float64 run, relative to the output.</param>
internal sealed class ParityComparison(double float32Error)
{
    private const double OutputTolerance = 2e-4;
    private const double GradientTolerance = 5e-3;
    private readonly List<string> faults = [];
    private (double Error, double Bound) worstOutput = (0, 0);
    private (double Error, double Bound)? worstGradient;

    public bool Agrees => faults.Count == 0;

    private double Bound => Math.Max(OutputTolerance, 3 * float32Error);

    /// <param name="ownError">What the reference itself may be off: its float32 error for a float32 file, 0 for a float64 one.</param>
    public void Outputs(ParityFile expected, IReadOnlyDictionary<string, float[]> actual, double ownError, string run)
    {
        foreach (var name in expected.Below("output."))
        {
            var reference = expected.Doubles($"output.{name}");
            if (!actual.TryGetValue(name, out var values) || values.Length != reference.Length)
            {
                faults.Add($"{run}output '{name}' has {(values is null ? "not been computed" : $"{values.Length} values")}, expected {reference.Length}");
                continue;
            }

            var (error, scale) = (Difference(values, reference), Largest(reference));
            var relative = error == 0 ? 0 : error / scale;
            Check($"{run}output '{name}'", relative, Bound + ownError, ref worstOutput);
        }
    }

    public void Gradients(ParityFile expected, IReadOnlyDictionary<string, float[]> actual)
    {
        var stored = expected.Below("grad.").ToArray();
        if (stored.Length == 0)
        {
            return;
        }

        var references = stored.ToDictionary(name => name, name => expected.Doubles($"grad.{name}"));
        var scale = references.Values.Max(Largest);
        var worst = (Error: 0.0, Bound: GradientTolerance);
        foreach (var name in stored.Union(actual.Keys))
        {
            // What has no gradient in the fixture must have none here; what the module never read has gradient zero.
            var length = references.TryGetValue(name, out var reference) ? reference.Length : actual[name].Length;
            var values = actual.GetValueOrDefault(name) ?? new float[length];
            reference ??= new double[length];
            if (values.Length != reference.Length)
            {
                faults.Add($"gradient of '{name}' has {values.Length} values, expected {reference.Length}");
                continue;
            }

            var isNone = !references.ContainsKey(name)
                || (name.StartsWith("param.", StringComparison.Ordinal) && expected.NoGradient.Contains(name["param.".Length..]));
            var error = Difference(values, reference);
            var relative = error == 0 ? 0 : isNone ? double.PositiveInfinity : error / scale;
            Check(isNone ? $"gradient of '{name}', which must have none," : $"gradient of '{name}'", relative, GradientTolerance, ref worst);
        }

        worstGradient = worst;
    }

    public override string ToString()
    {
        var output = string.Create(CultureInfo.InvariantCulture, $"output {worstOutput.Error:0.0e-00} (bound {worstOutput.Bound:0.0e-00})");
        var gradient = worstGradient is { } g ? string.Create(CultureInfo.InvariantCulture, $", gradient {g.Error:0.0e-00} (bound {g.Bound:0.0e-00})") : "";
        return output + gradient + (Agrees ? "" : ": " + string.Join("; ", faults.Take(4)) + (faults.Count > 4 ? $"; and {faults.Count - 4} more" : ""));
    }

    private void Check(string what, double error, double bound, ref (double Error, double Bound) worst)
    {
        worst = worst.Bound == 0 || !(error <= worst.Error) ? (error, bound) : worst;
        if (!(error <= bound))
        {
            faults.Add(string.Create(CultureInfo.InvariantCulture, $"{what} is off by {error:0.0e-00}"));
        }
    }

    private static double Largest(double[] values) => values.Length == 0 ? 0 : values.Max(Math.Abs);

    // NaN on either side makes the difference NaN, which no bound allows.
    private static double Difference(float[] values, double[] reference)
    {
        var largest = 0.0;
        for (var i = 0; i < values.Length; i++)
        {
            var difference = Math.Abs(values[i] - reference[i]);
            largest = difference > largest || double.IsNaN(difference) ? difference : largest;
            if (double.IsNaN(largest))
            {
                break;
            }
        }

        return largest;
    }
}
