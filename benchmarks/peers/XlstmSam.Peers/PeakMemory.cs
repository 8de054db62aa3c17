using System.Diagnostics;
using System.Globalization;
using XlstmSam.Kernels;
using XlstmSam.Kernels.Cpu;
using XlstmSam.Models;
using XlstmSam.Peers.Loading;
using XlstmSam.Peers.Model;
using XlstmSam.Measuring;
using static TorchSharp.torch;

namespace XlstmSam.Peers;

/// <summary>
/// The peak of one side's work: a child process loads both sides, notes what it holds, then builds the one model and runs the work. Peak is
/// the kernel's high-water mark of resident memory less what was held before.
/// </summary>
internal static class PeakMemory
{
    public const string Verb = "peak-memory";

    /// <summary>Gradients, then moments: the second training step is the first that holds everything.</summary>
    private const int Repeats = 2;

    /// <summary>Bytes, measured in a child process, or null where the system does not tell.</summary>
    /// <param name="side">ours, or the peer's form.</param>
    public static long? Of(ModelRow row, string side, PeerOptions options)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        foreach (var argument in (string[])[Path.ChangeExtension(typeof(PeakMemory).Assembly.Location, ".dll"), Verb, row.Name, side, options.Threads.ToString(CultureInfo.InvariantCulture)])
        {
            start.ArgumentList.Add(argument);
        }

        using var child = Process.Start(start)!;
        var text = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        return child.ExitCode == 0 && long.TryParse(text, CultureInfo.InvariantCulture, out var bytes) ? bytes : null;
    }

    /// <summary>The child: row, side, threads. Prints the bytes.</summary>
    public static void Run(string name, string side, string threads)
    {
        var count = int.Parse(threads, CultureInfo.InvariantCulture);
        Libtorch.Load(count);
        using var backend = new CpuBackend(count);
        var row = ModelRow.All.Single(row => row.Name == name);
        var config = (XlstmSamConfig)Presets.Get(row.Preset);
        var inputs = ModelInputs.Of(config.Size[0]);
        var before = Field("VmRSS");
        using (NewDisposeScope())
        {
            if (side == "ours")
            {
                RunOurs(row, config, inputs, backend);
            }
            else
            {
                RunPeer(row, config, inputs, TorchForm.All.Single(form => form.ToString() == side));
            }
        }

        Console.WriteLine((Field("VmHWM") - before).ToString(CultureInfo.InvariantCulture));
    }

    private static void RunOurs(ModelRow row, XlstmSamConfig config, ModelInputs inputs, IBackend backend)
    {
        using var model = new ModelHarness(config, backend, training: row.Work == ModelWork.Train);
        var embedding = new float[model.Model.EmbeddingShape.Length];
        for (var run = 0; run < Repeats; run++)
        {
            switch (row.Work)
            {
                case ModelWork.Encode: model.Encode(inputs.Image); break;
                case ModelWork.Click: model.Click(embedding, inputs.Click); break;
                default: model.Step(inputs); break;
            }
        }
    }

    private static void RunPeer(ModelRow row, XlstmSamConfig config, ModelInputs inputs, TorchForm form)
    {
        var model = new TorchModel(config, form);
        var (image, target, positions) = (model.Image(inputs), tensor(inputs.Target).to(float32), model.Positions());
        var side = config.Size[0] / config.Encoder.TotalStride;
        var embedding = form.Layout.Place(zeros([1, config.Embedding, side, side, side]));
        for (var run = 0; run < Repeats; run++)
        {
            switch (row.Work)
            {
                case ModelWork.Encode: model.Encode(image).Dispose(); break;
                case ModelWork.Click: model.Click(embedding, positions, inputs.Click).Dispose(); break;
                default: model.Step(image, target, inputs.Rounds); break;
            }
        }
    }

    /// <summary>A size of this process in bytes, as the kernel states it.</summary>
    private static long Field(string name)
    {
        var line = File.ReadLines("/proc/self/status").Single(l => l.StartsWith(name + ":", StringComparison.Ordinal));
        return 1024 * long.Parse(line.Split(':')[1].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture);
    }
}
