using System.CommandLine;
using XlstmSam.Kernels.Cpu;
using XlstmSam.Kernels.Cuda;

namespace XlstmSam.Cli.Options;

/// <summary>The options that every verb has.</summary>
internal sealed class GlobalOptions
{
    private const int MostThreads = 1024;

    public GlobalOptions()
    {
        Threads.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 0 or > MostThreads)
            {
                result.AddError($"--threads must lie between 1 and {MostThreads}, or be 0 for every processor.");
            }
        });
        Memory.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double?>() is not (null or (> 0 and < 1e6)))
            {
                result.AddError("--memory must be a positive number of GiB.");
            }
        });
    }

    public Option<string> Device { get; } = new("--device")
    {
        Description = "Where to compute; auto takes the first CUDA card that can be used, else the processor.",
        HelpName = "auto|cpu|cuda|cuda:N",
        DefaultValueFactory = _ => "auto",
        Recursive = true,
    };

    public Option<CudaPrecision?> Precision { get; } = new("--precision")
    {
        Description = "How a CUDA card multiplies; sums, norms, softmax, loss and optimiser are float32 in each. fp32 for verify, tf32 otherwise.",
        HelpName = string.Join('|', PrecisionText.All),
        CustomParser = result =>
        {
            var precision = PrecisionText.Find(result.Tokens[0].Value);
            if (precision is null)
            {
                result.AddError($"--precision '{result.Tokens[0].Value}' is not known; expected {string.Join(" or ", PrecisionText.All)}.");
            }

            return precision;
        },
        Recursive = true,
    };

    public Option<int> Threads { get; } = new("--threads")
    {
        Description = "Threads of the cpu device; 0 takes every processor.",
        HelpName = "N",
        Recursive = true,
    };

    public Option<double?> Memory { get; } = new("--memory")
    {
        Description = "Memory the work may take on the device, instead of what is free.",
        HelpName = "GiB",
        Recursive = true,
    };

    public Option<ConvMethod> Convolution { get; } = new("--conv")
    {
        Description = "How 3x3x3 convolutions are computed; strict: never less exact than direct.",
        HelpName = "auto|direct|winograd|strict",
        DefaultValueFactory = _ => ConvMethod.Auto,
        CustomParser = result =>
        {
            if (Enum.GetNames<ConvMethod>().FirstOrDefault(name => name.Equals(result.Tokens[0].Value, StringComparison.OrdinalIgnoreCase)) is { } name)
            {
                return Enum.Parse<ConvMethod>(name);
            }

            result.AddError($"--conv '{result.Tokens[0].Value}' is not known; expected auto, direct, winograd or strict.");
            return default;
        },
        Recursive = true,
    };

    public Option<bool> Verbose { get; } = new("--verbose") { Description = "Say more, and show where an error came from.", Recursive = true };

    public void AddTo(Command root)
    {
        root.Add(Device);
        root.Add(Precision);
        root.Add(Threads);
        root.Add(Memory);
        root.Add(Convolution);
        root.Add(Verbose);
    }
}
