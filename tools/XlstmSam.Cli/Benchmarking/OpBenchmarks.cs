using XlstmSam.Engine;
using XlstmSam.Kernels;
using XlstmSam.Models;

namespace XlstmSam.Cli.Benchmarking;

/// <summary>The ops that a model spends its time in, at the shapes it has them, each forward and with all its gradients.</summary>
internal sealed class OpBenchmarks(ModelConfig config, IBackend backend)
{
    private const int Heads = 4;
    private const int Tokens = 8;
    private static readonly Init Values = new Init.Uniform(1);

    public IEnumerable<Benchmark> All()
    {
        var (size, width) = (new Extent3(config.Size[0], config.Size[1], config.Size[2]), config.Encoder.Stem);
        foreach (var (channels, stride, mixer) in config.Encoder.Features.Zip(config.Encoder.Strides, config.Encoder.Mixers))
        {
            var found = stride == 1 ? [] : Conv(width, channels, size, stride);
            (size, width) = (new(size.D / stride, size.H / stride, size.W / stride), channels);
            foreach (var benchmark in found.Concat(Conv(channels, channels, size, 1)).Concat(Norm(channels, size)).Concat(mixer == Mixer.Vil ? Vil(channels, (int)size.Count) : []))
            {
                yield return benchmark;
            }
        }

        foreach (var benchmark in Attend(config.Embedding / 2, (int)size.Count).Concat(Loss()))
        {
            yield return benchmark;
        }
    }

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

    private IEnumerable<Benchmark> Vil(int width, int length)
    {
        var inner = 2 * width;
        var linear = Passes("linear", $"{length}x{width}->{inner}", scope =>
        {
            var x = scope.Parameter("x", new(1, length, width), Values);
            var weight = scope.Parameter("weight", new(inner, width), Values);
            return (tape, _) => Linear.Apply(tape, x, weight);
        });
        var norm = Passes("layer norm", $"{length}x{width}", scope =>
        {
            var (x, weight) = (scope.Parameter("x", new(1, length, width), Values), scope.Parameter("weight", new(width), Values));
            return (tape, _) => LayerNorm.Apply(tape, x, weight, scaleOffset: 1);
        });
        var scan = Passes("mLSTM", $"{length}x{inner}, {Heads} heads", scope =>
        {
            var names = (string[])["q", "k", "v", "i", "f"];
            var x = names.Select((name, n) => scope.Parameter(name, new(1, length, n < 3 ? inner : Heads), Values)).ToArray();
            return (tape, _) => MlstmScan.Apply(tape, x[0], x[1], x[2], x[3], x[4], ScanDirection.Forward);
        });
        return linear.Concat(norm).Concat(scan);
    }

    private IEnumerable<Benchmark> Attend(int width, int cells) => Passes("attention", $"{cells} to {Tokens}, {config.DecoderHeads} heads of {width / config.DecoderHeads}", scope =>
    {
        var q = scope.Parameter("q", new(1, cells, width), Values);
        var (k, v) = (scope.Parameter("k", new(1, Tokens, width), Values), scope.Parameter("v", new(1, Tokens, width), Values));
        return (tape, _) => Attention.Apply(tape, q, k, v, config.DecoderHeads);
    });

    private IEnumerable<Benchmark> Loss()
    {
        var size = new Extent3(config.Size[0], config.Size[1], config.Size[2]);
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
        var tally = new KernelTally(backend);
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
