using XlstmSam.Benchmarks.Works;

namespace XlstmSam.Peers.Ops;

/// <summary>What libtorch does for each kind of work.</summary>
internal static class TorchOps
{
    public static IEnumerable<Candidate> Of(KernelWork work) => work switch
    {
        ConvWork conv => TorchConv.Of(conv),
        TransposedConvWork conv => TorchConv.Of(conv),
        NormWork norm => TorchNorm.Of(norm),
        LinearWork linear => TorchProducts.Of(linear),
        AttentionWork attention => TorchProducts.Of(attention),
        MlstmWork mlstm => TorchMlstm.Of(mlstm),
        DiceCeWork loss => TorchTraining.Of(loss),
        AdamWWork update => TorchTraining.Of(update),
        _ => throw new NotSupportedException($"TorchOps: there is no peer for '{work.Name}' yet; add one."),
    };
}
