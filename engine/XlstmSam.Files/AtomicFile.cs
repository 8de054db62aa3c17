namespace XlstmSam.Files;

/// <summary>Writes a file so that a reader sees either the previous content or all of the next one, even across a power cut.</summary>
public static class AtomicFile
{
    /// <summary>A name for a temporary file that is gone when all is well; short, so that it fits wherever the file's own name does.</summary>
    public static string TemporaryName() => $".{Guid.NewGuid().ToString("N")[..16]}.tmp";

    /// <summary>
    /// Writes to a temporary file in the same folder, flushes it to disk and renames it over <paramref name="path"/>. Where that is a link, the file
    /// it leads to is replaced and the link stays.
    /// </summary>
    /// <exception cref="IOException">The file cannot be written; what was there before still is.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        var full = FileIdentity.Final(path);
        var folder = Path.GetDirectoryName(full)
            ?? throw new ArgumentException($"AtomicFile: '{path}' is a folder; expected the path of a file.", nameof(path));
        var temporary = Path.Combine(folder, TemporaryName());
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, full, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
