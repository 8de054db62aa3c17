using XlstmSam.Imaging;
using XlstmSam.Kernels.Cpu;
using XlstmSam.Models;

internal static class EmbeddedEngine
{
    internal static void Main(string[] args)
    {
        using var backend = new CpuBackend();
        using var model = WeightFile.LoadModel(args[0], backend);
        using var predictor = new Predictor(model);
        var scan = NiftiReader.ReadImage(args[1]);
        predictor.SetImage(PreparedScan.Prepare(scan.Volume, Modality.CT, Intensity.OriginOf(scan.Header)));

        var organ = predictor.NewObject();
        organ.Click(new(20, 30, 15));
        organ.Click(new(40, 10, 20), positive: false);
        organ.Undo();
        NiftiWriter.Write(args[2], organ.Mask(), scan.Header);
    }
}
