using System.Numerics;
using XlstmSam.Engine;

namespace XlstmSam.OpCases;

/// <summary>One input of a case: a shape, its values, and whether the gradient with respect to it is checked.</summary>
public sealed record Sample(Shape Shape, float[] Values, bool Differentiable = true);

/// <summary>
/// One op at one size: how the engine computes it and what it means. Parity, gradients, benchmarks and <c>verify</c> all follow from this.
/// </summary>
public abstract class OpCase
{
    /// <summary>The op's stem and what is special about this case: "Conv3d k3 s2 5x4x6 3->4".</summary>
    public abstract string Name { get; }

    public abstract IReadOnlyList<Sample> Inputs { get; }

    /// <summary>Largest accepted gradient error, relative to the largest gradient of the case. An override says why.</summary>
    public virtual double GradientTolerance => 1e-5;

    /// <summary>Factor on the error that naive float arithmetic makes, which a kernel may reach. An override says why.</summary>
    public virtual double ErrorFactor => 4;

    /// <summary>What storing results in fewer bits than a float's may add to the error, relative to the largest output.</summary>
    public virtual double StorageError => 0;

    public abstract Tensor Apply(Tape tape, Tensor[] inputs);

    /// <summary>The definition, naive and forward only. In double it is the oracle, in float the yardstick.</summary>
    public abstract T[] Reference<T>(T[][] inputs)
        where T : unmanaged, IFloatingPointIeee754<T>;
}
