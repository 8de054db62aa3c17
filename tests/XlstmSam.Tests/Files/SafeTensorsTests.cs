using System.Diagnostics;
using XlstmSam.Tests.Imaging;
using static XlstmSam.Tests.Files.SafeTensorsBytes;

namespace XlstmSam.Tests.Files;

/// <summary>Whatever the bytes of a safetensors file are, reading it succeeds or fails with one InvalidDataException that names the file.</summary>
public sealed class SafeTensorsTests : IDisposable
{
    private const int Mutations = 1500;
    private readonly TemporaryFolder folder = new();

    public static TheoryData<string, byte[]> Hostile { get; } = new()
    {
        { "no bytes", [] },
        { "seven bytes", [1, 0, 0, 0, 0, 0, 0] },
        { "an empty header", Of("", 0) },
        { "only zeros", new byte[100] },
        { "a header longer than the file", Of("{}", 0, claimedLength: 3) },
        { "a header of 2^63 bytes", Of("{}", 0, claimedLength: 1UL << 63) },
        { "a header of 2^64 - 1 bytes", Of("{}", 0, claimedLength: ulong.MaxValue) },
        { "a list", Of("[]", 0) },
        { "no JSON", Of("{\"a\":", 0) },
        { "a comma at the end", Of("{" + Entry("a", "F32", "1", 0, 4) + ",}", 4) },
        { "a name twice", Of("{" + Entry("a", "F32", "1", 0, 4) + "," + Entry("a", "F32", "1", 4, 8) + "}", 8) },
        { "a name twice, once escaped", Of("{" + Entry("a", "F32", "1", 0, 4) + "," + Entry("\\u0061", "F32", "1", 4, 8) + "}", 8) },
        { "metadata twice", Of("{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}}", 0) },
        { "metadata that is no string", Of("{\"__metadata__\":{\"a\":1}}", 0) },
        { "a size below zero", Of("{" + Entry("a", "F32", "-1", 0, 4) + "}", 4) },
        { "sizes whose product overflows", Of("{" + Entry("a", "F32", "4294967296,4294967296", 0, 4) + "}", 4) },
        { "a size beyond 64 bits", Of("{" + Entry("a", "F32", "99999999999999999999999", 0, 4) + "}", 4) },
        { "a size with a fraction", Of("{" + Entry("a", "F32", "1.5", 0, 4) + "}", 4) },
        { "a shape of the wrong bytes", Of("{" + Entry("a", "F32", "2", 0, 4) + "}", 4) },
        { "an unknown type", Of("{" + Entry("a", "F33", "1", 0, 4) + "}", 4) },
        { "a type in small letters", Of("{" + Entry("a", "f32", "1", 0, 4) + "}", 4) },
        { "a type by number", Of("{" + Entry("a", "9", "1", 0, 4) + "}", 4) },
        { "a type of the wrong width", Of("{" + Entry("a", "F64", "1", 0, 4) + "}", 4) },
        { "an offset beyond the file", Of("{" + Entry("a", "F32", "2", 0, 8) + "}", 4) },
        { "offsets the wrong way round", Of("{" + Entry("a", "F32", "1", 4, 0) + "}", 4) },
        { "an offset below zero", Of("{" + Entry("a", "F32", "1", -4, 0) + "}", 4) },
        { "arrays that overlap", Of("{" + Entry("a", "F32", "2", 0, 8) + "," + Entry("b", "F32", "1", 4, 8) + "}", 8) },
        { "a hole", Of("{" + Entry("a", "F32", "1", 0, 4) + "," + Entry("b", "F32", "1", 8, 12) + "}", 12) },
        { "data after the last array", Of("{" + Entry("a", "F32", "1", 0, 4) + "}", 8) },
        { "a field missing", Of("{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", 0) },
        { "a field twice", Of("{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]}}", 4) },
        { "an unknown field", Of("{\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4],\"more\":1}}", 4) },
        { "an entry that is a number", Of("{\"a\":3}", 0) },
        { "deep nesting", Of("{\"a\":" + new string('[', 5000) + new string(']', 5000) + "}", 0) },
        { "33 axes", Of("{" + Entry("a", "F32", string.Join(',', Enumerable.Repeat("1", 33)), 0, 4) + "}", 4) },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public void HostileFilesAreRefused(string what, byte[] bytes)
    {
        var error = Assert.Throws<InvalidDataException>(() => ReadAll(bytes));
        Assert.StartsWith("SafeTensors '", error.Message, StringComparison.Ordinal);
        Assert.True(!error.Message.Contains('\n', StringComparison.Ordinal), what);
    }

    /// <summary>A header may promise anything; only what the file holds is allocated.</summary>
    [Fact]
    public void PromisesAllocateNothing()
    {
        byte[][] files = [.. Hostile.Select(row => row.Data.Item2), Of("{" + Entry("a", "U8", "1099511627776", 0, 1099511627776) + "}", 4)];
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var bytes in files)
        {
            Assert.Throws<InvalidDataException>(() => ReadAll(bytes));
        }

        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 8 << 20);
    }

    [Fact]
    public void MutatedFilesAreReadOrRefused()
    {
        ReadAll(Good);
        var random = new Random(4711);
        var clock = Stopwatch.StartNew();
        for (var n = 0; n < Mutations; n++)
        {
            try
            {
                ReadAll(Mutation(random));
            }
            catch (InvalidDataException e)
            {
                Assert.StartsWith("SafeTensors '", e.Message, StringComparison.Ordinal);
            }
        }

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(60), $"{Mutations} mutations took {clock.Elapsed}");
    }

    [Fact]
    public void EveryTruncationIsRefused()
    {
        for (var length = 0; length < Good.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => ReadAll(Good[..length]));
        }
    }

    [Fact]
    public void WrittenArraysAreReadBack()
    {
        float[] values = [1, -2.5f, float.MaxValue, float.Epsilon, 0, -0f];
        var path = folder.File("written.safetensors");
        using (var stream = File.Create(path))
        {
            SafeTensorsWriter.Write(
                stream,
                [("w.b", [2, 3], () => values), ("scalar", [], () => [7]), ("empty", [0, 4], () => [])],
                new Dictionary<string, string> { ["k"] = "ü\"" });
        }

        using var file = SafeTensorsFile.Open(path);
        Assert.Equal(values, file.ReadFloats("w.b"));
        Assert.Equal([2, 3], file.Find("w.b")!.Shape);
        Assert.Empty(file.ReadFloats("empty"));
        Assert.Equal([7], file.ReadFloats("scalar"));
        Assert.Equal("ü\"", file.Metadata["k"]);
        Assert.Contains("there is no array 'x'", Assert.Throws<InvalidDataException>(() => file.ReadFloats("x")).Message, StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();

    private static byte[] Mutation(Random random)
    {
        if (random.Next(6) == 0)
        {
            return Good[..random.Next(Good.Length)];
        }

        var bytes = (byte[])Good.Clone();
        for (var count = random.Next(1, 4); count > 0; count--)
        {
            var at = random.Next(bytes.Length);
            bytes[at] = random.Next(4) switch
            {
                0 => 0,
                1 => 0xFF,
                2 => (byte)random.Next(256),
                _ => (byte)(bytes[at] ^ (1 << random.Next(8))),
            };
        }

        return bytes;
    }

    private void ReadAll(byte[] bytes)
    {
        var path = folder.File("hostile.safetensors");
        File.WriteAllBytes(path, bytes);
        using var file = SafeTensorsFile.Open(path);
        foreach (var entry in file.Entries)
        {
            Assert.Equal(entry.Length, file.ReadFloats(entry.Name).LongLength);
        }
    }
}
