namespace XlstmSam.Tests.Fixtures;

/// <summary>The folder with the fixtures parity/ and challenge/: XSAM_FIXTURES, or tests/fixtures of this repository.</summary>
public static class FixtureRoot
{
    public const string Variable = "XSAM_FIXTURES";

    public static string Path { get; } =
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } root ? root : OfRepository;

    /// <summary>The fixtures of this repository, whatever the variable says.</summary>
    public static string OfRepository => System.IO.Path.Combine(Repository, "tests", "fixtures");

    /// <summary>The folder of this repository.</summary>
    public static string Repository
    {
        get
        {
            for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            {
                if (Directory.Exists(System.IO.Path.Combine(folder.FullName, "tests", "fixtures")))
                {
                    return folder.FullName;
                }
            }

            throw new DirectoryNotFoundException(
                $"No folder tests/fixtures above '{AppContext.BaseDirectory}'; set {Variable} to a folder with parity/ and challenge/.");
        }
    }
}
