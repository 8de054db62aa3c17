namespace XlstmSam.Kernels;

/// <summary>The device or its memory is not what the work needs; the message is one sentence that says what to do.</summary>
public sealed class DeviceException(string message, Exception? inner = null) : Exception(message, inner);
