namespace XlstmSam.PtxInterpreter;

/// <summary>A warp's arrival at a barrier.</summary>
/// <param name="Instruction">The barrier instruction.</param>
/// <param name="Id">The barrier's number.</param>
/// <param name="Threads">How many threads take part, or 0 for the whole block.</param>
/// <param name="Mask">The lanes that arrived.</param>
/// <param name="Votes">The lanes whose predicate is true.</param>
internal sealed record BarrierWait(BlockBarrier Instruction, int Id, int Threads, uint Mask, uint Votes);
