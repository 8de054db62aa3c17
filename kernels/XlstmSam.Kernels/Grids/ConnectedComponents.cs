namespace XlstmSam.Kernels.Grids;

/// <summary>Which voxels touch: those that share a face, or a face, an edge or a corner.</summary>
public enum Connectivity
{
    /// <summary>Six neighbours.</summary>
    Faces = 6,
    /// <summary>All 26 neighbours.</summary>
    Corners = 26,
}

/// <summary>Connected components of a mask. Components are numbered from 0 in raster order (x fastest) of their first voxel.</summary>
// Works on runs of voxels along x, joined by union-find: memory grows with the number of runs, not of voxels.
// Arrays are kept between calls, so a reused instance allocates only when a mask has more runs than any before it.
public sealed class ConnectedComponents
{
    private Run[] runs = new Run[256];
    private int[] parents = new int[256];
    private int[] firstRunOfRow = [];
    private int[] sizes = new int[16];
    private int runCount;
    private Extent3 size;

    /// <summary>The number of components found by the last call of <see cref="Find"/>.</summary>
    public int Count { get; private set; }

    /// <summary>Voxels of each component.</summary>
    public ReadOnlySpan<int> Sizes => sizes.AsSpan(0, Count);

    /// <summary>The component with the most voxels, the lowest number among equals; -1 when the mask is empty.</summary>
    public int Largest
    {
        get
        {
            var best = -1;
            for (var i = 0; i < Count; i++)
            {
                best = best < 0 || sizes[i] > sizes[best] ? i : best;
            }

            return best;
        }
    }

    /// <summary>Labels the nonzero voxels of a mask with x fastest.</summary>
    public void Find(ReadOnlySpan<byte> mask, Extent3 size, Connectivity connectivity)
    {
        if (mask.Length != size.Count)
        {
            throw new ArgumentException($"ConnectedComponents: {mask.Length} voxels for a grid of {size}; expected {size.Count}.");
        }

        this.size = size;
        CollectRuns(mask);
        JoinRuns(connectivity);
        NumberComponents();
    }

    /// <summary>The smallest box around a component of the last mask.</summary>
    public VoxelBounds Bounds(int component)
    {
        var box = VoxelBounds.Empty;
        for (var row = 0; row < size.H * size.D; row++)
        {
            foreach (var run in RowRuns(row))
            {
                box = run.Component == component ? box.WithRun(run.Start, run.End - 1, row % size.H, row / size.H) : box;
            }
        }

        return box;
    }

    /// <summary>Writes 1 for every voxel of a component into a grid whose voxel (0, 0, 0) is voxel (x0, y0, z0) of the mask.</summary>
    public void Paint(int component, Span<byte> target, Extent3 targetSize, int x0, int y0, int z0)
    {
        for (var row = 0; row < size.H * size.D; row++)
        {
            foreach (var run in RowRuns(row))
            {
                if (run.Component == component)
                {
                    var start = (run.Start - x0) + ((long)targetSize.W * ((row % size.H) - y0 + ((long)targetSize.H * ((row / size.H) - z0))));
                    target.Slice((int)start, run.End - run.Start).Fill(1);
                }
            }
        }
    }

    /// <summary>Writes component + 1 for every voxel of the mask and 0 elsewhere.</summary>
    public void Label(Span<int> labels)
    {
        labels.Clear();
        for (var row = 0; row < size.H * size.D; row++)
        {
            foreach (var run in RowRuns(row))
            {
                labels.Slice((row * size.W) + run.Start, run.End - run.Start).Fill(run.Component + 1);
            }
        }
    }

    private ReadOnlySpan<Run> RowRuns(int row) => runs.AsSpan(firstRunOfRow[row]..firstRunOfRow[row + 1]);

    private void CollectRuns(ReadOnlySpan<byte> mask)
    {
        var rows = size.H * size.D;
        if (firstRunOfRow.Length <= rows)
        {
            firstRunOfRow = new int[rows + 1];
        }

        runCount = 0;
        for (var row = 0; row < rows; row++)
        {
            firstRunOfRow[row] = runCount;
            var line = mask.Slice(row * size.W, size.W);
            for (var x = line.IndexOfAnyExcept((byte)0); x >= 0 && x < line.Length;)
            {
                var length = line[x..].IndexOf((byte)0);
                var end = length < 0 ? line.Length : x + length;
                Append(x, end);
                var gap = line[end..].IndexOfAnyExcept((byte)0);
                x = gap < 0 ? line.Length : end + gap;
            }
        }

        firstRunOfRow[rows] = runCount;
    }

    private void Append(int start, int end)
    {
        if (runCount == runs.Length)
        {
            Array.Resize(ref runs, 2 * runCount);
            Array.Resize(ref parents, 2 * runCount);
        }

        runs[runCount] = new(start, end, -1);
        parents[runCount] = runCount;
        runCount++;
    }

    // A row is joined with the rows before it in raster order: one in its slice, and one or three in the slice below.
    private void JoinRuns(Connectivity connectivity)
    {
        var reach = connectivity == Connectivity.Corners ? 1 : 0;
        for (var z = 0; z < size.D; z++)
        {
            for (var y = 0; y < size.H; y++)
            {
                var row = (z * size.H) + y;
                if (y > 0)
                {
                    JoinRows(row - 1, row, reach);
                }

                for (var near = Math.Max(0, y - reach); z > 0 && near <= Math.Min(size.H - 1, y + reach); near++)
                {
                    JoinRows(((z - 1) * size.H) + near, row, reach);
                }
            }
        }
    }

    private void JoinRows(int before, int row, int reach)
    {
        var (a, endA) = (firstRunOfRow[before], firstRunOfRow[before + 1]);
        var (b, endB) = (firstRunOfRow[row], firstRunOfRow[row + 1]);
        while (a < endA && b < endB)
        {
            var (left, right) = (runs[a], runs[b]);
            if (left.Start < right.End + reach && right.Start < left.End + reach)
            {
                Union(a, b);
            }

            // Whichever ends first touches nothing further on. No branch: on a ragged mask it would be a coin toss.
            var step = left.End < right.End ? 1 : 0;
            a += step;
            b += 1 - step;
        }
    }

    private void Union(int a, int b)
    {
        if (parents[a] == parents[b])
        {
            return;
        }

        (a, b) = (Root(a), Root(b));
        parents[Math.Max(a, b)] = Math.Min(a, b);
    }

    private int Root(int run)
    {
        while (parents[run] != run)
        {
            parents[run] = parents[parents[run]];
            run = parents[run];
        }

        return run;
    }

    // The root of a component is its first run, so roots met in raster order number the components.
    private void NumberComponents()
    {
        Count = 0;
        for (var i = 0; i < runCount; i++)
        {
            var root = Root(i);
            if (root == i)
            {
                if (Count == sizes.Length)
                {
                    Array.Resize(ref sizes, 2 * Count);
                }

                sizes[Count] = 0;
                runs[i] = runs[i] with { Component = Count++ };
            }

            var component = runs[root].Component;
            runs[i] = runs[i] with { Component = component };
            sizes[component] += runs[i].End - runs[i].Start;
        }
    }

    private readonly record struct Run(int Start, int End, int Component);
}
