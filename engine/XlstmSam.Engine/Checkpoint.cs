namespace XlstmSam.Engine;

/// <summary>Drops a segment's activations and runs the segment again in backward: memory for time. The gradients are the same bits.</summary>
public static class Checkpoint
{
    public static Tensor Apply(Tape tape, Func<Tape, Tensor, Tensor> segment, Tensor x)
    {
        if (!tape.IsTaping)
        {
            return segment(tape, x);
        }

        var forgetful = Tape.ForInference(tape.Backend, tape.Arena);
        var y = segment(forgetful, x).WithGradient();
        return tape.Record(y, new CheckpointPullback(segment, x));
    }

    private sealed record CheckpointPullback(Func<Tape, Tensor, Tensor> Segment, Tensor X) : Pullback
    {
        public override void Apply(Tape tape, Tensor output)
        {
            var inner = Tape.ForTraining(tape.Backend, tape.Arena);
            var y = Segment(inner, X);
            tape.Backend.Elementwise.AddScaled(tape.GradOf(output), 1, inner.GradOf(y));
            inner.Backward();
        }
    }
}
