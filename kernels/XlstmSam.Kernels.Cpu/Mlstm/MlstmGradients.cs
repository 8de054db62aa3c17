namespace XlstmSam.Kernels.Cpu;

/// <summary>The operands of one backward call, and per token what its last phase needs, as chunks leave it.</summary>
internal readonly unsafe struct MlstmGradients(MlstmScanGeometry geometry, float epsilon, float* working)
{
    public float Epsilon => epsilon;

    /// <summary>The output is the mean of the directions, so each gets this share of dh.</summary>
    public float Share => 1f / geometry.Directions;

    public float* Dh { get; init; }

    public float* Q { get; init; }

    public float* K { get; init; }

    public float* V { get; init; }

    public float* I { get; init; }

    public float* F { get; init; }

    /// <summary>The outputs of each direction, one after the other.</summary>
    public float* H { get; init; }

    public float* Dq { get; init; }

    public float* Dk { get; init; }

    public float* Dv { get; init; }

    public float* Di { get; init; }

    public float* Df { get; init; }

    /// <summary>Working elements of one batch item and head.</summary>
    public static long WorkingLength(in MlstmScanGeometry geometry) => ScalarElements(geometry) + (States(geometry) * MlstmScanLayout.StateElements(geometry.HeadSize));

    // Those of a segment, and the one that the segment after it has left.
    private static long States(in MlstmScanGeometry geometry) => Math.Min(geometry.Chunks, MlstmScanCpu.ChunksOfSegment) + 1L;

    private static long ScalarElements(in MlstmScanGeometry geometry) => ((6L * geometry.S) + 15) & ~15L;

    public float* Output(in MlstmScanLayout scan) => H + (scan.Direction * (long)geometry.B * geometry.S * geometry.Heads * geometry.HeadSize);

    /// <summary>Gradient of each row maximum.</summary>
    public float* Peaks(in MlstmScanLayout scan) => working + (scan.Index * WorkingLength(geometry));

    /// <summary>The token that attains it.</summary>
    public int* Sources(in MlstmScanLayout scan) => (int*)(Peaks(scan) + geometry.S);

    public float* DiOf(in MlstmScanLayout scan) => Peaks(scan) + (2L * geometry.S);

    public float* Dforget(in MlstmScanLayout scan) => Peaks(scan) + (3L * geometry.S);

    /// <summary>1 / P, with the share of dh: dN = scale dh.</summary>
    public float* Scales(in MlstmScanLayout scan) => Peaks(scan) + (4L * geometry.S);

    public float* Dbeta(in MlstmScanLayout scan) => Peaks(scan) + (5L * geometry.S);

    /// <summary>Everything of a chunk that backward reads or adds to.</summary>
    public void AddTo(ref RowPrefetch ahead, in MlstmScanLayout scan)
    {
        ahead.Add(Dh);
        ahead.Add(Output(scan));
        ahead.Add(Q);
        ahead.Add(K);
        ahead.Add(V);
        ahead.Add(Dq);
        ahead.Add(Dk);
        ahead.Add(Dv);
    }

    /// <summary>Gradient of the state that enters a chunk; null after the last one. Only those around the segment in work are kept.</summary>
    public float* State(in MlstmScanLayout scan, int chunk) =>
        chunk == scan.Chunks ? null : Peaks(scan) + ScalarElements(geometry) + (chunk % States(geometry) * scan.StateLength);

    /// <summary>
    /// Adds di and df of one scan. M_t is the key of token j(t): its gradient goes to i of j(t) and to the forget gates in (j(t), t].
    /// j(t) never decreases with t, so one sum that restarts wherever j(t) = t does both.
    /// </summary>
    public void AddGates(in MlstmScanLayout scan)
    {
        float* peaks = Peaks(scan), di = DiOf(scan), dforget = Dforget(scan);
        var sources = Sources(scan);
        var sum = 0.0;
        for (var t = scan.S - 1; t >= 0; t--)
        {
            sum += peaks[t];
            var own = sources[t] == t;
            var gate = scan.Gate(t);
            if (Di is not null)
            {
                Di[gate] += (float)(di[t] + (own ? sum : 0));
            }

            sum = own ? 0 : sum;
            if (Df is not null)
            {
                Df[gate] += (float)((dforget[t] + sum) / (1 + MathF.Exp(F[gate])));
            }
        }
    }
}
