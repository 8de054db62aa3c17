using XlstmSam.Engine;
using XlstmSam.Kernels;
using XlstmSam.Kernels.Cuda;
using XlstmSam.Tests.Models;

namespace XlstmSam.Tests.Cuda;

/// <summary>A step on a card that has exactly as much memory as its plan says.</summary>
public sealed class ReservedMemoryTests
{
    [Fact]
    public void WhatThePlanSaysIsEnoughAndIsTakenAtOnce()
    {
        using var fake = new FakeDriver();
        using var backend = new CudaBackend(fake.Open());
        using var model = MicroModel.Build(backend, MicroModel.Config);
        var step = new MicroStep(model, [MicroModel.Image(MicroModel.Config, 1)], [1], backward: true);
        var (passBytes, scratchBytes) = Plan(backend, step);
        fake.Say("free_bytes", passBytes + scratchBytes);
        using var slab = new Slab(backend);
        slab.Reserve(passBytes, scratchBytes);
        var taken = fake[FakeDriver.Calls.Allocations];
        using var passes = PlannedPass.ForTraining(backend, slab);
        for (var run = 0; run < 4; run++)
        {
            passes.Run("step", step.Inputs, step.Compute, step.Outputs);
        }

        Assert.Equal(taken, fake[FakeDriver.Calls.Allocations]);
        Assert.Equal(0, backend.Device.FreeBytes);
        Assert.Equal(1, passes.Captures);
    }

    [Fact]
    public void WithoutRoomForTheKernelsNothingRuns()
    {
        using var fake = new FakeDriver();
        using var backend = new CudaBackend(fake.Open());
        using var model = MicroModel.Build(backend, MicroModel.Config);
        var step = new MicroStep(model, [MicroModel.Image(MicroModel.Config, 1)], [1], backward: true);
        var (passBytes, _) = Plan(backend, step);
        fake.Say("free_bytes", passBytes);
        var launches = fake[FakeDriver.Calls.Launches];
        using var passes = PlannedPass.ForTraining(backend);
        Assert.Throws<DeviceException>(() => passes.Run("step", step.Inputs, step.Compute, step.Outputs));
        Assert.Equal(launches, fake[FakeDriver.Calls.Launches]);
    }

    private static (long PassBytes, long ScratchBytes) Plan(IBackend backend, MicroStep step)
    {
        var tally = new CountingBackend(backend);
        using var passes = PlannedPass.ForTraining(backend);
        return (passes.Plan("step", step.Inputs, step.Compute, step.Outputs, tally).PeakBytes, tally.LargestScratchBytes);
    }
}
