using XlstmSam.Kernels;

namespace XlstmSam.Benchmarks.Works;

/// <summary>Which of an op's kernel calls is measured.</summary>
public enum WorkPass
{
    Forward,
    DataGradient,
    WeightGradient,
    Backward,
    ForwardBackward,
    Update,
}

/// <summary>One kernel call of the model. Inputs are functions of their number and length, so that whoever else runs it gets the same.</summary>
/// <param name="Name">Unique; what <c>--filter</c> looks into.</param>
/// <param name="Shape">The operands, in words.</param>
/// <param name="Preset">The model preset whose shape this is.</param>
public abstract record KernelWork(string Name, string Shape, string Preset)
{
    /// <summary>Places the inputs in memory of the backend and binds the call to them.</summary>
    public abstract PreparedWork Prepare(IBackend backend);

    public sealed override string ToString() => Name;

    /// <summary>How a pass reads inside a name.</summary>
    protected static string Words(WorkPass pass) => pass switch
    {
        WorkPass.Forward => "forward",
        WorkPass.DataGradient => "data gradient",
        WorkPass.WeightGradient => "weight gradient",
        WorkPass.Backward => "backward",
        WorkPass.ForwardBackward => "forward + backward",
        _ => "update",
    };
}
