namespace XlstmSam.Cli.Phantoms;

/// <summary>A folder that appears whole or not at all: filled beside its place under another name, then renamed.</summary>
internal static class FreshFolder
{
    public static void Fill(string path, Action<string> fill)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (File.Exists(full) || (Directory.Exists(full) && Directory.EnumerateFileSystemEntries(full).Any()))
        {
            throw new UsageException($"'{path}' exists and is not an empty folder; give another --out.");
        }

        var parent = Path.GetDirectoryName(full) ?? throw new UsageException($"'{path}' is the root of a file system; give another --out.");
        Directory.CreateDirectory(parent);
        var temporary = Path.Combine(parent, $".{Path.GetFileName(full)}.{Guid.NewGuid():N}.tmp");
        Directory.CreateDirectory(temporary);
        try
        {
            fill(temporary);
            if (Directory.Exists(full))
            {
                Directory.Delete(full);
            }

            Directory.Move(temporary, full);
        }
        catch
        {
            Directory.Delete(temporary, recursive: true);
            throw;
        }
    }
}
