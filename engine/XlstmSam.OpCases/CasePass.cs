using XlstmSam.Engine;
using XlstmSam.Kernels;

namespace XlstmSam.OpCases;

/// <summary>What one run of a case gave: the output and the gradient of every differentiable input (empty for the others).</summary>
public sealed record CasePass(float[] Output, float[][] Gradients)
{
    /// <summary>Runs forward and, if any input is differentiable, backward from the case's cotangent.</summary>
    /// <param name="prefill">What every gradient holds before backward; null: nothing. Backward must add to it.</param>
    public static CasePass Run(IBackend backend, Arena arena, OpCase op, float[][]? prefill = null)
    {
        var tape = Tape.ForTraining(backend, arena);
        var inputs = new Tensor[op.Inputs.Count];
        for (var i = 0; i < inputs.Length; i++)
        {
            inputs[i] = tape.From(op.Inputs[i].Shape, op.Inputs[i].Values, op.Inputs[i].Differentiable);
        }

        for (var i = 0; i < inputs.Length && prefill is not null; i++)
        {
            if (inputs[i].RequiresGrad)
            {
                backend.Upload(prefill[i], tape.GradOf(inputs[i]));
            }
        }

        var y = op.Apply(tape, inputs);
        var output = new float[y.Shape.Length];
        backend.Download(y, output);
        if (y.RequiresGrad)
        {
            tape.Seed(y, Cotangent(output.Length));
            tape.Backward();
        }

        return new(output, [.. inputs.Select(input => GradientOf(tape, input))]);
    }

    /// <summary>The weights of the outputs in the scalar that is differentiated.</summary>
    public static float[] Cotangent(int length) => Sampler.Uniform(seed: 977, new Shape(length)).Values;

    /// <summary>The first difference in bits, or null.</summary>
    public string? DifferenceFrom(CasePass other)
    {
        if (FirstDifference(Output, other.Output) is { } at)
        {
            return $"output[{at}] is {Output[at]:R} and {other.Output[at]:R}";
        }

        for (var i = 0; i < Gradients.Length; i++)
        {
            if (FirstDifference(Gradients[i], other.Gradients[i]) is { } g)
            {
                return $"gradient of input {i} at [{g}] is {Gradients[i][g]:R} and {other.Gradients[i][g]:R}";
            }
        }

        return null;
    }

    private static float[] GradientOf(Tape tape, Tensor input)
    {
        if (!input.RequiresGrad)
        {
            return [];
        }

        var gradient = new float[input.Shape.Length];
        tape.Backend.Download(tape.GradOf(input), gradient);
        return gradient;
    }

    private static int? FirstDifference(float[] a, float[] b)
    {
        for (var i = 0; i < Math.Max(a.Length, b.Length); i++)
        {
            if (i >= a.Length || i >= b.Length || BitConverter.SingleToInt32Bits(a[i]) != BitConverter.SingleToInt32Bits(b[i]))
            {
                return i;
            }
        }

        return null;
    }
}
