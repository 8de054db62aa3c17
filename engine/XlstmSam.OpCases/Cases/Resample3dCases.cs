using System.Numerics;
using XlstmSam.Engine;
using XlstmSam.Kernels;

namespace XlstmSam.OpCases;

/// <summary>Cases of resizing, up and down, trilinear and nearest.</summary>
public static class Resample3dCases
{
    public static CaseFamily Family => new("Resample3d", Arithmetic.Float32, All);

    public static IReadOnlyList<OpCase> All { get; } =
    [
        .. new[] { ResampleMode.Trilinear, ResampleMode.Nearest }.SelectMany(mode => new OpCase[]
        {
            new Resample3dCase(1, new(1, 1, 1), new(1, 1, 1), 1, mode),
            new Resample3dCase(1, new(1, 1, 1), new(3, 2, 4), 3, mode),
            new Resample3dCase(2, new(2, 3, 4), new(4, 6, 8), 1, mode),
            new Resample3dCase(1, new(2, 3, 5), new(8, 12, 20), 1, mode),
            new Resample3dCase(1, new(3, 2, 5), new(5, 7, 3), 9, mode),
            new Resample3dCase(1, new(9, 7, 8), new(3, 2, 4), 1, mode),
            new Resample3dCase(1, new(3, 4, 2), new(3, 4, 2), 2, mode),
        }),
    ];

    private sealed class Resample3dCase(int n, Extent3 from, Extent3 to, int channels, ResampleMode mode) : OpCase
    {
        public override string Name => $"Resample3d {mode} {n}x{from} to {to} x{channels}";

        public override IReadOnlyList<Sample> Inputs { get; } = [Sampler.Uniform(1, new(n, from.D, from.H, from.W, channels))];

        public override Tensor Apply(Tape tape, Tensor[] inputs) => Resample3d.Apply(tape, inputs[0], to, mode);

        public override T[] Reference<T>(T[][] inputs)
        {
            var y = new T[n * to.Count * channels];
            var at = 0;
            for (var b = 0; b < n; b++)
            {
                for (var d = 0; d < to.D; d++)
                {
                    for (var h = 0; h < to.H; h++)
                    {
                        for (var w = 0; w < to.W; w++)
                        {
                            for (var c = 0; c < channels; c++)
                            {
                                y[at++] = Value(inputs[0], b, d, h, w, c);
                            }
                        }
                    }
                }
            }

            return y;
        }

        private T Value<T>(T[] x, int b, int d, int h, int w, int c)
            where T : unmanaged, IFloatingPointIeee754<T>
        {
            var (sum, ds, hs, ws) = (T.Zero, Taps<T>(d, from.D, to.D), Taps<T>(h, from.H, to.H), Taps<T>(w, from.W, to.W));
            foreach (var (id, wd) in ds)
            {
                foreach (var (ih, wh) in hs)
                {
                    foreach (var (iw, ww) in ws)
                    {
                        sum += wd * wh * ww * x[(((((((b * from.D) + id) * from.H) + ih) * from.W) + iw) * channels) + c];
                    }
                }
            }

            return sum;
        }

        private (int Index, T Weight)[] Taps<T>(int target, int inputs, int outputs)
            where T : unmanaged, IFloatingPointIeee754<T>
        {
            if (mode == ResampleMode.Nearest)
            {
                return [(target * inputs / outputs, T.One)];
            }

            var half = T.CreateChecked(0.5);
            var source = T.Max(T.Zero, ((T.CreateChecked(target) + half) * T.CreateChecked(inputs) / T.CreateChecked(outputs)) - half);
            var lower = int.CreateChecked(T.Floor(source));
            var weight = source - T.CreateChecked(lower);
            return [(lower, T.One - weight), (Math.Min(lower + 1, inputs - 1), weight)];
        }
    }
}
