using System.Security.Cryptography;

namespace XlstmSam.Training;

/// <summary>One value for a list of cases, by which a run knows its data again wherever it lies.</summary>
public static class CaseDigest
{
    /// <summary>A short value for one case: of its id and files.</summary>
    public static string Of(CaseInfo info) => Of([info])[..16];

    /// <summary>Of the cases' ids, order and files. Of each file only length, beginning and end count, so that large data sets cost little.</summary>
    public static string Of(IReadOnlyList<CaseInfo> cases)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var info in cases)
        {
            hash.AddText(info.Id);
            info.Reader.AddStamp(hash);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
