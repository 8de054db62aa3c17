namespace XlstmSam.Files;

/// <summary>One entry of a zip directory.</summary>
internal sealed record ZipMember(string Name, int Method, uint Crc, long PackedSize, long Size, long HeaderOffset)
{
    public bool IsDeflated => Method == 8;
}
