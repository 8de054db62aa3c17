using System.Runtime.InteropServices;
using XlstmSam.PtxInterpreter;

namespace XlstmSam.Tests.Cuda;

/// <summary>Runs a few lines of PTX on 4-byte words: parameter 0 is the address of the inputs, parameter 1 that of the outputs.</summary>
internal sealed class PtxBench
{
    // Mapped until the end: memory that the collector gave out again would be mapped twice.
    private readonly List<uint[]> mapped = [];

    public GlobalMemory Memory { get; } = new();

    /// <summary>The last launch's report.</summary>
    public LaunchReport Report { get; private set; } = new(0, []);

    /// <summary>
    /// Runs the body once per thread. It finds the inputs at %in, the outputs at %out, its thread in %t and its own places 4 %t further at %a and %b;
    /// %r, %s, %f, %d, %l and %p name ten registers each of 32 bits, 16 bits, floats, doubles, 64 bits and predicates.
    /// </summary>
    public uint[] Run(
        string body, ReadOnlySpan<uint> inputs, int outputs, Dim3? block = null, Dim3? grid = null, string declarations = "", int dynamicShared = 0,
        int workers = 1)
    {
        var source = Allocate(Math.Max(inputs.Length, 1), "inputs");
        var target = Allocate(outputs, "outputs");
        inputs.CopyTo(source);
        Span<long> parameters = [Address(source), Address(target)];
        var kernel = PtxModule.Parse(Module(body, declarations))["bench"];
        Report = kernel.Launch(grid ?? new(1), block ?? new(32), dynamicShared, MemoryMarshal.AsBytes(parameters), Memory, workers);
        return target;
    }

    public static string Module(string body, string declarations = "") => $$"""
        .version 8.0
        .target sm_80
        .address_size 64
        {{declarations}}
        .visible .entry bench(.param .b64 inputs, .param .b64 outputs)
        {
            .reg .pred %p<10>;
            .reg .b16 %s<10>;
            .reg .b32 %r<10>, %t;
            .reg .b64 %l<10>, %in, %out, %a, %b;
            .reg .f32 %f<10>;
            .reg .f64 %d<10>;
            ld.param.b64 %in, [inputs];
            ld.param.b64 %out, [outputs];
            mov.b32 %t, %tid.x;
            mul.wide.u32 %a, %t, 4;
            add.u64 %b, %out, %a;
            add.u64 %a, %in, %a;
            {{body}}
            ret;
        }
        """;

    private uint[] Allocate(int words, string name)
    {
        var memory = GC.AllocateArray<uint>(words, pinned: true);
        mapped.Add(memory);
        Memory.Map(Address(memory), words * sizeof(uint), name);
        return memory;
    }

    private static nint Address(uint[] pinned) => Marshal.UnsafeAddrOfPinnedArrayElement(pinned, 0);
}
