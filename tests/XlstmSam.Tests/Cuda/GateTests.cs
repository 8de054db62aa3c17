extern alias compiler;

using System.Runtime.Versioning;
using compiler::XlstmSam.KernelCompiler;
using compiler::XlstmSam.KernelCompiler.Gate;
using Entry = compiler::XlstmSam.Kernels.Cuda.KernelEntry;

namespace XlstmSam.Tests.Cuda;

/// <summary>The gate's rules, with an assembler that says what the test wants.</summary>
[UnsupportedOSPlatform("windows")]
[Thorough]
public sealed class GateTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("gate").FullName;

    [Theory]
    [InlineData("sm_80", 256, 64, 0, 4)]
    [InlineData("sm_80", 256, 65, 0, 3)]
    [InlineData("sm_80", 1024, 32, 0, 2)]
    [InlineData("sm_86", 256, 32, 0, 6)]
    [InlineData("sm_86", 128, 40, 50 << 10, 1)]
    [InlineData("sm_90", 128, 168, 100 << 10, 2)]
    [InlineData("sm_89", 128, 32, 100 << 10, 0)]
    public void CountsTheBlocksOfAMultiprocessor(string target, int threads, int registers, int sharedBytes, int blocks) =>
        Assert.Equal(blocks, Card.All.Single(card => card.Target == target).Resident(threads, registers, sharedBytes));

    [Theory]
    [InlineData("0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads\nUsed 40 registers", "", 0, "all within the rules")]
    [InlineData("0 bytes stack frame, 0 bytes spill stores, 8 bytes spill loads\nUsed 40 registers", "", 1, "A.B, sm_80: spills 8 bytes")]
    [InlineData("16 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads\nUsed 40 registers", "", 1, "A.B, sm_90: has a stack frame of 16 bytes")]
    [InlineData("0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads\nUsed 200 registers", "", 1, "A.B, sm_86: 1 blocks fit on a multiprocessor with 200 registers")]
    [InlineData("0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads\nUsed 200 registers", "A.* blocks as a test", 0, "all within the rules")]
    [InlineData("0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads\nUsed 40 registers", "A.* blocks as a test", 1, "no kernel needs 'A.* blocks as a test'")]
    public void HoldsKernelsToTheRules(string said, string exception, int code, string expected)
    {
        var (exitCode, output) = Run($"cat >&2 <<'E'\n{said}\nE", exception);
        Assert.Contains(expected, output, StringComparison.Ordinal);
        Assert.Equal(code, exitCode);
    }

    [Fact]
    public void ReportsWhatTheAssemblerRefuses()
    {
        var (exitCode, output) = Run("echo 'line 7: syntax error'; exit 1", "");
        Assert.Contains("A.B: ptxas refuses it for sm_80: refused: line 7: syntax error", output, StringComparison.Ordinal);
        Assert.Equal(1, exitCode);
    }

    [Fact]
    public void AsksTheAssemblerOncePerText()
    {
        var calls = Path.Combine(folder, "calls");
        Run($"echo x >> {calls}; echo 'Used 8 registers' >&2", "");
        Run($"echo x >> {calls}; echo 'Used 8 registers' >&2", "");
        Assert.Equal(Card.All.Count, File.ReadLines(calls).Count());
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private (int ExitCode, string Output) Run(string script, string exception)
    {
        var (bundle, ptxas, exceptions) = (Path.Combine(folder, "kernels.zip"), Path.Combine(folder, "ptxas"), Path.Combine(folder, "exceptions.txt"));
        Bundle.Write(bundle, [(new Entry("A.B", "Kernel_B", "sm_80", 256, 2, 0, 0, [], "hash"), ".version 8.0")]);
        File.WriteAllText(ptxas, $"#!/bin/sh\nif [ \"$1\" = --version ]; then echo 12.4; exit; fi\n{script}\n");
        File.SetUnixFileMode(ptxas, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.WriteAllText(exceptions, exception + "\n");
        using var output = new StringWriter();
        return (GateRun.Run(bundle, ptxas, exceptions, "*", output), output.ToString());
    }
}
