namespace XlstmSam.Engine;

/// <summary>Shape rules of ops: who, what it got, what was expected.</summary>
internal static class Require
{
    public static void Rank(string op, string operand, Shape shape, int rank)
    {
        if (shape.Rank != rank)
        {
            throw new ArgumentException($"{op}: {operand} is {shape}; expected {rank} axes.");
        }
    }

    public static void Same(string op, string operand, Shape shape, Shape expected, string reason)
    {
        if (shape != expected)
        {
            throw new ArgumentException($"{op}: {operand} is {shape}; expected {expected} {reason}.");
        }
    }

    /// <summary>The axis counted from the start; negative axes count from the end.</summary>
    public static int Axis(string op, Shape shape, int axis)
    {
        var counted = axis < 0 ? axis + shape.Rank : axis;
        return counted >= 0 && counted < shape.Rank
            ? counted
            : throw new ArgumentException($"{op}: axis {axis} of {shape}; expected one of -{shape.Rank} to {shape.Rank - 1}.");
    }

    public static void That(bool claim, string message)
    {
        if (!claim)
        {
            throw new ArgumentException(message);
        }
    }
}
