using XlstmSam.Kernels;

namespace XlstmSam.Engine;

/// <summary>
/// Runs passes whose shapes repeat: the first run of a key is rehearsed on a <see cref="CountingBackend"/> to learn its lifetimes, and every
/// run then replays the packed plan in a slab. All keys share the slab, so a pass must download what it wants to keep.
/// On a backend that captures kernels the first run of a key in phases is as written, the second is captured, and later ones are one launch;
/// where that cannot be, all are as written.
/// </summary>
public sealed class PlannedPass : IDisposable
{
    // More than the shapes of a training run; each holds memory on the card for its launches.
    private const int KeptCaptures = 16;

    private readonly IBackend backend;
    private readonly IKernelCapture? capture;
    private readonly bool taping;
    private readonly Dictionary<string, PassState> known = [];
    private readonly Slab slab;
    private readonly bool ownsSlab;
    private long runs;

    private PlannedPass(IBackend backend, bool taping, Slab? shared)
    {
        (this.backend, this.taping, capture) = (backend, taping, backend as IKernelCapture);
        (slab, ownsSlab) = (shared ?? new(backend), shared is null);
    }

    /// <summary>Its tapes keep every op, so that the pass may call backward.</summary>
    /// <param name="shared">The memory to run in; null for its own.</param>
    public static PlannedPass ForTraining(IBackend backend, Slab? shared = null) => new(backend, taping: true, shared);

    /// <param name="shared">The memory to run in; null for its own.</param>
    public static PlannedPass ForInference(IBackend backend, Slab? shared = null) => new(backend, taping: false, shared);

    /// <summary>The bytes of the slab: what the largest pass so far needs.</summary>
    public long PeakBytes => slab.Bytes;

    /// <summary>How many passes are one launch by now.</summary>
    public int Captures => known.Values.Count(pass => pass.Captured is not null);

    /// <summary>
    /// Runs a pass whose kernels are the same every time, in three phases: data in, kernels, data out. Only the first and the last may look
    /// at values; what <paramref name="compute"/> issues must follow from the key, because it is kept and issued again without asking.
    /// The first time all phases are rehearsed before: nothing is computed, downloads give zeros and <see cref="Arena.IsPlanning"/> is true, so
    /// they must rent the same memory whatever the values are and change nothing outside.
    /// </summary>
    /// <param name="key">Everything that decides shapes and kernels.</param>
    /// <param name="inputs">Rents and fills what the kernels read, in the same order every time.</param>
    /// <param name="compute">Issues kernels: no upload, no download, nothing that depends on values.</param>
    /// <param name="outputs">Downloads what the caller keeps, and rents nothing.</param>
    public T Run<TInputs, TOutputs, T>(string key, Func<Tape, TInputs> inputs, Func<Tape, TInputs, TOutputs> compute, Func<Tape, TOutputs, T> outputs)
    {
        if (!known.TryGetValue(key, out var pass))
        {
            var tally = new CountingBackend(backend);
            pass = Rehearse(key, Whole(inputs, compute, outputs), tally);
            slab.Reserve(pass.Plan.PeakBytes, tally.LargestScratchBytes);
        }

        using var arena = Arena.Planned(pass.Plan, slab.Reserve(pass.Plan.PeakBytes));
        var tape = TapeOn(backend, arena);
        var given = inputs(tape);
        var rents = arena.Rents;
        if (pass is { HasRun: true, StaysAsWritten: false, Captured: not { IsValid: true } } && capture is not null && !TryCapture(pass, tape, given, compute))
        {
            // It takes memory or loads a kernel in every run, or the card has no room for the capture.
            pass.StaysAsWritten = true;
            return Run(key, inputs, compute, outputs);
        }

        var computed = pass.Captured is { } captured ? captured.Run<TOutputs>(rents) : compute(tape, given);
        (pass.HasRun, pass.LastRun) = (true, ++runs);
        rents = arena.Rents;
        var result = outputs(tape, computed);
        return arena.Rents == rents ? result : throw new InvalidOperationException(
            $"PlannedPass: the outputs of '{key}' took {arena.Rents - rents} rents; memory belongs to the two phases before, since a captured pass cannot " +
                $"tell where that of a third would lie.");
    }

    /// <summary>Rehearses without running: what the pass would cost. The tally's rows are in <paramref name="tally"/>.</summary>
    public MemoryPlan Plan<T>(string key, Func<Tape, T> pass, CountingBackend tally) => Rehearse(key, pass, tally).Plan;

    public MemoryPlan Plan<TInputs, TOutputs, T>(
        string key, Func<Tape, TInputs> inputs, Func<Tape, TInputs, TOutputs> compute, Func<Tape, TOutputs, T> outputs, CountingBackend tally) =>
        Plan(key, Whole(inputs, compute, outputs), tally);

    public void Dispose()
    {
        foreach (var pass in known.Values)
        {
            pass.Forget();
        }

        if (ownsSlab)
        {
            slab.Dispose();
        }
    }

    private static Func<Tape, T> Whole<TInputs, TOutputs, T>(
        Func<Tape, TInputs> inputs, Func<Tape, TInputs, TOutputs> compute, Func<Tape, TOutputs, T> outputs) =>
        tape => outputs(tape, compute(tape, inputs(tape)));

    private PassState Rehearse<T>(string key, Func<Tape, T> pass, CountingBackend tally)
    {
        using var arena = Arena.Planning(tally.Nowhere);
        pass(TapeOn(tally, arena));
        known.GetValueOrDefault(key)?.Forget();
        return known[key] = new(arena.Plan());
    }

    private bool TryCapture<TInputs, TOutputs>(PassState pass, Tape tape, TInputs given, Func<Tape, TInputs, TOutputs> compute)
    {
        pass.Forget();
        var rents = tape.Arena.Rents;
        var reached = tape.Arena.Reached = [];
        TOutputs? outputs = default;
        var kernels = capture!.Capture(() => outputs = compute(tape, given));
        if (kernels is null)
        {
            return false;
        }

        if (Captures == KeptCaptures)
        {
            known.Values.Where(other => other.Captured is not null).MinBy(other => other.LastRun)!.Forget();
        }

        pass.Captured = new(kernels, rents, outputs, [.. reached]);
        return true;
    }

    private Tape TapeOn(IBackend device, Arena arena) => taping ? Tape.ForTraining(device, arena) : Tape.ForInference(device, arena);
}
