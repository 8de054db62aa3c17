namespace XlstmSam.Cli;

/// <summary>The machine lacks the device or the memory that the work needs; the message says what to try.</summary>
internal sealed class ResourceException(string message) : Exception(message);
