using System.Text.Json.Serialization;

namespace XlstmSam.Kernels.Cuda;

/// <summary>What a bundle of kernels holds. Beside this list, which is <c>manifest.json</c>, lies one PTX file per kernel: NAME.ptx.</summary>
public sealed record KernelManifest(IReadOnlyList<KernelEntry> Kernels);

/// <summary>One compiled kernel.</summary>
/// <param name="Name">Class, method and the types it is closed over: <c>ElementwiseKernels.Unary&lt;Silu&gt;</c>.</param>
/// <param name="Entry">Its name in the PTX.</param>
/// <param name="Target">The architecture the PTX asks for at least: <c>sm_80</c>.</param>
/// <param name="Threads">Threads of a block: launches have exactly so many.</param>
/// <param name="MinBlocks">Blocks that share a multiprocessor.</param>
/// <param name="SharedBytes">Static shared memory of a block.</param>
/// <param name="DynamicSharedBytes">Shared memory of a block that the launch adds.</param>
/// <param name="Parameters">In order.</param>
/// <param name="SourceHash">Of the code it was compiled from and of the compiler.</param>
public sealed record KernelEntry(
    string Name, string Entry, string Target, int Threads, int MinBlocks, int SharedBytes, int DynamicSharedBytes,
    IReadOnlyList<KernelParameter> Parameters, string SourceHash);

/// <summary>Where one argument lies in the parameter memory of a kernel. An array view is 16 bytes: address, then length in elements.</summary>
public sealed record KernelParameter(int Offset, int Size);

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(KernelManifest))]
internal sealed partial class ManifestJson : JsonSerializerContext;
