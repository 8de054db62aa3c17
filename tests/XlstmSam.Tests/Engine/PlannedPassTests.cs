using XlstmSam.Engine;
using XlstmSam.Kernels;
using XlstmSam.Kernels.Cpu;
using XlstmSam.OpCases;

namespace XlstmSam.Tests.Engine;

/// <summary>Planning, replay and recomputation must not change a single bit.</summary>
public sealed class PlannedPassTests : IDisposable
{
    private static readonly Shape InputShape = new(6, 10);
    private static readonly float[] Input = Sampler.Normal(1, InputShape).Values;
    private readonly CpuBackend backend = new(threads: 2);

    public void Dispose() => backend.Dispose();

    [Fact]
    public void ReplayGivesTheBitsOfFreeMemoryEveryTime()
    {
        using var arena = Arena.Free(backend);
        var expected = Step(Tape.ForTraining(backend, arena), rows: 6, checkpointed: false);
        using var planned = PlannedPass.ForTraining(backend);
        for (var run = 0; run < 3; run++)
        {
            Assert.Equal(expected, Run(planned, "6", rows: 6, checkpointed: false));
        }
    }

    [Fact]
    public void TheSlabGrowsToTheLargestPassAndStays()
    {
        using var planned = PlannedPass.ForTraining(backend);
        Run(planned, "2", rows: 2, checkpointed: false);
        var small = planned.PeakBytes;
        Run(planned, "6", rows: 6, checkpointed: false);
        var large = planned.PeakBytes;
        Run(planned, "2", rows: 2, checkpointed: false);
        Assert.True(small < large);
        Assert.Equal(large, planned.PeakBytes);
    }

    [Fact]
    public void APassThatDiffersFromItsPlanIsRefused()
    {
        using var planned = PlannedPass.ForInference(backend);
        Run(planned, "same key", rows: 2, checkpointed: false);
        var error = Assert.Throws<InvalidOperationException>(() => Run(planned, "same key", rows: 6, checkpointed: false));
        Assert.Contains("is not in the plan", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OutputsRentNothing()
    {
        using var planned = PlannedPass.ForInference(backend);
        var error = Assert.Throws<InvalidOperationException>(() => planned.Run("sum", tape => tape.From(new(1), [1]), (_, x) => x, (tape, x) => tape.Download(tape.Zeros(x.Shape))));
        Assert.Contains("the outputs of 'sum' took 1 rents", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ACheckpointGivesTheSameGradients()
    {
        using var arena = Arena.Free(backend);
        var expected = Step(Tape.ForTraining(backend, arena), rows: 6, checkpointed: false);
        Assert.Equal(expected, Step(Tape.ForTraining(backend, arena), rows: 6, checkpointed: true));
        using var planned = PlannedPass.ForTraining(backend);
        Assert.Equal(expected, Run(planned, "checkpointed", rows: 6, checkpointed: true));
    }

    [Fact]
    public void ACheckpointNeedsLessMemory()
    {
        using var planned = PlannedPass.ForTraining(backend);
        var kept = planned.Plan("kept", tape => Step(tape, rows: 6, checkpointed: false), new(backend));
        var dropped = planned.Plan("dropped", tape => Step(tape, rows: 6, checkpointed: true), new(backend));
        Assert.True(dropped.PeakBytes < kept.PeakBytes, $"{dropped.PeakBytes} of {kept.PeakBytes} bytes");
    }

    /// <summary>Of every convolution with its norm only the convolution's result outlives the forward pass, and the input of the first.</summary>
    [Theory]
    [InlineData(false, 4)]
    [InlineData(true, 5)]
    public void WhatCanBeMadeAgainIsNotKept(bool residual, int expected)
    {
        using var tally = new CountingBackend(backend);
        using var arena = Arena.Planning(tally.Nowhere);
        var tape = Tape.ForTraining(tally, arena);
        var shape = new Shape(1, 8, 8, 8, 16);
        Tensor weight = tape.Empty(new(3, 3, 3, 16, 16), requiresGrad: true), scale = tape.Empty(new(16), requiresGrad: true);
        var x = tape.Empty(shape, requiresGrad: true);
        var y = x;
        for (var layer = 0; layer < 3; layer++)
        {
            y = ConvNormAct.Apply(tape, y, weight, null, scale, scale, Extent3.Cube(1), Extent3.Cube(1), Activation.LeakyRelu, residual && layer == 2 ? tape.Empty(shape, requiresGrad: true) : null);
        }

        var turn = arena.Tick;
        tape.Seed(y, new float[shape.Length]);
        tape.Backward();
        Assert.Equal(expected, arena.Plan().Lifetimes.Count(rent => rent.Bytes == shape.Length * sizeof(float) && rent.First < turn && rent.Last > turn));
    }

    [Fact]
    public void TheTallyCountsCallsPerOpAndPass()
    {
        using var planned = PlannedPass.ForTraining(backend);
        using var tally = new CountingBackend(backend) { Scope = "step" };
        planned.Plan("tally", tape => Step(tape, rows: 6, checkpointed: false), tally);
        var softmax = tally.Rows.Where(row => row.Family == "Reduction.Softmax").ToArray();
        Assert.Equal([TallyPass.Forward, TallyPass.BackwardData], softmax.Select(row => row.Pass).Order());
        Assert.All(softmax, row => Assert.Equal((8, 8L * Input.Length), (row.Calls, row.Flops)));
        Assert.All(tally.Log, entry => Assert.Equal("step", entry.Scope));
    }

    private static float[] Run(PlannedPass planned, string key, int rows, bool checkpointed) =>
        planned.Run(key, tape => Inputs(tape, rows), (tape, x) => Compute(tape, x, checkpointed), Outputs);

    private static float[] Step(Tape tape, int rows, bool checkpointed) => Outputs(tape, Compute(tape, Inputs(tape, rows), checkpointed));

    private static (Tensor X, Tensor Cotangent) Inputs(Tape tape, int rows)
    {
        var shape = InputShape.With(0, rows);
        return (tape.From(shape, Input.AsSpan(0, (int)shape.Length), requiresGrad: true), tape.From(shape, CasePass.Cotangent((int)shape.Length)));
    }

    // Two segments of four softmaxes, then backward from a fixed cotangent.
    private static (Tensor X, Tensor Y) Compute(Tape tape, (Tensor X, Tensor Cotangent) inputs, bool checkpointed)
    {
        var y = inputs.X;
        for (var segment = 0; segment < 2; segment++)
        {
            y = checkpointed ? Checkpoint.Apply(tape, Segment, y) : Segment(tape, y);
        }

        if (tape.IsTaping)
        {
            tape.Backward([Elementwise.Apply<Multiply>(tape, y, inputs.Cotangent)]);
        }

        return (inputs.X, y);
    }

    // Output and input gradient, one after the other.
    private static float[] Outputs(Tape tape, (Tensor X, Tensor Y) outputs)
    {
        float[] y = tape.Download(outputs.Y), dx = new float[y.Length];
        if (tape.IsTaping)
        {
            tape.Backend.Download(tape.GradOf(outputs.X), dx);
        }

        return [.. y, .. dx];
    }

    private static Tensor Segment(Tape tape, Tensor x)
    {
        for (var layer = 0; layer < 4; layer++)
        {
            x = Flip.Apply(tape, Reduce.Softmax(tape, x, axis: layer % 2), axis: 1);
        }

        return x;
    }
}
