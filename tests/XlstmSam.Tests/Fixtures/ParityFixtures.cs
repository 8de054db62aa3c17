using System.Text.Json;
using XlstmSam.Kernels.Cpu;

namespace XlstmSam.Tests.Fixtures;

/// <summary>Runs every parity case that lies in a fixture folder through the float32 engine and compares it with the stored reference.</summary>
public static class ParityFixtures
{
    private const string Manifest = "manifest.json";
    private static readonly string[] Suffixes = [".f64.safetensors", ".f32.safetensors", ".expected.safetensors", ".safetensors", ".pth", ".json"];

    /// <summary>One outcome per case. An unknown kind fails, and so does a folder without cases.</summary>
    public static IEnumerable<FixtureOutcome> Run(string root)
    {
        var folder = Path.Combine(root, "parity");
        var cases = Cases(folder);
        if (cases.Length == 0)
        {
            yield return new("parity", FixtureStatus.Failed, $"no cases in '{folder}'");
            yield break;
        }

        var errors = Float32Errors(Path.Combine(folder, Manifest));
        using var backend = new CpuBackend();
        foreach (var name in cases)
        {
            yield return Outcome(backend, folder, name, errors.GetValueOrDefault(name));
        }

        foreach (var name in errors.Keys.Except(cases).Order(StringComparer.Ordinal))
        {
            yield return new(name, FixtureStatus.Absent, $"in {Manifest}, not in '{folder}'");
        }
    }

    /// <summary>The names of all cases of a folder.</summary>
    private static string[] Cases(string folder) => Directory.Exists(folder)
        ?
        [
            .. Directory.GetFiles(folder)
                .Select(f => Path.GetFileName(f)).Where(f => f != Manifest).Select(CaseOf).OfType<string>().Distinct().Order(StringComparer.Ordinal),
        ]
        : [];

    private static string? CaseOf(string file) =>
        Suffixes.FirstOrDefault(s => file.EndsWith(s, StringComparison.Ordinal)) is { } suffix ? file[..^suffix.Length] : null;

    private static FixtureOutcome Outcome(CpuBackend backend, string folder, string name, double float32Error)
    {
        try
        {
            var kind = ParityKinds.Find(name);
            if (kind is null)
            {
                return new(name, FixtureStatus.Failed, "a case of an unknown kind");
            }

            if (!kind.IsApplicable)
            {
                return new(name, FixtureStatus.NotApplicable, $"no part of this program: {kind.Prefix}");
            }

            if (kind.Run is null)
            {
                var fault = ParityCropOrPad.Fault(Path.Combine(folder, name + ".json"), out var count);
                return new(name, fault is null ? FixtureStatus.Passed : FixtureStatus.Failed, fault ?? $"{count} windows, all amounts equal");
            }

            var comparison = Compare(backend, folder, name, kind.Run, float32Error);
            return new(name, comparison.Agrees ? FixtureStatus.Passed : FixtureStatus.Failed, comparison.ToString());
        }
        catch (Exception e)
        {
            return new(name, FixtureStatus.Failed, $"{e.GetType().Name}: {e.Message}");
        }
    }

    /// <summary>Against the float64 file values and gradients; then the float32 file's inputs against its outputs.</summary>
    private static ParityComparison Compare(CpuBackend backend, string folder, string name, Action<ParityPass> run, double float32Error)
    {
        var (exact, single) = (Path.Combine(folder, name + ".f64.safetensors"), Path.Combine(folder, name + ".f32.safetensors"));
        var comparison = new ParityComparison(float32Error);
        using var reference = new ParityFile(File.Exists(exact) ? exact : single);
        using (var pass = new ParityPass(name, reference, reference, backend))
        {
            run(pass);
            comparison.Outputs(reference, pass.Outputs(), ownError: 0, run: "");
            comparison.Gradients(reference, pass.Gradients());
        }

        if (File.Exists(exact) && File.Exists(single))
        {
            using var file = new ParityFile(single);
            using var pass = new ParityPass(name, file, reference, backend);
            run(pass);
            comparison.Outputs(file, pass.Outputs(), float32Error, run: "float32 ");
        }

        return comparison;
    }

    private static Dictionary<string, double> Float32Errors(string manifest)
    {
        if (!File.Exists(manifest))
        {
            return [];
        }

        using var document = JsonDocument.Parse(File.ReadAllText(manifest));
        return document.RootElement.EnumerateArray().ToDictionary(
            entry => entry.GetProperty("case").GetString()!,
            entry => entry.TryGetProperty("f32_vs_f64_worst_rel_output", out var error) && error.ValueKind == JsonValueKind.Number ? error.GetDouble() : 0);
    }
}
