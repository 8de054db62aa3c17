namespace XlstmSam.Files;

/// <summary>What the elements of a numpy array are.</summary>
internal enum NpyKind
{
    Number,
    Text,
    Object,
}
