using System.Collections;

namespace XlstmSam.Training.Phantoms;

/// <summary>A run of phantoms, generated anew at every access; training, validation and test indices never meet.</summary>
public sealed class PhantomDataset : IReadOnlyList<PhantomCase>
{
    /// <summary>The most cases one split can hold.</summary>
    public const int SplitSize = 500_000_000;

    private const int ValidationStart = SplitSize;
    private const int TestStart = 2 * SplitSize;
    private readonly PhantomConfig config;
    private readonly ulong seed;
    private readonly int first;

    private PhantomDataset(PhantomConfig config, ulong seed, int first, int count)
    {
        if (count is < 0 or > SplitSize)
        {
            throw new ArgumentOutOfRangeException(nameof(count), count, $"PhantomDataset: {count} cases; expected 0 to {SplitSize}.");
        }

        (this.config, this.seed, this.first, Count) = (config, seed, first, count);
    }

    public int Count { get; }

    public PhantomCase this[int position] => PhantomGenerator.Generate(config, seed, IndexOf(position));

    public static PhantomDataset Train(PhantomConfig config, ulong seed, int count) => new(config, seed, 0, count);

    public static PhantomDataset Validation(PhantomConfig config, ulong seed, int count) => new(config, seed, ValidationStart, count);

    public static PhantomDataset Test(PhantomConfig config, ulong seed, int count) => new(config, seed, TestStart, count);

    /// <summary>The generator's index of the case at a position of this split.</summary>
    public int IndexOf(int position)
    {
        if (position < 0 || position >= Count)
        {
            throw new ArgumentOutOfRangeException(nameof(position), position, $"PhantomDataset: position {position}; expected 0 to {Count - 1}.");
        }

        return first + position;
    }

    public IEnumerator<PhantomCase> GetEnumerator()
    {
        for (var position = 0; position < Count; position++)
        {
            yield return this[position];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
