namespace XlstmSam.PtxInterpreter;

/// <summary>
/// A PTX text, ready to run on the processor: warps in lock step, barriers, shuffles, asynchronous copies, tensor cores; every access checked.
/// <code>
/// var report = PtxModule.Parse(text)["Kernel_Saxpy"].Launch(new(4), new(128), 0, arguments, memory);
/// </code>
/// </summary>
public sealed class PtxModule
{
    private readonly Dictionary<string, PtxKernel> kernels;

    private PtxModule(Dictionary<string, PtxKernel> kernels) => this.kernels = kernels;

    /// <summary>The names of the entries.</summary>
    public IReadOnlyCollection<string> Entries => kernels.Keys;

    /// <exception cref="PtxFault">There is no such entry.</exception>
    public PtxKernel this[string entry] => kernels.TryGetValue(entry, out var kernel)
        ? kernel
        : throw new PtxFault($"The module has no entry '{entry}'; it has {string.Join(", ", kernels.Keys)}.");

    /// <summary>Reads and decodes all entries.</summary>
    /// <exception cref="PtxFault">The text has something this interpreter does not know; the message names the line.</exception>
    public static PtxModule Parse(string text)
    {
        var module = Parser.Parse(text);
        return new(module.Functions.Values.Where(function => function.IsEntry)
            .ToDictionary(entry => entry.Name, entry => new PtxKernel(Decoder.Decode(module, entry))));
    }
}
