using System.Runtime.Intrinsics;

namespace XlstmSam.Kernels.Cpu;

/// <summary>
/// The gates of one chunk. With U_j = i_j - F_j and M_t = max_{j≤t} U_j, both in double and over the whole scan, every weight is a
/// difference of two numbers: W_tj = exp(U_j - M_t), and the running maximum of the recurrent form is m_t = F_t + M_t.
/// </summary>
internal unsafe struct MlstmGates
{
    /// <summary>
    /// As long as the running maximum rises by no more over the chunk, W_tj is a product of a factor of t and one of j: what the second loses where it
    /// underflows is below exp(<see cref="LargestRise"/> - 87).
    /// </summary>
    private const double LargestRise = 40;

    private double* key;
    private double* peak;
    private float* rise;
    private float share;

    /// <summary>exp(M before the chunk - M_t): what is left of the incoming state at token t.</summary>
    public float* Alpha;

    /// <summary>exp(U_j - M at the end of the chunk) / √d: the weight with which token j enters the outgoing state.</summary>
    public float* Entry;

    /// <summary>exp(-m_t).</summary>
    public float* Floor;

    /// <summary>The first j with U_j = M_t, counted over the whole scan.</summary>
    public int* Source;

    /// <summary>exp(M before the chunk - M at its end): what is left of the incoming state in the outgoing one.</summary>
    public float Decay;

    public static long ScratchBytes(int chunk) => (3 * ScratchSlices.Size((chunk + 8L) * sizeof(double))) + (5 * ScratchSlices.Size((chunk + 8L) * sizeof(float)));

    public static MlstmGates Load(in MlstmScanLayout scan, int chunk, float* i, ref ScratchSlices scratch)
    {
        int start = scan.Start(chunk), length = scan.Length(chunk);
        var gates = new MlstmGates
        {
            key = scratch.Doubles(length + 8),
            peak = scratch.Doubles(length + 8),
            Alpha = scratch.Floats(length + 8),
            Entry = scratch.Floats(length + 8),
            Floor = scratch.Floats(length + 8),
            Source = scratch.Ints(length + 8),
            share = 1 / MathF.Sqrt(scan.HeadSize),
        };
        double before = scan.Peaks[chunk], peak = before;
        var source = scan.Sources[chunk];
        var floor = scratch.Doubles(length + 8);
        for (var t = 0; t < length; t++)
        {
            var sum = scan.SumLogForget[start + t];
            var key = i[scan.Gate(start + t)] - sum;
            (peak, source) = key > peak ? (key, start + t) : (peak, source);
            (gates.key[t], gates.peak[t], gates.Source[t], floor[t]) = (key, peak, source, -(sum + peak));
        }

        new Span<double>(gates.key + length, 8).Fill(double.NegativeInfinity);
        new Span<double>(gates.peak + length, 8).Fill(peak);
        Vector256<double> first = Vector256.Create(before), last = Vector256.Create(peak);
        var share = Vector256.Create(gates.share);
        var rise = scratch.Floats(length + 8);
        gates.rise = peak - gates.peak[0] <= LargestRise ? rise : null;
        for (var t = 0; t < length; t += 8)
        {
            Exp(first - Vector256.Load(gates.peak + t), first - Vector256.Load(gates.peak + t + 4)).Store(gates.Alpha + t);
            (share * Exp(Vector256.Load(gates.key + t) - last, Vector256.Load(gates.key + t + 4) - last)).Store(gates.Entry + t);
            Exp(last - Vector256.Load(gates.peak + t), last - Vector256.Load(gates.peak + t + 4)).Store(rise + t);
            PreciseExp(Vector256.Load(floor + t), Vector256.Load(floor + t + 4)).Store(gates.Floor + t);
        }

        gates.Decay = (float)Math.Exp(before - peak);
        return gates;
    }

    /// <summary>W_tj / √d for j .. j + 7; zero where j is after t.</summary>
    public readonly Vector256<float> Weights(int t, int j)
    {
        var weight = rise is null ? ExactWeights(t, j) : Vector256.Create(rise[t]) * Vector256.Load(Entry + j);
        return j + 7 <= t
            ? weight
            : Vector256.ConditionalSelect(Vector256.LessThanOrEqual(Vector256<int>.Indices + Vector256.Create(j), Vector256.Create(t)).AsSingle(), weight, default);
    }

    private readonly Vector256<float> ExactWeights(int t, int j)
    {
        var top = Vector256.Create(peak[t]);
        return Vector256.Create(share) * Exp(Vector256.Load(key + j) - top, Vector256.Load(key + j + 4) - top);
    }

    /// <summary>max(|β_t|, exp(-m_t)) + ε.</summary>
    public readonly float Normalizer(int t, float beta, float epsilon) => MathF.Max(MathF.Abs(beta), Floor[t]) + epsilon;

    /// <summary>exp(x) of exponents far above 0 too, where the rounding of x to float would show: x = y + z, exp(x) = exp(y) (1 + z).</summary>
    private static Vector256<float> PreciseExp(Vector256<double> low, Vector256<double> high)
    {
        var most = Vector256.Create(200.0);
        low = Vector256.Max(-most, Vector256.Min(most, low));
        high = Vector256.Max(-most, Vector256.Min(most, high));
        var near = Vector256.Narrow(low, high);
        var exp = VectorLane.Exp(new(near)).Value;
        return Vector256.MultiplyAddEstimate(exp, Vector256.Narrow(low - Vector256.WidenLower(near), high - Vector256.WidenUpper(near)), exp);
    }

    private static Vector256<float> Exp(Vector256<double> low, Vector256<double> high) => VectorLane.Exp(new(Vector256.Narrow(low, high))).Value;
}
