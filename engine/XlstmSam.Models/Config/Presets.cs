namespace XlstmSam.Models;

/// <summary>The configurations with a name.</summary>
public static class Presets
{
    public static IReadOnlyList<string> Names { get; } = ["tiny", "small", "paper", "paper-vil5"];

    public static ModelConfig Get(string name) => name switch
    {
        "tiny" => Tiny,
        "small" => Paper with { Name = "small", Size = [64, 64, 64] },
        "paper" => Paper,
        "paper-vil5" => Paper with
        {
            Name = "paper-vil5",
            Encoder = Paper.Encoder with { Mixers = [Mixer.Vil, Mixer.Vil, Mixer.Vil, Mixer.Vil, Mixer.Vil] },
        },
        _ => throw new InvalidDataException($"Preset '{name}': unknown; choose one of {string.Join(", ", Names)}."),
    };

    /// <summary>32^3 at 1.5 mm: learns in minutes on two cores.</summary>
    private static ModelConfig Tiny { get; } = new()
    {
        Name = "tiny",
        Size = [32, 32, 32],
        Roi = RoiPolicy.Volume,
        Clicks = ClickPolicy.All,
        Embedding = 96,
        DecoderMlp = 384,
        SwapDensePeAxes = false,
        Encoder = new() { Stem = 8, Features = [16, 48, 96], Strides = [2, 2, 1], Blocks = [1, 1, 1], Mixers = [Mixer.Basic, Mixer.Basic, Mixer.Vil] },
    };

    /// <summary>The paper's model: xLSTM mixers in the two deepest stages.</summary>
    private static ModelConfig Paper { get; } = new()
    {
        Name = "paper",
        Size = [128, 128, 128],
        Encoder = new()
        {
            Stem = 32,
            Features = [32, 64, 128, 256, 384],
            Strides = [1, 2, 2, 2, 2],
            Blocks = [1, 1, 1, 1, 1],
            Mixers = [Mixer.Basic, Mixer.Basic, Mixer.Basic, Mixer.Vil, Mixer.Vil],
            Direction = MixerDirection.Alternate,
        },
    };
}
