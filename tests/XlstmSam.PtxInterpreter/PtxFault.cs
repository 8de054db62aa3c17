namespace XlstmSam.PtxInterpreter;

/// <summary>A PTX text that cannot be read, or an execution that real hardware would punish: the message says what, where and why.</summary>
public sealed class PtxFault(string message) : Exception(message);
