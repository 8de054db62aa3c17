namespace XlstmSam.Peers;

/// <summary>What a whole-model row measures.</summary>
internal enum ModelWork
{
    Encode,
    Click,
    Train,
}

/// <summary>A comparison of the whole model.</summary>
internal sealed record ModelRow(string Name, ModelWork Work, string Preset)
{
    public static ModelRow[] All { get; } =
    [
        new("encoder forward paper 128", ModelWork.Encode, "paper"),
        new("one click paper 128", ModelWork.Click, "paper"),
        new("training step small 64", ModelWork.Train, "small"),
        new("training step paper 128", ModelWork.Train, "paper"),
    ];
}
