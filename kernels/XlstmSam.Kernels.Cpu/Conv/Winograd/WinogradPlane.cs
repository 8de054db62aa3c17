namespace XlstmSam.Kernels.Cpu;

/// <summary>A slice of a tile: <typeparamref name="TAxis"/> along the height and along the width.</summary>
internal static class WinogradPlane<TAxis>
    where TAxis : struct, IWinogradAxis
{
    public static int Inputs => TAxis.Inputs * TAxis.Inputs;

    public static int Weights => TAxis.Weights * TAxis.Weights;

    public static int Sums => TAxis.Sums * TAxis.Sums;

    /// <summary>Each product of one along the height and one along the width, in the order of the sums.</summary>
    public static readonly WinogradProduct[] Products =
    [
        .. from row in Enumerable.Range(0, TAxis.Products)
           from column in Enumerable.Range(0, TAxis.Products)
           let h = TAxis.Product(row)
           let w = TAxis.Product(column)
           let product = new WinogradProduct((h.Input * TAxis.Inputs) + w.Input, (h.Weight * TAxis.Weights) + w.Weight, (h.Sum * TAxis.Sums) + w.Sum)
           orderby product.Sum
           select product,
    ];

    /// <summary>Where the products of each sum begin, and the end of the last.</summary>
    public static readonly int[] Starts = [.. Enumerable.Range(0, Sums + 1).Select(sum => Products.Count(product => product.Sum < sum))];

    /// <summary>Whether each product is the first with its transformed weight.</summary>
    public static readonly bool[] IsFirstOfWeight = [.. Products.Select((product, index) =>
        Array.FindIndex(Products, other => other.Weight == product.Weight) == index)];
}
