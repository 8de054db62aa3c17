namespace XlstmSam.EmulatedDriver;

/// <summary>The driver's return codes that occur here.</summary>
internal enum Code
{
    Success = 0,
    InvalidValue = 1,
    OutOfMemory = 2,
    NoDevice = 100,
    InvalidDevice = 101,
    InvalidContext = 201,
    InvalidPtx = 218,
    InvalidHandle = 400,
    NotFound = 500,
    NotReady = 600,
    LaunchFailed = 719,
    CaptureUnsupported = 900,
    Unknown = 999,
}
