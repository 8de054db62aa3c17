using System.Diagnostics;
using XlstmSam.Kernels.Cuda;

namespace XlstmSam.KernelCompiler;

/// <summary>Compiles every kernel whose code changed since the bundle was written, and writes it anew.</summary>
internal static class BuildRun
{
    /// <returns>The exit code: 1 if a kernel does not compile. Then there is one line for each, in the form that build tools read.</returns>
    public static int Run(string path)
    {
        var clock = Stopwatch.StartNew();
        var known = Bundle.Read(path);
        var methods = KernelCatalog.All();
        var results = new (KernelEntry Entry, string Ptx)[methods.Count];
        var errors = new string?[methods.Count];
        var compiled = 0;
        Parallel.For(0, methods.Count, i =>
        {
            var method = methods[i];
            try
            {
                var hash = SourceHash.Of(method);
                if (known.TryGetValue(method.Name, out var same) && same.Entry.SourceHash == hash)
                {
                    results[i] = same;
                    return;
                }

                results[i] = PtxCompiler.Compile(method, hash);
                Interlocked.Increment(ref compiled);
            }
            catch (Exception e)
            {
                errors[i] = $"{method.Name}: error XK0001: the kernel does not compile to PTX: {Innermost(e).Message.ReplaceLineEndings(" ")}";
            }
        });

        var failures = errors.OfType<string>().ToArray();
        if (failures.Length > 0)
        {
            Array.ForEach(failures, Console.Error.WriteLine);
            return 1;
        }

        Bundle.Write(path, results);
        Console.WriteLine($"{methods.Count} kernels, {compiled} compiled in {clock.Elapsed.TotalSeconds:0.0} s, {new FileInfo(path).Length / 1024} KiB.");
        return 0;
    }

    private static Exception Innermost(Exception e) => e.InnerException is { } inner ? Innermost(inner) : e;
}
