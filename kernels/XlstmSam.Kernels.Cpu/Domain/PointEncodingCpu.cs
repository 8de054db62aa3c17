using System.Diagnostics;

namespace XlstmSam.Kernels.Cpu;

/// <summary>A ticket per few tokens; angles in double.</summary>
internal sealed unsafe class PointEncodingCpu(WorkerPool pool) : IPointEncoding
{
    private const int TokensPerBlock = 16;

    public long ScratchBytes(in PointEncodingGeometry geometry) => 0;

    public void Forward(in PointEncodingGeometry geometry, int firstLabel, View prompts, View gaussian, View encodings, I32View rows)
    {
        Debug.Assert(prompts.Length == 4L * geometry.Items * geometry.Stride && gaussian.Length == 3L * geometry.Features, "Shapes agree.");
        Debug.Assert(encodings.Length == 3 * geometry.Tokens * geometry.Features && rows.Length == geometry.Tokens, "Shapes agree.");
        FixedBlocks.Run(
            pool, geometry.Tokens, TokensPerBlock, new Job(
                geometry, firstLabel, CpuBuffer.Floats(prompts), CpuBuffer.Floats(gaussian), CpuBuffer.Floats(encodings), CpuBuffer.Rows32(rows)));
    }

    private readonly struct Job(PointEncodingGeometry geometry, int firstLabel, float* prompts, float* gaussian, float* encodings, int* rows) : IBlockJob
    {
        public void Run(long start, long end)
        {
            var (tokens, features) = (geometry.Window.Tokens, geometry.Features);
            for (var token = start; token < end; token++)
            {
                var item = token / tokens;
                var entry = prompts + (4 * ((item * geometry.Stride) + geometry.Window.Entry((int)(token - (item * tokens)))));
                var label = (int)entry[3];
                rows[token] = label - firstLabel;
                Encode(entry, encodings + (3 * token * features), isPadding: label < 0);
            }
        }

        private void Encode(float* voxel, float* encoding, bool isPadding)
        {
            var features = geometry.Features;
            if (isPadding)
            {
                new Span<float>(encoding, 3 * features).Clear();
                return;
            }

            var (d, h, w) = (Centred(voxel[0], geometry.Grid.D), Centred(voxel[1], geometry.Grid.H), Centred(voxel[2], geometry.Grid.W));
            for (var f = 0; f < features; f++)
            {
                var (sin, cos) = SinCosPi.SinCos(2 * ((d * gaussian[f]) + (h * gaussian[features + f]) + (w * gaussian[(2 * features) + f])));
                encoding[f] = encoding[(2 * features) + f] = sin;
                encoding[features + f] = cos;
            }
        }

        private static double Centred(float voxel, int size) => (2 * ((voxel + 0.5) / size)) - 1;
    }
}
