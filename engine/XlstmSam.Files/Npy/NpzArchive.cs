namespace XlstmSam.Files;

/// <summary>A .npz file open for reading. Members are decoded on demand; every defect is one <see cref="InvalidDataException"/>.</summary>
public sealed class NpzArchive : IDisposable
{
    private readonly Stream file;
    private readonly string subject;
    private readonly Dictionary<string, ZipMember> members = [];

    /// <param name="file">A seekable stream; the archive disposes it.</param>
    /// <param name="name">The name used in messages.</param>
    public NpzArchive(Stream file, string name)
    {
        this.file = file;
        subject = $"npz '{name}'";
        foreach (var member in ZipDirectory.Read(file, subject))
        {
            if (!members.TryAdd(ArrayName(member), member))
            {
                throw new InvalidDataException(
                    $"{subject}: array '{ArrayName(member)}' occurs twice; expected each name once. Write the file again with numpy.savez.");
            }
        }
    }

    public IReadOnlyCollection<string> Names => members.Keys;

    public static NpzArchive Open(string path)
    {
        var file = File.OpenRead(path);
        try
        {
            return new(file, path);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public bool Contains(string name) => members.ContainsKey(name);

    public NpyArray Read(string name) => TryRead(name)
        ?? throw new InvalidDataException(
            $"{subject}: has no array '{name}', only {(members.Count == 0 ? "nothing" : string.Join(", ", members.Keys.Take(20)))}. Check that it is the " +
            "right file.");

    public NpyArray? TryRead(string name)
    {
        if (!members.TryGetValue(name, out var member))
        {
            return null;
        }

        var what = $"{subject}, array '{name}'";
        using var stream = ZipDirectory.Open(file, member, subject);
        var source = new ByteSource(stream, what, withCrc: true);
        var array = NpyReader.Read(source, member.Size);
        Span<byte> more = stackalloc byte[1];
        var crc = source.Crc;
        return source.ReadAtMost(more) == 0 && crc == member.Crc
            ? array
            : throw new InvalidDataException(
                $"{what}: its CRC is {crc:X8} over {member.Size} bytes; the zip directory says {member.Crc:X8}. The file is damaged: copy or export it again.");
    }

    /// <summary>The shape of an array without its elements, or null when there is no such array.</summary>
    public IReadOnlyList<int>? TryReadShape(string name)
    {
        if (!members.TryGetValue(name, out var member))
        {
            return null;
        }

        using var stream = ZipDirectory.Open(file, member, subject);
        return NpyHeader.Read(new ByteSource(stream, $"{subject}, array '{name}'")).Shape;
    }

    /// <summary>Elements of an array, from its header, once it is sure that the file says it has them; 0 when there is no such array.</summary>
    public long CountElements(string name)
    {
        if (!members.TryGetValue(name, out var member))
        {
            return 0;
        }

        var what = $"{subject}, array '{name}'";
        using var stream = ZipDirectory.Open(file, member, subject);
        var count = NpyHeader.Read(new ByteSource(stream, what)).Count(what);
        return count <= member.Size
            ? count
            : throw new InvalidDataException($"{what}: {count} elements cannot be in {member.Size} bytes. The file is damaged: copy or export it again.");
    }

    public void Dispose() => file.Dispose();

    private static string ArrayName(ZipMember member) =>
        member.Name.EndsWith(".npy", StringComparison.Ordinal) ? member.Name[..^4] : member.Name;
}
