using XlstmSam.Kernels;
using XlstmSam.Models;
using static XlstmSam.Benchmarks.Works.WorkPass;

namespace XlstmSam.Benchmarks.Works;

/// <summary>Every hot kernel call at the shapes that the presets <c>paper</c> and <c>small</c> give it.</summary>
public static class WorkCatalog
{
    private const string Paper = "paper";
    private const string Small = "small";
    private static readonly int[] Widths = [32, 64, 128, 256, 384];

    public static IReadOnlyList<KernelWork> All { get; } = [.. Convolutions(), .. Norms(), .. Products(), .. Attentions(), .. Scans(), .. Training()];

    private static IEnumerable<KernelWork> Convolutions()
    {
        foreach (var (preset, grid) in ((string, int)[])[(Paper, 128), (Small, 64)])
        {
            for (var stage = 0; stage < Widths.Length; stage++)
            {
                foreach (var work in Conv(Widths[stage], Widths[stage], grid >> stage, kernel: 3, stride: 1, preset))
                {
                    yield return work;
                }
            }

            for (var stage = 1; stage < Widths.Length; stage++)
            {
                foreach (var work in Conv(Widths[stage - 1], Widths[stage], grid >> (stage - 1), kernel: 3, stride: 2, preset))
                {
                    yield return work;
                }
            }
        }

        yield return ConvWork.Of(Forward, 1, 32, 128, 3, 1, Paper);
        yield return ConvWork.Of(WeightGradient, 1, 32, 128, 3, 1, Paper);
        foreach (var work in (IEnumerable<KernelWork>)[.. Conv(32, 32, 128, 1, 1, Paper), .. Conv(64, 64, 64, 1, 1, Paper), .. Conv(32, 64, 128, 1, 2, Paper), .. Conv(64, 128, 64, 1, 2, Paper)])
        {
            yield return work;
        }

        foreach (var pass in (WorkPass[])[Forward, Backward])
        {
            yield return new TransposedConvWork(pass, new(1, Kernels.Extent3.Cube(8), 384, 96), Paper);
            yield return new TransposedConvWork(pass, new(1, Kernels.Extent3.Cube(16), 96, 48), Paper);
            yield return new TransposedConvWork(pass, new(1, Kernels.Extent3.Cube(4), 384, 96), Small);
            yield return new TransposedConvWork(pass, new(1, Kernels.Extent3.Cube(8), 96, 48), Small);
        }
    }

    private static IEnumerable<KernelWork> Conv(int inputs, int outputs, int side, int kernel, int stride, string preset) =>
        ((WorkPass[])[Forward, DataGradient, WeightGradient]).Select(pass => ConvWork.Of(pass, inputs, outputs, side, kernel, stride, preset));

    private static IEnumerable<KernelWork> Norms() =>
        from shape in ((int Channels, int Side, string Preset)[])[(32, 128, Paper), (64, 64, Paper), (32, 64, Small), (64, 32, Small)]
        from pass in (WorkPass[])[Forward, Backward]
        from peer in Enum.GetValues<NormPeer>()
        select new NormWork(pass, shape.Channels, shape.Side, peer, shape.Preset);

    // The projections of the two ViL mixers, of the decoder's attention and its MLP on seven tokens; and three sizes everybody quotes.
    private static IEnumerable<KernelWork> Products() =>
        from shape in ((int Rows, int Inputs, int Outputs, string Preset)[])
        [
            (4096, 256, 512, Paper), (4096, 512, 256, Paper), (512, 384, 768, Paper), (512, 768, 384, Paper), (512, 384, 192, Paper), (7, 384, 2048, Paper),
            (512, 256, 512, Small), (64, 384, 768, Small),
            (512, 384, 2048, "-"), (512, 2048, 384, "-"), (4096, 512, 512, "-"), (1000, 1000, 1000, "-"),
        ]
        from pass in (WorkPass[])[Forward, Backward]
        select new LinearWork(pass, shape.Rows, shape.Inputs, shape.Outputs, shape.Preset);

    // Seven tokens: four masks, the IoU, a click and its padding.
    private static IEnumerable<KernelWork> Attentions() =>
        from shape in ((int Queries, int Keys, int HeadSize, string Preset)[])
            [(512, 512, 48, "-"), (7, 512, 24, Paper), (512, 7, 24, Paper), (7, 7, 48, Paper), (7, 64, 24, Small), (64, 7, 24, Small)]
        from pass in (WorkPass[])[Forward, Backward]
        select new AttentionWork(pass, 8, shape.Queries, shape.Keys, shape.HeadSize, shape.Preset);

    private static IEnumerable<KernelWork> Scans() =>
        from shape in ((int Tokens, int HeadSize, string Preset)[])[(4096, 128, Paper), (512, 192, Paper), (512, 128, Small), (64, 192, Small)]
        from pass in (WorkPass[])[Forward, Backward]
        from peer in Enum.GetValues<MlstmPeer>()
        select new MlstmWork(pass, shape.Tokens, 4, shape.HeadSize, peer, shape.Preset);

    private static IEnumerable<KernelWork> Training()
    {
        yield return new DiceCeWork(128, Paper);
        yield return new DiceCeWork(64, Small);
        var tensors = ParameterSizes(Presets.Get(Paper));
        yield return new AdamWWork(tensors, AdamWPeer.Optimizer, Paper);
        yield return new AdamWWork(tensors, AdamWPeer.Slab, Paper);
    }

    private static long[] ParameterSizes(ModelConfig config)
    {
        using var nothing = new CountingBackend(new Kernels.Cpu.CpuBackend(threads: 1));
        using var model = ModelFamilies.Build(config, nothing, training: false);
        return [.. model.Parameters.All.Where(p => !p.IsBuffer).Select(p => p.Shape.Length)];
    }
}
