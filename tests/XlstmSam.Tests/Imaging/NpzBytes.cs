using System.IO.Compression;
using System.Text;

namespace XlstmSam.Tests.Imaging;

/// <summary>npz files made by hand.</summary>
internal static class NpzBytes
{
    public static byte[] Npy(string descr, bool fortran, string shape, byte[] data, int version = 1)
    {
        var text = $"{{'descr': '{descr}', 'fortran_order': {(fortran ? "True" : "False")}, 'shape': {shape}, }}\n";
        byte[] length = version == 1 ? BitConverter.GetBytes((ushort)text.Length) : BitConverter.GetBytes(text.Length);
        return [0x93, .. "NUMPY"u8, (byte)version, 0, .. length, .. Encoding.UTF8.GetBytes(text), .. data];
    }

    public static byte[] Zip(params (string Name, byte[] Data)[] members)
    {
        using var memory = new MemoryStream();
        using (var zip = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, data) in members)
            {
                using var stream = zip.CreateEntry(name, members.Length % 2 == 0 ? CompressionLevel.NoCompression : CompressionLevel.Optimal).Open();
                stream.Write(data);
            }
        }

        return memory.ToArray();
    }
}
