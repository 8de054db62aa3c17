namespace XlstmSam.Measuring;

/// <summary>Inputs of kernel calls: uniform values that are a hash of (seed, index), so that two sides can make the same ones.</summary>
public static class WorkInputs
{
    /// <summary>Uniform in [mean - spread, mean + spread).</summary>
    public static float[] Uniform(int seed, long length, float spread = 1, float mean = 0)
    {
        var values = new float[length];
        var scale = spread / (1 << 23);
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = mean + (((int)(Hash(seed, i) >> 8) - (1 << 23)) * scale);
        }

        return values;
    }

    /// <summary>Labels of 0 and 1; a fifth are 1.</summary>
    public static byte[] Labels(int seed, long length)
    {
        var labels = new byte[length];
        for (var i = 0; i < labels.Length; i++)
        {
            labels[i] = Hash(seed, i) % 5 == 0 ? (byte)1 : (byte)0;
        }

        return labels;
    }

    private static uint Hash(int seed, int index)
    {
        var x = (uint)index + ((uint)seed * 0x9E3779B9u);
        x = (x ^ (x >> 16)) * 0x85EBCA6Bu;
        x = (x ^ (x >> 13)) * 0xC2B2AE35u;
        return x ^ (x >> 16);
    }
}
