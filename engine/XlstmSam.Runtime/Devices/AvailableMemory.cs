using System.Globalization;

namespace XlstmSam.Runtime;

/// <summary>
/// The memory this process may still take: what the system has free, and what the limits of its control groups (versions 1 and 2) leave.
/// </summary>
public static class AvailableMemory
{
    private const long Unlimited = long.MaxValue;

    /// <param name="root">Where the system's files lie: "/", or a folder in tests.</param>
    public static long Bytes(string root)
    {
        var free = SystemFree(root);
        foreach (var line in Lines(Path.Combine(root, "proc/self/cgroup")))
        {
            // hierarchy:controllers:path; version 2 has no controllers.
            if (line.Split(':', 3) is not [_, var controllers, var path])
            {
                continue;
            }

            if (controllers.Length == 0)
            {
                free = Math.Min(free, GroupFree(Path.Combine(root, "sys/fs/cgroup"), path, "memory.max", "memory.current", "inactive_file"));
            }
            else if (controllers.Split(',').Contains("memory"))
            {
                free = Math.Min(
                    free, GroupFree(Path.Combine(root, "sys/fs/cgroup/memory"), path, "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"));
            }
        }

        return free;
    }

    private static long SystemFree(string root)
    {
        var line = Lines(Path.Combine(root, "proc/meminfo")).FirstOrDefault(l => l.StartsWith("MemAvailable:", StringComparison.Ordinal));
        var kibibytes = line?.Split(' ', StringSplitOptions.RemoveEmptyEntries).ElementAtOrDefault(1);
        return long.TryParse(kibibytes, CultureInfo.InvariantCulture, out var value) ? value * 1024 : GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
    }

    /// <summary>The tightest of a group and its parents. Inside a container the path may be that of the host: then only the root is seen.</summary>
    private static long GroupFree(string mount, string path, string limitFile, string usageFile, string cacheKey)
    {
        var free = Unlimited;
        for (var group = path.Trim('/'); ; group = Path.GetDirectoryName(group) ?? "")
        {
            var folder = Path.Combine(mount, group);
            if (Number(Path.Combine(folder, limitFile)) is { } limit && Number(Path.Combine(folder, usageFile)) is { } usage)
            {
                // Pages of files that nobody uses go first when memory gets short.
                free = Math.Min(free, Math.Max(0, limit - usage + Cache(Path.Combine(folder, "memory.stat"), cacheKey)));
            }

            if (group.Length == 0)
            {
                return free;
            }
        }
    }

    private static long Cache(string path, string key)
    {
        var line = Lines(path).FirstOrDefault(l => l.StartsWith(key + " ", StringComparison.Ordinal));
        return line is not null && long.TryParse(line.AsSpan(key.Length + 1), CultureInfo.InvariantCulture, out var value) ? value : 0;
    }

    // "max" means no limit.
    private static long? Number(string path) =>
        Lines(path) is [var line, ..] && long.TryParse(line, CultureInfo.InvariantCulture, out var value) ? value : null;

    private static string[] Lines(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllLines(path) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
