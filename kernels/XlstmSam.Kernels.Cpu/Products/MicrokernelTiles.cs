using System.Runtime.CompilerServices;

namespace XlstmSam.Kernels.Cpu;

// The tiles themselves: sums in registers, a row as one or two vectors.
internal static unsafe partial class Microkernel
{
    // The conditions on TRows and TWidth are constants of each instantiation: the untaken branches and their registers disappear.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tiles<T, TVector, TWidth, TRows>(in TileOperands operands, int tiles, float* c, nint ldc, bool add)
        where T : struct, IVectorMath<TVector>
        where TVector : struct
        where TWidth : struct, ICount
        where TRows : struct, ICount
    {
        var second = T.Count == Columns ? operands.NextPanel : T.Count;
        var (stepB, length) = (operands.StepB, operands.Length);
        var (row, stepA) = operands.IsPacked ? (1, TRows.Value) : (operands.RowStride, operands.StepA);
        var (row2, next) = (2 * row, TRows.Value * (operands.IsPacked ? length : row));
        var a = operands.A;
        for (; tiles > 0; tiles--, a += next, c += TRows.Value * ldc)
        {
            TVector a0 = default, a1 = default, a2 = default, a3 = default, a4 = default, a5 = default;
            TVector a6 = default, a7 = default, a8 = default, a9 = default, a10 = default, a11 = default;
            TVector b0 = default, b1 = default, b2 = default, b3 = default, b4 = default, b5 = default;
            TVector b6 = default, b7 = default, b8 = default, b9 = default, b10 = default, b11 = default;
            var b = operands.B;
            for (var g = 0; g < operands.GroupCount; g++)
            {
                var p = a + operands.Groups[g];
                var q = p + row2 + row;
                var s = q + row2 + row;
                var t = s + row2 + row;
                for (var k = length; k > 0; k--)
                {
                    var (w0, w1) = (T.Load(b), TWidth.Value > 1 ? T.Load(b + second) : default);
                    Step<T, TVector, TWidth>(p, w0, w1, ref a0, ref b0);
                    if (TRows.Value > 1)
                    {
                        Step<T, TVector, TWidth>(p + row, w0, w1, ref a1, ref b1);
                    }

                    if (TRows.Value > 2)
                    {
                        Step<T, TVector, TWidth>(p + row2, w0, w1, ref a2, ref b2);
                    }

                    if (TRows.Value > 3)
                    {
                        Step<T, TVector, TWidth>(q, w0, w1, ref a3, ref b3);
                    }

                    if (TRows.Value > 4)
                    {
                        Step<T, TVector, TWidth>(q + row, w0, w1, ref a4, ref b4);
                    }

                    if (TRows.Value > 5)
                    {
                        Step<T, TVector, TWidth>(q + row2, w0, w1, ref a5, ref b5);
                    }

                    if (TRows.Value > 6)
                    {
                        Step<T, TVector, TWidth>(s, w0, w1, ref a6, ref b6);
                    }

                    if (TRows.Value > 7)
                    {
                        Step<T, TVector, TWidth>(s + row, w0, w1, ref a7, ref b7);
                    }

                    if (TRows.Value > 8)
                    {
                        Step<T, TVector, TWidth>(s + row2, w0, w1, ref a8, ref b8);
                    }

                    if (TRows.Value > 9)
                    {
                        Step<T, TVector, TWidth>(t, w0, w1, ref a9, ref b9);
                    }

                    if (TRows.Value > 10)
                    {
                        Step<T, TVector, TWidth>(t + row, w0, w1, ref a10, ref b10);
                    }

                    if (TRows.Value > 11)
                    {
                        Step<T, TVector, TWidth>(t + row2, w0, w1, ref a11, ref b11);
                    }

                    p += stepA;
                    q += stepA;
                    b += stepB;
                    if (TRows.Value > 6)
                    {
                        s += stepA;
                        t += stepA;
                    }
                }
            }

            Finish<T, TVector, TWidth>(c, a0, b0, add);
            if (TRows.Value > 1)
            {
                Finish<T, TVector, TWidth>(c + ldc, a1, b1, add);
            }

            if (TRows.Value > 2)
            {
                Finish<T, TVector, TWidth>(c + (2 * ldc), a2, b2, add);
            }

            if (TRows.Value > 3)
            {
                Finish<T, TVector, TWidth>(c + (3 * ldc), a3, b3, add);
            }

            if (TRows.Value > 4)
            {
                Finish<T, TVector, TWidth>(c + (4 * ldc), a4, b4, add);
            }

            if (TRows.Value > 5)
            {
                Finish<T, TVector, TWidth>(c + (5 * ldc), a5, b5, add);
            }

            if (TRows.Value > 6)
            {
                Finish<T, TVector, TWidth>(c + (6 * ldc), a6, b6, add);
            }

            if (TRows.Value > 7)
            {
                Finish<T, TVector, TWidth>(c + (7 * ldc), a7, b7, add);
            }

            if (TRows.Value > 8)
            {
                Finish<T, TVector, TWidth>(c + (8 * ldc), a8, b8, add);
            }

            if (TRows.Value > 9)
            {
                Finish<T, TVector, TWidth>(c + (9 * ldc), a9, b9, add);
            }

            if (TRows.Value > 10)
            {
                Finish<T, TVector, TWidth>(c + (10 * ldc), a10, b10, add);
            }

            if (TRows.Value > 11)
            {
                Finish<T, TVector, TWidth>(c + (11 * ldc), a11, b11, add);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step<T, TVector, TWidth>(float* a, TVector w0, TVector w1, ref TVector sum0, ref TVector sum1)
        where T : struct, IVectorMath<TVector>
        where TVector : struct
        where TWidth : struct, ICount
    {
        var v = T.Of(*a);
        sum0 = T.MultiplyAdd(v, w0, sum0);
        if (TWidth.Value > 1)
        {
            sum1 = T.MultiplyAdd(v, w1, sum1);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish<T, TVector, TWidth>(float* c, TVector sum0, TVector sum1, bool add)
        where T : struct, IVectorMath<TVector>
        where TVector : struct
        where TWidth : struct, ICount
    {
        T.Store(add ? T.Add(sum0, T.Load(c)) : sum0, c);
        if (TWidth.Value > 1)
        {
            T.Store(add ? T.Add(sum1, T.Load(c + T.Count)) : sum1, c + T.Count);
        }
    }
}
