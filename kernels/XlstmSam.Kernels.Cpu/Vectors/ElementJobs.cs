namespace XlstmSam.Kernels.Cpu;

/// <summary>A body over the blocks of an array without rows.</summary>
internal readonly struct RunJob<TBody>(TBody body, Partition blocks) : IWorkItems
    where TBody : struct, ILaneBody
{
    public void Run(int ticket) => LaneLoop.Run(body, blocks.Start(ticket), blocks.Length(ticket));
}

/// <summary>A body over the blocks of an array with rows of <paramref name="width"/> elements.</summary>
internal readonly struct RowsJob<TBody>(TBody body, Partition blocks, long width) : IWorkItems
    where TBody : struct, ILaneBody
{
    public void Run(int ticket) => LaneLoop.Run(body, blocks.Start(ticket), blocks.Length(ticket), width);
}
