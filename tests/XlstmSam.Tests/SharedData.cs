namespace XlstmSam.Tests;

/// <summary>Finds the fixtures of the repository, and the real scans that may lie beside it.</summary>
public static class SharedData
{
    /// <summary>XSAM_DATA, else ../shared/data seen from the repository; null when there is none.</summary>
    public static string? TryFind()
    {
        var named = Environment.GetEnvironmentVariable("XSAM_DATA");
        var folder = string.IsNullOrEmpty(named) ? Path.Combine(RepositoryRoot, "..", "shared", "data") : named;
        return Directory.Exists(folder) ? Path.GetFullPath(folder) : null;
    }

    /// <summary>A file below XSAM_FIXTURES where it has that file, else below tests/fixtures.</summary>
    public static string Fixture(params string[] parts)
    {
        var named = Environment.GetEnvironmentVariable("XSAM_FIXTURES");
        var chosen = string.IsNullOrEmpty(named) ? null : Path.Combine([named, .. parts]);
        return File.Exists(chosen) ? chosen : Path.Combine([RepositoryRoot, "tests", "fixtures", .. parts]);
    }

    /// <summary>The folder with the solution.</summary>
    public static string RepositoryRoot { get; } = FindRoot();

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "XlstmSam.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"No XlstmSam.sln above {AppContext.BaseDirectory}: run the tests from inside the repository.");
    }
}
