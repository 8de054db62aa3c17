namespace XlstmSam.Kernels.Cuda;

/// <summary>
/// Pinned host memory in two halves, through which uploads go: while the card fetches one half the next is filled, and a small upload returns
/// as soon as it is copied, without waiting for the card.
/// </summary>
internal sealed unsafe class StagingBuffer : IDisposable
{
    private const int HalfBytes = 4 << 20;
    private const uint DisableTiming = 2;
    private readonly DriverDevice device;
    private readonly nint memory;
    private readonly nint[] fetched = new nint[2];
    private int used;
    private int half;

    public StagingBuffer(DriverDevice device)
    {
        this.device = device;
        nint address;
        device.Api.Check(device.Api.HostAllocate(&address, 2 * HalfBytes, 0));
        memory = address;
        for (var i = 0; i < fetched.Length; i++)
        {
            nint handle;
            device.Api.Check(device.Api.EventCreate(&handle, DisableTiming));
            fetched[i] = handle;
        }
    }

    public void Copy(ReadOnlySpan<byte> source, nint destination)
    {
        var api = device.Api;
        while (source.Length > 0)
        {
            if (used == HalfBytes)
            {
                api.Check(api.EventRecord(fetched[half], device.Stream));
                half ^= 1;
                used = 0;
                api.Check(api.EventSynchronize(fetched[half]));
            }

            var part = source[..Math.Min(source.Length, HalfBytes - used)];
            var place = (byte*)memory + (half * HalfBytes) + used;
            part.CopyTo(new(place, part.Length));
            api.Check(api.CopyToDevice(destination, place, (nuint)part.Length, device.Stream));
            used += part.Length;
            source = source[part.Length..];
            destination += part.Length;
        }
    }

    public void Dispose()
    {
        foreach (var handle in fetched)
        {
            device.Api.Check(device.Api.EventDestroy(handle));
        }

        device.Api.Check(device.Api.HostFree(memory));
    }
}
