using System.Security.Cryptography;
using System.Text;

namespace XlstmSam.Training;

/// <summary>Additions to a hash, each with its length, so that two lists of parts never run together into one.</summary>
public static class Fingerprint
{
    public static void AddText(this IncrementalHash hash, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        hash.AppendData(BitConverter.GetBytes((long)bytes.Length));
        hash.AppendData(bytes);
    }

    public static void AddNames(this IncrementalHash hash, IReadOnlyDictionary<int, string> names)
    {
        foreach (var (label, name) in names.OrderBy(entry => entry.Key))
        {
            hash.AddText($"{label}={name}");
        }
    }

    /// <summary>Adds the length, the beginning and the end of a file; nothing but a mark for null.</summary>
    public static void AddFileStamp(this IncrementalHash hash, string? path)
    {
        const int Part = 1 << 16;
        if (path is null)
        {
            hash.AppendData(BitConverter.GetBytes(-1L));
            return;
        }

        using var file = File.OpenRead(path);
        hash.AppendData(BitConverter.GetBytes(file.Length));
        var buffer = new byte[Part];
        hash.AppendData(buffer.AsSpan(0, file.ReadAtLeast(buffer, Part, throwOnEndOfStream: false)));
        file.Position = Math.Max(0, file.Length - Part);
        hash.AppendData(buffer.AsSpan(0, file.ReadAtLeast(buffer, Part, throwOnEndOfStream: false)));
    }

    /// <summary>Adds the content of a file; nothing but a mark for null.</summary>
    public static void AddFile(this IncrementalHash hash, string? path)
    {
        if (path is null)
        {
            hash.AppendData(BitConverter.GetBytes(-1L));
            return;
        }

        using var file = File.OpenRead(path);
        hash.AppendData(BitConverter.GetBytes(file.Length));
        var buffer = new byte[1 << 18];
        for (var count = file.Read(buffer); count > 0; count = file.Read(buffer))
        {
            hash.AppendData(buffer.AsSpan(0, count));
        }
    }
}
