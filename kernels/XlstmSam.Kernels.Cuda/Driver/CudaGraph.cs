namespace XlstmSam.Kernels.Cuda;

/// <summary>
/// Launches as the driver keeps them. While capturing, nothing runs: no copies to or from the host, no waiting, and every kernel must have been
/// launched before. The addresses that were captured must stay valid.
/// </summary>
internal sealed unsafe class CudaGraph : DeviceGraph
{
    // Only this thread's calls are captured, and only they may not wait.
    private const int ThreadLocal = 1;
    private readonly DriverDevice device;
    private nint executable;

    private CudaGraph(DriverDevice device, nint executable) => (this.device, this.executable) = (device, executable);

    /// <returns>Null where the card has no room for what the driver keeps of them.</returns>
    public static CudaGraph? Capture(DriverDevice device, Action launches)
    {
        var api = device.Api;
        nint graph, executable;
        device.Enter();
        api.Check(api.StreamBeginCapture(device.Stream, ThreadLocal));
        try
        {
            launches();
        }
        catch
        {
            // Ends the capture, whose own failure would hide the first one.
            if (api.StreamEndCapture(device.Stream, &graph) == 0 && graph != 0)
            {
                api.GraphDestroy(graph);
            }

            throw;
        }

        api.Check(api.StreamEndCapture(device.Stream, &graph));
        var code = api.GraphInstantiate(&executable, graph, 0);
        api.Check(api.GraphDestroy(graph));
        if (code == DriverApi.OutOfMemory)
        {
            return null;
        }

        api.Check(code, "api.GraphInstantiate()");
        return new(device, executable);
    }

    public override void Launch()
    {
        ObjectDisposedException.ThrowIf(executable == 0, this);
        device.Enter();
        device.Api.Check(device.Api.GraphLaunch(executable, device.Stream));
    }

    public override void Dispose()
    {
        if (executable != 0 && !device.HasFailed)
        {
            device.Api.Check(device.Api.GraphExecDestroy(executable));
        }

        executable = 0;
    }
}
