using XlstmSam.Kernels.Cpu;
using XlstmSam.Models;
using XlstmSam.Tests.Imaging;

namespace XlstmSam.Tests.Cli;

/// <summary>Two phantoms on disk, a CT to train on and others, and a tiny model of random weights; made once for all tests of a class.</summary>
public sealed class PhantomFiles : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public PhantomFiles()
    {
        EngineRun.Of("phantom", "--out", Data, "--count", "5", "--modality", "CT,MRI").Ok();
        using var backend = new CpuBackend();
        using var model = ModelFamilies.Build(Presets.Get("tiny"), backend, training: false);
        model.Initialize(seed: 3);
        WeightFile.Save(Model, model, new Dictionary<string, string> { ["licence"] = "CC0-1.0" });
    }

    public string Data => folder.File("phantoms");

    public string Model => folder.File("tiny.safetensors");

    /// <summary>A CT phantom as NIfTI.</summary>
    public string Nifti => Path.Combine(Data, "nifti", "phantom_CT_000000_image.nii.gz");

    /// <summary>The same as npz.</summary>
    public string Npz => Path.Combine(Data, "npz", "CT_phantom_CT_000000.npz");

    public string File(string name) => folder.File(name);

    public void Dispose() => folder.Dispose();
}
