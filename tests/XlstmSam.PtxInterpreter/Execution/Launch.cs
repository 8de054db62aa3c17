using System.Runtime.ExceptionServices;

namespace XlstmSam.PtxInterpreter;

/// <summary>One launch: workers take blocks in rising order; the first fault, by block, ends it.</summary>
internal sealed class Launch(LaunchContext context, int workers)
{
    private int next = -1;
    private int faultyBlock = int.MaxValue;
    private ExceptionDispatchInfo? fault;

    public LaunchReport Run()
    {
        var findings = new List<FindingList>();
        var histories = new List<AccessHistory>();
        for (var worker = 0; worker < workers; worker++)
        {
            histories.Add(context.Memory.History(worker));
            findings.Add(new());
        }

        var executed = new long[workers];
        if (workers == 1)
        {
            executed[0] = Work(histories[0], findings[0]);
        }
        else
        {
            var threads = Enumerable.Range(0, workers).Select(worker => new Thread(() => executed[worker] = Work(histories[worker], findings[worker]))).ToList();
            threads.ForEach(thread => thread.Start());
            threads.ForEach(thread => thread.Join());
        }

        fault?.Throw();
        for (var left = 0; left < workers; left++)
        {
            for (var right = left + 1; right < workers; right++)
            {
                AccessReport.Compare(histories[left], histories[right], context, findings[0]);
            }
        }

        return new(executed.Sum(), FindingList.Merge(findings));
    }

    private long Work(AccessHistory globalHistory, FindingList findings)
    {
        using var block = new ThreadBlock(context, globalHistory, new AccessHistory(isShared: true), findings);
        while (Interlocked.Increment(ref next) is var index && index < context.Grid.Count && index < Volatile.Read(ref faultyBlock))
        {
            try
            {
                block.Run(index);
            }
            catch (PtxFault exception)
            {
                Note(index, exception);
            }
        }

        return block.Executed;
    }

    private void Note(int index, PtxFault exception)
    {
        lock (context)
        {
            if (index < faultyBlock)
            {
                faultyBlock = index;
                fault = ExceptionDispatchInfo.Capture(exception);
            }
        }
    }
}
