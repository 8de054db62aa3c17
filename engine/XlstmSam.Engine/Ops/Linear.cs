using XlstmSam.Kernels;

namespace XlstmSam.Engine;

/// <summary>y = activation(x Wᵀ + b) over the last axis: x is (..., K), the weight is (N, K), y is (..., N).</summary>
public static class Linear
{
    public static Tensor Apply(Tape tape, Tensor x, Tensor weight, Tensor? bias = null, Activation activation = Activation.None)
    {
        Require.Rank("Linear", "weight", weight.Shape, 2);
        Require.That(
            x.Shape.Rank > 0 && x.Shape[-1] == weight.Shape[1],
            $"Linear: x is {x.Shape} and weight is {weight.Shape}; expected the last axis of x to match the last of weight.");
        CheckBias(weight, bias);
        var (n, k) = (weight.Shape[0], weight.Shape[1]);
        var product = MatMulGeometry.Dense(Rows(x.Shape), n, k, transposeB: true);
        var requiresGrad = x.RequiresGrad || weight.RequiresGrad || bias is { RequiresGrad: true };
        var y = tape.Empty(x.Shape.With(-1, n), requiresGrad);
        Block? argument = null;
        if (y.RequiresGrad && activation is Activation.Gelu or Activation.Silu)
        {
            argument = tape.Rent(y.Shape.Length);
            tape.Backend.MatMul.Multiply(product, x, weight, bias, Activation.None, argument.View);
            Activate(tape, activation, argument.View, y);
        }
        else
        {
            tape.Backend.MatMul.Multiply(product, x, weight, bias, activation, y);
        }

        return tape.Record(y, new LinearPullback(x, weight, bias, activation, argument));
    }

    /// <summary>Linear over the concatenation of the inputs along the last axis, without concatenating them.</summary>
    public static Tensor ApplyConcat(Tape tape, IReadOnlyList<Tensor> inputs, Tensor weight, Tensor? bias = null)
    {
        Require.Rank("Linear", "weight", weight.Shape, 2);
        Require.That(inputs.Count > 0, "Linear: no inputs to concatenate; expected at least one.");
        CheckBias(weight, bias);
        var (n, k, first) = (weight.Shape[0], weight.Shape[1], inputs[0].Shape);
        var (total, requiresGrad) = (0, weight.RequiresGrad || bias is { RequiresGrad: true });
        foreach (var input in inputs)
        {
            Require.Same("Linear", "an input", input.Shape, first.With(-1, input.Shape[-1]), "to match the leading axes of the first input");
            total += input.Shape[-1];
            requiresGrad |= input.RequiresGrad;
        }

        Require.That(total == k, $"Linear: the inputs have {total} channels together and weight is {weight.Shape}; expected {k}.");
        var y = tape.Empty(first.With(-1, n), requiresGrad);
        var column = 0;
        foreach (var input in inputs)
        {
            var product = Part(input, weight);
            var columns = ((View)weight).Slice(column, weight.Shape.Length - column);
            if (column == 0)
            {
                tape.Backend.MatMul.Multiply(product, input, columns, bias, Activation.None, y);
            }
            else
            {
                tape.Backend.MatMul.Accumulate(product, input, columns, y);
            }

            column += input.Shape[-1];
        }

        return tape.Record(y, new ConcatPullback([.. inputs], weight, bias));
    }

    private static int Rows(Shape shape) => checked((int)shape.Product(0, shape.Rank - 1));

    // y += input Wᵀ over the columns of the weight that belong to this input.
    private static MatMulGeometry Part(Tensor input, Tensor weight) =>
        MatMulGeometry.Dense(Rows(input.Shape), weight.Shape[0], input.Shape[-1], transposeB: true) with { LdB = weight.Shape[1] };

    private static void CheckBias(Tensor weight, Tensor? bias)
    {
        if (bias is not null)
        {
            Require.Same("Linear", "bias", bias.Shape, new(weight.Shape[0]), $"to match the first axis of weight {weight.Shape}");
        }
    }

    private static void Activate(Tape tape, Activation activation, View x, View y)
    {
        if (activation == Activation.Gelu)
        {
            tape.Backend.Elementwise.Unary<Gelu>(x, y);
        }
        else
        {
            tape.Backend.Elementwise.Unary<Silu>(x, y);
        }
    }

    private static void AddBiasGradient(Tape tape, Tensor? bias, View gradient, int rows, int columns)
    {
        var dbias = tape.GradOf(bias);
        if (!dbias.IsNone)
        {
            tape.Backend.Reduction.Sum(new(1, rows, columns), gradient, dbias, accumulate: true);
        }
    }

    private static void AddGradients(Tape tape, Tensor input, View gradient, View weight, View dweight, int n, int ldWeight)
    {
        var (rows, k, dx) = (Rows(input.Shape), input.Shape[-1], tape.GradOf(input));
        if (!dx.IsNone)
        {
            tape.Backend.MatMul.Accumulate(MatMulGeometry.Dense(rows, k, n) with { LdB = ldWeight }, gradient, weight, dx);
        }

        if (!dweight.IsNone)
        {
            tape.Backend.MatMul.Accumulate(MatMulGeometry.Dense(n, k, rows, transposeA: true) with { LdY = ldWeight }, gradient, input, dweight);
        }
    }

    // Relu and LeakyRelu keep the sign of their argument, so y serves as the argument; Gelu and Silu kept it.
    private sealed record LinearPullback(Tensor X, Tensor Weight, Tensor? Bias, Activation Activation, Block? Argument) : Pullback
    {
        public override void Apply(Tape tape, Tensor output)
        {
            var (n, k) = (Weight.Shape[0], Weight.Shape[1]);
            var gradient = ArgumentGradient(tape, output);
            AddGradients(tape, X, gradient, Weight, tape.GradOf(Weight), n, k);
            AddBiasGradient(tape, Bias, gradient, Rows(output.Shape), n);
        }

        private View ArgumentGradient(Tape tape, Tensor output)
        {
            var dy = tape.GradOf(output);
            if (Activation == Activation.None)
            {
                return dy;
            }

            var gradient = tape.Rent(output.Shape.Length).View;
            var elementwise = tape.Backend.Elementwise;
            elementwise.Fill(gradient, 0);
            switch (Activation)
            {
                case Activation.Relu: elementwise.UnaryBackward<Relu>(dy, output, gradient); break;
                case Activation.LeakyRelu: elementwise.UnaryBackward<LeakyRelu>(dy, output, gradient); break;
                case Activation.Gelu: elementwise.UnaryBackward<Gelu>(dy, Argument!.View, gradient); break;
                case Activation.Silu: elementwise.UnaryBackward<Silu>(dy, Argument!.View, gradient); break;
            }

            return gradient;
        }
    }

    private sealed record ConcatPullback(Tensor[] Inputs, Tensor Weight, Tensor? Bias) : Pullback
    {
        public override void Apply(Tape tape, Tensor output)
        {
            var (n, k) = (Weight.Shape[0], Weight.Shape[1]);
            View dy = tape.GradOf(output), weight = Weight, dweight = tape.GradOf(Weight);
            var column = 0;
            foreach (var input in Inputs)
            {
                var columns = dweight.IsNone ? View.None : dweight.Slice(column, dweight.Length - column);
                AddGradients(tape, input, dy, weight.Slice(column, weight.Length - column), columns, n, k);
                column += input.Shape[-1];
            }

            AddBiasGradient(tape, Bias, dy, Rows(output.Shape), n);
        }
    }
}
