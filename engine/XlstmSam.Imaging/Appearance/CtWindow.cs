using System.Globalization;

namespace XlstmSam.Imaging;

/// <summary>The range of Hounsfield units that is mapped to [0, 255]: Level - Width / 2 to Level + Width / 2.</summary>
public readonly record struct CtWindow(double Width, double Level)
{
    /// <summary>Width 400, level 40: the window where none is asked for.</summary>
    public static CtWindow SoftTissue { get; } = new(400, 40);

    /// <summary>The challenge's lung window; radiology's usual level is -600.</summary>
    public static CtWindow Lung { get; } = new(1500, -160);

    /// <summary>Width 80, level 40.</summary>
    public static CtWindow Brain { get; } = new(80, 40);

    /// <summary>Width 1800, level 400.</summary>
    public static CtWindow Bone { get; } = new(1800, 400);

    /// <summary>The lower end in Hounsfield units; values below become 0.</summary>
    public double Low => Level - (Width / 2);

    /// <summary>The upper end in Hounsfield units; values above become 255.</summary>
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
