using System.Globalization;

namespace XlstmSam.Imaging;

/// <summary>The range of Hounsfield units that is mapped to [0, 255]: Level - Width / 2 to Level + Width / 2.</summary>
public readonly record struct CtWindow(double Width, double Level)
{
    public static CtWindow SoftTissue { get; } = new(400, 40);

    /// <summary>The challenge's lung window; radiology's usual level is -600.</summary>
    public static CtWindow Lung { get; } = new(1500, -160);

    public static CtWindow Brain { get; } = new(80, 40);

    public static CtWindow Bone { get; } = new(1800, 400);

    public double Low => Level - (Width / 2);

    public double High => Level + (Width / 2);

    /// <summary>"soft", "lung", "brain", "bone", or width and level such as "350,50".</summary>
    public static CtWindow Parse(string text)
    {
        var parts = text.Split(',', StringSplitOptions.TrimEntries);
        return text.Trim().ToLowerInvariant() switch
        {
            "soft" or "soft tissue" or "softtissue" or "soft-tissue" => SoftTissue,
            "lung" => Lung,
            "brain" => Brain,
            "bone" => Bone,
            _ when parts.Length == 2 && TryNumber(parts[0], out var width) && TryNumber(parts[1], out var level) && width > 0 => new(width, level),
            _ => throw new FormatException($"CT window '{text}' is not known; expected soft, lung, brain, bone, or width and level such as 350,50."),
        };
    }

    private static bool TryNumber(string text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
}
