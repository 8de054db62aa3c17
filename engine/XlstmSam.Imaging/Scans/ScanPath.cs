using System.Text;

namespace XlstmSam.Imaging;

/// <summary>What can be said about a path before its file is read or written.</summary>
public static class ScanPath
{
    private const int LongestName = 255;

    /// <summary>What a byte of a name that is not UTF-8 arrives as.</summary>
    private const char Unreadable = '\uFFFD';

    /// <summary>Refuses everything that is not a file that can be read from any place.</summary>
    /// <param name="what">What the file is, for messages: "Image", "--mask".</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is a folder, a pipe or a device, or its name is not UTF-8.</exception>
    public static void RequireFile(string path, string what)
    {
        if (Directory.Exists(path))
        {
            throw new InvalidDataException($"{what} '{path}': it is a folder; expected a file. Convert a DICOM series to NIfTI first, for example with " +
                $"dcm2niix.");
        }

        if (!File.Exists(path))
        {
            throw path.Contains(Unreadable, StringComparison.Ordinal)
                ? new InvalidDataException($"{what} '{path}': its name holds bytes that are not UTF-8, so it cannot be opened; rename the file.")
                : new FileNotFoundException($"{what} '{path}': there is no such file.", path);
        }

        if (!FileIdentity.IsRegular(path))
        {
            throw new InvalidDataException($"{what} '{path}': it is no regular file but a pipe or a device, which can be read only once; store it in a " +
                $"file first.");
        }
    }

    /// <summary>Refuses a path that could not be written, before any work is done.</summary>
    /// <param name="option">What asked for it, for messages: "--out".</param>
    /// <param name="endings">The endings that are allowed, in lower case.</param>
    /// <exception cref="InvalidDataException">
    /// The ending is another, the folder is missing or cannot be written, or the name is too long or not UTF-8.
    /// </exception>
    public static void RequireWritable(string path, string option, params IReadOnlyList<string> endings)
    {
        if (!endings.Any(ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase)))
        {
            throw new InvalidDataException($"{option} '{path}': expected a name that ends in {string.Join(" or ", endings)}.");
        }

        if (path.Contains(Unreadable, StringComparison.Ordinal))
        {
            throw new InvalidDataException($"{option} '{path}': the name holds bytes that are not UTF-8, so the file would get another name; give one in " +
                $"UTF-8.");
        }

        if (Directory.Exists(path))
        {
            throw new InvalidDataException($"{option} '{path}': it is a folder; expected a file.");
        }

        var full = FileIdentity.Final(path);
        var (folder, name) = (Path.GetDirectoryName(full), Path.GetFileName(full));
        if (!Directory.Exists(folder))
        {
            throw new InvalidDataException($"{option} '{path}': the folder '{folder}' does not exist.");
        }

        if (!endings.Any(ending => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase)))
        {
            throw new InvalidDataException($"{option} '{path}': it is a link to '{full}', a file of another kind that would be replaced; give another name.");
        }

        if (Encoding.UTF8.GetByteCount(name) > LongestName)
        {
            throw new InvalidDataException($"{option} '{path}': the name has {Encoding.UTF8.GetByteCount(name)} bytes; a file name has at most " +
                $"{LongestName}. Give a shorter one.");
        }

        if (File.Exists(full) && !FileIdentity.IsRegular(full))
        {
            throw new InvalidDataException($"{option} '{path}': it is no regular file but a pipe or a device; give the name of a file.");
        }

        try
        {
            var temporary = Path.Combine(folder, AtomicFile.TemporaryName());
            using var probe = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{option} '{path}': nothing can be written in the folder '{folder}'; give another place.", e);
        }
    }

    /// <summary>Refuses an output that would replace an input, whatever links lead to either.</summary>
    /// <param name="input">A file that is read; null where there is none.</param>
    /// <param name="what">What it is: "the image itself".</param>
    /// <exception cref="InvalidDataException">Both are one file.</exception>
    public static void RequireOther(string path, string option, string? input, string what)
    {
        if (input is not null && FileIdentity.IsSame(path, input))
        {
            throw new InvalidDataException($"{option} '{path}' is {what}; give another name.");
        }
    }
}
