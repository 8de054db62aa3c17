namespace XlstmSam.Kernels.Cuda;

/// <summary>The two forms of a kernel that takes four neighbouring columns at once: in one access, or one by one where shape or address forbid that.</summary>
/// <param name="method">Class.Method.</param>
/// <param name="before">Types before the way of access: <c>Relu,</c>.</param>
/// <param name="after">Types behind it: <c>,FloatElement</c>.</param>
internal sealed class QuadKernel(Launcher launcher, string method, string before = "", string after = "")
{
    private readonly CudaKernel aligned = launcher.Kernel($"{method}<{before}Aligned{after}>");
    private readonly CudaKernel loose = launcher.Kernel($"{method}<{before}Loose{after}>");

    /// <summary>The form for matrices of so many columns at these places.</summary>
    public CudaKernel For(long columns, params ReadOnlySpan<View> views) => columns % 4 == 0 && AllAligned(views) ? aligned : loose;

    public static Dim3 Grid(in QuadPlan plan) => new(plan.Groups, plan.Shares, plan.Samples);

    /// <summary>Whether every operand starts where a quad may; an absent one does.</summary>
    public static bool AllAligned(params ReadOnlySpan<View> views)
    {
        foreach (var view in views)
        {
            if (CudaBuffer.Address(view) % (4 * view.Type.Bytes()) != 0)
            {
                return false;
            }
        }

        return true;
    }
}
