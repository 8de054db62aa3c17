namespace XlstmSam.Files;

/// <summary>A numpy array under construction: made empty by _reconstruct, filled by BUILD.</summary>
internal sealed class PickledArray
{
    public object?[]? Objects { get; set; }

    public NpyArray? Numbers { get; set; }
}
