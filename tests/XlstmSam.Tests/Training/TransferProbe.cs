using XlstmSam.Kernels;

namespace XlstmSam.Tests.Training;

/// <summary>A backend that counts how often values pass between host and device.</summary>
internal sealed class TransferProbe(IBackend backend) : DelegatingBackend(backend)
{
    public int Uploads { get; private set; }

    public int Downloads { get; private set; }

    public override void Upload(ReadOnlySpan<float> source, View destination)
    {
        Uploads++;
        base.Upload(source, destination);
    }

    public override void Upload(ReadOnlySpan<byte> source, U8View destination)
    {
        Uploads++;
        base.Upload(source, destination);
    }

    public override void Upload(ReadOnlySpan<int> source, I32View destination)
    {
        Uploads++;
        base.Upload(source, destination);
    }

    public override void Download(View source, Span<float> destination)
    {
        Downloads++;
        base.Download(source, destination);
    }
}
