using XlstmSam.Engine;

namespace XlstmSam.OpCases;

/// <summary>Cases of the headwise linear map: the block sizes of the models, 2 and 4, and others.</summary>
public static class HeadwiseLinearCases
{
    public static CaseFamily Family => new("HeadwiseLinear", Arithmetic.Float32, All);

    public static IReadOnlyList<OpCase> All { get; } =
    [
        new Case(1, 1, 1),
        new Case(3, 1, 4),
        new Case(5, 3, 4),
        new Case(7, 9, 2),
        new Case(9, 2, 3),
        new Case(4, 5, 8),
        new Case(3, 2, 11),
        new Case(3, 33, 4),
        new Case(2, 67, 2),

        // Several blocks of rows.
        new Case(1201, 4, 4),
        new Case(701, 16, 2),
    ];

    private sealed class Case(int rows, int blocks, int size) : OpCase
    {
        public override string Name { get; } = $"HeadwiseLinear {rows} x {blocks} x {size}";

        public override IReadOnlyList<Sample> Inputs { get; } =
            [Sampler.Normal(1, new(1, rows, blocks * size)), Sampler.Normal(2, new(blocks, size, size))];

        public override Tensor Apply(Tape tape, Tensor[] inputs) => HeadwiseLinear.Apply(tape, inputs[0], inputs[1]);

        public override T[] Reference<T>(T[][] inputs)
        {
            var y = new T[inputs[0].Length];
            for (var i = 0; i < y.Length; i++)
            {
                var output = i % (blocks * size);
                for (var k = 0; k < size; k++)
                {
                    y[i] += inputs[1][(output * size) + k] * inputs[0][i - (output % size) + k];
                }
            }

            return y;
        }
    }
}
