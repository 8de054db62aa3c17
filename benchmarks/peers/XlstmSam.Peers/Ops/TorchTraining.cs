using TorchSharp.Modules;
using XlstmSam.Benchmarks.Works;
using XlstmSam.Kernels;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace XlstmSam.Peers.Ops;

/// <summary>The loss and the optimiser.</summary>
internal static class TorchTraining
{
    private const double Smooth = 1e-5;

    public static IEnumerable<Candidate> Of(DiceCeWork work)
    {
        var logits = tensor(work.Logits()).requires_grad_();
        var targets = tensor(work.Targets()).to(float32);
        return
        [
            Of("dot products", logits, targets, DiceCe),
            Of("products and sums", logits, targets, DiceCeOfSums),
        ];
    }

    /// <summary>Dice over squares plus cross entropy of one mask; x and y are flat.</summary>
    public static Tensor DiceCe(Tensor x, Tensor y)
    {
        using var scope = NewDisposeScope();
        var p = x.sigmoid();
        return Loss(p.dot(y), p.dot(p) + y.dot(y), x, y).MoveToOuterDisposeScope();
    }

    public static IEnumerable<Candidate> Of(AdamWWork work) =>
        work.Against == AdamWPeer.Optimizer ? [Optimizer(work)] : [Slab(work, interpolate: false), Slab(work, interpolate: true)];

    private static Tensor DiceCeOfSums(Tensor x, Tensor y)
    {
        using var scope = NewDisposeScope();
        var p = x.sigmoid();
        return Loss((p * y).sum(), (p * p).sum() + (y * y).sum(), x, y).MoveToOuterDisposeScope();
    }

    private static Tensor Loss(Tensor overlap, Tensor squares, Tensor x, Tensor y) =>
        1 - (((2 * overlap) + Smooth) / (squares + Smooth)) + binary_cross_entropy_with_logits(x, y);

    private static Candidate Of(string form, Tensor logits, Tensor targets, Func<Tensor, Tensor, Tensor> loss) => new(
        form,
        () =>
        {
            var value = loss(logits, targets);
            return [value, autograd.grad([value], [logits])[0]];
        },
        results => results);

    /// <summary>TorchSharp's own optimiser, which walks over the parameters in managed code.</summary>
    private static Candidate Optimizer(AdamWWork work)
    {
        var (values, gradients) = (tensor(work.Values()), tensor(work.Gradients()));
        var parameters = new List<Parameter>();
        var start = 0L;
        foreach (var length in work.Tensors)
        {
            parameters.Add(new Parameter(values.narrow(0, start, length).clone()) { grad = gradients.narrow(0, start, length).clone() });
            start += length;
        }

        var step = AdamWWork.Step(1);
        var optimizer = optim.AdamW(parameters, step.LearningRate, step.Beta1, step.Beta2, step.Epsilon, step.WeightDecay);
        return new(
            "optim.AdamW",
            () =>
            {
                optimizer.step();
                return [];
            },
            _ => [cat([.. parameters.Select(parameter => parameter.detach())])]);
    }

    /// <summary>The formula in place over one slab, as a user who wants speed would write it; nothing is allocated after the first step.</summary>
    private static Candidate Slab(AdamWWork work, bool interpolate)
    {
        var (values, gradients) = (tensor(work.Values()), tensor(work.Gradients()));
        var (first, second, root) = (zeros_like(values), zeros_like(values), zeros_like(values));
        var number = 0L;
        var share = tensor(1 - AdamWWork.Step(1).Beta1);
        void Update()
        {
            using var _ = no_grad();
            using var scope = NewDisposeScope();
            var step = AdamWWork.Step(++number);
            var c = AdamWCoefficients.Of(step);
            values.mul_(c.Keep);
            if (interpolate)
            {
                first.lerp_(gradients, share);
            }
            else
            {
                first.mul_(c.Beta1).add_(gradients, c.OneMinusBeta1);
            }

            second.mul_(c.Beta2).addcmul_(gradients, gradients, c.OneMinusBeta2);
            root.copy_(second).sqrt_().mul_(c.RootScale).add_(c.Epsilon);
            values.addcdiv_(first, root, -c.StepSize);
        }

        return new(
            interpolate ? "in place, lerp_" : "in place, mul_ and add_",
            () =>
            {
                Update();
                return [];
            },
            _ => [values]);
    }
}
