using System.Buffers.Binary;
using System.Text;

namespace XlstmSam.Peers.Loading;

/// <summary>
/// The symbol versions that an ELF library demands of others. The dynamic linker refuses to load a library when one is missing, unless the
/// demand is marked as weak.
/// </summary>
internal static class VersionNeeds
{
    private const uint VersionNeedSection = 0x6ffffffe;
    private const ushort Weak = 2;

    /// <summary>Marks the demand for a version as weak in the file; false if it is so already or the library does not demand it.</summary>
    public static bool Weaken(string path, string version)
    {
        var file = File.ReadAllBytes(path);
        if (FlagsOf(file, version) is not { } flags)
        {
            return false;
        }

        var value = BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(flags));
        if ((value & Weak) != 0)
        {
            return false;
        }

        // Under a name of its own first: another process may have the library mapped.
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(flags), (ushort)(value | Weak));
        var changed = path + ".weak";
        File.WriteAllBytes(changed, file);
        File.Move(changed, path, overwrite: true);
        return true;
    }

    /// <summary>Where the flags of the demand stand, or null. Little-endian ELF64: the sections first, then a list of libraries with a list of versions
    /// each.</summary>
    private static int? FlagsOf(byte[] file, string version)
    {
        var (table, size, count) = ((int)Read64(file, 0x28), Read16(file, 0x3A), Read16(file, 0x3C));
        for (var s = 0; s < count; s++)
        {
            var section = table + (s * size);
            if (Read32(file, section + 4) != VersionNeedSection)
            {
                continue;
            }

            var names = (int)Read64(file, table + ((int)Read32(file, section + 0x28) * size) + 0x18);
            for (int library = (int)Read64(file, section + 0x18), next = 1; next != 0; library += next)
            {
                var need = library + (int)Read32(file, library + 8);
                for (var left = Read16(file, library + 2); left > 0; left--, need += (int)Read32(file, need + 12))
                {
                    if (Text(file, names + (int)Read32(file, need + 8)) == version)
                    {
                        return need + 4;
                    }
                }

                next = (int)Read32(file, library + 12);
            }
        }

        return null;
    }

    private static string Text(byte[] file, int start) => Encoding.ASCII.GetString(file, start, Array.IndexOf(file, (byte)0, start) - start);

    private static ushort Read16(byte[] file, int at) => BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(at));

    private static uint Read32(byte[] file, int at) => BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at));

    private static ulong Read64(byte[] file, int at) => BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(at));
}
