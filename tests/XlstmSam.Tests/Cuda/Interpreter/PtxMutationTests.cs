using XlstmSam.Kernels.Cuda;
using XlstmSam.OpCases;

namespace XlstmSam.Tests.Cuda;

/// <summary>
/// Defects planted in kernels that ship, one place at a time: the interpreter, or the bound of an op case that it runs, must report them. A place that the
/// case never reaches reports nothing, so every row says how many places must.
/// </summary>
[Thorough]
public sealed class PtxMutationTests
{
    /// <summary>Of a text with more, the first so many are tried.</summary>
    private const int MostPlaces = 18;

    private const string Product = "MatMul 53x3 times 3x37";
    private const string Attention = "Attention B1 2x24 65 queries 7 keys";
    private const string Scan = "MlstmScan one past a chunk B1 S13 2x4 chunk 4 Forward";
    private const string Loss = "DiceCe small (2, 3, 5, 7)";

    public static TheoryData<CudaPrecision, string, string, string, int, string> Defects => new()
    {
        { CudaPrecision.Tf32, Product, "ProductKernels.Product<Tf32,Broad>", "barrier", 3, "SharedRace" },
        { CudaPrecision.Tf32, Product, "ProductKernels.Product<Tf32,Broad>", "wait", 1, "SharedRace" },
        { CudaPrecision.Tf32, Product, "ProductKernels.Product<Tf32,Broad>", "wait", 1, "AsyncNeverAwaited" },
        { CudaPrecision.Tf32, Product, "ProductKernels.Product<Tf32,Broad>", "fragments", 8, "forward error" },
        { CudaPrecision.Tf32, Product, "ProductKernels.Product<Tf32,Broad>", "store", 1, "guard band" },
        { CudaPrecision.Tf32, Product, "ProductKernels.Product<Tf32,Broad>", "load", 4, "UninitializedRead" },
        { CudaPrecision.Tf32, Product, "ProductKernels.Product<Tf32,Broad>", "load", 1, "forward error" },
        { CudaPrecision.BFloat16, Product, "ProductKernels.Product<BFloat16,Broad>", "barrier", 3, "SharedRace" },
        { CudaPrecision.BFloat16, Product, "ProductKernels.Product<BFloat16,Broad>", "wait", 1, "SharedRace" },
        { CudaPrecision.BFloat16, Product, "ProductKernels.Product<BFloat16,Broad>", "fragments", 8, "forward error" },
        { CudaPrecision.Float32, Attention, "AttentionKernels.Forward<Float32Tile>", "barrier", 7, "SharedRace" },
        { CudaPrecision.Float32, Attention, "AttentionKernels.Forward<Float32Tile>", "store", 4, "GlobalRace" },
        { CudaPrecision.Tf32, Scan, "MlstmChunkKernels.Outputs<Tf32Tile>", "barrier", 5, "SharedRace" },
        { CudaPrecision.Tf32, Scan, "MlstmChunkKernels.Outputs<Tf32Tile>", "fragments", 1, "forward error" },
        { CudaPrecision.Float32, Scan, "MlstmGradientKernels.Gradients<Float32Tile>", "barrier", 8, "SharedRace" },
        { CudaPrecision.Float32, Loss, "DiceCeKernels.Sums", "barrier", 2, "SharedRace" },
        { CudaPrecision.Float32, Loss, "DiceCeKernels.Sums", "store", 1, "is not a multiple of 16" },
        { CudaPrecision.Float32, Loss, "DiceCeKernels.Sums", "load", 1, "Out of bounds" },
    };

    [Theory]
    [MemberData(nameof(Defects))]
    public void PlantedDefectsAreReported(CudaPrecision precision, string name, string kernel, string mutation, int least, string report)
    {
        var op = Case(precision, name);
        var defect = PtxMutation.Named(mutation);
        var original = "";
        Assert.Equal("", Message(precision, op, (entry, text) => entry.Name == kernel ? original = text : text));
        var places = Math.Min(defect.Places(original), MostPlaces);
        var messages = Enumerable.Range(0, places)
            .Select(place => Message(precision, op, (entry, text) => entry.Name == kernel ? defect.At(text, place) : text)).ToArray();
        Assert.True(
            messages.Count(message => message.Contains(report, StringComparison.Ordinal)) >= least,
            $"{kernel} {defect}: expected '{report}' at {least} places at least of {places}.\n{string.Join('\n', messages.Select((message, place) => $"{place}: {message.Split('\n')[0]}"))}");
    }

    private static OpCase Case(CudaPrecision precision, string name) =>
        Catalog.Rounded(OperandBits(precision)).SelectMany(family => family.Cases).Single(op => op.Name == name);

    private static int OperandBits(CudaPrecision precision) => precision switch
    {
        CudaPrecision.Float32 => 24,
        CudaPrecision.Tf32 => 11,
        _ => 8,
    };

    private static string Message(CudaPrecision precision, OpCase op, Func<KernelEntry, string, string> rewrite)
    {
        using var backend = new CudaBackend(new InterpretedDevice(rewrite), precision);
        return CaseRunner.Run(backend, op).Message;
    }
}
