using XlstmSam.Engine;
using XlstmSam.Kernels;
using XlstmSam.Models;

namespace XlstmSam.Cli.Benchmarking;

/// <summary>The ops that a model spends its time in, at the shapes it has them, each forward and with all its gradients.</summary>
internal sealed class OpBenchmarks(ModelConfig config, IBackend backend)
{
    private static readonly Init Values = new Init.Uniform(1);

    public IEnumerable<Benchmark> All() => ModelFamilies.Of(config).MainOps(config).SelectMany(Measured).Concat(Loss());

    private IEnumerable<Benchmark> Measured(MainOp op) => op switch
    {
        MainOp.Conv conv => Conv(conv.Inputs, conv.Outputs, conv.Size, conv.Stride),
        MainOp.UpConv conv => UpConv(conv.Inputs, conv.Outputs, conv.Size),
        MainOp.Norm norm => Norm(norm.Channels, norm.Size),
        MainOp.Product linear => Product(linear.Rows, linear.Inputs, linear.Outputs),
        MainOp.RowNorm norm => RowNorm(norm.Rows, norm.Width),
        MainOp.Scan scan => Scan(scan.Length, scan.Width, scan.Heads),
        MainOp.Attend attention => Attend(attention.Queries, attention.Keys, attention.Width, attention.Heads),
        _ => throw new InvalidOperationException($"OpBenchmarks: there is no benchmark of {op}."),
    };

    private IEnumerable<Benchmark> Conv(int inputs, int outputs, Extent3 size, int stride) => Passes($"conv k3 s{stride}", $"{inputs}->{outputs} {size}", scope =>
    {
        var x = scope.Parameter("x", new(1, size.D, size.H, size.W, inputs), Values);
        var weight = scope.Parameter("weight", new(3, 3, 3, inputs, outputs), Values);
        return (tape, _) => Conv3d.Apply(tape, x, weight, null, Extent3.Cube(stride), Extent3.Cube(1));
    });

    private IEnumerable<Benchmark> Norm(int channels, Extent3 size) => Passes("instance norm, leaky", $"{channels} {size}", scope =>
    {
        var x = scope.Parameter("x", new(1, size.D, size.H, size.W, channels), Values);
        var (gamma, beta) = (scope.Parameter("gamma", new(channels), Values), scope.Parameter("beta", new(channels), Values));
        return (tape, _) => InstanceNorm.Apply(tape, x, gamma, beta, Activation.LeakyRelu);
    });

    private IEnumerable<Benchmark> UpConv(int inputs, int outputs, Extent3 size) => Passes("transposed conv k2 s2", $"{inputs}->{outputs} {size}", scope =>
    {
        var x = scope.Parameter("x", new(1, size.D, size.H, size.W, inputs), Values);
        var weight = scope.Parameter("weight", new(inputs, 2, 2, 2, outputs), Values);
        return (tape, _) => ConvTranspose3d.Apply(tape, x, weight, null);
    });

    private IEnumerable<Benchmark> Product(int rows, int inputs, int outputs) => Passes("linear", $"{rows}x{inputs}->{outputs}", scope =>
    {
        var x = scope.Parameter("x", new(1, rows, inputs), Values);
        var weight = scope.Parameter("weight", new(outputs, inputs), Values);
        return (tape, _) => Linear.Apply(tape, x, weight);
    });

    private IEnumerable<Benchmark> RowNorm(int rows, int width) => Passes("layer norm", $"{rows}x{width}", scope =>
    {
        var (x, weight) = (scope.Parameter("x", new(1, rows, width), Values), scope.Parameter("weight", new(width), Values));
        return (tape, _) => LayerNorm.Apply(tape, x, weight, scaleOffset: 1);
    });

    private IEnumerable<Benchmark> Scan(int length, int width, int heads) => Passes("mLSTM", $"{length}x{width}, {heads} heads", scope =>
    {
        var names = (string[])["q", "k", "v", "i", "f"];
        var x = names.Select((name, n) => scope.Parameter(name, new(1, length, n < 3 ? width : heads), Values)).ToArray();
        return (tape, _) => MlstmScan.Apply(tape, x[0], x[1], x[2], x[3], x[4], ScanDirection.Forward);
    });

    private IEnumerable<Benchmark> Attend(int queries, int keys, int width, int heads) => Passes("attention", $"{queries} to {keys}, {heads} heads of {width / heads}", scope =>
    {
        var q = scope.Parameter("q", new(1, queries, width), Values);
        var (k, v) = (scope.Parameter("k", new(1, keys, width), Values), scope.Parameter("v", new(1, keys, width), Values));
        return (tape, _) => Attention.Apply(tape, q, k, v, heads);
    });

    private IEnumerable<Benchmark> Loss()
    {
        var size = config.Input.Size;
        var labels = new byte[size.Count];
        Array.Fill<byte>(labels, 1, 0, labels.Length / 4);
        return Passes("DiceCE", $"{size}", scope =>
        {
            var logits = scope.Parameter("logits", new(1, labels.Length), Values);
            return (tape, targets) => DiceCe.Apply(tape, logits, targets!, DiceCeWeights.Default);
        }, labels);
    }

    /// <param name="op">Given the operands: y as a function of the tape and the labels on the device.</param>
    private IEnumerable<Benchmark> Passes(string name, string shape, Func<ParameterScope, Func<Tape, Block?, Tensor>> op, byte[]? labels = null) =>
    [
        new(name, shape, "forward", () => Open(op, labels, training: false)),
        new(name, shape, "forward, backward", () => Open(op, labels, training: true)),
    ];

    private Workload Open(Func<ParameterScope, Func<Tape, Block?, Tensor>> op, byte[]? labels, bool training)
    {
        var operands = new ParameterStore();
        var apply = op(operands.Root);
        operands.Materialize(backend, training);
        operands.Initialize(backend, seed: 1);
        var passes = training ? PlannedPass.ForTraining(backend) : PlannedPass.ForInference(backend);
        var tally = new CountingBackend(backend);
        passes.Plan("op", Inputs, Pass, Workload.Finish, tally);
        return new(() => passes.Run("op", Inputs, Pass, Workload.Finish), tally.Log.Sum(call => call.Flops), tally.Log.Sum(call => call.Bytes), passes, operands);

        Block? Inputs(Tape tape) => labels is null ? null : tape.Labels(labels);

        Tensor Pass(Tape tape, Block? targets)
        {
            var y = apply(tape, targets);
            if (training)
            {
                tape.Backward([y]);
            }

            return y;
        }
    }
}
