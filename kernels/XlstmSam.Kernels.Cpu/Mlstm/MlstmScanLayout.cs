using System.Diagnostics;
using System.Runtime.Intrinsics;

namespace XlstmSam.Kernels.Cpu;

/// <summary>
/// One scan: a batch item, a head and a direction; where its tokens stand in the operands and what forward leaves for backward.
/// Token t of a reverse scan is row S - 1 - t of the operands, so steps between tokens may be negative.
/// </summary>
internal readonly unsafe struct MlstmScanLayout
{
    private MlstmScanLayout(in MlstmScanGeometry geometry, float* saved, int index)
    {
        (S, HeadSize, Chunk, Chunks) = (geometry.S, geometry.HeadSize, Math.Min(geometry.Chunk, geometry.S), geometry.Chunks);
        Direction = index / (geometry.B * geometry.Heads);
        Index = index % (geometry.B * geometry.Heads);
        var (batch, head) = (index / geometry.Heads % geometry.B, index % geometry.Heads);
        var reverse = geometry.Direction == ScanDirection.Reverse || Direction == 1;
        var row = ((long)batch * S) + (reverse ? S - 1 : 0);
        long sign = reverse ? -1 : 1;
        First = (((row * geometry.Heads) + head) * HeadSize, (row * geometry.Heads) + head);
        Step = (sign * geometry.Heads * HeadSize, sign * geometry.Heads);
        var start = saved + (index * Stride(geometry));
        SumLogForget = (double*)start;
        Peaks = SumLogForget + S;
        Sources = (int*)(Peaks + Chunks);
        Beta = (float*)(Sources + Chunks);
        States = start + ScalarElements(geometry);
    }

    public int S { get; }

    public int HeadSize { get; }

    public int Chunk { get; }

    public int Chunks { get; }

    /// <summary>0, or 1 for the reverse scan of <see cref="ScanDirection.Both"/>.</summary>
    public int Direction { get; }

    /// <summary>Batch item and head as one number.</summary>
    public int Index { get; }

    /// <summary>From a row of a state, or of a tile of tokens, to the next.</summary>
    public int Width => MlstmTiles.Stride(HeadSize);

    public long StateLength => StateElements(HeadSize);

    /// <summary>The first token: element of q, k, v, h and element of i, f.</summary>
    public (long Row, long Gate) First { get; }

    public (long Row, long Gate) Step { get; }

    /// <summary>F_t = Σ_{s≤t} logsigmoid(f_s).</summary>
    public double* SumLogForget { get; }

    /// <summary>max over all tokens before the chunk of i_j - F_j, per chunk; minus infinity for the first.</summary>
    public double* Peaks { get; }

    /// <summary>The token that attains it.</summary>
    public int* Sources { get; }

    /// <summary>β_t = n_t·q_t.</summary>
    public float* Beta { get; }

    private float* States { get; }

    public static MlstmScanLayout At(in MlstmScanGeometry geometry, float* saved, int index) => new(geometry, saved, index);

    public static int Count(in MlstmScanGeometry geometry) => geometry.B * geometry.Heads * geometry.Directions;

    /// <summary>Elements saved for one scan.</summary>
    public static long Stride(in MlstmScanGeometry geometry) => ScalarElements(geometry) + ((geometry.Chunks - 1) * StateElements(geometry.HeadSize));

    /// <summary>A state is C, one row per channel of k, and after it n, padded to whole panels.</summary>
    public static long StateElements(int headSize) => ((long)headSize * MlstmTiles.Stride(headSize)) + MlstmTiles.Padded(headSize);

    /// <summary>The state that enters a chunk. The first chunk has none: it would be zero.</summary>
    public float* State(int chunk)
    {
        Debug.Assert(chunk > 0 && chunk < Chunks, "States enter every chunk but the first.");
        return States + ((chunk - 1) * StateLength);
    }

    /// <summary>n of a state.</summary>
    public float* Norm(float* state) => state + ((long)HeadSize * Width);

    public int Start(int chunk) => chunk * Chunk;

    public int Length(int chunk) => Math.Min(Chunk, S - (chunk * Chunk));

    public long Row(int token) => First.Row + (token * Step.Row);

    public long Gate(int token) => First.Gate + (token * Step.Gate);

    /// <summary>Fills F, Peaks and Sources from the gates.</summary>
    public void SumGates(float* i, float* f)
    {
        double sum = 0, peak = double.NegativeInfinity;
        var source = 0;
        LogForget(f);
        for (var t = 0; t < S; t++)
        {
            if (t % Chunk == 0)
            {
                (Peaks[t / Chunk], Sources[t / Chunk]) = (peak, source);
            }

            sum += SumLogForget[t];
            SumLogForget[t] = sum;
            var key = i[Gate(t)] - sum;
            (peak, source) = key > peak ? (key, t) : (peak, source);
        }
    }

    /// <summary>logsigmoid(f) into the place of its sums.</summary>
    private void LogForget(float* f)
    {
        for (var t = 0; t < S; t++)
        {
            SumLogForget[t] = f[Gate(t)];
        }

        var whole = S & -4;
        for (var t = 0; t < whole; t += 4)
        {
            var gate = Vector256.Load(SumLogForget + t);
            var log = Vector256.Log(Vector256<double>.One + Vector256.Exp(-Vector256.Abs(gate)));
            (Vector256.Min(gate, Vector256<double>.Zero) - log).Store(SumLogForget + t);
        }

        for (var t = whole; t < S; t++)
        {
            SumLogForget[t] = Math.Min(SumLogForget[t], 0) - Math.Log(1 + Math.Exp(-Math.Abs(SumLogForget[t])));
        }
    }

    private static long ScalarElements(in MlstmScanGeometry geometry) => ((3L * geometry.S) + (3L * geometry.Chunks) + 15) & ~15L;
}
