namespace XlstmSam.PtxInterpreter;

/// <summary>
/// Finds for every branch where all paths from it have met again (its block's immediate post-dominator) and puts a <see cref="Meet"/> there.
/// </summary>
internal static class Reconvergence
{
    /// <summary>The code with its meeting points; labels are moved to their new positions.</summary>
    public static Instruction[] Insert(List<Instruction> code, List<CodeLabel> labels)
    {
        var starts = BlockStarts(code, labels);
        var postDominators = PostDominators(Successors(code, starts));
        var meetings = new SortedDictionary<int, CodeLabel>();
        var jumps = new List<(Jump Jump, CodeLabel Meeting)>();
        for (var block = 0; block < starts.Count; block++)
        {
            var end = block + 1 < starts.Count ? starts[block + 1] : code.Count;
            if (code[end - 1] is Jump { CanDiverge: true } jump && postDominators[block] is var meeting && meeting < starts.Count)
            {
                if (!meetings.TryGetValue(starts[meeting], out var label))
                {
                    meetings[starts[meeting]] = label = new("meeting", 0);
                }

                jumps.Add((jump, label));
            }
        }

        return Weave(code, labels, meetings, jumps);
    }

    private static Instruction[] Weave(
        List<Instruction> code, List<CodeLabel> labels, SortedDictionary<int, CodeLabel> meetings, List<(Jump Jump, CodeLabel Meeting)> jumps)
    {
        var woven = new List<Instruction>(code.Count + meetings.Count);
        var moved = new int[code.Count];
        for (var i = 0; i < code.Count; i++)
        {
            moved[i] = woven.Count;
            if (meetings.TryGetValue(i, out var meeting))
            {
                meeting.Position = woven.Count;
                woven.Add(new Meet(meeting));
            }

            woven.Add(code[i]);
        }

        foreach (var label in labels.Where(label => label.Position >= 0))
        {
            label.Position = moved[label.Position];
        }

        foreach (var (jump, meeting) in jumps)
        {
            jump.Meeting = meeting.Position;
        }

        return [.. woven];
    }

    private static List<int> BlockStarts(List<Instruction> code, List<CodeLabel> labels)
    {
        var starts = new SortedSet<int>(labels.Where(label => label.Position >= 0).Select(label => label.Position)) { 0 };
        for (var i = 0; i + 1 < code.Count; i++)
        {
            if (code[i] is Jump or Return)
            {
                starts.Add(i + 1);
            }
        }

        return [.. starts];
    }

    // Block starts.Count is the end of all threads.
    private static List<int>[] Successors(List<Instruction> code, List<int> starts)
    {
        var successors = new List<int>[starts.Count];
        for (var block = 0; block < starts.Count; block++)
        {
            var end = block + 1 < starts.Count ? starts[block + 1] : code.Count;
            var last = code[end - 1];
            successors[block] = last switch
            {
                Jump jump => [.. jump.Targets.Select(target => starts.BinarySearch(target.Position))],
                Return => [starts.Count],
                _ => [block + 1],
            };
            if ((last is Jump or Return) && last.Guard >= 0)
            {
                successors[block].Add(block + 1);
            }
        }

        return successors;
    }

    // Cooper, Harvey and Kennedy's iteration on the reversed graph. A block from which no path ends keeps the end as its post-dominator.
    private static int[] PostDominators(List<int>[] successors)
    {
        var end = successors.Length;
        var order = ReversePostOrder(successors, end, out var rank);
        var dominator = new int[end + 1];
        Array.Fill(dominator, -1);
        dominator[end] = end;
        for (var changed = true; changed;)
        {
            changed = false;
            foreach (var block in order)
            {
                var candidate = -1;
                foreach (var successor in successors[block].Where(successor => dominator[successor] >= 0))
                {
                    candidate = candidate < 0 ? successor : Intersect(dominator, rank, candidate, successor);
                }

                changed |= dominator[block] != candidate;
                dominator[block] = candidate;
            }
        }

        return [.. dominator.Take(end).Select(block => block < 0 ? end : block)];
    }

    private static int Intersect(int[] dominator, int[] rank, int a, int b)
    {
        while (a != b)
        {
            if (rank[a] > rank[b])
            {
                a = dominator[a];
            }
            else
            {
                b = dominator[b];
            }
        }

        return a;
    }

    // The blocks that reach the end, nearest first; rank[end] is 0.
    private static List<int> ReversePostOrder(List<int>[] successors, int end, out int[] rank)
    {
        var predecessors = Enumerable.Range(0, end + 1).Select(_ => new List<int>()).ToArray();
        for (var block = 0; block < end; block++)
        {
            successors[block].ForEach(successor => predecessors[successor].Add(block));
        }

        var finished = new List<int>();
        var seen = new bool[end + 1];
        var path = new Stack<(int Block, int Next)>([(end, 0)]);
        seen[end] = true;
        while (path.TryPop(out var top))
        {
            if (top.Next == predecessors[top.Block].Count)
            {
                finished.Add(top.Block);
                continue;
            }

            path.Push(top with { Next = top.Next + 1 });
            var next = predecessors[top.Block][top.Next];
            if (!seen[next])
            {
                seen[next] = true;
                path.Push((next, 0));
            }
        }

        finished.Reverse();
        rank = new int[end + 1];
        for (var i = 0; i < finished.Count; i++)
        {
            rank[finished[i]] = i;
        }

        return finished[1..];
    }
}
