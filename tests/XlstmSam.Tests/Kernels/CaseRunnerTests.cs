using XlstmSam.Engine;
using XlstmSam.Kernels;
using XlstmSam.Kernels.Cpu;
using XlstmSam.OpCases;

namespace XlstmSam.Tests.Kernels;

/// <summary>The harness finds what it is there to find: one planted fault per check, around an op that copies its input.</summary>
public sealed class CaseRunnerTests : IDisposable
{
    private readonly CpuBackend backend = new(threads: 1);

    public void Dispose() => backend.Dispose();

    [Fact]
    public void AFaultlessCopyPasses()
    {
        var result = CaseRunner.Run(backend, new CopyCase(Fault.None));
        Assert.True(result.Passed, result.Message);
        Assert.Equal(0, result.ForwardError);
    }

    [Theory]
    [InlineData(Fault.ForwardScale, "forward error")]
    [InlineData(Fault.ForwardUnwritten, "forward error NaN")]
    [InlineData(Fault.GradientScale, "gradient error")]
    [InlineData(Fault.GradientOverwrites, "backward must add")]
    [InlineData(Fault.WritesBeyond, "guard band after rent")]
    [InlineData(Fault.WritesBefore, "guard band before rent")]
    [InlineData(Fault.KeepsAView, "free and planned memory")]
    public void APlantedFaultIsNamed(Fault fault, string expected)
    {
        var result = CaseRunner.Run(backend, new CopyCase(fault));
        Assert.False(result.Passed);
        Assert.Contains(expected, result.Message, StringComparison.Ordinal);
    }

    public enum Fault
    {
        None,
        ForwardScale,
        ForwardUnwritten,
        GradientScale,
        GradientOverwrites,
        WritesBeyond,
        WritesBefore,
        KeepsAView,
    }

    private sealed class CopyCase(Fault fault) : OpCase
    {
        public override string Name => $"Copy with {fault}";

        public override IReadOnlyList<Sample> Inputs { get; } = [Sampler.Uniform(1, new(700), 0.5f, 1)];

        public override Tensor Apply(Tape tape, Tensor[] inputs)
        {
            var (x, ops) = (inputs[0], tape.Backend.Elementwise);
            var saved = tape.Rent(x.Shape.Length);
            ops.Fill(saved.View, 1);
            var view = saved.View;
            Tensor? y = null;
            for (var step = 0; step < 3; step++)
            {
                // Three copies, so that the plan has memory to use again.
                y = tape.Empty(x.Shape, x.RequiresGrad);
                if (fault != Fault.ForwardUnwritten)
                {
                    ops.Fill(y, 0);
                }

                ops.AddScaled(x, fault == Fault.ForwardScale ? 1.00001f : 1, y);
                var stray = new View(y.Data.Buffer, y.Data.Offset + (fault == Fault.WritesBefore ? -1 : y.Data.Length), 1);
                if (fault is Fault.WritesBefore or Fault.WritesBeyond)
                {
                    ops.Fill(stray, 0);
                }

                y = tape.Record(y, new CopyPullback(fault, x, saved, view));
                x = y;
            }

            return y!;
        }

        public override T[] Reference<T>(T[][] inputs) => inputs[0];
    }

    private sealed record CopyPullback(Fault Fault, Tensor X, Block Saved, View Stale) : Pullback
    {
        public override void Apply(Tape tape, Tensor output)
        {
            var (dy, dx) = (tape.GradOf(output), tape.GradOf(X));
            var saved = Fault == Fault.KeepsAView ? Stale : Saved.View;
            if (Fault == Fault.GradientOverwrites)
            {
                tape.Backend.Movement.Copy(new(1, dy.Length, dy.Length, dy.Length), dy, dx, accumulate: false);
                return;
            }

            // dx += dy + saved - 1, where saved is 1 unless its memory has been given away.
            tape.Backend.Elementwise.AddScaled(dy, Fault == Fault.GradientScale ? 1.0001f : 1, dx);
            tape.Backend.Elementwise.AddScaled(saved, 1, dx);
            using var ones = tape.Backend.Allocate(dy.Length * sizeof(float));
            var one = new View(ones, 0, dy.Length);
            tape.Backend.Elementwise.Fill(one, 1);
            tape.Backend.Elementwise.AddScaled(one, -1, dx);
        }
    }
}
