namespace XlstmSam.Kernels.Cuda;

/// <summary>The tiles of attention and of the mLSTM scan: 64 tokens by 64 tokens or channels, one block of threads for each.</summary>
internal static class SequenceTile
{
    public const int Size = 64;

    /// <summary>Tiles that cover so many tokens or channels.</summary>
    public static int Count(int length) => (length + Size - 1) / Size;
}
