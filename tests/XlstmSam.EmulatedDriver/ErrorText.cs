namespace XlstmSam.EmulatedDriver;

/// <summary>The driver's names of its codes, and what they mean.</summary>
internal static class ErrorText
{
    public static ReadOnlySpan<byte> Name(Code code) => code switch
    {
        Code.Success => "CUDA_SUCCESS"u8,
        Code.InvalidValue => "CUDA_ERROR_INVALID_VALUE"u8,
        Code.OutOfMemory => "CUDA_ERROR_OUT_OF_MEMORY"u8,
        Code.NoDevice => "CUDA_ERROR_NO_DEVICE"u8,
        Code.InvalidDevice => "CUDA_ERROR_INVALID_DEVICE"u8,
        Code.InvalidContext => "CUDA_ERROR_INVALID_CONTEXT"u8,
        Code.InvalidPtx => "CUDA_ERROR_INVALID_PTX"u8,
        Code.InvalidHandle => "CUDA_ERROR_INVALID_HANDLE"u8,
        Code.NotFound => "CUDA_ERROR_NOT_FOUND"u8,
        Code.NotReady => "CUDA_ERROR_NOT_READY"u8,
        Code.LaunchFailed => "CUDA_ERROR_LAUNCH_FAILED"u8,
        Code.CaptureUnsupported => "CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED"u8,
        _ => "CUDA_ERROR_UNKNOWN"u8,
    };

    public static ReadOnlySpan<byte> Meaning(Code code) => code switch
    {
        Code.Success => "no error"u8,
        Code.OutOfMemory => "out of memory"u8,
        Code.NoDevice => "no CUDA-capable device is detected"u8,
        Code.LaunchFailed => "unspecified launch failure"u8,
        _ => "see standard error"u8,
    };
}
