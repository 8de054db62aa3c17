using CsCheck;
using XlstmSam.Engine;

namespace XlstmSam.Tests.Engine;

public sealed class MemoryPlanTests
{
    private static readonly Gen<Lifetime> AnyLifetime =
        Gen.Select(Gen.Long[0, 5000], Gen.Int[0, 40], Gen.Int[0, 12], (bytes, first, ticks) => new Lifetime(bytes, first, first + ticks));

    [Fact]
    public void RentsThatLiveAtTheSameTimeShareNoBytes() => AnyLifetime.List[0, 60].Sample(lifetimes =>
    {
        var plan = MemoryPlan.Pack(lifetimes);
        for (var a = 0; a < lifetimes.Count; a++)
        {
            Assert.Equal(0, plan.OffsetOf(a) % MemoryPlan.Alignment);
            Assert.True(plan.OffsetOf(a) + lifetimes[a].Bytes <= plan.PeakBytes);
            for (var b = 0; b < a; b++)
            {
                var together = lifetimes[a].First <= lifetimes[b].Last && lifetimes[b].First <= lifetimes[a].Last;
                var apart = plan.OffsetOf(a) + lifetimes[a].Bytes <= plan.OffsetOf(b) || plan.OffsetOf(b) + lifetimes[b].Bytes <= plan.OffsetOf(a);
                Assert.True(!together || apart, $"rents {a} and {b} overlap");
            }
        }
    }, iter: 500);

    [Fact]
    public void AChainNeedsTwoRentsOfMemory()
    {
        // Each activation is last used when the next one is made.
        var plan = MemoryPlan.Pack([.. Enumerable.Range(0, 10).Select(i => new Lifetime(1024, i, i + 1))]);
        Assert.Equal(2 * 1024, plan.PeakBytes);
    }
}
