using System.CommandLine;
using System.Text.Json;
using XlstmSam.Cli.Options;
using XlstmSam.Cli.Text;
using XlstmSam.Engine;
using XlstmSam.Kernels;
using XlstmSam.Models;
using XlstmSam.Training;

namespace XlstmSam.Cli.Verbs;

/// <summary>info: what a model is made of and what it costs; or what the machine is.</summary>
internal sealed class InfoVerb : Verb
{
    private readonly ModelOptions model = new(withModel: true);
    private readonly Option<bool> devices = new("--devices") { Description = "List the devices instead of a model." };
    private readonly Option<int?> depth = new("--depth") { Description = "Levels of the module tree to print; all by default.", HelpName = "N" };
    private readonly Option<bool> json = new("--json") { Description = "Print JSON, the number of parameters first." };

    public InfoVerb()
        : base(
            "info",
            "The modules, parameters, multiply-adds and memory of a model, or the devices of this machine: processor, cards, and why one cannot be used.",
            "xsam-engine info --preset paper --depth 2",
            "xsam-engine info --model runs/first --json",
            "xsam-engine info --devices")
    {
        model.AddTo(this);
        Add(devices);
        Add(depth);
        Add(json);
    }

    public override int Run(VerbContext context)
    {
        if (context.Get(devices))
        {
            List(context);
            return ExitCode.Ok;
        }

        using var device = context.OpenDevice();
        var config = model.Choose(context);
        var plan = TrainingPlan.Of(config, device);
        using var unmaterialised = ModelFamilies.Build(config.Model, new CountingBackend(device.Backend), training: false);
        var parameters = unmaterialised.Parameters.All;
        var metadata = Metadata(context);
        if (context.Get(json))
        {
            JsonOutput.Print(context.Terminal, writer => Write(writer, config, plan, parameters, metadata));
            return ExitCode.Ok;
        }

        context.Terminal.Print("module: parameters, multiply-adds of one encoder and one decoder pass");
        foreach (var line in Tree(config, plan, parameters).Lines(context.Get(depth) ?? int.MaxValue))
        {
            context.Terminal.Print(line);
        }

        var inference = plan.Inference;
        context.Terminal.Print("");
        context.Terminal.Print($"Family           {Family(config.Model)}");
        context.Terminal.Print($"Parameters       {Units.Count(inference.Parameters)} trainable, {Units.Bytes(inference.ParameterBytes)}");
        context.Terminal.Print($"Input            {string.Join("x", config.Model.Size)} at {(config.Model.Spacing == 0 ? "the scan's own spacing" : $"{Units.Fixed(config.Model.Spacing, 2)} mm")}, centred on the {config.Model.Roi.ToString().ToLowerInvariant()}");
        context.Terminal.Print($"Multiply-adds    {Units.Giga(inference.Encode.MultiplyAdds)} to encode, {Units.Giga(inference.Decode.MultiplyAdds)} per click");
        context.Terminal.Print($"Inference memory {Units.Bytes(inference.PeakBytes)} besides the scan");
        context.Terminal.Print($"Training memory  {Units.Bytes(plan.PeakBytes)} at batch {config.Training.Batch} x {config.Training.Targets} targets, {config.Training.Rounds} click rounds");
        foreach (var (key, value) in metadata)
        {
            context.Terminal.Print($"{key,-16} {value}");
        }

        return ExitCode.Ok;
    }

    private void List(VerbContext context)
    {
        var list = DeviceList.OfMachine(context.Get(context.Globals.Threads));
        if (context.Get(json))
        {
            DeviceListOutput.PrintJson(context.Terminal, list);
        }
        else
        {
            DeviceListOutput.Print(context.Terminal, list);
        }
    }

    private static ModuleTree Tree(RunConfig config, TrainingPlan plan, IReadOnlyList<Parameter> parameters) =>
        ModuleTree.Of(config.Model.Name, parameters, plan.Inference.Encode.ModuleFlops.Concat(plan.Inference.Decode.ModuleFlops));

    /// <summary>The family with the prompts that it takes and the answers that it gives.</summary>
    private static string Family(ModelConfig model)
    {
        var traits = model.Traits();
        var masks = traits.Masks == 1 ? "one mask" : $"{Units.Count(traits.Masks)} masks";
        return $"{traits.Family}; takes {traits.Prompts.ToString().ToLowerInvariant()}; gives {masks}{(traits.PredictsIou ? " with predicted IoU" : "")}";
    }

    /// <summary>What a weight file says about itself, such as its licence; its configuration apart.</summary>
    private List<KeyValuePair<string, string>> Metadata(VerbContext context)
    {
        if (context.Get(model.Model) is not { } path)
        {
            return [];
        }

        using var file = SafeTensorsFile.Open(TrainedModel.WeightsOf(path));
        return [.. file.Metadata.Where(entry => !entry.Key.StartsWith("xlstmsam.", StringComparison.Ordinal) && entry.Key is not ("format" or "family")).OrderBy(entry => entry.Key, StringComparer.Ordinal)];
    }

    private static void Write(Utf8JsonWriter writer, RunConfig config, TrainingPlan plan, IReadOnlyList<Parameter> parameters, List<KeyValuePair<string, string>> metadata)
    {
        var inference = plan.Inference;
        writer.WriteNumber("parameters", inference.Parameters);
        writer.WriteString("model", config.Model.Name);
        writer.WriteString("family", config.Model.Traits().Family);
        writer.WriteNumber("encoderMultiplyAdds", inference.Encode.MultiplyAdds);
        writer.WriteNumber("decoderMultiplyAdds", inference.Decode.MultiplyAdds);
        writer.WriteNumber("parameterBytes", inference.ParameterBytes);
        writer.WriteNumber("inferencePeakBytes", inference.PeakBytes);
        writer.WriteNumber("trainingPeakBytes", plan.PeakBytes);
        writer.WritePropertyName("config");
        writer.WriteRawValue(RunConfigFile.Write(config));
        writer.WriteStartObject("metadata");
        foreach (var (key, value) in metadata)
        {
            writer.WriteString(key, value);
        }

        writer.WriteEndObject();
        writer.WriteStartObject("modules");
        foreach (var module in Tree(config, plan, parameters).Children)
        {
            writer.WriteNumber(module.Name, module.Count);
        }

        writer.WriteEndObject();
        writer.WriteStartArray("tensors");
        foreach (var parameter in parameters)
        {
            writer.WriteStartObject();
            writer.WriteString("name", parameter.Name);
            writer.WriteString("shape", parameter.PublishedShape.ToString());
            writer.WriteBoolean("trainable", !parameter.IsBuffer);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
