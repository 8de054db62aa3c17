using XlstmSam.Kernels;

namespace XlstmSam.Engine;

/// <summary>
/// Runs passes whose shapes repeat: the first run of a key is rehearsed on a <see cref="KernelTally"/> to learn its lifetimes, and every
/// run then replays the packed plan in one slab that only grows. All keys share the slab, so a pass must download what it wants to keep.
/// </summary>
/// <param name="recording">True for training: the tapes record and the pass may call backward.</param>
public sealed class PlannedPass(IBackend backend, bool recording) : IDisposable
{
    private readonly Dictionary<string, MemoryPlan> plans = [];
    private DeviceBuffer? slab;

    public static PlannedPass ForTraining(IBackend backend) => new(backend, recording: true);

    public static PlannedPass ForInference(IBackend backend) => new(backend, recording: false);

    /// <summary>The bytes of the slab: what the largest pass so far needs.</summary>
    public long PeakBytes { get; private set; }

    /// <summary>
    /// Runs the pass and gives its result. The pass is called twice the first time: in the rehearsal nothing is computed, downloads give
    /// zeros and <see cref="Arena.IsPlanning"/> is true, so it must rent the same memory whatever the values are and change nothing outside.
    /// </summary>
    /// <param name="key">Everything that decides the pass's shapes.</param>
    public T Run<T>(string key, Func<Tape, T> pass)
    {
        var plan = PlanOf(key, pass, rehearsed: null);
        if (slab is null || slab.Bytes < plan.PeakBytes)
        {
            Grow(plan.PeakBytes);
        }

        using var arena = Arena.Planned(plan, slab!);
        return pass(TapeOn(backend, arena));
    }

    /// <summary>Rehearses without running: what the pass would cost. The tally's rows are in <paramref name="tally"/>.</summary>
    public MemoryPlan Plan<T>(string key, Func<Tape, T> pass, KernelTally tally) => PlanOf(key, pass, tally);

    public void Dispose()
    {
        slab?.Dispose();
        slab = null;
    }

    private MemoryPlan PlanOf<T>(string key, Func<Tape, T> pass, KernelTally? rehearsed)
    {
        if (rehearsed is null && plans.TryGetValue(key, out var known))
        {
            return known;
        }

        var tally = rehearsed ?? new KernelTally(backend);
        using var arena = Arena.Planning(tally.Nowhere);
        pass(TapeOn(tally, arena));
        return plans[key] = arena.Plan();
    }

    private Tape TapeOn(IBackend device, Arena arena) => recording ? Tape.ForTraining(device, arena) : Tape.ForInference(device, arena);

    private void Grow(long bytes)
    {
        // The old slab goes first: the two together might not fit.
        backend.Synchronize();
        slab?.Dispose();
        slab = null;
        slab = backend.Allocate(Math.Max(bytes, MemoryPlan.Alignment));
        PeakBytes = bytes;
    }
}
