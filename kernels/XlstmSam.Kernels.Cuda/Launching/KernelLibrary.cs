using System.IO.Compression;
using System.Reflection;
using System.Text.Json;

namespace XlstmSam.Kernels.Cuda;

/// <summary>The compiled kernels that are embedded in this assembly.</summary>
public sealed class KernelLibrary : IDisposable
{
    private readonly ZipArchive bundle;
    private readonly Dictionary<string, KernelEntry> kernels;

    public KernelLibrary()
    {
        bundle = new(
            Assembly.GetExecutingAssembly().GetManifestResourceStream("kernels.zip") ?? throw new InvalidOperationException("This build has no CUDA kernels."));
        using var json = bundle.GetEntry("manifest.json")!.Open();
        kernels = JsonSerializer.Deserialize(json, ManifestJson.Default.KernelManifest)!.Kernels.ToDictionary(kernel => kernel.Name);
    }

    public IReadOnlyCollection<KernelEntry> Kernels => kernels.Values;

    /// <param name="name">As in <see cref="KernelEntry.Name"/>.</param>
    public KernelEntry this[string name] => kernels.TryGetValue(name, out var entry)
        ? entry
        : throw new KeyNotFoundException($"Kernel '{name}' is not among the {kernels.Count} of this build; expected Class.Method or Class.Method<Type,...>.");

    public string Ptx(KernelEntry kernel)
    {
        lock (bundle)
        {
            using var reader = new StreamReader(bundle.GetEntry(kernel.Name + ".ptx")!.Open());
            return reader.ReadToEnd();
        }
    }

    public void Dispose() => bundle.Dispose();
}
