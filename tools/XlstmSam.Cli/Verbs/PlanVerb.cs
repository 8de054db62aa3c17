using System.CommandLine;
using System.Text.Json;
using XlstmSam.Cli.Options;
using XlstmSam.Cli.Text;
using XlstmSam.Models;
using XlstmSam.Training;

namespace XlstmSam.Cli.Verbs;

/// <summary>plan: memory and work of a training step and of inference, without doing either.</summary>
internal sealed class PlanVerb : Verb
{
    private readonly ModelOptions model = new(withModel: true);
    private readonly Option<string?> size = new("--size") { Description = "The model's grid instead of its own: one side or three.", HelpName = "N|DxHxW" };
    private readonly Option<int?> batch = new("--batch") { Description = "Images per micro-batch.", HelpName = "N" };
    private readonly Option<string?> recompute = new("--recompute")
    {
        Description = "Stages computed again in backward to save memory: stem,0,1,..., all, none, or auto, as few as the memory allows.",
        HelpName = "LIST",
    };
    private readonly Option<bool> json = new("--json") { Description = "Print JSON." };

    public PlanVerb()
        : base(
            "plan",
            "Memory, flops and bytes of a training step and of inference, per op family, without running anything.",
            "xsam-engine plan --preset tiny",
            "xsam-engine plan --preset paper-vil5 --memory 10",
            "xsam-engine plan --config configs/hippocampus.json --batch 4")
    {
        model.AddTo(this);
        Add(size);
        Add(batch);
        Add(recompute);
        Add(json);
    }

    public override int Run(VerbContext context)
    {
        var config = Adjusted(model.Choose(context), context.Get(size), context.Get(batch), context.Get(recompute));
        using var device = context.OpenDevice();
        var available = context.RoomOn(device).Bytes;
        var (plan, reason) = RecomputeChoice.Of(config, device, available);
        if (context.Get(json))
        {
            JsonOutput.Print(context.Terminal, writer => Write(writer, device, plan, available));
            return ExitCode.Ok;
        }

        var terminal = context.Terminal;
        terminal.Print(
            $"{config.Model.Name}: {Units.Count(plan.Inference.Parameters)} parameters, grid {string.Join("x", config.Model.Size)}, batch " +
            $"{config.Training.Batch} x {config.Training.Targets} targets, {config.Training.Rounds} click rounds, recompute {Stages(plan)}");
        terminal.Print(
            $"Training needs {Units.Bytes(plan.PeakBytes)}: activations {Units.Bytes(plan.PassBytes)}, weights, gradients and moments " +
            $"{Units.Bytes(plan.SlabBytes)}, kernels " +
            $"{Units.Bytes(plan.ScratchBytes)}{(plan.SharesHostMemory ? "," : $"{Driver(plan)}; and beside the card")} samples and program " +
            $"{Units.Bytes(plan.HostBytes)}.");
        terminal.Print(
            $"Inference needs {Units.Bytes(plan.Inference.PeakBytes)}: weights {Units.Bytes(plan.Inference.ParameterBytes)}, encoder " +
            $"{Units.Bytes(plan.Inference.Encode.PeakBytes)}, decoder {Units.Bytes(plan.Inference.Decode.PeakBytes)}, kernels " +
            $"{Units.Bytes(plan.Inference.ScratchBytes)}{Driver(plan)}.");
        terminal.Print(reason);
        terminal.Print($"'{device.Backend.Name}' has {Units.Bytes(available)} free: training {(plan.PeakBytes <= available ? "fits" : "does not fit")}.");
        terminal.Print("");
        Print(
            terminal,
            config.Training.Accumulation == 1 ? "Training step" : $"Micro-batch, {config.Training.Accumulation} of them per training step",
            plan.Step);
        Print(terminal, "Optimiser update", plan.Update);
        Print(terminal, "Encode one image", plan.Inference.Encode);
        Print(terminal, "Decode one click", plan.Inference.Decode);
        return ExitCode.Ok;
    }

    private static string Driver(TrainingPlan plan) => plan.SharesHostMemory ? "" : $", driver {Units.Bytes(plan.Inference.DriverBytes)}";

    private static string Stages(TrainingPlan plan) => StageList.Write(plan.Config.Training.Recompute!);

    private static RunConfig Adjusted(RunConfig config, string? size, int? batch, string? recompute)
    {
        var model = config.Model;
        model = size is null ? model : model with { Size = SizeText.Parse(size) };
        var training = batch is { } images ? config.Training with { Batch = images } : config.Training;
        training = recompute is null ? training : training with { Recompute = StageList.Parse(recompute, model) };
        TrainingRules.Check(training, "the command line");
        return new() { Model = ModelRules.Checked(model, "the command line"), Training = training };
    }

    private static void Print(Terminal terminal, string title, PassCost cost)
    {
        terminal.Print($"{title}: {Units.Giga(cost.Flops)}flop, {Units.Bytes(cost.Bytes)} moved");
        var table = new Table("  op", "pass", "calls", "Gflop", "moved");
        foreach (var row in cost.Rows)
        {
            table.Add($"  {row.Family}", row.Pass.ToString(), Units.Count(row.Calls), Units.Fixed(row.Flops / 1e9, 3), Units.Bytes(row.Bytes));
        }

        terminal.Print(table);
        terminal.Print("");
    }

    private static void Write(Utf8JsonWriter writer, Device device, TrainingPlan plan, long available)
    {
        writer.WriteNumber("parameters", plan.Inference.Parameters);
        writer.WriteString("model", plan.Config.Model.Name);
        writer.WriteString("device", device.Backend.Name);
        writer.WriteString("precision", device.Precision);
        writer.WriteString("recompute", Stages(plan));
        writer.WriteNumber("trainingPeakBytes", plan.PeakBytes);
        writer.WriteNumber("activationBytes", plan.Step.PeakBytes);
        writer.WriteNumber("slabBytes", plan.SlabBytes);
        writer.WriteNumber("scratchBytes", plan.ScratchBytes);
        writer.WriteNumber("driverBytes", plan.Inference.DriverBytes);
        writer.WriteNumber("hostBytes", plan.HostBytes);
        writer.WriteNumber("inferencePeakBytes", plan.Inference.PeakBytes);
        writer.WriteNumber("availableBytes", available);
        writer.WriteNumber("microBatchesPerStep", plan.Config.Training.Accumulation);
        foreach (var cost in (PassCost[])[plan.Step, plan.Update, plan.Inference.Encode, plan.Inference.Decode])
        {
            writer.WriteStartObject(cost.Name);
            writer.WriteNumber("peakBytes", cost.PeakBytes);
            writer.WriteNumber("flops", cost.Flops);
            writer.WriteNumber("bytes", cost.Bytes);
            writer.WriteStartArray("ops");
            foreach (var row in cost.Rows)
            {
                writer.WriteStartObject();
                writer.WriteString("op", row.Family);
                writer.WriteString("pass", row.Pass.ToString());
                writer.WriteNumber("calls", row.Calls);
                writer.WriteNumber("flops", row.Flops);
                writer.WriteNumber("bytes", row.Bytes);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }
    }
}
