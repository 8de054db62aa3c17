namespace XlstmSam.Kernels;

/// <summary>What a counted kernel call was for.</summary>
public enum TallyPass
{
    /// <summary>Results.</summary>
    Forward,

    /// <summary>Gradients of activations.</summary>
    BackwardData,

    /// <summary>Gradients of parameters.</summary>
    BackwardWeight,

    /// <summary>New values of parameters.</summary>
    Update,
}

/// <summary>One counted kernel call, or the share of it that one pass is: a fused backward is one entry for data and one for weights.</summary>
public sealed record TallyEntry(string? Scope, string Family, TallyPass Pass, long Flops, long Bytes);
