using XlstmSam.Imaging;
using XlstmSam.Models;

namespace XlstmSam.Cli.Segmenting;

/// <summary>
/// The interactive mode: a prompt a line, an answer a line. Lines that cannot be understood are answered with one sentence, and the work goes on.
/// </summary>
internal sealed class PromptLines(Segmenter segmenter, PromptSpace space, Action<string, Volume<byte>> save, Terminal terminal)
{
    private const string Grammar = "+ x y z | - x y z | box x0 y0 z0 x1 y1 z1 | undo | reset | save FILE | help | quit";
    private readonly Stack<ObjectPrompts> before = new();
    private ObjectPrompts prompts = ObjectPrompts.None;
    private Answer? answer;

    public ObjectPrompts Prompts => prompts;

    /// <summary>The answer to the prompts as they stand; null without prompts.</summary>
    public Answer? Answer => answer;

    /// <summary>Answers until the input ends or says quit.</summary>
    /// <param name="given">Prompts of the command line, answered first.</param>
    public void Run(ObjectPrompts given, CancellationToken cancel)
    {
        if (!given.IsEmpty)
        {
            Change(given);
        }

        while (ReadLine(cancel) is { } line)
        {
            var words = line.Split([' ', '\t', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (words is ["quit" or "exit"])
            {
                return;
            }

            if (words.Length > 0)
            {
                Answered(line.Trim(), words);
            }
        }
    }

    private void Answered(string line, string[] words)
    {
        try
        {
            Do(line, words);
        }
        catch (Exception e) when (Fault.Of(e) is { Code: ExitCode.BadInput } fault)
        {
            terminal.Print($"error: {fault.Sentence}");
        }
    }

    private void Do(string line, string[] words)
    {
        switch (words[0])
        {
            case "+" or "-" when words.Length == 4 && PromptText.Numbers(words.AsSpan(1)) is { } at:
                var point = new PointPrompt(space.ToVoxel(new(at[0], at[1], at[2]), $"The click {line}"), words[0] == "+");
                Change(prompts with { Points = [.. prompts.Points, point] });
                break;
            case "box" when words.Length == 7 && PromptText.Numbers(words.AsSpan(1)) is { } c:
                Change(prompts with { Box = space.ToBox(new(c[0], c[1], c[2]), new(c[3], c[4], c[5]), $"The {line}") });
                break;
            case "undo" when words.Length == 1:
                Undo();
                break;
            case "reset" when words.Length == 1:
                before.Push(prompts);
                (prompts, answer) = (ObjectPrompts.None, null);
                terminal.Print("No prompts.");
                break;
            case "save" when words.Length > 1:
                Save(line["save".Length..].Trim());
                break;
            case "help":
                terminal.Print(Grammar);
                break;
            default:
                throw new UsageException($"'{line}' is not understood; expected {Grammar}.");
        }
    }

    private void Change(ObjectPrompts wanted)
    {
        if (PromptCheck.Refusal(wanted) is { } refusal)
        {
            throw new UsageException(refusal);
        }

        var found = segmenter.Ask(wanted);
        before.Push(prompts);
        (prompts, answer) = (wanted, found);
        Tell(found);
    }

    private void Undo()
    {
        if (before.Count == 0)
        {
            throw new UsageException("There is nothing to undo.");
        }

        prompts = before.Pop();
        answer = prompts.IsEmpty ? null : segmenter.Ask(prompts);
        if (answer is null)
        {
            terminal.Print("No prompts.");
        }
        else
        {
            Tell(answer);
        }
    }

    private void Save(string path)
    {
        if (answer is null)
        {
            throw new UsageException("There is nothing to save yet: give a prompt first.");
        }

        save(path, answer.Mask);
        terminal.Print($"Saved {path}");
    }

    private void Tell(Answer found)
    {
        terminal.Print($"{found.Voxels} voxels, {Units.Milliseconds(found.Elapsed)}{(found.Encodes > 0 ? ", encoded" : "")}");
        if (found.Voxels == 0)
        {
            terminal.Warn("the mask is empty; click deeper inside the object, or give a box.");
        }

        foreach (var sentence in PromptCheck.Contradictions(prompts).Concat(PromptCheck.Unanswered(prompts, found.Mask)))
        {
            terminal.Warn(sentence);
        }
    }

    private string? ReadLine(CancellationToken cancel)
    {
        // Reading blocks; waiting for it can be interrupted.
        var line = Task.Run(terminal.In.ReadLine, CancellationToken.None);
        line.Wait(cancel);
        return line.Result;
    }
}
