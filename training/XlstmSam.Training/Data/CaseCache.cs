using System.Security.Cryptography;

namespace XlstmSam.Training;

/// <summary>
/// Prepared cases, in memory and on disk. A file is found by a hash of what the case was read from and of how scans are prepared, so it can
/// never be stale; a damaged one is made again. Threads may share a cache.
/// </summary>
/// <param name="folder">Where files are kept; null keeps none.</param>
/// <param name="memory">The most bytes of voxels held in memory; the case in use is always held.</param>
/// <param name="disk">The most bytes of files in the folder: beyond that, those used longest ago are deleted.</param>
public sealed class CaseCache(string? folder, long memory = 1L << 30, long disk = 20L << 30)
{
    private const string Extension = ".case";
    private readonly Lock gate = new();
    private readonly Dictionary<CaseInfo, LinkedListNode<(CaseInfo Info, PreparedCase Case)>> held = new(ReferenceEqualityComparer.Instance);
    private readonly LinkedList<(CaseInfo Info, PreparedCase Case)> newestFirst = [];
    private readonly Dictionary<CaseInfo, string> paths = new(ReferenceEqualityComparer.Instance);
    private long bytes;

    /// <summary>$XDG_CACHE_HOME/xlstmsam, else ~/.cache/xlstmsam.</summary>
    public static string DefaultFolder
    {
        get
        {
            var named = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
            var root = string.IsNullOrEmpty(named) || !Path.IsPathRooted(named)
                ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache")
                : named;
            return Path.Combine(root, "xlstmsam");
        }
    }

    /// <summary>How many cases came from memory, came from disk, and had to be prepared.</summary>
    public (long Memory, long Disk, long Prepared) Counts { get; private set; }

    public PreparedCase Get(CaseInfo info)
    {
        lock (gate)
        {
            if (held.TryGetValue(info, out var node))
            {
                newestFirst.Remove(node);
                newestFirst.AddFirst(node);
                Counts = Counts with { Memory = Counts.Memory + 1 };
                return node.Value.Case;
            }

            var prepared = Fetch(info);
            Hold(info, prepared);
            return prepared;
        }
    }

    private PreparedCase Fetch(CaseInfo info)
    {
        var path = folder is null || !info.Reader.IsWorthKeeping ? null : PathOf(info, folder);
        if (path is not null && PreparedCaseFile.TryRead(path, info.Id) is { } kept)
        {
            Counts = Counts with { Disk = Counts.Disk + 1 };
            Tolerate(() => File.SetLastWriteTimeUtc(path, DateTime.UtcNow));
            return kept;
        }

        var prepared = PreparedCase.Of(info.Load());
        Counts = Counts with { Prepared = Counts.Prepared + 1 };
        if (path is not null)
        {
            Tolerate(() => Keep(path, prepared));
        }

        return prepared;
    }

    private void Keep(string path, PreparedCase prepared)
    {
        var root = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(root);
        AtomicFile.Write(path, stream => PreparedCaseFile.Write(stream, prepared));
        var total = 0L;
        foreach (var file in new DirectoryInfo(root).GetFiles("*" + Extension).OrderByDescending(file => file.LastWriteTimeUtc))
        {
            total += file.Length;
            if (total > disk && file.FullName != Path.GetFullPath(path))
            {
                file.Delete();
            }
        }
    }

    /// <summary>A cache that cannot be written, on a full or read-only disk, costs time but stops nothing.</summary>
    private static void Tolerate(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    private string PathOf(CaseInfo info, string root)
    {
        if (!paths.TryGetValue(info, out var path))
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            hash.AddText($"prepared case {PreparedCaseFile.Version}, {info.Modality}");
            info.Reader.AddTo(hash);
            path = Path.Combine(root, Convert.ToHexStringLower(hash.GetHashAndReset()) + Extension);
            paths.Add(info, path);
        }

        return path;
    }

    private void Hold(CaseInfo info, PreparedCase prepared)
    {
        held.Add(info, newestFirst.AddFirst((info, prepared)));
        bytes += prepared.Bytes;
        while (bytes > memory && newestFirst.Count > 1)
        {
            var (oldest, dropped) = newestFirst.Last!.Value;
            newestFirst.RemoveLast();
            held.Remove(oldest);
            bytes -= dropped.Bytes;
        }
    }
}
