namespace XlstmSam.Runtime;

/// <summary>The command line asks for something that cannot be; the message says what would do.</summary>
public sealed class UsageException(string message) : Exception(message);
