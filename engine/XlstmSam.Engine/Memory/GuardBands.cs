using XlstmSam.Kernels;

namespace XlstmSam.Engine;

/// <summary>
/// Buffers with a band before and after the part in use, all of it NaN at first: a kernel that writes outside is found by
/// <see cref="Check"/>, one that reads outside or reads what nobody wrote spoils its own result.
/// </summary>
internal sealed class GuardBands(IBackend backend)
{
    /// <summary>The length of one band. A multiple of every alignment a kernel may ask for.</summary>
    public const long Bytes = 256;

    private const int Band = (int)(Bytes / sizeof(float));

    // A quiet NaN that no arithmetic produces, as a float and as two of half the size.
    private static readonly float Poison = BitConverter.Int32BitsToSingle(0x7FC57FC5);

    private readonly List<(int Rent, DeviceBuffer Buffer, long Used)> guarded = [];

    public DeviceBuffer Allocate(int rent, long bytes)
    {
        var used = (bytes + sizeof(float) - 1) / sizeof(float);
        var length = checked((int)used) + (2 * Band);
        var buffer = backend.Allocate(length * (long)sizeof(float));
        var poison = new float[length];
        Array.Fill(poison, Poison);
        backend.Upload(poison, new View(buffer, 0, length));
        guarded.Add((rent, buffer, used));
        return buffer;
    }

    public void Check()
    {
        foreach (var (rent, buffer, used) in guarded)
        {
            CheckBand(new(buffer, 0, Band), $"before rent {rent}");
            CheckBand(new(buffer, Band + used, Band), $"after rent {rent}");
        }
    }

    private void CheckBand(View band, string where)
    {
        var found = new float[Band];
        backend.Download(band, found);
        for (var i = 0; i < Band; i++)
        {
            if (BitConverter.SingleToInt32Bits(found[i]) != BitConverter.SingleToInt32Bits(Poison))
            {
                throw new InvalidOperationException($"Arena: the guard band {where} was written at element {i} of {Band}; a kernel left its operand.");
            }
        }
    }
}
