using XlstmSam.Engine;
using XlstmSam.Kernels;

namespace XlstmSam.Models;

/// <summary>
/// Draws clicks and boxes into channels beside the image: positive clicks, negative clicks, the box. It is made of matrix products over what the device
/// has of the prompts, so that clicks which a kernel placed are drawn without the host knowing them.
/// </summary>
/// <remarks>
/// A prompt is the product of one profile per axis. A click's is 1 at the click and falls to 0 within the radius; a box's is 1 between its corners and 0
/// one cell beyond. With p, q, r the profiles of prompt n and w its weight per channel, cell (i, j, k) of channel c holds the sum over n of
/// p[n, i] q[n, j] · r[n, k] w[n, c]: one product of (cells of a plane, prompts) and (prompts, cells of a line by channels).
/// </remarks>
internal sealed class PromptDrawing(Extent3 size, double clickRadius)
{
    public const int Channels = 3;
    private const int LabelColumn = 3;
    private readonly int[] sides = [size.D, size.H, size.W];
    private readonly Ruler[] clickRulers = new Ruler[3];
    private readonly Ruler[] boxRulers = new Ruler[3];
    private Tensor? boxWeight, noWeight, one, minusOne;

    /// <summary>Bytes that <see cref="Load"/> takes on the device.</summary>
    public long ConstantBytes => sizeof(float) * ((8L * sides.Sum()) + Channels + 3);

    /// <summary>Takes the constants to the device.</summary>
    public void Load(Tape tape)
    {
        for (var axis = 0; axis < 3; axis++)
        {
            clickRulers[axis] = Ruler.Load(tape, sides[axis], 1 / (float)clickRadius);
            boxRulers[axis] = Ruler.Load(tape, sides[axis], 1);
        }

        (boxWeight, noWeight) = (tape.From(new(1, 1, Channels), [0, 0, 1]), tape.From(new(1, 1, 1), [0]));
        (one, minusOne) = (tape.From(new(1), [1]), tape.From(new(1), [-1]));
    }

    /// <summary>The channels of a round, (B, X0, X1, X2, 3).</summary>
    public Tensor Draw(Tape tape, PromptTokens tokens)
    {
        var batch = tokens.Table.Shape[0];
        List<Tensor>[] profiles = [[], [], []];
        var weights = new List<Tensor>();
        if (tokens.Window.Count > 0)
        {
            var clicks = Slice.Apply(tape, tokens.Table, axis: 1, tokens.Window.First, tokens.Window.Count);
            weights.Add(ClickWeights(tape, Column(tape, clicks, LabelColumn)));
            for (var axis = 0; axis < 3; axis++)
            {
                var at = Column(tape, clicks, axis);
                profiles[axis].Add(Profile(tape, clickRulers[axis], at, at));
            }
        }

        if (tokens.HasBox)
        {
            var (first, last) = (Slice.Apply(tape, tokens.Table, axis: 1, tokens.Window.TailFirst, 1), Slice.Apply(tape, tokens.Table, axis: 1, tokens.Window.TailFirst + 1, 1));
            weights.Add(Repeat.Apply(tape, boxWeight!, batch));
            for (var axis = 0; axis < 3; axis++)
            {
                profiles[axis].Add(Profile(tape, boxRulers[axis], Column(tape, first, axis), Column(tape, last, axis)));
            }
        }

        return weights.Count == 0
            ? tape.Zeros(new(batch, size.D, size.H, size.W, Channels))
            : Product(tape, batch, [.. profiles.Select(parts => Join(tape, parts))], Join(tape, weights));
    }

    private Tensor Product(Tape tape, int batch, Tensor[] profiles, Tensor weights)
    {
        var prompts = weights.Shape[1];
        var rows = batch * prompts;
        var planes = MatMul.Apply(tape, profiles[0].Reshape(rows, size.D, 1), profiles[1].Reshape(rows, 1, size.H));
        var lines = MatMul.Apply(tape, profiles[2].Reshape(rows, size.W, 1), weights.Reshape(rows, 1, Channels));
        var byCell = Transpose.Apply(tape, planes.Reshape(batch, prompts, size.D * size.H));
        return MatMul.Apply(tape, byCell, lines.Reshape(batch, prompts, size.W * Channels)).Reshape(batch, size.D, size.H, size.W, Channels);
    }

    /// <summary>1 from the first voxel to the last, falling to 0 outside: max(0, 1 - max(0, first - i) - max(0, i - last)), lengths by the ruler.</summary>
    private Tensor Profile(Tape tape, Ruler ruler, Tensor first, Tensor last) =>
        OneMinus(tape, Elementwise.Apply<Add>(
            tape,
            Linear.Apply(tape, first, ruler.Scale, ruler.MinusCells, Activation.Relu),
            Linear.Apply(tape, last, ruler.MinusScale, ruler.Cells, Activation.Relu)));

    /// <summary>(B, n, 3) from labels (B, n, 1): a positive click (1) is drawn in the first channel, a negative one (0) in the second, padding (-1) in none.</summary>
    private Tensor ClickWeights(Tape tape, Tensor labels)
    {
        var positive = Elementwise.Apply<Relu>(tape, labels);
        var negative = OneMinus(tape, Elementwise.Apply<Square>(tape, labels));
        return Concat.Apply(tape, [positive, negative, Elementwise.Apply<Multiply>(tape, positive, noWeight!)], axis: 2);
    }

    /// <summary>max(0, 1 - x).</summary>
    private Tensor OneMinus(Tape tape, Tensor x) =>
        Elementwise.Apply<Relu>(tape, Elementwise.Apply<Add>(tape, Elementwise.Apply<Multiply>(tape, x, minusOne!), one!));

    private static Tensor Column(Tape tape, Tensor entries, int column) => Slice.Apply(tape, entries, axis: 2, column, 1);

    private static Tensor Join(Tape tape, List<Tensor> parts) => parts.Count == 1 ? parts[0] : Concat.Apply(tape, parts, axis: 1);

    /// <summary>The cells of an axis as linear layers over a coordinate have them: scaled, with both signs.</summary>
    private readonly record struct Ruler(Tensor Scale, Tensor MinusScale, Tensor Cells, Tensor MinusCells)
    {
        public static Ruler Load(Tape tape, int side, float scale)
        {
            float[] cells = [.. Enumerable.Range(0, side).Select(cell => scale * cell)];
            float[] scales = [.. Enumerable.Repeat(scale, side)];
            return new(
                tape.From(new(side, 1), scales), tape.From(new(side, 1), Negative(scales)), tape.From(new(side), cells), tape.From(new(side), Negative(cells)));
        }

        private static float[] Negative(float[] values) => Array.ConvertAll(values, value => -value);
    }
}
