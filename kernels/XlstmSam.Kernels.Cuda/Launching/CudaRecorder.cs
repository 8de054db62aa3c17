namespace XlstmSam.Kernels.Cuda;

/// <summary>
/// Records launches and notes every buffer they name, so that a recording is known to be stale as soon as one of them is given back: the slab
/// of a pass that was replaced by a larger one, scratch memory that grew, the parameters of a model that is gone.
/// </summary>
/// <remarks>
/// Scratch buffers that recorded kernels use stay with <see cref="CudaScratch"/>, which lends them to other calls between two runs of the
/// recording. That is safe for the reason it is safe between two calls: everything goes through one stream, in order, and no kernel expects
/// anything in scratch memory that it did not write during the same call.
/// </remarks>
internal sealed class CudaRecorder(CudaDevice device)
{
    // Null while nothing is recorded.
    private HashSet<CudaBuffer>? named;

    public KernelRecording? Record(Action issue)
    {
        Refuse("Another recording");
        named = [];
        try
        {
            return device.Record(issue) is { } graph ? new Recording(graph, [.. named]) : null;
        }
        catch (InterruptedException)
        {
            return null;
        }
        finally
        {
            named = null;
        }
    }

    public void Note(CudaBuffer buffer) => named?.Add(buffer);

    /// <summary>Ends a recording before what the driver does not do meanwhile: loading a kernel, taking or freeing memory.</summary>
    public void Interrupt()
    {
        if (named is not null)
        {
            throw new InterruptedException();
        }
    }

    /// <summary>Fails a recording that contains what cannot be recorded.</summary>
    public void Refuse(string what)
    {
        if (named is not null)
        {
            throw new InvalidOperationException($"{what} among kernels that are being recorded: only launches can be, so it belongs before or after them.");
        }
    }

    private sealed class InterruptedException : Exception;

    private sealed class Recording(DeviceGraph graph, CudaBuffer[] named) : KernelRecording
    {
        public override bool IsValid
        {
            get
            {
                foreach (var buffer in named)
                {
                    if (!buffer.IsHeld)
                    {
                        return false;
                    }
                }

                return true;
            }
        }

        public override void Run() => graph.Launch();

        public override void Dispose() => graph.Dispose();
    }
}
