using XlstmSam.Engine.Streams;

namespace XlstmSam.Engine;

/// <summary>How a parameter starts. Values come from a random stream of their own, so they depend on the seed and the name alone.</summary>
public abstract record Init
{
    public static Init Zero { get; } = new Constant(0);

    public static Init One { get; } = new Constant(1);

    /// <summary>PyTorch's default for linear layers and convolutions: U(-b, b) with b = 1 / sqrt(fan in).</summary>
    public static Init Default(long fanIn) => new Uniform(1 / Math.Sqrt(fanIn));

    /// <summary>He's normal initialisation for LeakyReLU: std = sqrt(2 / ((1 + 0.01²) fan in)).</summary>
    public static Init HeNormal(long fanIn) => new Normal(Math.Sqrt(2 / ((1 + (0.01 * 0.01)) * fanIn)));

    public abstract void Fill(Span<float> values, RandomStream stream);

    public sealed record Constant(float Value) : Init
    {
        public override void Fill(Span<float> values, RandomStream stream) => values.Fill(Value);
    }

    public sealed record Normal(double Deviation) : Init
    {
        public override void Fill(Span<float> values, RandomStream stream)
        {
            foreach (ref var value in values)
            {
                value = (float)(Deviation * stream.Normal());
            }
        }
    }

    public sealed record Uniform(double Bound) : Init
    {
        public override void Fill(Span<float> values, RandomStream stream)
        {
            foreach (ref var value in values)
            {
                value = (float)stream.Uniform(-Bound, Bound);
            }
        }
    }

    /// <summary>Equally spaced values from First to Last, both included.</summary>
    public sealed record Linspace(float First, float Last) : Init
    {
        public override void Fill(Span<float> values, RandomStream stream)
        {
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = values.Length == 1 ? First : First + ((Last - First) * i / (values.Length - 1));
            }
        }
    }
}
