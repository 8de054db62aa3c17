using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;

namespace XlstmSam.Files;

/// <summary>A memory-mapped safetensors file: the header is checked when it is opened, arrays are read when asked for.</summary>
public sealed class SafeTensorsFile : IDisposable
{
    private readonly MemoryMappedFile map;
    private readonly MemoryMappedViewAccessor data;
    private readonly long dataStart;
    private readonly Dictionary<string, SafeTensorsEntry> byName;

    private SafeTensorsFile(
        string path, MemoryMappedFile map, MemoryMappedViewAccessor data, long dataStart, IReadOnlyList<SafeTensorsEntry> entries,
        IReadOnlyDictionary<string, string> metadata)
    {
        (Path, this.map, this.data, this.dataStart, Entries, Metadata) = (path, map, data, dataStart, entries, metadata);
        byName = entries.ToDictionary(e => e.Name, StringComparer.Ordinal);
    }

    public string Path { get; }

    public IReadOnlyList<SafeTensorsEntry> Entries { get; }

    public IReadOnlyDictionary<string, string> Metadata { get; }

    public static SafeTensorsFile Open(string path)
    {
        var fileLength = new FileInfo(path) is { Exists: true } info
            ? info.Length
            : throw new FileNotFoundException($"SafeTensors '{path}': there is no such file.", path);
        if (fileLength <= sizeof(long))
        {
            throw SafeTensorsHeader.Refuse(path, $"it has {fileLength} bytes; a header length of 8 bytes and a header come first");
        }

        var map = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        try
        {
            var data = map.CreateViewAccessor(0, fileLength, MemoryMappedFileAccess.Read);
            try
            {
                var headerLength = data.ReadUInt64(0);
                if (headerLength > (ulong)Math.Min(SafeTensorsHeader.MaxBytes, fileLength - sizeof(long)))
                {
                    throw SafeTensorsHeader.Refuse(path, $"its header claims {headerLength} bytes, the file has {fileLength}");
                }

                var json = new byte[headerLength];
                data.ReadArray(sizeof(long), json, 0, json.Length);
                var start = sizeof(long) + json.Length;
                var (entries, metadata) = SafeTensorsHeader.Parse(path, json, fileLength - start);
                return new(path, map, data, start, entries, metadata);
            }
            catch
            {
                data.Dispose();
                throw;
            }
        }
        catch
        {
            map.Dispose();
            throw;
        }
    }

    public bool Contains(string name) => byName.ContainsKey(name);

    public SafeTensorsEntry? Find(string name) => byName.GetValueOrDefault(name);

    /// <summary>An array as float32, whatever it is stored as.</summary>
    public float[] ReadFloats(string name)
    {
        var entry = Require(name);
        if (entry.Type != SafeTensorsType.F32)
        {
            return Array.ConvertAll(ReadDoubles(name), value => (float)value);
        }

        var values = new float[entry.Length];
        Read(entry, values);
        return values;
    }

    public double[] ReadDoubles(string name)
    {
        var entry = Require(name);
        var bytes = new byte[entry.End - entry.Begin];
        Read(entry, bytes);
        var values = new double[entry.Length];
        var size = SafeTensorsEntry.SizeOf(entry.Type);
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Decode(entry.Type, bytes.AsSpan(i * size, size));
        }

        return values;
    }

    public void Dispose()
    {
        data.Dispose();
        map.Dispose();
    }

    private void Read<T>(SafeTensorsEntry entry, T[] values)
        where T : struct
    {
        // An empty array may lie at the file's very end, where the accessor takes no position.
        if (values.Length > 0)
        {
            data.ReadArray(dataStart + entry.Begin, values, 0, values.Length);
        }
    }

    private SafeTensorsEntry Require(string name)
    {
        var entry = Find(name) ?? throw new InvalidDataException($"SafeTensors '{Path}': there is no array '{name}'; it has {Entries.Count} others.");
        return entry.End - entry.Begin <= Array.MaxLength ? entry
            : throw new InvalidDataException(
                $"SafeTensors '{Path}': '{name}' has {entry.End - entry.Begin} bytes; at most {Array.MaxLength} can be read as one array.");
    }

    private static double Decode(SafeTensorsType type, ReadOnlySpan<byte> b) => type switch
    {
        SafeTensorsType.Bool => b[0] != 0 ? 1 : 0,
        SafeTensorsType.U8 => b[0],
        SafeTensorsType.I8 => (sbyte)b[0],
        SafeTensorsType.U16 => BinaryPrimitives.ReadUInt16LittleEndian(b),
        SafeTensorsType.I16 => BinaryPrimitives.ReadInt16LittleEndian(b),
        SafeTensorsType.F16 => (double)BinaryPrimitives.ReadHalfLittleEndian(b),
        SafeTensorsType.BF16 => BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(b) << 16),
        SafeTensorsType.U32 => BinaryPrimitives.ReadUInt32LittleEndian(b),
        SafeTensorsType.I32 => BinaryPrimitives.ReadInt32LittleEndian(b),
        SafeTensorsType.F32 => BinaryPrimitives.ReadSingleLittleEndian(b),
        SafeTensorsType.U64 => BinaryPrimitives.ReadUInt64LittleEndian(b),
        SafeTensorsType.I64 => BinaryPrimitives.ReadInt64LittleEndian(b),
        _ => BinaryPrimitives.ReadDoubleLittleEndian(b),
    };
}
