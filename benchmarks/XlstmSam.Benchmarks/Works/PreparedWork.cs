using XlstmSam.Kernels;

namespace XlstmSam.Benchmarks.Works;

/// <summary>A kernel call with its operands in place. Gradients accumulate from run to run, so only the first run's results mean anything.</summary>
public sealed class PreparedWork : IDisposable
{
    private readonly IBackend backend;
    private readonly List<DeviceBuffer> buffers = [];
    private readonly List<View> results = [];
    private Action run = () => throw new InvalidOperationException("PreparedWork: nothing to run yet; bind a call first.");

    public PreparedWork(IBackend backend) => this.backend = backend;

    /// <summary>An operand filled with <see cref="WorkInputs"/>.</summary>
    public View Input(float[] values)
    {
        var view = Allocate(values.Length);
        backend.Upload(values, view);
        return view;
    }

    /// <summary>An operand that starts at zero and whose values are kept for <see cref="Results"/>.</summary>
    public View Result(long length)
    {
        var view = Zeros(length);
        results.Add(view);
        return view;
    }

    /// <summary>An operand that starts at zero, or None for length 0.</summary>
    public View Zeros(long length)
    {
        if (length == 0)
        {
            return View.None;
        }

        var view = Allocate(length);
        backend.Elementwise.Fill(view, 0);
        return view;
    }

    public U8View Bytes(byte[] values)
    {
        var buffer = backend.Allocate(values.Length);
        buffers.Add(buffer);
        var view = new U8View(buffer, 0, values.Length);
        backend.Upload(values, view);
        return view;
    }

    public PreparedWork Bind(Action call)
    {
        run = call;
        return this;
    }

    public void Run()
    {
        run();
        backend.Synchronize();
    }

    /// <summary>The values of every result, in the order in which they were asked for.</summary>
    public float[][] Results() => [.. results.Select(view =>
    {
        var values = new float[view.Length];
        backend.Download(view, values);
        return values;
    })];

    public void Dispose()
    {
        foreach (var buffer in buffers)
        {
            buffer.Dispose();
        }

        buffers.Clear();
    }

    private View Allocate(long length)
    {
        var buffer = backend.Allocate(length * sizeof(float));
        buffers.Add(buffer);
        return new(buffer, 0, length);
    }
}
