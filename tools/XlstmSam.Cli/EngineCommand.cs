using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Reflection;
using XlstmSam.Cli.Options;
using XlstmSam.Cli.Verbs;

namespace XlstmSam.Cli;

/// <summary>The whole command line: the verbs, their help, and the one place where an exception becomes an exit code.</summary>
internal static class EngineCommand
{
    private const string Description = "Promptable segmentation of 3D medical images: trains, segments and evaluates, on this machine alone.";

    public static string Version =>
        typeof(EngineCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>Runs one command line. Never throws.</summary>
    public static int Run(IReadOnlyList<string> arguments, Terminal terminal, CancellationToken cancel)
    {
        var verbose = arguments.Contains("--verbose");
        try
        {
            return Invoke(arguments, terminal, cancel);
        }
        catch (Exception exception)
        {
            var fault = Fault.Of(exception);
            terminal.Say(fault.Sentence);
            if (verbose)
            {
                terminal.Say(exception.ToString());
            }

            return fault.Code;
        }
        finally
        {
            terminal.Out.Flush();
            terminal.Error.Flush();
        }
    }

    private static int Invoke(IReadOnlyList<string> arguments, Terminal terminal, CancellationToken cancel)
    {
        // The runtime replaces bytes that are not UTF-8, so such a name would lead to another file or to none.
        if (arguments.FirstOrDefault(argument => argument.Contains('\uFFFD', StringComparison.Ordinal)) is { } unreadable)
        {
            throw new UsageException(
                $"'{unreadable}' holds bytes that are not UTF-8, so the file cannot be opened or would get another name; rename it, or give a name in UTF-8.");
        }

        var globals = new GlobalOptions();
        var root = Root(globals, terminal, cancel);
        var result = Parsed(root, arguments);
        if (arguments.Count == 0)
        {
            root.Parse(["--help"]).Invoke(new InvocationConfiguration { Output = terminal.Error, Error = terminal.Error });
            return ExitCode.BadInput;
        }

        if (result.Action is ParseErrorAction)
        {
            var verb = result.CommandResult.Command is Verb known ? $" {known.Name}" : "";
            throw new UsageException($"{Sentences(result)} See xsam-engine{verb} --help.");
        }

        if (result.CommandResult.Children.OfType<OptionResult>().FirstOrDefault(option => option.Tokens.Any(token => token.Value.Length == 0)) is { } empty)
        {
            throw new UsageException($"{empty.Option.Name} is empty; give it a value or leave it out.");
        }

        return result.Invoke(new InvocationConfiguration { Output = terminal.Out, Error = terminal.Error, EnableDefaultExceptionHandler = false });
    }

    private static ParseResult Parsed(RootCommand root, IReadOnlyList<string> arguments)
    {
        try
        {
            return root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        }
        catch (InvalidOperationException exception)
        {
            // A validator asked for a value that does not parse.
            throw new UsageException(exception.Message);
        }
    }

    // An unknown verb is also a verb that is not there; saying so once is enough.
    private static string Sentences(ParseResult result)
    {
        var unknown = result.Errors.Where(error =>
            error.SymbolResult is CommandResult
                && result.UnmatchedTokens.Any(token => error.Message.Contains($"'{token}'", StringComparison.Ordinal))).ToArray();
        return string.Join(" ", (unknown.Length > 0 ? unknown : result.Errors).Select(error => error.Message).Distinct());
    }

    private static RootCommand Root(GlobalOptions globals, Terminal terminal, CancellationToken cancel)
    {
        var root = new RootCommand(Description);
        globals.AddTo(root);
        foreach (var verb in Verbs())
        {
            verb.SetAction(arguments => verb.Run(new VerbContext(arguments, globals, terminal, cancel)));
            root.Add(verb);
        }

        foreach (var option in root.Options)
        {
            option.Action = option switch
            {
                HelpOption => new VerbHelp(),
                VersionOption => new VersionText(),
                _ => option.Action,
            };
        }

        return root;
    }

    private static IEnumerable<Verb> Verbs() =>
        [new TrainVerb(), new SegmentVerb(), new EvaluateVerb(), new InfoVerb(), new PlanVerb(), new VerifyVerb(), new BenchVerb(), new PhantomVerb()];

    private sealed class VersionText : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult arguments)
        {
            arguments.InvocationConfiguration.Output.Write($"xsam-engine {Version}\n");
            return ExitCode.Ok;
        }
    }
}
