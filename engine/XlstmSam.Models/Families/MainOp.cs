using XlstmSam.Kernels;

namespace XlstmSam.Models;

/// <summary>An op that a model spends its time in, with the shape it has there: what <c>bench</c> measures one by one.</summary>
public abstract record MainOp
{
    private MainOp()
    {
    }

    /// <summary>A 3x3x3 convolution with padding 1 on a grid of <paramref name="Size"/>.</summary>
    public sealed record Conv(Extent3 Size, int Inputs, int Outputs, int Stride) : MainOp;

    /// <summary>A transposed convolution that doubles a grid of <paramref name="Size"/>.</summary>
    public sealed record UpConv(Extent3 Size, int Inputs, int Outputs) : MainOp;

    /// <summary>An instance norm with a leaky ReLU.</summary>
    public sealed record Norm(Extent3 Size, int Channels) : MainOp;

    /// <summary>A linear layer over rows.</summary>
    public sealed record Product(int Rows, int Inputs, int Outputs) : MainOp;

    /// <summary>A layer norm over rows.</summary>
    public sealed record RowNorm(int Rows, int Width) : MainOp;

    /// <summary>An mLSTM scan over a sequence.</summary>
    public sealed record Scan(int Length, int Width, int Heads) : MainOp;

    /// <summary>Attention from many queries to a few keys.</summary>
    public sealed record Attend(int Queries, int Keys, int Width, int Heads) : MainOp;
}
