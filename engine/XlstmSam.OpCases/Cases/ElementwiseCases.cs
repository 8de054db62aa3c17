using XlstmSam.Engine;
using XlstmSam.Kernels;

namespace XlstmSam.OpCases;

/// <summary>Cases of every formula, and of every way in which a binary op repeats its second operand.</summary>
public static class ElementwiseCases
{
    private static readonly float[] Saturating = [-100, -20, -1, -1e-4f, 0, 1e-4f, 0.5f, 0.7f, 1, 20, 100];

    public static CaseFamily Family => new("Elementwise", Arithmetic.Float32, All);

    public static IReadOnlyList<OpCase> All { get; } = [.. Unary(), .. Binary()];

    private static IEnumerable<OpCase> Unary()
    {
        foreach (var length in new[] { 1, 7, 9, 17 })
        {
            var (x, kinked) = (Sampler.Normal(length, new(length), deviation: 2), Sampler.AwayFrom(length, new(length), [0]));
            yield return new UnaryCase<Relu, ReluDefinition>(kinked);
            yield return new UnaryCase<LeakyRelu, LeakyReluDefinition>(kinked);
            yield return new UnaryCase<Sigmoid, SigmoidDefinition>(x);
            yield return new UnaryCase<Tanh, TanhDefinition>(x);
            yield return new UnaryCase<Silu, SiluDefinition>(x);
            yield return new UnaryCase<Gelu, GeluDefinition>(x);
            yield return new UnaryCase<LogSigmoid, LogSigmoidDefinition>(x);
            yield return new UnaryCase<Softplus, SoftplusDefinition>(x);
            yield return new UnaryCase<Exp, ExpDefinition>(x);
            yield return new UnaryCase<Square, SquareDefinition>(x);
        }

        // Both lanes meet every value: 11 values, 8 to a register.
        var edges = new Sample(new(Saturating.Length * 2), [.. Saturating, .. Saturating]);
        var small = Sampler.Uniform(5, new(41), -0.05f, 0.05f);
        foreach (var x in new[] { edges, small })
        {
            yield return new UnaryCase<Sigmoid, SigmoidDefinition>(x);
            yield return new UnaryCase<Tanh, TanhDefinition>(x);
            yield return new UnaryCase<LogSigmoid, LogSigmoidDefinition>(x);
            yield return new UnaryCase<Softplus, SoftplusDefinition>(x);
        }

        yield return new UnaryCase<Tanh, TanhDefinition>(Sampler.AwayFrom(6, new(3, 37), [], low: -3, high: 3));
        yield return new UnaryCase<Gelu, GeluDefinition>(small);
        yield return new UnaryCase<Gelu, GeluDefinition>(Sampler.Uniform(7, new(5, 61), -6, 6));
        yield return new UnaryCase<Silu, SiluDefinition>(Sampler.Uniform(8, new(5, 61), -30, 30));
        float[] extremes = [float.NegativeInfinity, -200, -104, 0, float.PositiveInfinity];
        yield return new UnaryCase<Exp, ExpDefinition>(new(new(20), [.. extremes, .. extremes, .. extremes, .. extremes], Differentiable: false));

        // Several blocks, the last one incomplete.
        yield return new UnaryCase<Silu, SiluDefinition>(Sampler.Normal(9, new(17, 1999)));
    }

    private static IEnumerable<OpCase> Binary()
    {
        (Shape A, Shape B)[] shapes =
        [
            (new(1), new(1)), (new(17), new(17)), (new(5, 7), new(5, 7)), (new(5, 7), new(7)), (new(6, 1), new(1)), (new(3, 5, 3), new(1, 5, 3)),
            (new(19, 8), new(8)), (new(37, 9), new(9)), (new(3, 131), new(131)), (new(40, 11), new(1)), (new(1201, 16), new(16)), (new(2, 5003), new(5003)),
        ];
        for (var s = 0; s < shapes.Length; s++)
        {
            var (a, b) = (Sampler.Normal(2 * s, shapes[s].A), Sampler.Normal((2 * s) + 1, shapes[s].B));
            yield return new BinaryCase<Add, AddDefinition>(a, b);
            yield return new BinaryCase<Subtract, SubtractDefinition>(a, b);
            yield return new BinaryCase<Multiply, MultiplyDefinition>(a, b);
            yield return new BinaryCase<MultiplySilu, MultiplySiluDefinition>(a, b);
        }
    }

    private sealed class UnaryCase<TFormula, TDefinition>(Sample x) : OpCase
        where TFormula : struct, IUnaryFormula
        where TDefinition : struct, IUnaryDefinition
    {
        public override string Name { get; } = $"{typeof(TFormula).Name} {x.Shape} from {x.Values[0]:0.00}";

        public override IReadOnlyList<Sample> Inputs { get; } = [x];

        public override Tensor Apply(Tape tape, Tensor[] inputs) => Elementwise.Apply<TFormula>(tape, inputs[0]);

        public override T[] Reference<T>(T[][] inputs) => Array.ConvertAll(inputs[0], TDefinition.Of);
    }

    private sealed class BinaryCase<TFormula, TDefinition>(Sample a, Sample b) : OpCase
        where TFormula : struct, IBinaryFormula
        where TDefinition : struct, IBinaryDefinition
    {
        public override string Name { get; } = $"{typeof(TFormula).Name} {a.Shape} {b.Shape}";

        public override IReadOnlyList<Sample> Inputs { get; } = [a, b];

        public override Tensor Apply(Tape tape, Tensor[] inputs) => Elementwise.Apply<TFormula>(tape, inputs[0], inputs[1]);

        public override T[] Reference<T>(T[][] inputs)
        {
            var y = new T[inputs[0].Length];
            for (var i = 0; i < y.Length; i++)
            {
                y[i] = TDefinition.Of(inputs[0][i], inputs[1][i % inputs[1].Length]);
            }

            return y;
        }
    }
}
