using XlstmSam.Kernels;

namespace XlstmSam.OpCases;

/// <summary>The rule of a simulated click in the plainest way: a flood fill, and the distance to every voxel around.</summary>
public static class NaiveClick
{
    /// <param name="error">Whether each voxel is predicted wrongly.</param>
    /// <returns>The voxel's index.</returns>
    public static int Place(Extent3 grid, bool[] error, bool[] target, bool deepest, ulong word)
    {
        var isWrong = error.Contains(true);
        var candidates = !isWrong ? target : deepest ? LargestComponent(grid, error) : error;
        var all = Enumerable.Range(0, candidates.Length).Where(i => candidates[i]).ToArray();
        if (deepest && all.Length > 0)
        {
            var depths = Array.ConvertAll(all, i => Depth(grid, candidates, i));
            all = [.. all.Where((_, i) => depths[i] == depths.Max())];
        }

        return all.Length == 0 ? 0 : all[(int)(((UInt128)word * (uint)all.Length) >> 64)];
    }

    private static bool[] LargestComponent(Extent3 grid, bool[] mask)
    {
        var labels = new int[mask.Length];
        var sizes = new List<int> { 0 };
        for (var seed = 0; seed < mask.Length; seed++)
        {
            if (mask[seed] && labels[seed] == 0)
            {
                sizes.Add(Fill(grid, mask, labels, seed, sizes.Count));
            }
        }

        var largest = sizes.IndexOf(sizes.Max());
        return Array.ConvertAll(labels, label => label == largest);
    }

    private static int Fill(Extent3 grid, bool[] mask, int[] labels, int seed, int label)
    {
        var (open, size) = (new Stack<int>([seed]), 0);
        labels[seed] = label;
        while (open.TryPop(out var voxel))
        {
            size++;
            foreach (var (offset, near) in Around(grid, voxel, reach: 1))
            {
                if (offset > 0 && near >= 0 && mask[near] && labels[near] == 0)
                {
                    labels[near] = label;
                    open.Push(near);
                }
            }
        }

        return size;
    }

    /// <summary>The squared distance to the nearest voxel that is no candidate, within ever larger cubes.</summary>
    private static int Depth(Extent3 grid, bool[] candidates, int voxel)
    {
        for (var reach = 1; ; reach++)
        {
            var nearest = Around(grid, voxel, reach).Where(v => v.Voxel < 0 || !candidates[v.Voxel]).Select(v => v.Squared).DefaultIfEmpty(int.MaxValue).Min();
            if (nearest <= reach * reach)
            {
                return nearest;
            }
        }
    }

    /// <summary>The squared distance and the index of every voxel in a cube; -1 outside the grid.</summary>
    private static IEnumerable<(int Squared, int Voxel)> Around(Extent3 grid, int voxel, int reach)
    {
        var (d, h, w) = (voxel / grid.W / grid.H, voxel / grid.W % grid.H, voxel % grid.W);
        for (var z = -reach; z <= reach; z++)
        {
            for (var y = -reach; y <= reach; y++)
            {
                for (var x = -reach; x <= reach; x++)
                {
                    var isInside = d + z >= 0 && d + z < grid.D && h + y >= 0 && h + y < grid.H && w + x >= 0 && w + x < grid.W;
                    yield return ((z * z) + (y * y) + (x * x), isInside ? voxel + x + (grid.W * (y + (grid.H * z))) : -1);
                }
            }
        }
    }
}
