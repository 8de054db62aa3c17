using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace XlstmSam.Kernels.Cpu;

/// <summary>What is done to the channels from <c>channel</c> on that one register holds.</summary>
internal interface IRegisterBody
{
    void Apply<T>(int channel)
        where T : unmanaged, IRegister<T>;
}

/// <summary>Walks over channels in the widest registers that the processor has.</summary>
internal static class RegisterLoop
{
    /// <summary>Counts of channels must be multiples of this.</summary>
    public const int Unit = 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run<TBody>(ref TBody body, int channels)
        where TBody : struct, IRegisterBody
    {
        var c = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (; c <= channels - 16; c += 16)
            {
                body.Apply<Register512>(c);
            }
        }

        if (Vector256.IsHardwareAccelerated)
        {
            for (; c < channels; c += 8)
            {
                body.Apply<Register256>(c);
            }
        }
        else
        {
            for (; c < channels; c += 4)
            {
                body.Apply<Register128>(c);
            }
        }
    }
}
