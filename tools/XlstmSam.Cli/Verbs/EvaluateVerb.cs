using System.CommandLine;
using XlstmSam.Cli.Options;
using XlstmSam.Cli.Text;
using XlstmSam.Models;
using XlstmSam.Training;
using XlstmSam.Training.Metrics;

namespace XlstmSam.Cli.Verbs;

/// <summary>evaluate: a model by the challenge's protocol.</summary>
internal sealed class EvaluateVerb : Verb
{
    private const int ClicksPlanned = 5;

    private readonly Option<string> model = new("--model") { Description = "A run folder (its best weights) or a weight file.", HelpName = "RUN|FILE", Required = true };
    private readonly DataOptions data = new("A folder with manifest.json, an nnU-Net or Decathlon folder, or a folder of challenge npz.", required: true);
    private readonly Option<string?> split = new("--split") { Description = "train, val, test or all; all labelled cases by default.", HelpName = "NAME" };
    private readonly Option<bool> noBoxes = new("--no-boxes") { Description = "Start from the first click even where a case has boxes." };
    private readonly Option<string> timeLimit = new("--time-limit") { Description = "Beyond 90 s per class: warn, as the challenge's script, or zero the scores, as the challenge.", HelpName = "warn|zero", DefaultValueFactory = _ => "warn" };
    private readonly Option<string?> save = new("--save") { Description = "Keep an npz with segs and all_segs of every case here.", HelpName = "DIR" };
    private readonly Option<string?> output = new("--out") { Description = "The official table of results.", HelpName = "CSV" };
    private readonly Option<bool> json = new("--json") { Description = "Print the table per modality as JSON." };

    public EvaluateVerb()
        : base(
            "evaluate",
            "Scores a model by the CVPR 2025 interactive challenge's protocol: a box, then five simulated clicks per class; DSC and NSD.",
            "xsam-engine evaluate --model runs/first --data phantoms --out scores.csv",
            "xsam-engine evaluate --model runs/first --data DIR --filter 'hippocampus_*' --no-boxes",
            "xsam-engine evaluate --model best.safetensors --data cases --time-limit zero --save predictions")
    {
        foreach (var option in ((Option[])[model]).Concat(data.All).Concat([split, noBoxes, timeLimit, save, output, json]))
        {
            Add(option);
        }
    }

    public override int Run(VerbContext context)
    {
        var rule = context.Get(timeLimit) switch
        {
            "warn" => TimeLimitRule.Warn,
            "zero" => TimeLimitRule.Zero,
            var text => throw new UsageException($"--time-limit '{text}' is not known; expected warn or zero."),
        };
        if (context.Get(output) is { } table)
        {
            Imaging.ScanPath.RequireWritable(table, "--out", ".csv");
        }

        if (context.Get(save) is { } kept && IsWithin(kept, context.Get(data.Folder)!))
        {
            throw new UsageException($"--save '{kept}' lies in the data set, whose files predictions could replace; give another folder.");
        }

        using var device = context.OpenDevice();
        var plan = InferencePlan.Of(TrainedModel.ReadConfig(context.Get(model)!, device.Backend), device, ClicksPlanned);

        // The evaluator reads the spacing of an npz as array-ordered, whatever a manifest says.
        var set = DataSet.Open(context.Get(data.Folder)!, data.Choose(context) with { TrustManifest = false });
        DataSetText.Tell(context, set);

        var cases = Chosen(context, set);
        CheckSavePlaces(context, cases);
        var largest = cases.Max(info => info.Reader.CountVoxels());
        var planned = MemoryCheck.Inference(plan, "Evaluation", MemoryCheck.LabelledScanBytes(largest), device, context.RoomOn(device));
        using var network = TrainedModel.Load(context.Get(model)!, device.Backend);
        using var predictor = new Predictor(network);
        var (results, failed) = Evaluated(context, cases, predictor, rule);
        Report(context, results);
        context.Detail(device.PeakBeside(planned));
        return failed == 0 ? ExitCode.Ok : ExitCode.Failed;
    }

    private (List<ChallengeResult> Results, int Failed) Evaluated(VerbContext context, IReadOnlyList<CaseInfo> cases, Predictor predictor, TimeLimitRule rule)
    {
        var (results, failed) = (new List<ChallengeResult>(), 0);
        var throttle = new Throttle(context.Terminal.Clock, TimeSpan.FromSeconds(10));
        Evaluation.Run(cases, predictor, new(context.Get(noBoxes), rule, OnCase: Note, OnFailure: Fail, SaveFolder: context.Get(save)) { OnWarnings = doubts => DataSetText.Warn(context, doubts) }, context.Cancel);
        return (results, failed);

        void Note(ChallengeResult result)
        {
            results.Add(result);
            if (context.Get(output) is { } path)
            {
                ChallengeCsv.Write(path, results);
            }

            if (result.Classes > 0 && result.ExceedsTimeLimit)
            {
                context.Terminal.Warn($"'{result.CaseName}' took {Units.Fixed(result.TotalSeconds, 0)} s; the challenge allows {result.TimeLimit} s.");
            }

            if (context.IsVerbose || throttle.Passes())
            {
                context.Say($"{results.Count + failed} of {cases.Count}: {result.CaseName} DSC {Units.Fixed(result.DscFinal, 3)} NSD {Units.Fixed(result.NsdFinal, 3)}, {Units.Fixed(result.TotalSeconds, 1)} s");
            }
        }

        void Fail(CaseInfo info, Exception exception)
        {
            failed++;
            context.Terminal.Warn($"case '{info.Id}' is left out: {exception.Message}");
        }
    }

    /// <summary>Refuses to write predictions through links, or over the cases themselves.</summary>
    private void CheckSavePlaces(VerbContext context, IReadOnlyList<CaseInfo> cases)
    {
        if (context.Get(save) is not { } kept || !Directory.Exists(kept))
        {
            return;
        }

        foreach (var name in cases.Select(info => info.ChallengeName))
        {
            var place = Path.Combine(kept, name);
            if (new FileInfo(place).LinkTarget is not null || FileIdentity.IsSame(place, Path.Combine(context.Get(data.Folder)!, name)))
            {
                throw new UsageException($"--save '{kept}': '{name}' there leads to '{FileIdentity.Final(place)}', which a prediction would replace; give another folder.");
            }
        }
    }

    private static bool IsWithin(string path, string folder)
    {
        var relative = Path.GetRelativePath(FileIdentity.Final(folder), FileIdentity.Final(path));
        return !Path.IsPathRooted(relative) && relative != ".." && !relative.StartsWith($"..{Path.DirectorySeparatorChar}", StringComparison.Ordinal);
    }

    private List<CaseInfo> Chosen(VerbContext context, DataSet set)
    {
        var labelled = set.Cases.Where(info => info.HasLabels).ToList();
        if (labelled.Count == 0)
        {
            throw new InvalidDataException($"Data set '{set.Name}': no case has labels; expected at least one to compare with.");
        }

        var named = context.Get(split) ?? "all";
        var chosen = named switch
        {
            "all" => labelled,
            "train" => labelled.FindAll(info => info.Split == CaseSplit.Train),
            "val" => labelled.FindAll(info => info.Split == CaseSplit.Val),
            "test" => labelled.FindAll(info => info.Split == CaseSplit.Test),
            _ => throw new UsageException($"--split '{named}' is not known; expected train, val, test or all."),
        };
        var unlabelled = set.Cases.Count - labelled.Count;
        context.Say($"{set.Name}: {chosen.Count} of {labelled.Count} labelled cases are scored, split {named}{(unlabelled > 0 ? $"; {unlabelled} more have no labels" : "")}.");
        if (named == "all" && labelled.Exists(info => info.Split is CaseSplit.Train or CaseSplit.None) && labelled.Count > 1)
        {
            context.Say("Cases that the model was trained on are among them where they come from the same data set; --split val or test leaves them out.");
        }

        return chosen.Count > 0 ? chosen : throw new InvalidDataException($"Data set '{set.Name}': no labelled case is in the split '{named}'; give --split all.");
    }

    private void Report(VerbContext context, List<ChallengeResult> results)
    {
        if (results.Count == 0)
        {
            throw new InvalidDataException("No case could be evaluated.");
        }

        var rows = ModalityScores.Table(results).Append(ModalityScores.Row("all", results)).ToArray();
        if (context.Get(json))
        {
            Print(context.Terminal, rows);
            return;
        }

        var table = new Table("modality", "cases", "DSC_AUC", "NSD_AUC", "DSC_Final", "NSD_Final", "s/class");
        foreach (var row in rows)
        {
            table.Add(row.Modality, Units.Count(row.Cases), Units.Fixed(row.DscAuc, 3), Units.Fixed(row.NsdAuc, 3), Units.Fixed(row.DscFinal, 3), Units.Fixed(row.NsdFinal, 3), Units.Fixed(row.SecondsPerClass, 2));
        }

        context.Terminal.Print(table);
    }

    private static void Print(Terminal terminal, ModalityScores[] rows) => JsonOutput.Print(terminal, writer =>
    {
        writer.WriteStartArray("modalities");
        foreach (var row in rows)
        {
            writer.WriteStartObject();
            writer.WriteString("modality", row.Modality);
            writer.WriteNumber("cases", row.Cases);
            writer.WriteFinite("DSC_AUC", row.DscAuc);
            writer.WriteFinite("NSD_AUC", row.NsdAuc);
            writer.WriteFinite("DSC_Final", row.DscFinal);
            writer.WriteFinite("NSD_Final", row.NsdFinal);
            writer.WriteFinite("secondsPerClass", row.SecondsPerClass);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    });
}
