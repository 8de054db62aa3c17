using System.Diagnostics;
using XlstmSam.Imaging;

namespace XlstmSam.Tests.Imaging;

/// <summary>Whatever happens to the bytes of a file, reading it succeeds or fails with one InvalidDataException that names the file.</summary>
public sealed class HostileFileTests
{
    private const int Mutations = 400;
    private static readonly byte[] Extremes = [0, 1, 0x7F, 0x80, 0xFF];

    [Fact]
    public void AMutatedNiftiIsReadOrRefused() => Mutate(Nifti(1).File, ReadNifti);

    [Fact]
    public void AMutatedNifti2IsReadOrRefused() => Mutate(Nifti(2).File, ReadNifti);

    [Fact]
    public void AMutatedCompressedNiftiIsReadOrRefused() => Mutate(NiftiTests.Compress(Nifti(1).File), ReadNifti);

    [Fact]
    public void AMutatedNpzIsReadOrRefused() => Mutate(File.ReadAllBytes(SharedData.Fixture("challenge", "challenge_case_pickled.npz")), ReadNpz);

    /// <summary>The zip around a mutated pickle is intact, so that the pickle reader itself is reached.</summary>
    [Fact]
    public void AMutatedPickleIsReadOrRefused()
    {
        using var archive = System.IO.Compression.ZipFile.OpenRead(SharedData.Fixture("challenge", "challenge_case_pickled.npz"));
        foreach (var name in new[] { "boxes", "clicks", "text_prompts" })
        {
            using var stream = archive.GetEntry(name + ".npy")!.Open();
            using var memory = new MemoryStream();
            stream.CopyTo(memory);
            var spacing = NpzBytes.Npy("<f8", false, "(3,)", new byte[24].Select((_, i) => (byte)(i % 8 == 7 ? 0x40 : 0)).ToArray());
            Mutate(memory.ToArray(), bytes => ReadNpz(NpzBytes.Zip((name + ".npy", bytes), ("spacing.npy", spacing))));
        }
    }

    [Fact]
    public void AbsurdDimensionsAllocateNothing()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var version in new[] { 1, 2 })
        {
            var largest = version == 1 ? short.MaxValue : int.MaxValue;
            Refuses(new NiftiBytes(version, false, 64, 64, largest, largest, largest).File);
            Refuses(NiftiTests.Compress(new NiftiBytes(version, false, 2, 8, 1000, 1000, 1000).File));
            Refuses(new NiftiBytes(version, false, 2, 8, -1, 2, 2).File);
            Refuses(new NiftiBytes(version, false, 2, 8, 0, 2, 2).File);
        }

        Refuses(new NiftiBytes(2, false, 2, 8, long.MaxValue, 2, 2).File);
        Refuses([]);
        Refuses([0x1F, 0x8B]);
        Refuses(new byte[100]);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 4 << 20);
    }

    private static NiftiBytes Nifti(int version)
    {
        var file = new NiftiBytes(version, false, 4, 16, 3, 4, 5) { Voxels = new byte[120] };
        file.Sform(1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0);
        return file;
    }

    private static void ReadNifti(byte[] bytes)
    {
        NiftiReader.ReadImage(new MemoryStream(bytes), "hostile");
        NiftiReader.ReadLabels(new MemoryStream(bytes), "hostile");
    }

    private static void ReadNpz(byte[] bytes)
    {
        using var archive = new NpzArchive(new MemoryStream(bytes), "hostile");
        ChallengeCase.Read(archive, "hostile");
    }

    private static void Refuses(byte[] bytes) =>
        Assert.Contains("hostile", Assert.Throws<InvalidDataException>(() => ReadNifti(bytes)).Message, StringComparison.Ordinal);

    private static void Mutate(byte[] original, Action<byte[]> read)
    {
        read(original);
        var random = new Random(12345);
        var clock = Stopwatch.StartNew();
        for (var n = 0; n < Mutations; n++)
        {
            var bytes = Mutation(original, random);
            try
            {
                read(bytes);
            }
            catch (InvalidDataException e)
            {
                Assert.Contains("hostile", e.Message, StringComparison.Ordinal);
            }
        }

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), $"{Mutations} mutations took {clock.Elapsed}");
    }

    private static byte[] Mutation(byte[] original, Random random)
    {
        if (random.Next(5) == 0)
        {
            return original[..random.Next(original.Length)];
        }

        var bytes = (byte[])original.Clone();
        for (var count = random.Next(1, 4); count > 0; count--)
        {
            var at = random.Next(bytes.Length);
            bytes[at] = random.Next(2) == 0 ? (byte)(bytes[at] ^ (1 << random.Next(8))) : Extremes[random.Next(Extremes.Length)];
        }

        return bytes;
    }
}
