using CsCheck;
using XlstmSam.Engine;
using XlstmSam.Kernels;
using XlstmSam.Kernels.Cpu;
using XlstmSam.Kernels.Cuda;
using XlstmSam.OpCases;
using XlstmSam.Tests.Cuda;
using XlstmSam.Tests.Training;

namespace XlstmSam.Tests.Kernels;

/// <summary>Clicks on random masks fall where the plain rule puts them, voxel for voxel.</summary>
public sealed class ClickSimulationTests
{
    private static readonly Gen<(Mask Truth, byte[] Prediction, bool IsDeepest, ulong Word)> Cases =
        from truth in Masks.Generate(8)
        from flips in Gen.Int[0, 4].Array[truth.Voxels.Length]
        from isDeepest in Gen.Bool
        from word in Gen.ULong
        select (truth, truth.Voxels.Zip(flips, static (t, f) => f == 0 ? (byte)(1 - t) : t).ToArray(), isDeepest, word);

    [Fact]
    public void TheProcessorFollowsTheRule()
    {
        using var backend = new CpuBackend(threads: 2);
        Cases.Sample(c => Check(backend, c.Truth, c.Prediction, c.IsDeepest, c.Word), iter: 400, threads: 1);
    }

    [Thorough]
    [Fact]
    public void TheCardFollowsTheRule()
    {
        using var backend = new CudaBackend(new InterpretedDevice());
        Cases.Sample(c => Check(backend, c.Truth, c.Prediction, c.IsDeepest, c.Word), iter: 100, threads: 1);
    }

    [Fact]
    public void AnIndexIsTheHighHalfOfTheProduct() =>
        Gen.Select(Gen.ULong, Gen.Int[1, int.MaxValue]).Sample(
            (word, n) => Assert.Equal((int)(((UInt128)word * (uint)n) >> 64), RandomIndex.Below((int)(word >> 32), (int)word, n)), iter: 1000);

    private static void Check(IBackend backend, Mask truth, byte[] prediction, bool isDeepest, ulong word)
    {
        using var arena = Arena.Free(backend);
        var (tape, grid) = (Tape.ForInference(backend, arena), truth.Extent);
        var logits = tape.From(new(1, grid.D, grid.H, grid.W), Array.ConvertAll(prediction, p => p - 0.5f));
        var prompts = tape.Zeros(new(1, 1, 4));
        ClickSimulation.Place(
            tape, grid, logits, 0, tape.Labels(truth.Voxels), tape.Indices([isDeepest ? 1 : 0, (int)(word >> 32), (int)word]), round: 0, prompts, entry: 0);
        var error = truth.Voxels.Zip(prediction, (t, p) => t != p).ToArray();
        var voxel = NaiveClick.Place(grid, error, Array.ConvertAll(truth.Voxels, t => t != 0), isDeepest, word);
        Assert.Equal([voxel / grid.W / grid.H, voxel / grid.W % grid.H, voxel % grid.W, truth.Voxels[voxel]], tape.Download(prompts));
    }
}
