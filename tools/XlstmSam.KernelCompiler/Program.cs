using System.Diagnostics;
using XlstmSam.KernelCompiler;
using XlstmSam.Kernels.Cuda;

// XlstmSam.KernelCompiler BUNDLE: compiles every kernel whose code changed since BUNDLE was written, and writes it anew.
if (args is not [var path])
{
    Console.Error.WriteLine("usage: XlstmSam.KernelCompiler BUNDLE");
    return 2;
}

var clock = Stopwatch.StartNew();
var known = Bundle.Read(path);
var methods = KernelCatalog.All();
var results = new (KernelEntry Entry, string Ptx)[methods.Count];
var errors = new string?[methods.Count];
var compiled = 0;
Parallel.For(0, methods.Count, i =>
{
    try
    {
        var hash = SourceHash.Of(methods[i]);
        if (known.TryGetValue(methods[i].Name, out var same) && same.Entry.SourceHash == hash)
        {
            results[i] = same;
            return;
        }

        results[i] = PtxCompiler.Compile(methods[i], hash);
        Interlocked.Increment(ref compiled);
    }
    catch (Exception e)
    {
        errors[i] = $"{methods[i].Name}: error XK0001: the kernel does not compile to PTX: {Innermost(e).Message.ReplaceLineEndings(" ")}";
    }
});
foreach (var error in errors.Where(error => error is not null))
{
    Console.Error.WriteLine(error);
}

if (errors.Any(error => error is not null))
{
    return 1;
}

Bundle.Write(path, results);
Console.WriteLine($"{methods.Count} kernels, {compiled} compiled in {clock.Elapsed.TotalSeconds:0.0} s, {new FileInfo(path).Length / 1024} KiB.");
return 0;

static Exception Innermost(Exception e) => e.InnerException is { } inner ? Innermost(inner) : e;
