using XlstmSam.Engine;
using XlstmSam.Kernels.Cuda;
using XlstmSam.Tests.Models;

namespace XlstmSam.Tests.Cuda;

/// <summary>What captured passes ask of the driver, counted by one that runs nothing: launches, memory, and how many captures are kept.</summary>
[Thorough]
public sealed class CaptureCountTests
{
    private const int Runs = 4;

    [Fact]
    public void APassThatTakesMemoryEveryTimeIsTriedOnce()
    {
        using var fake = new FakeDriver();
        using var backend = new CudaBackend(fake.Open());
        using var passes = PlannedPass.ForInference(backend);
        for (var run = 0; run < Runs; run++)
        {
            var before = fake[FakeDriver.Calls.Launches];
            passes.Run("takes", tape => tape.From(new(4), [1, 2, 3, 4]), Compute, (tape, y) => tape.Download(y));
            Assert.Equal(before + 1, fake[FakeDriver.Calls.Launches]);
        }

        Assert.Equal((0, 1), (passes.Captures, fake[FakeDriver.Calls.Captures]));

        Tensor Compute(Tape tape, Tensor x)
        {
            using var own = backend.Allocate(16);
            tape.Backend.Elementwise.AddScaled(x.Data, 1, x.Data);
            return x;
        }
    }

    [Fact]
    public void APassRunsAsWrittenWhereTheCardHasNoRoomForItsCapture()
    {
        using var fake = new FakeDriver().Say("instantiate_code", 2);
        using var backend = new CudaBackend(fake.Open());
        using var passes = PlannedPass.ForInference(backend);
        SummingPass.Run(passes, length: 3, fill: 1, first: 1);
        var asWritten = fake[FakeDriver.Calls.Launches];
        SummingPass.Run(passes, length: 3, fill: 1, first: 1);
        fake.Say("instantiate_code", 0);
        var before = fake[FakeDriver.Calls.Launches];
        SummingPass.Run(passes, length: 3, fill: 1, first: 1);
        Assert.Equal(asWritten, fake[FakeDriver.Calls.Launches] - before);
        Assert.Equal((0, 1), (passes.Captures, fake[FakeDriver.Calls.Captures]));
        Assert.Equal((0, 0), (fake[FakeDriver.Calls.GraphLaunches], fake[FakeDriver.Calls.Graphs]));

        // Other passes are still captured.
        SummingPass.Run(passes, length: 4, fill: 1, first: 1);
        SummingPass.Run(passes, length: 4, fill: 1, first: 1);
        Assert.Equal(1, passes.Captures);
    }

    [Fact]
    public void ASteadyStepIsOneLaunchAndAsksForNothing()
    {
        using var fake = new FakeDriver();
        using var backend = new CudaBackend(fake.Open());
        using var model = MicroModel.Build(backend, MicroModel.Config);
        using var passes = PlannedPass.ForTraining(backend);
        var step = new MicroStep(model, [MicroModel.Image(MicroModel.Config, 1)], [1], backward: true);
        using var arena = Arena.Free(backend);
        var given = step.Inputs(Tape.ForTraining(backend, arena));
        var loss = new float[1];
        for (var run = 0; run < 3; run++)
        {
            One();
        }

        FakeDriver.Calls[] kinds =
        [
            FakeDriver.Calls.Allocations, FakeDriver.Calls.Frees, FakeDriver.Calls.Pinned, FakeDriver.Calls.Graphs, FakeDriver.Calls.Uploads,
        ];
        var (before, graphs, managed) = (
            kinds.Select(kind => fake[kind]).ToArray(), fake[FakeDriver.Calls.GraphLaunches], GC.GetAllocatedBytesForCurrentThread());
        One();
        managed = GC.GetAllocatedBytesForCurrentThread() - managed;
        Assert.Equal(before, kinds.Select(kind => fake[kind]));
        Assert.Equal(1, fake[FakeDriver.Calls.GraphLaunches] - graphs);

        // The arena, the tape, its empty list of records, three delegates: nothing that grows with the model.
        Assert.InRange(managed, 0, 512);

        void One() => passes.Run("step", _ => given, step.Compute, Loss);

        bool Loss(Tape tape, MicroStep.Computed computed)
        {
            tape.Backend.Download(computed.Losses[1], loss);
            return true;
        }
    }

    [Fact]
    public void OnlySoManyCapturesAreKept()
    {
        using var fake = new FakeDriver();
        using var backend = new CudaBackend(fake.Open());
        using (var passes = PlannedPass.ForInference(backend))
        {
            for (var length = 20; length >= 1; length--)
            {
                SummingPass.Run(passes, length, fill: 1, first: 1);
                SummingPass.Run(passes, length, fill: 1, first: 1);
            }

            Assert.Equal(16, passes.Captures);
            Assert.Equal(16, fake[FakeDriver.Calls.Graphs]);
        }

        Assert.Equal(0, fake[FakeDriver.Calls.Graphs]);
    }
}
