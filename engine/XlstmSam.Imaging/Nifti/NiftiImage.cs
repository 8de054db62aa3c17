namespace XlstmSam.Imaging;

/// <summary>A volume read from a NIfTI file, with the header that a mask of the same grid is written with.</summary>
public sealed record NiftiImage<T>(NiftiHeader Header, Volume<T> Volume)
    where T : unmanaged;
