namespace XlstmSam.Kernels;

/// <summary>A number below n from a random word, every one equally likely to within n / 2⁶⁴.</summary>
public static class RandomIndex
{
    /// <summary>⌊word n / 2⁶⁴⌋ of a word in two halves.</summary>
    public static int Below(int high, int low, int n) => (int)((((ulong)(uint)high * (uint)n) + (((ulong)(uint)low * (uint)n) >> 32)) >> 32);
}
