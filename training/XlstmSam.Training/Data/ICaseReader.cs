using System.Security.Cryptography;

namespace XlstmSam.Training;

/// <summary>Where the voxels of a case come from.</summary>
public interface ICaseReader
{
    /// <summary>False for a source that makes its voxels anew faster or as fast as a cache on disk would give them.</summary>
    bool IsWorthKeeping { get; }

    /// <summary>Voxels of the image, from the header alone; 0 where that cannot be read.</summary>
    long CountVoxels();

    LoadedCase Read(CaseInfo info);

    /// <summary>Adds all that the voxels depend on: the content of the files and how they are read.</summary>
    void AddTo(IncrementalHash fingerprint);

    /// <summary>Adds what tells the files from others without reading them whole.</summary>
    void AddStamp(IncrementalHash fingerprint);
}
