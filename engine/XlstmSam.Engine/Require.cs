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

    public static void That(bool claim, string message)
    {
        if (!claim)
        {
            throw new ArgumentException(message);
        }
    }
}
