namespace XlstmSam.Files;

/// <summary>Labels are whole numbers; scaling in single precision may leave them a hair away from one.</summary>
internal static class LabelValues
{
    private const double Tolerance = 1e-3;

    public static void Round(ReadOnlySpan<double> values, Span<int> labels, string subject)
    {
        for (var i = 0; i < values.Length; i++)
        {
            var whole = Math.Round(values[i]);
            if (!(Math.Abs(values[i] - whole) <= Tolerance) || whole is < int.MinValue or > int.MaxValue)
            {
                throw new InvalidDataException(
                    $"{subject}: holds the value {values[i]}; labels are whole numbers of 32 bits. Pass a label file here, or threshold the probabilities " +
                    "first.");
            }

            labels[i] = (int)whole;
        }
    }
}
