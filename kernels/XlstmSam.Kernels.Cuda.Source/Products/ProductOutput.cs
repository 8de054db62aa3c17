using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>A tile of a product that lies in shared memory.</summary>
internal struct TilePlace
{
    public uint Address;
    public uint RowBytes;
    public int Matrix;
    public int FirstRow;
    public int FirstColumn;
}

/// <summary>The end of a product: from the tile in shared memory to y, with bias, activation or what y was before.</summary>
internal static class ProductOutput
{
    /// <summary>Four neighbours along y's rows.</summary>
    /// <param name="i">Which four of the tile.</param>
    /// <param name="offset">Elements to the matrix in y.</param>
    public static void Write<TY>(
        in TilePlace place, int rows, int columns, int i, long offset, ArrayView<float> bias, ArrayView<TY> y, in ProductShape product, in RowGrid grid,
        in OutputShape output)
        where TY : unmanaged, IElement<TY>
    {
        if (output.Transposed != 0)
        {
            var (inRow, inColumn) = (4 * (i & ((rows / 4) - 1)), i / (rows / 4));
            for (var j = 0; j < 4; j++)
            {
                var value = SharedWords.LoadOne(place.Address + ((uint)(inRow + j) * place.RowBytes) + ((uint)inColumn * SharedWords.Bytes));
                var (m, n) = (place.FirstRow + inRow + j, place.FirstColumn + inColumn);
                if (m < product.M && n < product.N)
                {
                    WriteOne(value, m, offset + (n * output.Pitch) + m, bias, y, output);
                }
            }

            return;
        }

        var (tileRow, tileColumn) = (i / (columns / 4), 4 * (i & ((columns / 4) - 1)));
        var (row, column) = (place.FirstRow + tileRow, place.FirstColumn + tileColumn);
        var start = row < product.M && column < product.N ? RowStart(row, grid, output) : -1;
        if (start < 0)
        {
            return;
        }

        start += offset + column;
        var address = place.Address + ((uint)tileRow * place.RowBytes) + ((uint)tileColumn * SharedWords.Bytes);
        if (output.Wide != 0)
        {
            WriteFour(SharedWords.Load(address), column, start, bias, y, output);
            return;
        }

        for (var j = 0; j < 4; j++)
        {
            if (column + j < product.N)
            {
                WriteOne(SharedWords.LoadOne(address + ((uint)j * SharedWords.Bytes)), column + j, start + j, bias, y, output);
            }
        }
    }

    /// <summary>Elements to a matrix of the batch.</summary>
    public static long MatrixStart(int matrix, in ProductShape product) =>
        ((matrix >> 2) * product.OutputD) + (((matrix >> 1) & 1) * product.OutputH) + ((matrix & 1) * product.OutputW);

    /// <summary>Elements to the start of the row's output; -1 if it has none.</summary>
    public static long RowStart(int row, in RowGrid grid, in OutputShape output)
    {
        if (output.Scattered == 0)
        {
            return row * output.Pitch;
        }

        var p = grid.Point(row);
        var (d, h, w) = ((p.D * output.StepD) + output.FirstD, (p.H * output.StepH) + output.FirstH, (p.W * output.StepW) + output.FirstW);
        var voxel = (((((long)p.N * output.SizeD) + d) * output.SizeH) + h) * output.SizeW;
        return d < output.SizeD && h < output.SizeH && w < output.SizeW ? (voxel + w) * output.Pitch : -1;
    }

    /// <param name="column">Of y, for the bias.</param>
    public static void WriteOne<TY>(float value, int column, long at, ArrayView<float> bias, ArrayView<TY> y, in OutputShape output)
        where TY : unmanaged, IElement<TY>
    {
        if (bias.Length > 0)
        {
            value += bias[column];
        }

        value = Activate(value, output.Activation);
        TY.Store(y, at, output.Accumulate != 0 ? TY.Load(y, at) + value : value);
    }

    /// <summary>x with the formula of an <see cref="Activation"/>.</summary>
    private static float Activate(float x, int activation)
    {
        var lane = new GpuLane(x);
        if (activation == (int)Activation.Relu)
        {
            return Relu.Forward(lane).Value;
        }

        if (activation == (int)Activation.LeakyRelu)
        {
            return LeakyRelu.Forward(lane).Value;
        }

        if (activation == (int)Activation.Gelu)
        {
            return Gelu.Forward(lane).Value;
        }

        return activation == (int)Activation.Silu ? Silu.Forward(lane).Value : x;
    }

    private static void WriteFour<TY>(Float4 value, int column, long at, ArrayView<float> bias, ArrayView<TY> y, in OutputShape output)
        where TY : unmanaged, IElement<TY>
    {
        if (bias.Length > 0)
        {
            value = new(value.X + bias[column], value.Y + bias[column + 1], value.Z + bias[column + 2], value.W + bias[column + 3]);
        }

        if (output.Activation != (int)Activation.None)
        {
            value = new(Activate(value.X, output.Activation), Activate(value.Y, output.Activation), Activate(value.Z, output.Activation),
                Activate(value.W, output.Activation));
        }

        TY.StoreFour(y, at, output.Accumulate != 0 ? TY.LoadFour(y, at) + value : value);
    }
}
