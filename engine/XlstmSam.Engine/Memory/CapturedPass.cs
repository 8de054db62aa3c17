using XlstmSam.Kernels;

namespace XlstmSam.Engine;

/// <summary>
/// A pass whose kernels the device keeps: running it launches them as one instead of calling the code that issued them, and then repeats on the host what that
/// code did there.
/// </summary>
/// <param name="inputRents">How many rents the inputs took, so that they lie where the kernels look for them.</param>
/// <param name="outputs">What the phase gave; its memory is where the kernels write.</param>
/// <param name="reached">The parameters that receive a gradient.</param>
internal sealed class CapturedPass(CapturedKernels kernels, int inputRents, object? outputs, ParameterStorage[] reached) : IDisposable
{
    public bool IsValid => kernels.IsValid;

    public TOutputs Run<TOutputs>(int rents)
    {
        if (rents != inputRents)
        {
            throw new InvalidOperationException(
                $"PlannedPass: the inputs are {rents} rents and were {inputRents} when the pass was captured; the key must tell the two apart.");
        }

        kernels.Run();
        foreach (var parameter in reached)
        {
            parameter.MarkReceived();
        }

        return (TOutputs)outputs!;
    }

    public void Dispose() => kernels.Dispose();
}
