using System.Globalization;

namespace XlstmSam.Peers;

/// <summary>The two sides did not compute the same.</summary>
internal sealed class DisagreementException(string message) : Exception(message);

/// <summary>Proof that two sides did the same work: their results agree to rounding.</summary>
internal static class Agreement
{
    /// <summary>|ours - peer| / |peer| as vectors, of the result that differs most; NaN where sizes differ or values are no numbers.</summary>
    public static double Distance(float[][] ours, float[][] peer)
    {
        var most = 0.0;
        for (var r = 0; r < ours.Length; r++)
        {
            most = Math.Max(most, ours[r].Length == peer[r].Length ? Distance(ours[r], peer[r]) : double.NaN);
        }

        return most;
    }

    public static void Require(string what, float[] ours, float[] peer, double tolerance)
    {
        var distance = Distance([ours], [peer]);
        if (!(distance <= tolerance))
        {
            throw new DisagreementException($"{what}: {Sentence(distance, tolerance)}");
        }
    }

    public static string Sentence(double distance, double tolerance) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"the results differ by {distance:0.0e0} of their norm; expected at most {tolerance:0.0e0}, else it is not the same work.");

    private static double Distance(ReadOnlySpan<float> ours, ReadOnlySpan<float> peer)
    {
        var (difference, size) = (0.0, 0.0);
        for (var i = 0; i < peer.Length; i++)
        {
            var d = (double)ours[i] - peer[i];
            difference += d * d;
            size += (double)peer[i] * peer[i];
        }

        return Math.Sqrt(difference / Math.Max(size, double.Epsilon));
    }
}
