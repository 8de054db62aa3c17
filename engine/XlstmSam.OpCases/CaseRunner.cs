using XlstmSam.Engine;
using XlstmSam.Kernels;

namespace XlstmSam.OpCases;

/// <summary>
/// Checks one case on one backend: forward against the definition, gradients against differences of the definition, accumulation into
/// gradients that already hold something, guard bands around all memory, and the same bits under a memory plan.
/// </summary>
public static class CaseRunner
{
    /// <summary>No float error justifies more than this: a wrong count or factor costs 1e-3 and more.</summary>
    private const double LoosestGradient = 1e-4;

    public static CaseResult Run(IBackend backend, OpCase op)
    {
        var result = new CaseResult(op.Name, false, double.NaN, double.NaN, double.NaN, double.NaN, "");
        try
        {
            return Check(backend, op, result);
        }
        catch (Exception e)
        {
            return result with { Message = e.ToString() };
        }
    }

    private static CaseResult Check(IBackend backend, OpCase op, CaseResult result)
    {
        var exact = op.Inputs.Select(sample => Array.ConvertAll(sample.Values, v => (double)v)).ToArray();
        var oracle = op.Reference(exact);
        var yardstick = LargestError(op.Reference(op.Inputs.Select(sample => (float[])sample.Values.Clone()).ToArray()), oracle);
        var scale = oracle.Length == 0 ? 0 : oracle.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(0).Max();
        var guarded = Guarded(backend, op, null);
        if (guarded.Output.Length != oracle.Length)
        {
            return result with { Message = $"{op.Name}: {guarded.Output.Length} outputs; the reference has {oracle.Length}." };
        }

        result = result with
        {
            ForwardError = LargestError(guarded.Output, oracle),
            ForwardBound = Math.Max(op.ErrorFactor * yardstick, 8 * Ulp(scale)) + (op.StorageError * scale),
        };
        var gradient = NumericGradient.Of(op, exact, CasePass.Cotangent(oracle.Length));
        result = result with
        {
            GradientError = LargestError(
                [.. gradient.Coordinates.Select(c => guarded.Gradients[c.Input][c.Index])], [.. gradient.Coordinates.Select(c => c.Value)]),
            GradientBound = GradientBound(op, gradient.Largest, scale > 0 ? yardstick / scale : 0),
        };
        var message = Outside(op.Name, "forward", result.ForwardError, result.ForwardBound)
            + Outside(op.Name, "gradient", result.GradientError, result.GradientBound)
            + Accumulation(backend, op, guarded)
            + Bits(op.Name, "guarded and free memory", guarded, FreeRun(backend, op))
            + Bits(op.Name, "free and planned memory", guarded, PlannedRun(backend, op));
        return result with { Passed = message.Length == 0, Message = message };
    }

    /// <summary>
    /// A float backward evaluates the same intermediates and sums of the same lengths as forward, so its relative error may be what naive
    /// float forward arithmetic costs on the same input, times the same factor; the case's own tolerance if that is larger.
    /// </summary>
    private static double GradientBound(OpCase op, double largest, double relativeYardstick)
    {
        var relative = Math.Max(op.GradientTolerance, Math.Min(LoosestGradient, op.ErrorFactor * relativeYardstick));
        return largest > 0 ? relative * largest : relative;
    }

    private static CasePass Guarded(IBackend backend, OpCase op, float[][]? prefill)
    {
        using var arena = Arena.Guarded(backend);
        var pass = CasePass.Run(backend, arena, op, prefill);
        arena.CheckGuards();
        return pass;
    }

    public static CasePass FreeRun(IBackend backend, OpCase op)
    {
        using var arena = Arena.Free(backend);
        return CasePass.Run(backend, arena, op);
    }

    private static CasePass PlannedRun(IBackend backend, OpCase op)
    {
        using var tally = new CountingBackend(backend);
        using var planning = Arena.Planning(tally.Nowhere);
        CasePass.Run(tally, planning, op);
        var plan = planning.Plan();
        using var slab = backend.Allocate(Math.Max(plan.PeakBytes, 1));
        using var arena = Arena.Planned(plan, slab);
        return CasePass.Run(backend, arena, op);
    }

    /// <summary>Gradients that held p before must hold p + gradient after, within the rounding of one addition per term.</summary>
    private static string Accumulation(IBackend backend, OpCase op, CasePass first)
    {
        var largest = first.Gradients.SelectMany(g => g).Select(MathF.Abs).DefaultIfEmpty(0).Max();
        var size = largest > 0 ? largest : 1;
        var prefill = first.Gradients.Select((g, i) => Sampler.Uniform(31 + i, new Shape(g.Length), -size, size).Values).ToArray();
        var second = Guarded(backend, op, prefill);
        for (var i = 0; i < prefill.Length; i++)
        {
            for (var j = 0; j < prefill[i].Length; j++)
            {
                var expected = (double)prefill[i][j] + first.Gradients[i][j];
                var error = Error(second.Gradients[i][j], expected);
                if (!(error <= op.GradientTolerance * size))
                {
                    return $"{op.Name}: gradient of input {i} at [{j}] held {prefill[i][j]:R} and became {second.Gradients[i][j]:R}; expected {expected:R}: " +
                        $"backward must add.\n";
                }
            }
        }

        return "";
    }

    private static string Outside(string name, string what, double error, double bound) =>
        error <= bound ? "" : $"{name}: {what} error {error:E2}; allowed {bound:E2}.\n";

    private static string Bits(string name, string what, CasePass a, CasePass b) =>
        a.DifferenceFrom(b) is { } difference ? $"{name}: {what} give different bits: {difference}.\n" : "";

    private static double LargestError(float[] values, double[] oracle)
    {
        var largest = 0.0;
        for (var i = 0; i < oracle.Length; i++)
        {
            var error = Error(values[i], oracle[i]);
            largest = error > largest || double.IsNaN(error) ? error : largest;
        }

        return largest;
    }

    // Equal infinities are no error; anything else that is not finite is NaN or infinity and fails every bound.
    private static double Error(double value, double expected) => value == expected ? 0 : Math.Abs(value - expected);

    private static double Ulp(double magnitude) => Math.Max(float.Epsilon, MathF.BitIncrement((float)magnitude) - (float)magnitude);
}
