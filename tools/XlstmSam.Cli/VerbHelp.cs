using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace XlstmSam.Cli;

/// <summary>The usual help, then the verb's examples.</summary>
internal sealed class VerbHelp : SynchronousCommandLineAction
{
    private readonly HelpAction usual = new();

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult arguments)
    {
        usual.Invoke(arguments);
        if (arguments.CommandResult.Command is Verb verb)
        {
            var output = arguments.InvocationConfiguration.Output;
            output.Write("Examples:\n");
            foreach (var example in verb.Examples)
            {
                output.Write($"  {example}\n");
            }
        }

        return ExitCode.Ok;
    }
}
