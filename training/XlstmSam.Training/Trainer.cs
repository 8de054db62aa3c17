using System.Diagnostics;
using XlstmSam.Engine;
using XlstmSam.Models;

namespace XlstmSam.Training;

/// <summary>Why a call of <see cref="Trainer.Run"/> returned.</summary>
public enum TrainingEnd
{
    Finished,
    TimeIsUp,
    Interrupted,
}

/// <summary>What a trainer works on.</summary>
/// <param name="Validate">Scores the current weights: DSC after five clicks, NSD, DSC after the first, number of prompts; null without cases.</param>
/// <param name="Slab">The memory of the passes, where others use it too; null for one of its own.</param>
/// <param name="WeightMetadata">What every weight file says about licence and data.</param>
public sealed record TrainerParts(
    IPromptModel Model, RunConfig Config, RunFolder Folder, ISampleSource Samples,
    Func<CancellationToken, (double Dsc, double Nsd, double FirstDsc, int Prompts)>? Validate, IReadOnlyDictionary<string, string> WeightMetadata,
    Slab? Slab = null)
{
    /// <summary>Brings weights from elsewhere into a new run's model, after it was initialised; null starts from random weights.</summary>
    public Action<IPromptModel>? Start { get; init; }

    /// <summary>The number of steps that a resumed run is to have from now on; null keeps the one it was started with.</summary>
    public long? Extension { get; init; }
}

/// <summary>
/// The training loop. Everything random is a function of the seed and of counters, so a run that is killed and resumed ends with the same bits
/// as one that is not.
/// </summary>
public sealed class Trainer(TrainerParts parts, ITrainingObserver observer)
{
    /// <summary>A killed run loses at most about this much, unless saving itself is slow: it may take two percent of the time.</summary>
    private static readonly TimeSpan SaveInterval = TimeSpan.FromSeconds(5);
    private const double SaveShare = 0.02;

    /// <summary>Thirty years in seconds: a wait that a <see cref="TimeSpan"/> can hold.</summary>
    private const double LongestWait = 1e9;
    private readonly TrainingConfig config = parts.Config.Training;
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private RunProgress progress = new();
    private double secondsBefore;
    private TimeSpan saved;
    private TimeSpan saveTook;

    /// <summary>The number of optimiser steps a configuration means on this many samples per epoch.</summary>
    public static long StepsOf(TrainingConfig config, long samplesPerEpoch) => config.Steps > 0
        ? config.Steps
        : Math.Max(1, (long)Math.Ceiling(config.Epochs * (double)samplesPerEpoch / ((long)config.Batch * config.Accumulation)));

    public RunProgress Progress => progress;

    /// <summary>Starts a new run, or continues the one in the folder.</summary>
    /// <param name="limit">Save and stop after this long; null for no limit.</param>
    public TrainingEnd Run(bool resume, TimeSpan? limit, CancellationToken cancel)
    {
        Begin(resume);
        using var log = MetricsLog.Open(parts.Folder.Path, progress.Step, progress.ValidationDue);
        using var passes = PlannedPass.ForTraining(parts.Model.Backend, parts.Slab);
        using var prefetch = new Prefetcher(parts.Samples, progress.Step * config.Accumulation * config.Batch, config.Batch);
        var step = new TrainingStep(parts.Model, config, passes);
        var optimizer = new Optimizer(parts.Model.Parameters, parts.Model.Backend, config, parts.Model.Traits.ParameterGroups);
        TrainingEnd end;
        try
        {
            end = Loop(step, optimizer, prefetch, passes, log, limit, cancel);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            Save(log);
            SaveLast();
            throw new InvalidDataException(
                $"{e.Message} Step {progress.Step} of {progress.Steps} is saved: repair the case or take it out of the data set, then continue with " +
                $"--resume {parts.Folder.Path}.",
                e);
        }

        Save(log);
        SaveLast();
        return end;
    }

    private TrainingEnd Loop(
        TrainingStep step, Optimizer optimizer, Prefetcher prefetch, PlannedPass passes, MetricsLog log, TimeSpan? limit, CancellationToken cancel)
    {
        while (progress.ValidationDue || progress.Step < progress.Steps)
        {
            if (cancel.IsCancellationRequested || clock.Elapsed > limit)
            {
                return cancel.IsCancellationRequested ? TrainingEnd.Interrupted : TrainingEnd.TimeIsUp;
            }

            if (progress.ValidationDue)
            {
                Validate(log, cancel);
            }
            else
            {
                TakeStep(step, optimizer, prefetch, passes, log);
            }
        }

        return TrainingEnd.Finished;
    }

    private void Begin(bool resume)
    {
        if (resume && parts.Folder.HasState)
        {
            parts.Folder.LoadState(parts.Model);
            progress = parts.Folder.ReadState().Progress;
            progress = progress with { ValidationDue = progress.ValidationDue && parts.Validate is not null };
            if (parts.Extension is { } longer)
            {
                if (longer <= progress.Step)
                {
                    throw new InvalidDataException(
                        $"Run '{parts.Folder.Path}' has done {progress.Step} steps and the new length is {longer}; give a longer one.");
                }

                progress = progress with { Steps = longer };
                parts.Folder.SaveState(parts.Model, parts.Config, progress);
                parts.Folder.SaveConfig(parts.Config);
            }
        }
        else
        {
            parts.Model.Initialize(config.Seed);
            parts.Start?.Invoke(parts.Model);
            progress = new() { Steps = StepsOf(config, parts.Samples.SamplesPerEpoch) };
            parts.Folder.SaveConfig(parts.Config);
            parts.Folder.SaveState(parts.Model, parts.Config, progress);
        }

        secondsBefore = progress.Seconds;
        saved = clock.Elapsed;
    }

    private void TakeStep(TrainingStep step, Optimizer optimizer, Prefetcher prefetch, PlannedPass passes, MetricsLog log)
    {
        var began = clock.Elapsed;
        var results = new MicroBatchResult[config.Accumulation];
        for (var micro = 0; micro < results.Length; micro++)
        {
            results[micro] = step.Run(prefetch.Next(), (progress.Step * config.Accumulation) + micro);
        }

        var rate = LearningRate.At(config, progress.Step, progress.Steps);
        optimizer.Step(progress.Step, rate);
        var norm = optimizer.GradientNorm();
        progress = progress with { Step = progress.Step + 1, Seconds = secondsBefore + clock.Elapsed.TotalSeconds };
        var took = (clock.Elapsed - began).TotalSeconds;
        var report = new StepReport(
            progress.Step, progress.Steps, results.Average(r => r.Loss), results.Average(r => r.FirstDice), results.Average(r => r.Dice),
            results.Average(r => r.Drop), rate, norm,
            config.Batch * config.Accumulation / took,
            TimeSpan.FromSeconds(Math.Min(LongestWait, progress.Seconds / progress.Step * (progress.Steps - progress.Step))), passes.PeakBytes);
        if (!double.IsFinite(report.Loss) || !double.IsFinite(norm))
        {
            throw new TrainingDivergedException(progress.Step, report.Loss, norm);
        }

        log.Write(Row(report));
        observer.OnStep(report);
        var validates = progress.Step == progress.Steps || (config.ValidateEvery > 0 && progress.Step % config.ValidateEvery == 0);
        progress = progress with { ValidationDue = validates && parts.Validate is not null };
        if (validates || clock.Elapsed - saved > Max(SaveInterval, saveTook / SaveShare))
        {
            Save(log);
        }
    }

    /// <summary>Validation takes long and may be interrupted: then it stays due.</summary>
    private void Validate(MetricsLog log, CancellationToken cancel)
    {
        (double Dsc, double Nsd, double FirstDsc, int Prompts) scores;
        SaveLast();
        try
        {
            scores = parts.Validate!(cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return;
        }

        var (dsc, nsd, firstDsc, prompts) = scores;
        var best = dsc > progress.BestScore;
        if (best)
        {
            parts.Folder.SaveWeights(parts.Folder.BestPath, parts.Model, parts.WeightMetadata);
            progress = progress with { BestScore = dsc, BestStep = progress.Step };
            parts.Folder.SaveCard(ModelCard.Of(parts.Config, progress, parts.WeightMetadata));
        }

        log.Write(new() { Kind = MetricsLog.Validation, Step = progress.Step, FirstDice = firstDsc, Dsc = dsc, Nsd = nsd, Seconds = progress.Seconds });
        observer.OnValidation(new(progress.Step, dsc, nsd, firstDsc, prompts, best));
        progress = progress with { ValidationDue = false };
        Save(log);
    }

    private void Save(MetricsLog log)
    {
        var began = clock.Elapsed;
        log.Flush();
        parts.Folder.SaveState(parts.Model, parts.Config, progress);
        (saved, saveTook) = (clock.Elapsed, clock.Elapsed - began);
    }

    /// <summary>Whenever a run ends its weights can be used, validated or not.</summary>
    private void SaveLast()
    {
        parts.Folder.SaveWeights(parts.Folder.LastPath, parts.Model, parts.WeightMetadata);
        parts.Folder.SaveCard(ModelCard.Of(parts.Config, progress, parts.WeightMetadata));
    }

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private static MetricsRow Row(StepReport r) => new()
    {
        Kind = "train",
        Step = r.Step,
        Loss = r.Loss,
        FirstDice = r.FirstDice,
        Dice = r.Dice,
        Drop = double.IsNaN(r.Drop) ? null : r.Drop,
        LearningRate = r.LearningRate,
        GradientNorm = r.GradientNorm,
    };
}
