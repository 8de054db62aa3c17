using XlstmSam.Kernels;
using XlstmSam.Training;

namespace XlstmSam.Cli;

/// <summary>What an exception means to the user: an exit code and one sentence.</summary>
internal readonly record struct Fault(int Code, string Sentence)
{
    public static Fault Of(Exception exception) => exception switch
    {
        AggregateException { InnerExceptions: [var only] } => Of(only),
        OperationCanceledException => new(ExitCode.Interrupted, "Interrupted."),
        UsageException or InvalidDataException or FormatException => new(ExitCode.BadInput, exception.Message),
        FileNotFoundException { FileName: { } file } missing when !missing.Message.Contains(file, StringComparison.Ordinal) =>
            new(ExitCode.BadInput, $"File '{file}': there is no such file."),
        UnauthorizedAccessException => new(ExitCode.BadInput, $"{exception.Message} Check the permissions, and that the path is not a folder."),
        IOException => new(ExitCode.BadInput, exception.Message),
        ResourceException or DeviceException => new(ExitCode.NoResource, exception.Message),
        OutOfMemoryException =>
            new(ExitCode.NoResource, "The memory ran out. Try --recompute all, a smaller --size or --batch, or see what is needed with xsam-engine plan."),
        TrainingDivergedException => new(ExitCode.Failed, exception.Message),
        _ => new(ExitCode.Failed, $"{exception.GetType().Name}: {exception.Message} This is a defect of the program; --verbose shows where."),
    };
}
