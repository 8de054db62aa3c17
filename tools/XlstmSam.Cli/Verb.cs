using System.CommandLine;

namespace XlstmSam.Cli;

/// <summary>One verb of the command line: its options, what it does, and examples for its help.</summary>
internal abstract class Verb : Command
{
    /// <param name="examples">Command lines that work as they stand, each with a word on what it does.</param>
    protected Verb(string name, string description, params string[] examples)
        : base(name, description) => Examples = examples;

    public IReadOnlyList<string> Examples { get; }

    /// <summary>Does the work and gives the exit code. Everything that goes wrong is an exception.</summary>
    public abstract int Run(VerbContext context);
}
