using XlstmSam.Engine;
using XlstmSam.Imaging;
using XlstmSam.Kernels;
using XlstmSam.Training;

namespace XlstmSam.Tests.Fixtures;

/// <summary>Cases of products, formulas, movement, losses and optimisers: everything without a module.</summary>
internal static class ParityArithmetic
{
    /// <summary>The learning rate of every group but the first, as the fixtures' note says.</summary>
    private const double LaterGroups = 0.1;

    public static void MatMulAndLinear(ParityPass pass)
    {
        var (weight, bias) = (pass.Parameter("weight"), pass.Optional("bias"));
        pass.Load();
        pass.Output("linear", Linear.Apply(pass.Tape, pass.Input("x"), weight, bias));
        pass.Output("bmm", MatMul.Apply(pass.Tape, pass.Input("a"), pass.Input("b")));
        pass.Output("bcast", MatMul.Apply(pass.Tape, pass.Input("a"), pass.Input("w")));
    }

    public static void Activations(ParityPass pass)
    {
        var (tape, x) = (pass.Tape, pass.Input("x"));
        foreach (var name in pass.File.Below("output."))
        {
            pass.Output(name, name switch
            {
                "gelu" => Elementwise.Apply<Gelu>(tape, x),
                "leaky_relu" => Elementwise.Apply<LeakyRelu>(tape, x),
                "logsigmoid" => Elementwise.Apply<LogSigmoid>(tape, x),
                "relu" => Elementwise.Apply<Relu>(tape, x),
                "sigmoid" => Elementwise.Apply<Sigmoid>(tape, x),
                "silu" => Elementwise.Apply<Silu>(tape, x),
                "softplus" => Elementwise.Apply<Softplus>(tape, x),
                "tanh" => Elementwise.Apply<Tanh>(tape, x),
                _ => throw new InvalidDataException($"the activation '{name}' is unknown"),
            });
        }
    }

    public static void Softmax(ParityPass pass)
    {
        var (tape, x) = (pass.Tape, pass.Input("x"));
        pass.Output("softmax_last", Reduce.Softmax(tape, x, -1));
        pass.Output("softmax_mid", Reduce.Softmax(tape, x, 1));
        pass.Output("logsumexp", Reduce.LogSumExp(tape, x, -1));
    }

    public static void Movement(ParityPass pass)
    {
        var (tape, x, y) = (pass.Tape, pass.Input("x"), pass.Input("y"));
        var (outer, last) = ((int)x.Shape.Product(0, x.Shape.Rank - 1), x.Shape[-1]);
        pass.Output("cat", Concat.Apply(tape, [x, y], axis: -1));
        pass.Output("flip", Flip.Apply(tape, x, axis: 1));
        pass.Output("cumsum", Reduce.CumulativeSum(tape, x, axis: 1));
        pass.Output("perm", Transpose.Apply(tape, x.Reshape(outer, last)));
        pass.Output("mx", Reduce.Max(tape, x, axis: -1));
        pass.Output("var", Reduce.Variance(tape, x, axis: 1));
        pass.Output("std", Deviation(tape, y));
    }

    public static void Loss(ParityPass pass)
    {
        var options = pass.Options;
        if (!options.Flag("sigmoid", true) || !options.Flag("squared_pred", true) || options.Flag("batch", false)
            || options.Number("smooth_nr", 1e-5) != options.Number("smooth_dr", 1e-5))
        {
            throw new InvalidDataException("only sigmoid, squared predictions, Dice per mask and one smoothing term are defined");
        }

        var (dice, entropy) = ((float)options.Number("lambda_dice", 1), (float)options.Number("lambda_ce", 1));
        var smooth = (float)options.Number("smooth_nr", 1e-5);
        var shape = pass.InputShape("logit");
        var masks = shape[0] * shape[1];
        var logits = pass.Input("logit").Reshape(masks, shape[2..].Aggregate(1, (a, b) => a * b));
        var targets = pass.Tape.Labels(pass.File.Labels("input.target"));
        pass.Output("dice", DiceCe.Apply(pass.Tape, logits, targets, new(1, 0, smooth)));
        pass.Output("bce", DiceCe.Apply(pass.Tape, logits, targets, new(0, 1, smooth)));
        pass.Output("total", DiceCe.Apply(pass.Tape, logits, targets, new(dice, entropy, smooth)));
    }

    /// <summary>The schedule is stepped after every optimiser step, so that the fixture's epochs are our steps.</summary>
    public static void Optimiser(ParityPass pass)
    {
        var (steps, groups) = (pass.File.Shape("output.lrs")[0], pass.File.Shape("output.lrs")[1]);
        var milestones = pass.Options.Numbers("milestones", []);
        var config = new TrainingConfig
        {
            LearningRate = pass.Options.Number("lr", 1e-3),
            Schedule = ScheduleKind.MultiStep,
            Gamma = pass.Options.Number("gamma", 0.1),
            Milestones = Array.ConvertAll(milestones, step => step / steps),
        };
        var rates = new float[steps * groups];
        for (var i = 0; i < rates.Length; i++)
        {
            rates[i] = (float)(LearningRate.At(config, i / groups, steps) * (i % groups == 0 ? 1 : LaterGroups));
        }

        pass.Output("lrs", rates);
        for (var p = 0; pass.Weights.Has($"param.p{p}"); p++)
        {
            Optimise(pass, p, Enumerable.Range(0, steps).Select(t => rates[(t * groups) + Math.Min(p, groups - 1)]));
        }
    }

    /// <summary>Upstream takes the statistics of the whole array at once.</summary>
    public static void ZNormalise(ParityPass pass)
    {
        var values = pass.File.Floats("input.x");
        Intensity.ZNormalize(new Volume<float>(new(new(values.Length, 1, 1), Affine3.Identity), values));
        pass.Output("y", values);
    }

    private static void Optimise(ParityPass pass, int parameter, IEnumerable<float> rates)
    {
        var (backend, tape) = (pass.Backend, pass.Tape);
        var values = pass.Weights.Floats($"param.p{parameter}");
        var shape = new Shape(values.Length);
        var (p, m, v) = (tape.From(shape, values), tape.Zeros(shape), tape.Zeros(shape));
        var betas = pass.Options.Numbers("betas", [0.9, 0.999]);
        var step = 0;
        foreach (var rate in rates)
        {
            var gradient = tape.From(shape, pass.File.Floats($"input.step{step}.grad{parameter}"));
            var update = new AdamWStep(
                rate, (float)pass.Options.Number("weight_decay", 0), pass.Name.Contains("adamw", StringComparison.Ordinal), step + 1,
                Beta1: (float)betas[0], Beta2: (float)betas[1], Epsilon: (float)pass.Options.Number("eps", 1e-8));
            backend.AdamW.Update(update, View.None, p, gradient, m, v);
            var after = new float[values.Length];
            backend.Download(p, after);
            pass.Output($"step{step}.p{parameter}", after);
            step++;
        }
    }

    /// <summary>
    /// The unbiased deviation of all n values without a root: with x̂ = (x - mean) / σ, Σ x x̂ = n σ, and the unbiased deviation is
    /// σ sqrt(n / (n - 1)).
    /// </summary>
    private static Tensor Deviation(Tape tape, Tensor x)
    {
        var n = (int)x.Shape.Length;
        var scale = new float[n];
        Array.Fill(scale, (float)(1 / Math.Sqrt(n * (n - 1.0))));
        var flat = x.Reshape(n);
        var standardised = LayerNorm.Apply(tape, flat, tape.From(new(n), scale), epsilon: 0);
        return Reduce.Sum(tape, Elementwise.Apply<Multiply>(tape, flat, standardised), axis: 0);
    }
}
