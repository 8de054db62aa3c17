namespace XlstmSam.Kernels.Cuda;

/// <summary>
/// Pinned host memory through which uploads go, so that one returns as soon as it is copied and the host can prepare the next while the card
/// fetches it. The card does so in order with its other work: chunks are filled in turn, and where the next one was not fetched yet another is
/// put before it. Only when there are as many as may be does an upload wait.
/// </summary>
internal sealed unsafe class StagingBuffer : IDisposable
{
    private const int ChunkBytes = 4 << 20;
    private const int MostChunks = 32;
    private const uint DisableTiming = 2;
    private readonly DriverDevice device;
    private readonly List<(nint Memory, nint Fetched)> chunks = [];
    private int current;
    private int used;

    public StagingBuffer(DriverDevice device)
    {
        this.device = device;
        chunks.Add(Allocate());
    }

    public void Copy(ReadOnlySpan<byte> source, nint destination)
    {
        var api = device.Api;
        while (source.Length > 0)
        {
            if (used == ChunkBytes)
            {
                Turn();
            }

            var part = source[..Math.Min(source.Length, ChunkBytes - used)];
            var place = (byte*)chunks[current].Memory + used;
            part.CopyTo(new(place, part.Length));
            api.Check(api.CopyToDevice(destination, place, (nuint)part.Length, device.Stream));
            used += part.Length;
            source = source[part.Length..];
            destination += part.Length;
        }
    }

    public void Dispose()
    {
        foreach (var (memory, fetched) in chunks)
        {
            device.Api.Check(device.Api.EventDestroy(fetched));
            device.Api.Check(device.Api.HostFree(memory));
        }
    }

    /// <summary>Goes on to a chunk that the card has fetched.</summary>
    private void Turn()
    {
        var api = device.Api;
        api.Check(api.EventRecord(chunks[current].Fetched, device.Stream));
        var next = (current + 1) % chunks.Count;
        var state = api.EventQuery(chunks[next].Fetched);
        if (state == DriverApi.NotReady && chunks.Count < MostChunks)
        {
            next = current + 1;
            chunks.Insert(next, Allocate());
        }
        else
        {
            api.Check(state == DriverApi.NotReady ? api.EventSynchronize(chunks[next].Fetched) : state, "api.EventSynchronize()");
        }

        (current, used) = (next, 0);
    }

    private (nint Memory, nint Fetched) Allocate()
    {
        nint memory, fetched;
        device.Api.Check(device.Api.HostAllocate(&memory, ChunkBytes, 0));
        device.Api.Check(device.Api.EventCreate(&fetched, DisableTiming));
        return (memory, fetched);
    }
}
