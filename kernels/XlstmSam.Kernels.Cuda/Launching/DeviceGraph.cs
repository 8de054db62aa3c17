namespace XlstmSam.Kernels.Cuda;

/// <summary>Launches that a device has kept; they go to the card as one.</summary>
public abstract class DeviceGraph : IDisposable
{
    public abstract void Launch();

    public abstract void Dispose();
}
