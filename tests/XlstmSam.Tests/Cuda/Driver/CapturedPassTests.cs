using XlstmSam.Engine;
using XlstmSam.Kernels;
using XlstmSam.Kernels.Cuda;
using XlstmSam.Models;
using XlstmSam.OpCases;
using XlstmSam.Tests.Models;

namespace XlstmSam.Tests.Cuda;

/// <summary>A captured pass gives the bits of the pass as written, whatever the inputs, and is dropped when its memory is not its own any more.</summary>
[Thorough]
public sealed class CapturedPassTests
{
    private const int Runs = 4;

    [Fact]
    public void AnEncoderForwardIsOneLaunchFromTheThirdRunOn()
    {
        using var backend = new CudaBackend(new InterpretedDevice());
        using var model = MicroModel.Build(backend, MicroModel.Config);
        using var passes = PlannedPass.ForInference(backend);
        for (var run = 0; run < Runs; run++)
        {
            var image = MicroModel.Image(MicroModel.Config, run);
            Assert.Equal(
                AsWritten(backend, training: false, tape => tape.Download(model.Encode(tape, model.UploadImage(tape, image)))),
                passes.Run("encode", tape => model.UploadImage(tape, image), model.Encode, (tape, y) => tape.Download(y)));
            Assert.Equal(run > 0 ? 1 : 0, passes.Captures);
        }
    }

    [Fact]
    public void ADecoderPassReadsPromptsAndMasksAnew()
    {
        using var backend = new CudaBackend(new InterpretedDevice());
        using var model = MicroModel.Build(backend, MicroModel.Config);
        using var passes = PlannedPass.ForInference(backend);
        var embedding = Sampler.Normal(1, model.EmbeddingShape).Values;
        float[]? mask = null;
        for (var run = 0; run < Runs; run++)
        {
            var (prompts, previous) = (new PromptBatch(1, 1, [run, 1, 2 * run], [run % 2]), mask);
            var expected = AsWritten(backend, training: false, tape => Both(tape, model.DecodeToGrid(tape, model.UploadDecoderInputs(tape, embedding, prompts, previous))));
            var (lowRes, full) = passes.Run("decode", tape => model.UploadDecoderInputs(tape, embedding, prompts, previous), model.DecodeToGrid, Both);
            Assert.Equal(expected.LowRes, lowRes);
            Assert.Equal(expected.Full, full);
            mask = lowRes;
        }

        Assert.Equal(1, passes.Captures);
    }

    [Theory]
    [InlineData(CudaPrecision.Float32, 1)]
    [InlineData(CudaPrecision.Float32, 2)]
    [InlineData(CudaPrecision.BFloat16, 1)]
    public void GradientsOfACapturedStepAreThoseOfTheStepAsWritten(CudaPrecision precision, int accumulation)
    {
        using var backend = new CudaBackend(new InterpretedDevice(), precision);
        using var model = MicroModel.Build(backend, MicroModel.Config);
        using var passes = PlannedPass.ForTraining(backend);
        for (var run = 0; run < Runs; run++)
        {
            MicroStep[] steps = [.. Enumerable.Range(0, accumulation).Select(micro => Step(model, (run * accumulation) + micro))];
            var expected = Accumulated(model, steps, step => AsWritten(backend, training: true, tape => step.Outputs(tape, step.Compute(tape, step.Inputs(tape)))));
            AssertSame(expected, Accumulated(model, steps, step => passes.Run("step", step.Inputs, step.Compute, step.Outputs)));
        }

        Assert.Equal(1, passes.Captures);
    }

    [Fact]
    public void TrainingAndInferenceInTheSameSlabDoNotDisturbEachOther()
    {
        using var backend = new CudaBackend(new InterpretedDevice());
        using var model = MicroModel.Build(backend, MicroModel.Config);
        using var slab = new Slab(backend);
        using var inference = PlannedPass.ForInference(backend, slab);
        using var training = PlannedPass.ForTraining(backend, slab);
        for (var run = 0; run < Runs; run++)
        {
            var (image, step) = (MicroModel.Image(MicroModel.Config, 10 + run), Step(model, run));
            Assert.Equal(
                AsWritten(backend, training: false, tape => tape.Download(model.Encode(tape, model.UploadImage(tape, image)))),
                inference.Run("encode", tape => model.UploadImage(tape, image), model.Encode, (tape, y) => tape.Download(y)));
            var expected = Accumulated(model, [step], step => AsWritten(backend, training: true, tape => step.Outputs(tape, step.Compute(tape, step.Inputs(tape)))));
            AssertSame(expected, Accumulated(model, [step], step => training.Run("step", step.Inputs, step.Compute, step.Outputs)));
        }

        Assert.Equal((1, 1), (inference.Captures, training.Captures));
        Assert.Equal(slab.Bytes, inference.PeakBytes);
    }

    [Fact]
    public void ACaptureIsDroppedWhenItsMemoryIsReplaced()
    {
        using var backend = new CudaBackend(new InterpretedDevice());
        using var passes = PlannedPass.ForInference(backend);
        for (var run = 0; run < 3; run++)
        {
            Assert.Equal(3 + run, Sum(passes, length: 3, fill: 1, first: 1 + run));
        }

        // The larger pass moves the slab and takes more scratch memory.
        for (var run = 0; run < 3; run++)
        {
            Assert.Equal(100_000, Sum(passes, length: 100_000, fill: 1, first: 1));
            Assert.Equal(8 + run, Sum(passes, length: 3, fill: 1, first: 6 + run));
        }

        Assert.Equal(2, passes.Captures);
    }

    [Fact]
    public void ACaptureIsRefusedWithoutItsParameters()
    {
        using var backend = new CudaBackend(new InterpretedDevice());
        using var buffer = backend.Allocate(16);
        backend.Elementwise.Fill(new(buffer, 0, 4), 0);
        using var capture = backend.Capture(() => backend.Elementwise.Fill(new(buffer, 0, 4), 1))!;
        Assert.True(capture.IsValid);
        buffer.Dispose();

        // The allocator gives out the same memory again, which does not make the capture good.
        using var another = backend.Allocate(16);
        Assert.False(capture.IsValid);
    }

    [Fact]
    public void WhatMustBeLoadedOrTakenFirstIsNotCaptured()
    {
        using var backend = new CudaBackend(new InterpretedDevice());
        using var buffer = backend.Allocate(16);
        var view = new View(buffer, 0, 4);
        Assert.Null(backend.Capture(() => backend.Elementwise.Fill(view, 1)));
        backend.Elementwise.Fill(view, 1);
        Assert.Null(backend.Capture(() => backend.Allocate(16)));
        using var capture = backend.Capture(() => backend.Elementwise.Fill(view, 2));
        Assert.NotNull(capture);
    }

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
        Sum(passes, length: 3, fill: 1, first: 1);
        var asWritten = fake[FakeDriver.Calls.Launches];
        Sum(passes, length: 3, fill: 1, first: 1);
        fake.Say("instantiate_code", 0);
        var before = fake[FakeDriver.Calls.Launches];
        Sum(passes, length: 3, fill: 1, first: 1);
        Assert.Equal(asWritten, fake[FakeDriver.Calls.Launches] - before);
        Assert.Equal((0, 1), (passes.Captures, fake[FakeDriver.Calls.Captures]));
        Assert.Equal((0, 0), (fake[FakeDriver.Calls.GraphLaunches], fake[FakeDriver.Calls.Graphs]));

        // Other passes are still captured.
        Sum(passes, length: 4, fill: 1, first: 1);
        Sum(passes, length: 4, fill: 1, first: 1);
        Assert.Equal(1, passes.Captures);
    }

    [Fact]
    public void ValuesMayNotPassBetweenHostAndCardAmongCapturedKernels()
    {
        using var backend = new CudaBackend(new InterpretedDevice());
        using var buffer = backend.Allocate(16);
        var view = new View(buffer, 0, 4);
        Action[] forbidden = [() => backend.Upload([1f], view), () => backend.Download(view, new float[4]), backend.Synchronize, () => backend.Capture(() => { })];
        foreach (var call in forbidden)
        {
            Assert.Contains("among kernels that are being captured", Assert.Throws<InvalidOperationException>(() => backend.Capture(call)).Message, StringComparison.Ordinal);
        }
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

        FakeDriver.Calls[] kinds = [FakeDriver.Calls.Allocations, FakeDriver.Calls.Frees, FakeDriver.Calls.Pinned, FakeDriver.Calls.Graphs, FakeDriver.Calls.Uploads];
        var (before, graphs, managed) = (kinds.Select(kind => fake[kind]).ToArray(), fake[FakeDriver.Calls.GraphLaunches], GC.GetAllocatedBytesForCurrentThread());
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
                Sum(passes, length, fill: 1, first: 1);
                Sum(passes, length, fill: 1, first: 1);
            }

            Assert.Equal(16, passes.Captures);
            Assert.Equal(16, fake[FakeDriver.Calls.Graphs]);
        }

        Assert.Equal(0, fake[FakeDriver.Calls.Graphs]);
    }

    // fill + first + first ..., with scratch memory if there is much to add.
    private static float Sum(PlannedPass passes, int length, float fill, float first) => passes.Run(
        $"sum of {length}",
        tape => tape.From(new(1), [first - fill]),
        (tape, given) =>
        {
            var all = tape.Zeros(new(length));
            tape.Backend.Elementwise.Fill(all.Data, fill);
            tape.Backend.Elementwise.AddScaled(given.Data, 1, all.Data.Slice(0, 1));
            return Reduce.Sum(tape, all, axis: 0);
        },
        (tape, sum) => tape.Download(sum)[0]);

    private static T AsWritten<T>(IBackend backend, bool training, Func<Tape, T> pass)
    {
        using var arena = Arena.Free(backend);
        return pass(training ? Tape.ForTraining(backend, arena) : Tape.ForInference(backend, arena));
    }

    private static MicroStep Step(IPromptModel model, int seed) => new(model, [MicroModel.Image(MicroModel.Config, seed)], [seed], backward: true);

    // Losses and logits of every step, and the gradients of all together.
    private static ((double Loss, float[] Logits)[] Steps, float[] Gradients, string[] Received) Accumulated(
        IPromptModel model, MicroStep[] steps, Func<MicroStep, (double Loss, float[] Logits)> run)
    {
        model.Parameters.ZeroGradients(model.Backend);
        (double, float[])[] results = [.. steps.Select(run)];
        return (results, MicroModel.Gradients(model), [.. model.Parameters.All.Where(parameter => parameter.ReceivedGradient).Select(parameter => parameter.Name)]);
    }

    private static void AssertSame(
        ((double Loss, float[] Logits)[] Steps, float[] Gradients, string[] Received) expected, ((double Loss, float[] Logits)[] Steps, float[] Gradients, string[] Received) actual)
    {
        Assert.Equal(expected.Steps.Select(step => step.Loss), actual.Steps.Select(step => step.Loss));
        Assert.Equal(expected.Steps.SelectMany(step => step.Logits), actual.Steps.SelectMany(step => step.Logits));
        Assert.Equal(expected.Gradients, actual.Gradients);
        Assert.Equal(expected.Received, actual.Received);
    }

    private static (float[] LowRes, float[] Full) Both(Tape tape, (Tensor LowRes, Tensor Full) logits) => (tape.Download(logits.LowRes), tape.Download(logits.Full));
}
