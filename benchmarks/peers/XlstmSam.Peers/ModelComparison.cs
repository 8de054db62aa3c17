using XlstmSam.Benchmarks.Measuring;
using XlstmSam.Benchmarks.Reports;
using XlstmSam.Kernels;
using XlstmSam.Models;
using XlstmSam.Peers.Loading;
using XlstmSam.Peers.Model;
using XlstmSam.Peers.Ops;
using XlstmSam.Measuring;
using static TorchSharp.torch;

namespace XlstmSam.Peers;

/// <summary>The whole model on both sides, from the same weights on the same input.</summary>
internal sealed class ModelComparison(IBackend backend, PeerOptions options)
{
    /// <summary>Two deep networks in single precision, hundreds of sums apart.</summary>
    private const double Tolerance = 5e-3;

    /// <summary>Of the loss. The second step's loss comes after an update that turns tiny gradients into steps of full size.</summary>
    private const double FirstLoss = 1e-4;
    private const double SecondLoss = 1e-3;

    private readonly Lazy<TorchForm> fastestTraining = new(FastestTraining);
    private readonly Effort effort = (options.Quick ? Effort.Quick : Effort.Full).Long;

    public Row Run(ModelRow row)
    {
        var config = (XlstmSamConfig)Presets.Get(row.Preset);
        var inputs = ModelInputs.Of(config.Size[0]);
        var measured = row.Work switch
        {
            ModelWork.Encode => Encode(row, config, inputs),
            ModelWork.Click => Click(row, config, inputs),
            _ => Train(row, config, inputs),
        };

        // Each side alone in a process of its own, now that this one has let go of both.
        var (ours, peer) = (PeakMemory.Of(row, "ours", options), PeakMemory.Of(row, measured.Form.ToString(), options));
        return measured.Row with { OursPeakBytes = ours, PeerPeakBytes = peer };
    }

    private (Row Row, TorchForm Form) Encode(ModelRow row, XlstmSamConfig config, ModelInputs inputs)
    {
        using var scope = NewDisposeScope();
        using var ours = new ModelHarness(config, backend, training: false);
        var expected = ours.Encode(inputs.Image);
        var peers = TorchForm.All.Select(form =>
        {
            var peer = Peer(config, form, ours);
            var image = peer.Image(inputs);
            return (Form: form, Model: peer, Image: image, Run: (Action)(() => peer.Encode(image).Dispose()));
        }).ToArray();
        foreach (var peer in peers)
        {
            using var embedding = peer.Model.Encode(peer.Image);
            Require(row, peer.Form, expected, Layout.OurVolume(embedding));
        }

        var best = peers[FastestOf([.. peers.Select(peer => peer.Run)])];
        var timings = Stopclock.InTurns(effort, () => ours.Encode(inputs.Image), best.Run);
        return (RowOf(row, inputs, best.Form, timings), best.Form);
    }

    private (Row Row, TorchForm Form) Click(ModelRow row, XlstmSamConfig config, ModelInputs inputs)
    {
        using var scope = NewDisposeScope();
        using var ours = new ModelHarness(config, backend, training: false);
        var embedding = ours.Encode(inputs.Image);
        var expected = ours.Click(embedding, inputs.Click);
        var peers = TorchForm.All.Where(form => !form.GroupNorm).Select(form =>
        {
            var peer = Peer(config, form, ours);
            var (theirs, positions) = (form.Layout.Volume(embedding, ours.Model.EmbeddingShape[3], config.Embedding), peer.Positions());
            return (Form: form, Run: (Func<Tensor>)(() => peer.Click(theirs, positions, inputs.Click)));
        }).ToArray();
        foreach (var peer in peers)
        {
            using var logits = peer.Run();
            Require(row, peer.Form, expected, logits);
        }

        var best = peers[FastestOf([.. peers.Select(peer => (Action)(() => peer.Run().Dispose()))])];
        var timings = Stopclock.InTurns(effort, () => ours.Click(embedding, inputs.Click), () => best.Run().Dispose());
        return (RowOf(row, inputs, best.Form, timings), best.Form);
    }

    private (Row Row, TorchForm Form) Train(ModelRow row, XlstmSamConfig config, ModelInputs inputs)
    {
        using var scope = NewDisposeScope();
        var form = fastestTraining.Value;
        using var ours = new ModelHarness(config, backend, training: true);
        var peer = Peer(config, form, ours);
        var (image, target) = (peer.Image(inputs), tensor(inputs.Target).to(float32));
        var (our, their) = (new List<double>(), new List<double>());
        var timings = Stopclock.InTurns(effort, () => our.Add(ours.Step(inputs)), () => their.Add(peer.Step(image, target, inputs.Rounds)));
        Console.WriteLine($"{row.Name}: loss of steps 1 and 2, ours {our[0]:0.00000} {our[1]:0.00000}, {Libtorch.Name} {their[0]:0.00000} {their[1]:0.00000}");
        RequireLoss(row, 1, our[0], their[0], FirstLoss);
        RequireLoss(row, 2, our[1], their[1], SecondLoss);
        return (RowOf(row, inputs, form, timings), form);
    }

    /// <summary>The form that trains fastest on a small grid; on the large one a try of each would take minutes.</summary>
    private static TorchForm FastestTraining()
    {
        var config = (XlstmSamConfig)Presets.Get("small");
        var inputs = ModelInputs.Of(config.Size[0]);
        using var scope = NewDisposeScope();
        var runs = TorchForm.All.Select(form =>
        {
            var peer = new TorchModel(config, form);
            var (image, target) = (peer.Image(inputs), tensor(inputs.Target).to(float32));
            return (Action)(() => peer.Step(image, target, inputs.Rounds));
        });
        return TorchForm.All[FastestOf([.. runs])];
    }

    private TorchModel Peer(XlstmSamConfig config, TorchForm form, ModelHarness ours)
    {
        var peer = new TorchModel(config, form);
        peer.CopyFrom(ours.Model);
        return peer;
    }

    private static int FastestOf(Action[] runs)
    {
        var timings = Stopclock.InTurns(new(TimeSpan.Zero, FewestRounds: 2), runs);
        return Enumerable.Range(0, runs.Length).MinBy(run => timings[run].Minimum);
    }

    private static void Require(ModelRow row, TorchForm form, float[] expected, Tensor theirs) =>
        Agreement.Require($"{row.Name}, {form}", expected, theirs.contiguous().data<float>().ToArray(), Tolerance);

    private static void RequireLoss(ModelRow row, int step, double ours, double theirs, double tolerance)
    {
        if (!(Math.Abs(ours - theirs) <= tolerance * Math.Abs(theirs)))
        {
            throw new DisagreementException($"{row.Name}: the loss of step {step} is {ours} here and {theirs} in {Libtorch.Name}; expected them within {tolerance:0.0e0} of each other, else it is not the same work.");
        }
    }

    private static Row RowOf(ModelRow row, ModelInputs inputs, TorchForm form, Timing[] timings) =>
        Comparison.RowOf(row.Name, $"1x{inputs.Side}x{inputs.Side}x{inputs.Side}", row.Preset, $"{Libtorch.Name}, {form}", timings[0], timings[1]);
}
