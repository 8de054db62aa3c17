using System.Diagnostics;
using System.IO.Compression;
using XlstmSam.Tests.Cli;

namespace XlstmSam.Tests.Embedding;

/// <summary>
/// The packages of tools/pack.sh are all that a program needs: the one of docs/embedding.md is restored from them and from nothing else, without a
/// network, and segments as the command line does.
/// </summary>
[Thorough]
public sealed class PackageTests(PhantomFiles files) : IClassFixture<PhantomFiles>
{
    private const string Project = """
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings><Nullable>enable</Nullable>
            <UseAppHost>false</UseAppHost><RestorePackagesPath>packages</RestorePackagesPath><InvariantGlobalization>true</InvariantGlobalization>
          </PropertyGroup>
          <ItemGroup><PackageReference Include="XlstmSam.Runtime" Version="VERSION" /></ItemGroup>
        </Project>
        """;

    private const string OnlyThese = """
        <configuration>
          <packageSources><clear /><add key="here" value="nupkg" /></packageSources>
          <fallbackPackageFolders><clear /></fallbackPackageFolders>
        </configuration>
        """;

    [Fact]
    public void AProgramIsBuiltFromThePackagesAlone()
    {
        var folder = Directory.CreateDirectory(files.File("embedding")).FullName;
        Run(folder, Path.Combine(SharedData.RepositoryRoot, "tools", "pack.sh"), Path.Combine(folder, "nupkg"), "--no-build");
        var packed = Directory.GetFiles(Path.Combine(folder, "nupkg"), "*.nupkg");
        Assert.Equal(PublicApi.PublicApiTests.Packages.Select(row => row.Data).Order(), packed.Select(Name).Order());
        Assert.All(packed, SpeaksOfItself);

        var version = Path.GetFileNameWithoutExtension(packed[0])[(Name(packed[0]).Length + 1)..];
        File.WriteAllText(Path.Combine(folder, "Program.csproj"), Project.Replace("VERSION", version, StringComparison.Ordinal));
        File.WriteAllText(Path.Combine(folder, "nuget.config"), OnlyThese);
        File.Copy(
            Path.Combine(SharedData.RepositoryRoot, "tests", "XlstmSam.Tests", "Embedding", "EmbeddedEngine.cs"), Path.Combine(folder, "EmbeddedEngine.cs"));
        Run(folder, "dotnet", "build", "-o", "out", "-v", "quiet", "-nodeReuse:false");
        Run(folder, "dotnet", Path.Combine("out", "Program.dll"), files.Model, files.Nifti, "packed.nii.gz");
        EmbeddedEngine.Main([files.Model, files.Nifti, Path.Combine(folder, "referenced.nii.gz")]);
        Assert.Equal(File.ReadAllBytes(Path.Combine(folder, "referenced.nii.gz")), File.ReadAllBytes(Path.Combine(folder, "packed.nii.gz")));
    }

    /// <summary>The package's name is its file's, less the version, which begins with a digit.</summary>
    private static string Name(string package) => string.Join('.', Path.GetFileName(package).Split('.').TakeWhile(part => !char.IsDigit(part[0])));

    private static void SpeaksOfItself(string package)
    {
        using var archive = ZipFile.OpenRead(package);
        Assert.NotNull(archive.GetEntry("README.md"));
        Assert.NotNull(archive.GetEntry("THIRD-PARTY-NOTICES.md"));
        Assert.NotNull(archive.GetEntry($"lib/net10.0/{Name(package)}.xml"));
        using var reader = new StreamReader(archive.Entries.Single(entry => entry.Name.EndsWith(".nuspec", StringComparison.Ordinal)).Open());
        var nuspec = reader.ReadToEnd();
        Assert.Contains("<license type=\"expression\">Apache-2.0</license>", nuspec, StringComparison.Ordinal);
        Assert.Contains("<authors>XlstmSam contributors</authors>", nuspec, StringComparison.Ordinal);
        Assert.DoesNotContain("<description>Package Description</description>", nuspec, StringComparison.Ordinal);
    }

    private static void Run(string folder, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with code {process.ExitCode}:\n{output}{errors.Result}");
    }
}
