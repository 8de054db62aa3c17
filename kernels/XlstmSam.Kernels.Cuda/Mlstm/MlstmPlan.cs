namespace XlstmSam.Kernels.Cuda;

/// <summary>The sizes of a scan, and where things lie in what forward saves (β, states, the outputs of two directions) and in the scratch memory.</summary>
internal readonly struct MlstmPlan
{
    private const int RunFloats = 4;

    public MlstmPlan(in MlstmScanGeometry geometry)
    {
        var chunk = Math.Min(Math.Min(geometry.Chunk, geometry.S), SequenceTile.Size);
        Chunks = (geometry.S + chunk - 1) / chunk;
        Sequences = geometry.Directions * geometry.B * geometry.Heads;
        Shape = new(geometry.B, geometry.S, geometry.Heads, geometry.HeadSize, chunk, Chunks, (int)geometry.Direction);
        Scale = 1 / MathF.Sqrt(geometry.HeadSize);
    }

    public MlstmShape Shape { get; }

    public int Chunks { get; }

    public int Sequences { get; }

    public float Scale { get; }

    /// <summary>Tokens times heads.</summary>
    public long Tokens => Shape.Tokens;

    /// <summary>Elements of q.</summary>
    public long Elements => Shape.Tokens * Shape.HeadSize;

    public long AllChunks => (long)Sequences * Chunks;

    /// <summary>Floats of one plane: a token of every sequence.</summary>
    public long Plane => (long)Sequences * Shape.S;

    public long StateFloats => (long)Sequences * (Chunks - 1) * Shape.StateLength;

    public long SavedFloats => Aligned(Plane) + Aligned(StateFloats) + (IsBoth ? 2 * Elements : 0);

    /// <summary>Runs and what is before them, planes of the gates, decays.</summary>
    public long ForwardFloats => (2 * RunFloats * AllChunks) + Aligned(MlstmShape.GatePlanes * Plane) + Aligned(AllChunks);

    /// <summary>The same, planes of the cotangents, products of states, gradients of states.</summary>
    public long BackwardFloats => ForwardFloats + Aligned(MlstmShape.CotangentPlanes * Plane) + Aligned(AllChunks) + StateFloats;

    public Dim3 IncrementGrid
    {
        get
        {
            var tiles = SequenceTile.Count(Shape.HeadSize);
            return new(checked(tiles * tiles * (Chunks - 1)), Sequences);
        }
    }

    private bool IsBoth => Shape.Direction == (int)ScanDirection.Both;

    public View Betas(View saved) => saved.Slice(0, Plane);

    public View States(View saved) => saved.Slice(Aligned(Plane), StateFloats);

    public View Outputs(View saved) => saved.Slice(Aligned(Plane) + Aligned(StateFloats), 2 * Elements);

    public View Runs(View room) => room.Slice(0, RunFloats * AllChunks);

    public View RunsBefore(View room) => room.Slice(RunFloats * AllChunks, RunFloats * AllChunks);

    public View Gates(View room) => room.Slice(2 * RunFloats * AllChunks, MlstmShape.GatePlanes * Plane);

    public View Decay(View room) => room.Slice((2 * RunFloats * AllChunks) + Aligned(MlstmShape.GatePlanes * Plane), AllChunks);

    public View Cotangents(View room) => room.Slice(ForwardFloats, MlstmShape.CotangentPlanes * Plane);

    public View Products(View room) => room.Slice(ForwardFloats + Aligned(MlstmShape.CotangentPlanes * Plane), AllChunks);

    public View StateGradients(View room) => room.Slice(ForwardFloats + Aligned(MlstmShape.CotangentPlanes * Plane) + Aligned(AllChunks), StateFloats);

    private static long Aligned(long floats) => (floats + 3) & ~3L;
}

/// <summary>The gates of all tokens; the kernels' <c>MlstmGates</c> says what they are.</summary>
internal readonly struct MlstmGatePlanes(MlstmPlan plan, View room)
{
    public View Runs => plan.Runs(room);

    public View RunsBefore => plan.RunsBefore(room);

    public View Planes => plan.Gates(room);

    public View Decay => plan.Decay(room);

    public View Alpha => Planes.Slice(4 * plan.Plane, plan.Plane);

    public View Entry => Planes.Slice(5 * plan.Plane, plan.Plane);
}

/// <summary>What backward keeps of all tokens and chunks; the kernels' <c>MlstmBackwardPlanes</c> says what they are.</summary>
internal readonly struct MlstmCotangentPlanes(MlstmPlan plan, View room)
{
    public View Planes => plan.Cotangents(room);

    public View Products => plan.Products(room);

    public View States => plan.StateGradients(room);

    public View Scale => Planes.Slice(0, plan.Plane);

    public View AlphaDbeta => Planes.Slice(3 * plan.Plane, plan.Plane);
}
