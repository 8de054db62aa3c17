namespace XlstmSam.Kernels.Cuda;

/// <summary>The two forms of a kernel that takes four neighbouring columns at once: 16-byte accesses, or one by one where shape or address forbid them.</summary>
/// <param name="method">Class.Method.</param>
/// <param name="formula">Its first type, if it has one before the way of access.</param>
internal sealed class QuadKernel(Launcher launcher, string method, string formula = "")
{
    private const int QuadBytes = 16;
    private readonly CudaKernel aligned = launcher.Kernel($"{method}<{formula}Aligned>");
    private readonly CudaKernel loose = launcher.Kernel($"{method}<{formula}Loose>");

    /// <summary>The form for matrices of so many columns at these places.</summary>
    public CudaKernel For(long columns, params ReadOnlySpan<View> views) => columns % 4 == 0 && AllAligned(views) ? aligned : loose;

    public static Dim3 Grid(in QuadPlan plan) => new(plan.Groups, plan.Shares, plan.Samples);

    /// <summary>Whether every operand starts where a quad may; an absent one does.</summary>
    public static bool AllAligned(params ReadOnlySpan<View> views)
    {
        foreach (var view in views)
        {
            if (CudaBuffer.Address(view) % QuadBytes != 0)
            {
                return false;
            }
        }

        return true;
    }
}
