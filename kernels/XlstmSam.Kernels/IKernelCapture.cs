namespace XlstmSam.Kernels;

/// <summary>A backend that can keep kernels instead of running them and run them later as one, for work whose kernels and addresses repeat.</summary>
public interface IKernelCapture
{
    /// <summary>
    /// Keeps the kernels that <paramref name="issue"/> issues; none of them runs. They may follow only what stays the same: no upload, no
    /// download, no waiting.
    /// </summary>
    /// <returns>
    /// Null where that takes more than launches: a kernel must be loaded or memory taken, or there is no room for the capture. Issue them directly.
    /// </returns>
    CapturedKernels? Capture(Action issue);
}
