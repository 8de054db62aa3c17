using System.IO.Compression;
using System.Text;
using System.Text.Json;
using XlstmSam.Kernels.Cuda;

namespace XlstmSam.KernelCompiler;

/// <summary>The file that is embedded into the backend: a zip with <c>manifest.json</c> and the PTX of every kernel. The same kernels give the same
/// bytes.</summary>
internal static class Bundle
{
    private const string Manifest = "manifest.json";

    // Zip cannot say less.
    private static readonly DateTimeOffset Timeless = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The kernels of an earlier bundle by name; none if there is no readable one.</summary>
    public static Dictionary<string, (KernelEntry Entry, string Ptx)> Read(string path)
    {
        try
        {
            using var zip = ZipFile.OpenRead(path);
            using var json = zip.GetEntry(Manifest)!.Open();
            var manifest = JsonSerializer.Deserialize(json, ManifestJson.Default.KernelManifest)!;
            return manifest.Kernels.ToDictionary(k => k.Name, k => (k, TextOf(zip.GetEntry(k.Name + ".ptx")!)));
        }
        catch (Exception e) when (e is IOException or InvalidDataException or JsonException or NullReferenceException)
        {
            return [];
        }
    }

    public static void Write(string path, IReadOnlyList<(KernelEntry Entry, string Ptx)> kernels)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = $"{path}.{Environment.ProcessId}";
        using (var zip = ZipFile.Open(temporary, ZipArchiveMode.Create))
        {
            Add(zip, Manifest, JsonSerializer.Serialize(new KernelManifest([.. kernels.Select(k => k.Entry)]), ManifestJson.Default.KernelManifest));
            foreach (var (entry, ptx) in kernels)
            {
                Add(zip, entry.Name + ".ptx", ptx);
            }
        }

        File.Move(temporary, path, overwrite: true);
    }

    private static void Add(ZipArchive zip, string name, string text)
    {
        var entry = zip.CreateEntry(name, CompressionLevel.SmallestSize);
        entry.LastWriteTime = Timeless;
        using var stream = entry.Open();
        stream.Write(Encoding.UTF8.GetBytes(text));
    }

    private static string TextOf(ZipArchiveEntry entry)
    {
        using var reader = new StreamReader(entry.Open());
        return reader.ReadToEnd();
    }
}
