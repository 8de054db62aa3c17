using System.Buffers.Binary;
using System.Text;

namespace XlstmSam.Tests.Files;

/// <summary>Safetensors files made by hand, right or wrong.</summary>
internal static class SafeTensorsBytes
{
    /// <summary>A file with any header and so many bytes of data.</summary>
    public static byte[] Of(string header, int data, ulong? claimedLength = null)
    {
        var json = Encoding.UTF8.GetBytes(header);
        var file = new byte[sizeof(ulong) + json.Length + data];
        BinaryPrimitives.WriteUInt64LittleEndian(file, claimedLength ?? (ulong)json.Length);
        json.CopyTo(file, sizeof(ulong));
        for (var i = 0; i < data; i++)
        {
            file[sizeof(ulong) + json.Length + i] = (byte)(i * 7);
        }

        return file;
    }

    public static string Entry(string name, string type, string shape, long begin, long end) =>
        $"\"{name}\":{{\"dtype\":\"{type}\",\"shape\":[{shape}],\"data_offsets\":[{begin},{end}]}}";

    /// <summary>Three arrays of different types, and metadata.</summary>
    public static byte[] Good { get; } = Of(
        "{\"__metadata__\":{\"note\":\"x\"}," + Entry(
            "a", "F32", "2,3", 0, 24) + "," + Entry("b", "I64", "2", 24, 40) + "," + Entry("c", "BF16", "", 40, 42) + "}",
        42);
}
