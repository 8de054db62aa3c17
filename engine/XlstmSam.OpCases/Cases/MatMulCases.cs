using XlstmSam.Engine;

namespace XlstmSam.OpCases;

/// <summary>Cases of MatMul: one, primes, one past the register tile (6 x 16) and one past a block of the sum (384).</summary>
public static class MatMulCases
{
    public static CaseFamily Family => new("MatMul", Arithmetic.Product, All);

    public static IReadOnlyList<OpCase> All { get; } =
    [
        new MatMulCase([], 1, 1, 1, true),
        new MatMulCase([], 6, 16, 4, true),
        new MatMulCase([], 7, 17, 5, true),
        new MatMulCase([], 1, 8, 13, true),
        new MatMulCase([], 13, 1, 11, true),
        new MatMulCase([], 2, 9, 385, true),
        new MatMulCase([3], 5, 3, 7, true),
        new MatMulCase([3], 4, 5, 6, false),
        new MatMulCase([2, 3], 7, 2, 3, false),
        new MatMulCase([2], 2, 3, 1031, false),
        new MatMulCase([], 1031, 2, 3, true),
        new MatMulCase([], 53, 37, 3, true),
        new MatMulCase([], 70, 21, 1, true),
        new MatMulCase([], 61, 1, 16, true),
        new MatMulCase([], 2749, 1, 12, true),
    ];

    private sealed class MatMulCase(int[] batch, int m, int n, int k, bool shared) : OpCase
    {
        public override string Name => $"MatMul {string.Join('x', batch.Append(m))}x{k} times {(shared ? "" : $"{string.Join('x', batch)}x")}{k}x{n}";

        public override IReadOnlyList<Sample> Inputs { get; } =
        [
            Sampler.Normal(1, new([.. batch, m, k])),
            Sampler.Normal(2, shared ? new(k, n) : new([.. batch, k, n])),
        ];

        public override Tensor Apply(Tape tape, Tensor[] inputs) => MatMul.Apply(tape, inputs[0], inputs[1]);

        public override T[] Reference<T>(T[][] inputs)
        {
            var count = batch.Aggregate(1, (product, size) => product * size);
            var y = new T[count * m * n];
            for (var i = 0; i < y.Length; i++)
            {
                var (matrix, row, column) = (i / (m * n), i / n % m, i % n);
                for (var p = 0; p < k; p++)
                {
                    y[i] += inputs[0][(((matrix * m) + row) * k) + p] * inputs[1][((((shared ? 0 : matrix) * k) + p) * n) + column];
                }
            }

            return y;
        }
    }
}
