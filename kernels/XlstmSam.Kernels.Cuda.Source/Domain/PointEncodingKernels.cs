using ILGPU;

namespace XlstmSam.Kernels.Cuda.Source;

/// <summary>A thread per token and feature; angles in double.</summary>
public static class PointEncodingKernels
{
    [CudaKernel(256, minBlocks: 2)]
    public static void Forward(
        ArrayView<float> prompts, ArrayView<float> gaussian, ArrayView<float> encodings, ArrayView<int> rows, PointWindow window, int stride, int features, int firstLabel, int depth, int height, int width)
    {
        for (var i = Threads.Index; i < rows.Length * features; i += Threads.Count)
        {
            var token = FastDivision.Of(i, features);
            var f = (int)(i - (token * features));
            var item = FastDivision.Of(token, window.Tokens);
            var entry = 4 * ((item * stride) + window.Entry((int)(token - (item * window.Tokens))));
            var label = (int)prompts[entry + 3];
            var angle = (Centred(prompts[entry], depth) * gaussian[f])
                + (Centred(prompts[entry + 1], height) * gaussian[features + f])
                + (Centred(prompts[entry + 2], width) * gaussian[(2 * features) + f]);
            var (sin, cos) = SinCosPi.SinCos(2 * angle);
            var to = (3 * token * features) + f;
            encodings[to] = label < 0 ? 0 : sin;
            encodings[to + features] = label < 0 ? 0 : cos;
            encodings[to + (2 * features)] = label < 0 ? 0 : sin;
            if (f == 0)
            {
                rows[token] = label - firstLabel;
            }
        }
    }

    private static double Centred(float voxel, int size) => (2 * ((voxel + 0.5) / size)) - 1;
}
