using XlstmSam.Kernels;

namespace XlstmSam.Engine;

/// <summary>y = a b over the last two axes: (..., M, K) times (..., K, N) with equal leading axes, or times one (K, N).</summary>
public static class MatMul
{
    public static Tensor Apply(Tape tape, Tensor a, Tensor b)
    {
        var rank = a.Shape.Rank;
        Require.That(
            rank >= 2 && b.Shape.Rank >= 2 && a.Shape[-1] == b.Shape[-2],
            $"MatMul: a is {a.Shape} and b is {b.Shape}; expected (..., M, K) and (..., K, N).");
        var shared = b.Shape.Rank == 2;
        if (!shared)
        {
            Require.Same("MatMul", "b", b.Shape, a.Shape.With(-2, b.Shape[-2]).With(-1, b.Shape[-1]), "to match the leading axes of a, or two axes");
        }

        var geometry = new Geometry(
            shared ? 1 : checked((int)a.Shape.Product(0, rank - 2)),
            shared ? checked((int)a.Shape.Product(0, rank - 1)) : a.Shape[-2],
            b.Shape[-1],
            a.Shape[-1]);
        var y = tape.Empty(a.Shape.With(-1, geometry.N), a.RequiresGrad || b.RequiresGrad);
        tape.Backend.MatMul.Multiply(geometry.Forward, a, b, View.None, Activation.None, y);
        return tape.Record(y, new MatMulPullback(geometry, a, b));
    }

    private readonly record struct Geometry(int Batch, int M, int N, int K)
    {
        public MatMulGeometry Forward => MatMulGeometry.Dense(M, N, K, batch: Batch);

        /// <summary>da = dy bᵀ.</summary>
        public MatMulGeometry BackwardA => MatMulGeometry.Dense(M, K, N, transposeB: true, batch: Batch);

        /// <summary>db = aᵀ dy.</summary>
        public MatMulGeometry BackwardB => MatMulGeometry.Dense(K, N, M, transposeA: true, batch: Batch);
    }

    private sealed record MatMulPullback(Geometry Geometry, Tensor A, Tensor B) : Pullback
    {
        public override void Apply(Tape tape, Tensor output)
        {
            View dy = tape.GradOf(output), da = tape.GradOf(A), db = tape.GradOf(B);
            if (!da.IsNone)
            {
                tape.Backend.MatMul.Accumulate(Geometry.BackwardA, dy, B, da);
            }

            if (!db.IsNone)
            {
                tape.Backend.MatMul.Accumulate(Geometry.BackwardB, A, dy, db);
            }
        }
    }
}
