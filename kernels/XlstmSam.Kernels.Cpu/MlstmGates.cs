using System.Runtime.Intrinsics;

namespace XlstmSam.Kernels.Cpu;

/// <summary>
/// The gates of one chunk. With U_j = i_j - F_j and M_t = max_{j≤t} U_j, both in double and over the whole scan, every weight is a
/// difference of two numbers: W_tj = exp(U_j - M_t), and the running maximum of the recurrent form is m_t = F_t + M_t.
/// </summary>
internal unsafe struct MlstmGates
{
    private double* key;
    private double* peak;

    /// <summary>exp(M before the chunk - M_t): what is left of the incoming state at token t.</summary>
    public float* Alpha;

    /// <summary>exp(U_j - M at the end of the chunk): the weight with which token j enters the outgoing state.</summary>
    public float* Entry;

    /// <summary>exp(-m_t).</summary>
    public float* Floor;

    /// <summary>The first j with U_j = M_t, counted over the whole scan.</summary>
    public int* Source;

    /// <summary>exp(M before the chunk - M at its end): what is left of the incoming state in the outgoing one.</summary>
    public float Decay;

    public static long ScratchBytes(int chunk) => (2 * ScratchCursor.Size((chunk + 8L) * sizeof(double))) + (4 * ScratchCursor.Size(chunk * sizeof(float)));

    public static MlstmGates Load(in MlstmSequence scan, int chunk, float* i, ref ScratchCursor scratch)
    {
        int start = scan.Start(chunk), length = scan.Length(chunk);
        var gates = new MlstmGates
        {
            key = scratch.Doubles(length + 8),
            peak = scratch.Doubles(length + 8),
            Alpha = scratch.Floats(length),
            Entry = scratch.Floats(length),
            Floor = scratch.Floats(length),
            Source = scratch.Ints(length),
        };
        double before = scan.Peaks[chunk], peak = before;
        var source = scan.Sources[chunk];
        for (var t = 0; t < length; t++)
        {
            var sum = scan.SumLogForget[start + t];
            var key = i[scan.Gate(start + t)] - sum;
            (peak, source) = key > peak ? (key, start + t) : (peak, source);
            (gates.key[t], gates.peak[t], gates.Source[t]) = (key, peak, source);
            gates.Alpha[t] = (float)Math.Exp(before - peak);
            gates.Floor[t] = (float)Math.Exp(-(sum + peak));
        }

        for (var t = 0; t < length; t++)
        {
            gates.Entry[t] = (float)Math.Exp(gates.key[t] - peak);
        }

        new Span<double>(gates.key + length, 8).Fill(double.NegativeInfinity);
        gates.Decay = (float)Math.Exp(before - peak);
        return gates;
    }

    /// <summary>W_tj for j .. j + 7; zero where j is after t.</summary>
    public readonly Vector256<float> Weights(int t, int j)
    {
        var top = Vector256.Create(peak[t]);
        var exponent = Vector256.Narrow(Vector256.Load(key + j) - top, Vector256.Load(key + j + 4) - top);
        var weight = VectorLane.Exp(new(exponent)).Value;
        return j + 7 <= t
            ? weight
            : Vector256.ConditionalSelect(Vector256.LessThanOrEqual(Vector256<int>.Indices + Vector256.Create(j), Vector256.Create(t)).AsSingle(), weight, default);
    }

    /// <summary>max(|β_t|, exp(-m_t)) + ε.</summary>
    public readonly float Normalizer(int t, float beta, float epsilon) => MathF.Max(MathF.Abs(beta), Floor[t]) + epsilon;
}
