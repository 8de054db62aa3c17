using XlstmSam.Engine;

namespace XlstmSam.Tests.Cuda;

/// <summary>A small pass whose memory and scratch grow with a length.</summary>
internal static class SummingPass
{
    /// <summary>fill + first + first ..., with scratch memory if there is much to add.</summary>
    public static float Run(PlannedPass passes, int length, float fill, float first) => passes.Run(
        $"sum of {length}",
        tape => tape.From(new(1), [first - fill]),
        (tape, given) =>
        {
            var all = tape.Zeros(new(length));
            tape.Backend.Elementwise.Fill(all.Data, fill);
            tape.Backend.Elementwise.AddScaled(given.Data, 1, all.Data.Slice(0, 1));
            return Reduce.Sum(tape, all, axis: 0);
        },
        (tape, sum) => tape.Download(sum)[0]);
}
