using System.Globalization;
using XlstmSam.Benchmarks.Measuring;
using XlstmSam.Benchmarks.Works;
using XlstmSam.Kernels.Cpu;
using XlstmSam.Models;

namespace XlstmSam.Benchmarks;

/// <summary>How our cost grows with the work, and falls with threads. Times are the fastest of some rounds: what else runs only adds.</summary>
public static class Scaling
{
    private static readonly Effort Effort = Effort.Quick;

    public static void Run(TextWriter output)
    {
        var most = Environment.ProcessorCount;
        output.WriteLine("mLSTM forward + backward, 4 heads of 128: milliseconds per 1,000 tokens stay level where the cost is linear.");
        foreach (var tokens in (int[])[1024, 2048, 4096, 8192, 16384])
        {
            Print(output, $"{tokens} tokens", Fastest(most, WorkPass.Forward, tokens) + Fastest(most, WorkPass.Backward, tokens), tokens / 1000.0, "1,000 tokens");
        }

        output.WriteLine();
        output.WriteLine("Encoder of the paper preset, forward: milliseconds per million voxels stay level where the cost is linear.");
        foreach (var side in (int[])[32, 64, 96, 128])
        {
            Print(output, $"{side}^3", Encoder(most, side), Math.Pow(side, 3) / 1e6, "million voxels");
        }

        output.WriteLine();
        output.WriteLine("Encoder of the paper preset at 64^3, forward: efficiency = time of one thread / (threads x time).");
        var alone = Encoder(1, 64);
        for (var threads = 1; threads <= most; threads++)
        {
            var milliseconds = threads == 1 ? alone : Encoder(threads, 64);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {threads,14} threads {milliseconds,10:0.0} ms, efficiency {100 * alone / (threads * milliseconds):0} %"));
        }
    }

    private static double Fastest(int threads, WorkPass pass, int tokens)
    {
        using var backend = new CpuBackend(threads);
        using var work = new MlstmWork(pass, tokens, 4, 128, MlstmPeer.Fastest, "-").Prepare(backend);
        return Stopclock.InTurns(Effort, work.Run)[0].Minimum;
    }

    private static double Encoder(int threads, int side)
    {
        using var backend = new CpuBackend(threads);
        using var model = new ModelHarness(Presets.Get("paper") with { Size = [side, side, side] }, backend, training: false);
        var image = ModelInputs.Of(side).Image;
        return Stopclock.InTurns(Effort, () => model.Encode(image))[0].Minimum;
    }

    private static void Print(TextWriter output, string size, double milliseconds, double units, string unit) =>
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {size,14} {milliseconds,10:0.0} ms, {milliseconds / units:0.00} ms per {unit}"));
}
