using XlstmSam.Kernels;

namespace XlstmSam.Engine;

/// <summary>
/// The memory of one pass (a training step, an encoder call, one click). A planning arena numbers the rents and notes when each was last
/// used; a planned arena gives the same numbers their packed addresses; a free arena allocates each rent on its own, for tests and one-off calls.
/// </summary>
public sealed class Arena : IDisposable
{
    private readonly IBackend? backend;
    private readonly MemoryPlan? plan;
    private readonly DeviceBuffer? slab;
    private readonly List<Lifetime>? lifetimes;
    private readonly List<DeviceBuffer>? owned;
    private readonly GuardBands? guards;
    private int rents;

    private Arena(IBackend? backend, MemoryPlan? plan, DeviceBuffer? slab, List<Lifetime>? lifetimes, List<DeviceBuffer>? owned, GuardBands? guards = null) =>
        (this.backend, this.plan, this.slab, this.lifetimes, this.owned, this.guards) = (backend, plan, slab, lifetimes, owned, guards);

    /// <summary>The current tick: one per recorded op and per pullback.</summary>
    public int Tick { get; private set; }

    /// <summary>How many pieces of memory were rented so far.</summary>
    public int Rents => rents;

    /// <summary>The parameters whose gradients the pass adds to; null where nobody asked for them (only the capture of a pass does).</summary>
    internal HashSet<ParameterStorage>? Reached { get; set; }

    /// <summary>True while a pass is only being planned: nothing is computed and nothing is downloaded.</summary>
    public bool IsPlanning => lifetimes is not null;

    public static Arena Free(IBackend backend) => new(backend, null, null, null, []);

    /// <summary>A free arena whose rents start as NaN and lie between bands of NaN, for tests: see <see cref="CheckGuards"/>.</summary>
    public static Arena Guarded(IBackend backend) => new(backend, null, null, null, [], new(backend));

    /// <summary>An arena whose rents have no memory. Run the pass on it with a backend that only counts, then take <see cref="Plan"/>.</summary>
    public static Arena Planning(DeviceBuffer nowhere) => new(null, null, nowhere, [], null);

    /// <summary>An arena that replays a plan inside <paramref name="slab"/>, which the caller owns.</summary>
    public static Arena Planned(MemoryPlan plan, DeviceBuffer slab) => slab.Bytes >= plan.PeakBytes
        ? new(null, plan, slab, null, null)
        : throw new ArgumentException($"Arena: the slab has {slab.Bytes} bytes, the plan needs {plan.PeakBytes}.");

    public Block Rent(long bytes)
    {
        var number = rents++;
        if (lifetimes is not null)
        {
            lifetimes.Add(new(bytes, Tick, Tick));
            return new(this, number, slab, 0, bytes);
        }

        if (guards is not null)
        {
            var guarded = guards.Allocate(number, bytes);
            owned!.Add(guarded);
            return new(null, number, guarded, GuardBands.Bytes, bytes);
        }

        if (plan is null)
        {
            var buffer = backend!.Allocate(Math.Max(bytes, 1));
            owned!.Add(buffer);
            return new(null, number, buffer, 0, bytes);
        }

        if (number >= plan.Lifetimes.Count || plan.Lifetimes[number].Bytes != bytes)
        {
            throw new InvalidOperationException($"Arena: rent {number} of {bytes} bytes is not in the plan; this pass differs from the planned one.");
        }

        return new(null, number, slab, plan.OffsetOf(number), bytes);
    }

    public MemoryPlan Plan() => MemoryPlan.Pack(lifetimes ?? throw new InvalidOperationException("Arena: only a planning arena has a plan to give."));

    /// <summary>Throws if anything was written beside a rent of a guarded arena.</summary>
    public void CheckGuards() => guards?.Check();

    public void Dispose()
    {
        foreach (var buffer in owned ?? [])
        {
            buffer.Dispose();
        }

        owned?.Clear();
    }

    internal void Advance() => Tick++;

    internal void Touch(int number)
    {
        if (lifetimes is not null)
        {
            lifetimes[number] = lifetimes[number] with { Last = Tick };
        }
    }
}
