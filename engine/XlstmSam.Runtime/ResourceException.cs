namespace XlstmSam.Runtime;

/// <summary>The machine lacks the device or the memory that the work needs; the message says what to try.</summary>
public sealed class ResourceException(string message) : Exception(message);
