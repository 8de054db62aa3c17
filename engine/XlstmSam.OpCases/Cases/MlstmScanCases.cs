using XlstmSam.Engine;
using XlstmSam.Kernels;

namespace XlstmSam.OpCases;

/// <summary>Cases of MlstmScan: lengths around the chunk, all directions, gates from closed to wide open.</summary>
public static class MlstmScanCases
{
    private static readonly float[] Extremes = [-20, 0, 20];

    public static CaseFamily Family => new("MlstmScan", Arithmetic.Chain, All);

    public static IReadOnlyList<OpCase> All { get; } =
    [
        new Case("one token", new(2, 1, 2, 4, 64, ScanDirection.Forward)),
        new Case("one token both ways", new(1, 1, 1, 3, 4, ScanDirection.Both)),
        new Case("shorter than a chunk", new(1, 13, 2, 5, 64, ScanDirection.Forward)),
        new Case("whole chunks", new(2, 12, 2, 4, 4, ScanDirection.Forward)),
        new Case("one past a chunk", new(1, 13, 2, 4, 4, ScanDirection.Forward)),
        new Case("one past a chunk, reversed", new(1, 13, 2, 4, 4, ScanDirection.Reverse)),
        new Case("one past a chunk, both ways", new(2, 13, 2, 4, 4, ScanDirection.Both)),
        new Case("prime length", new(1, 37, 3, 7, 8, ScanDirection.Both)),
        new Case("recurrent", new(1, 11, 1, 6, 1, ScanDirection.Forward)),
        new Case("one past a chunk of 64", new(1, 65, 2, 8, 64, ScanDirection.Forward)),
        new Case("three chunks of 64", new(1, 150, 1, 4, 64, ScanDirection.Reverse)),
        new Case("heads of 24", new(1, 37, 2, 24, 16, ScanDirection.Forward)),
        new Case("heads of 33", new(1, 21, 1, 33, 8, ScanDirection.Both)),
        new Case("heads of 72", new(1, 19, 1, 72, 4, ScanDirection.Both)),
        new Case("heads of 70", new(1, 20, 1, 70, 8, ScanDirection.Both)),
        new Case("chunks of 100", new(1, 130, 1, 5, 100, ScanDirection.Forward)),
        new Case("gates at -20, 0, 20", new(1, 29, 2, 4, 4, ScanDirection.Forward), Gates.Extreme),
        new Case("gates at -20, 0, 20", new(1, 29, 2, 4, 8, ScanDirection.Both), Gates.Extreme),
        new Case("floor active", new(1, 19, 2, 4, 4, ScanDirection.Forward), Gates.Closed),
        new Case("large input gates", new(1, 19, 2, 4, 4, ScanDirection.Forward), Gates.Open),
        new Case("large input gates, reversed", new(1, 70, 1, 4, 64, ScanDirection.Reverse), Gates.Open),
        new Case("epsilon 0.01", new(1, 19, 2, 4, 4, ScanDirection.Forward), Gates.Open, 1e-2f),
    ];

    private enum Gates
    {
        Usual,
        Extreme,
        Closed,
        Open,
    }

    private sealed class Case(string what, MlstmScanGeometry geometry, Gates gates = Gates.Usual, float epsilon = 1e-6f) : OpCase
    {
        public override string Name =>
            $"MlstmScan {what} B{geometry.B} S{geometry.S} {geometry.Heads}x{geometry.HeadSize} chunk {geometry.Chunk} {geometry.Direction}";

        public override IReadOnlyList<Sample> Inputs { get; } =
        [
            Sampler.Normal(1, Tokens(geometry), Slant(gates)),
            Sampler.Normal(2, Tokens(geometry), Slant(gates)),
            Sampler.Normal(3, Tokens(geometry)),
            Gate(4, geometry, gates, input: true),
            Gate(5, geometry, gates, input: false),
        ];

        public override Tensor Apply(Tape tape, Tensor[] inputs) =>
            MlstmScan.Apply(tape, inputs[0], inputs[1], inputs[2], inputs[3], inputs[4], geometry.Direction, geometry.Chunk, epsilon);

        public override T[] Reference<T>(T[][] inputs)
        {
            var h = new T[inputs[0].Length];
            var share = T.One / T.CreateChecked(geometry.Directions);
            for (var b = 0; b < geometry.B; b++)
            {
                for (var head = 0; head < geometry.Heads; head++)
                {
                    if (geometry.Direction != ScanDirection.Reverse)
                    {
                        Scan(inputs, h, share, t => (((b * geometry.S) + t) * geometry.Heads) + head);
                    }

                    if (geometry.Direction != ScanDirection.Forward)
                    {
                        Scan(inputs, h, share, t => (((b * geometry.S) + geometry.S - 1 - t) * geometry.Heads) + head);
                    }
                }
            }

            return h;
        }

        /// <summary>The parallel form. <paramref name="row"/> is where token t has its gates, and its head's channels in units of the head size.</summary>
        private void Scan<T>(T[][] inputs, T[] h, T share, Func<int, int> row)
            where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
        {
            var size = geometry.HeadSize;
            var sums = new T[geometry.S];
            for (var t = 0; t < geometry.S; t++)
            {
                var f = inputs[4][row(t)];
                var log = T.Min(f, T.Zero) - T.Log(T.One + T.Exp(-T.Abs(f)));
                sums[t] = (t > 0 ? sums[t - 1] : T.Zero) + log;
                var m = T.NegativeInfinity;
                for (var j = 0; j <= t; j++)
                {
                    m = T.Max(m, sums[t] - sums[j] + inputs[3][row(j)]);
                }

                var b = T.Zero;
                var output = new T[size];
                for (var j = 0; j <= t; j++)
                {
                    var c = Dot(inputs[0], row(t) * size, inputs[1], row(j) * size) * T.Exp(sums[t] - sums[j] + inputs[3][row(j)] - m);
                    b += c;
                    for (var x = 0; x < size; x++)
                    {
                        output[x] += c * inputs[2][(row(j) * size) + x];
                    }
                }

                var scale = share / (T.Max(T.Abs(b), T.Exp(-m)) + T.CreateChecked(epsilon));
                for (var x = 0; x < size; x++)
                {
                    h[(row(t) * size) + x] += output[x] * scale;
                }
            }
        }

        private T Dot<T>(T[] q, int at, T[] k, int other)
            where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
        {
            var sum = T.Zero;
            for (var x = 0; x < geometry.HeadSize; x++)
            {
                sum += q[at + x] * k[other + x];
            }

            return sum / T.Sqrt(T.CreateChecked(geometry.HeadSize));
        }

        private static Shape Tokens(in MlstmScanGeometry geometry) => new(geometry.B, geometry.S, geometry.Heads * geometry.HeadSize);

        // Without a floor h has a pole at b = 0: a common part of q and k keeps b away from it.
        private static float Slant(Gates gates) => gates is Gates.Extreme or Gates.Open ? 1.5f : 0;

        private static Sample Gate(int seed, in MlstmScanGeometry geometry, Gates gates, bool input)
        {
            var shape = new Shape(geometry.B, geometry.S, geometry.Heads);
            return gates switch
            {
                Gates.Extreme => Sampler.Choice(seed, shape, Extremes),
                Gates.Closed => Sampler.Normal(seed, shape, input ? -6 : 1),
                Gates.Open => Sampler.Normal(seed, shape, input ? 12 : 3),
                _ => Sampler.Normal(seed, shape, input ? 0 : 1),
            };
        }
    }
}
