namespace XlstmSam.Kernels.Cuda;

/// <summary>
/// Captures launches and notes every buffer they name, so that a capture is known to be stale as soon as one of them is given back: the slab
/// of a pass that was replaced by a larger one, scratch memory that grew, the parameters of a model that is gone.
/// </summary>
/// <remarks>
/// Scratch buffers that captured kernels use stay with <see cref="CudaScratch"/>, which lends them to other calls between two runs of the
/// capture. That is safe for the reason it is safe between two calls: everything goes through one stream, in order, and no kernel expects
/// anything in scratch memory that it did not write during the same call.
/// </remarks>
internal sealed class CudaCapture(CudaDevice device)
{
    // Null while nothing is captured.
    private HashSet<CudaBuffer>? named;

    public CapturedKernels? Capture(Action issue)
    {
        Refuse("Another capture");
        named = [];
        try
        {
            return device.Capture(issue) is { } graph ? new CapturedLaunches(graph, [.. named]) : null;
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

    /// <summary>Ends a capture before what the driver does not do meanwhile: loading a kernel, taking or freeing memory.</summary>
    public void Interrupt()
    {
        if (named is not null)
        {
            throw new InterruptedException();
        }
    }

    /// <summary>Fails a capture that contains what cannot be captured.</summary>
    public void Refuse(string what)
    {
        if (named is not null)
        {
            throw new InvalidOperationException($"{what} among kernels that are being captured: only launches can be, so it belongs before or after them.");
        }
    }

    private sealed class InterruptedException : Exception;

    private sealed class CapturedLaunches(DeviceGraph graph, CudaBuffer[] named) : CapturedKernels
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
