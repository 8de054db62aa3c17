using XlstmSam.Engine;

namespace XlstmSam.OpCases;

/// <summary>Cases of ConvTranspose3d.</summary>
public static class ConvTranspose3dCases
{
    public static CaseFamily Family => new("ConvTranspose3d", Arithmetic.Product, All);

    public static IReadOnlyList<OpCase> All { get; } =
    [
        new ConvTranspose3dCase(1, 1, 1, 1, 1, 1, true),
        new ConvTranspose3dCase(2, 1, 2, 3, 3, 5, true),
        new ConvTranspose3dCase(1, 2, 1, 7, 2, 17, true),
        new ConvTranspose3dCase(1, 3, 2, 2, 17, 2, false),
        new ConvTranspose3dCase(1, 2, 3, 13, 1, 8, true),
    ];

    private sealed class ConvTranspose3dCase(int n, int d, int h, int w, int cin, int cout, bool hasBias) : OpCase
    {
        public override string Name => $"ConvTranspose3d {n} of {d}x{h}x{w} {cin}->{cout}{(hasBias ? "" : " no bias")}";

        public override IReadOnlyList<Sample> Inputs { get; } =
        [
            Sampler.Normal(1, new(n, d, h, w, cin)),
            Sampler.Normal(2, new(cin, 2, 2, 2, cout)),
            .. hasBias ? [Sampler.Normal(3, new(cout))] : Array.Empty<Sample>(),
        ];

        public override Tensor Apply(Tape tape, Tensor[] inputs) => ConvTranspose3d.Apply(tape, inputs[0], inputs[1], hasBias ? inputs[2] : null);

        public override T[] Reference<T>(T[][] inputs)
        {
            var y = new T[n * 8 * d * h * w * cout];
            for (var i = 0; i < y.Length; i++)
            {
                var (c, column, row, plane) = (i % cout, i / cout % (2 * w), i / cout / (2 * w) % (2 * h), i / cout / (4 * w * h));
                var voxel = ((((plane / 2) * h) + (row / 2)) * w) + (column / 2);
                var tap = (plane % 2 * 4) + (row % 2 * 2) + (column % 2);
                for (var p = 0; p < cin; p++)
                {
                    y[i] += inputs[0][(voxel * cin) + p] * inputs[1][(((p * 8) + tap) * cout) + c];
                }

                y[i] = hasBias ? y[i] + inputs[2][c] : y[i];
            }

            return y;
        }
    }
}
