using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>
/// Sets of elements as trees: an element's parent is an element before it, or itself at the root, which is therefore the first of its set whatever
/// the order of the joins. Threads join without locks; only an integer minimum is atomic.
/// </summary>
internal static class UnionFind
{
    public static int Root(ArrayView<int> parents, int element)
    {
        var parent = parents[element];
        while (parent != element)
        {
            element = parent;
            parent = parents[element];
        }

        return element;
    }

    /// <summary>Hangs the later of two roots below the other; if somebody was faster, what it hung below is joined too.</summary>
    public static void Join(ArrayView<int> parents, int a, int b)
    {
        a = Root(parents, a);
        b = Root(parents, b);
        while (a != b)
        {
            var (first, last) = a < b ? (a, b) : (b, a);
            var before = Atomic.Min(ref parents[last], first);
            b = Root(parents, first);
            a = before == last ? b : Root(parents, before);
        }
    }
}
