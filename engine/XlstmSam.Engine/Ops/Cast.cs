using XlstmSam.Kernels;

namespace XlstmSam.Engine;

/// <summary>The same values, stored and rounded to another type; the gradient goes back into that of x.</summary>
public static class Cast
{
    /// <summary>x itself if it is stored so already.</summary>
    public static Tensor Apply(Tape tape, Tensor x, ElementType type)
    {
        if (x.Type == type)
        {
            return x;
        }

        var y = tape.Empty(x.Shape, x.RequiresGrad, type);
        tape.Backend.Elementwise.Cast(x, y);
        return tape.Record(y, new CastPullback(x));
    }

    private sealed record CastPullback(Tensor X) : Pullback
    {
        public override void Apply(Tape tape, Tensor output)
        {
            var dx = tape.GradOf(X);
            if (!dx.IsNone)
            {
                tape.Backend.Elementwise.AddScaled(tape.GradOf(output), 1, dx);
            }
        }
    }
}
