using XlstmSam.Kernels;

namespace XlstmSam.Engine;

/// <summary>
/// Runs passes whose shapes repeat: the first run of a key is rehearsed on a <see cref="KernelTally"/> to learn its lifetimes, and every
/// run then replays the packed plan in a slab. All keys share the slab, so a pass must download what it wants to keep.
/// </summary>
public sealed class PlannedPass : IDisposable
{
    private readonly IBackend backend;
    private readonly bool recording;
    private readonly Dictionary<string, MemoryPlan> plans = [];
    private readonly Slab slab;
    private readonly bool ownsSlab;

    private PlannedPass(IBackend backend, bool recording, Slab? shared)
    {
        (this.backend, this.recording) = (backend, recording);
        (slab, ownsSlab) = (shared ?? new(backend), shared is null);
    }

    /// <summary>Tapes that record, so that the pass may call backward.</summary>
    /// <param name="shared">The memory to run in; null for its own.</param>
    public static PlannedPass ForTraining(IBackend backend, Slab? shared = null) => new(backend, recording: true, shared);

    /// <param name="shared">The memory to run in; null for its own.</param>
    public static PlannedPass ForInference(IBackend backend, Slab? shared = null) => new(backend, recording: false, shared);

    /// <summary>The bytes of the slab: what the largest pass so far needs.</summary>
    public long PeakBytes => slab.Bytes;

    /// <summary>
    /// Runs the pass and gives its result. The pass is called twice the first time: in the rehearsal nothing is computed, downloads give
    /// zeros and <see cref="Arena.IsPlanning"/> is true, so it must rent the same memory whatever the values are and change nothing outside.
    /// </summary>
    /// <param name="key">Everything that decides the pass's shapes.</param>
    public T Run<T>(string key, Func<Tape, T> pass)
    {
        var plan = PlanOf(key, pass, rehearsed: null);
        using var arena = Arena.Planned(plan, slab.Reserve(plan.PeakBytes));
        return pass(TapeOn(backend, arena));
    }

    /// <summary>
    /// Runs a pass whose kernels are the same every time, in three phases: data in, kernels, data out. Only the first and the last may look
    /// at values; what <paramref name="compute"/> issues must follow from the key, so that it can be kept and issued again.
    /// </summary>
    /// <param name="key">Everything that decides shapes and kernels.</param>
    /// <param name="inputs">Rents and fills what the kernels read.</param>
    /// <param name="compute">Issues kernels: no upload, no download, nothing that depends on values.</param>
    /// <param name="outputs">Downloads what the caller keeps.</param>
    public T Run<TInputs, TOutputs, T>(string key, Func<Tape, TInputs> inputs, Func<Tape, TInputs, TOutputs> compute, Func<Tape, TOutputs, T> outputs) =>
        Run(key, tape => outputs(tape, compute(tape, inputs(tape))));

    /// <summary>Rehearses without running: what the pass would cost. The tally's rows are in <paramref name="tally"/>.</summary>
    public MemoryPlan Plan<T>(string key, Func<Tape, T> pass, KernelTally tally) => PlanOf(key, pass, tally);

    public MemoryPlan Plan<TInputs, TOutputs, T>(
        string key, Func<Tape, TInputs> inputs, Func<Tape, TInputs, TOutputs> compute, Func<Tape, TOutputs, T> outputs, KernelTally tally) =>
        Plan(key, tape => outputs(tape, compute(tape, inputs(tape))), tally);

    public void Dispose()
    {
        if (ownsSlab)
        {
            slab.Dispose();
        }
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
}
