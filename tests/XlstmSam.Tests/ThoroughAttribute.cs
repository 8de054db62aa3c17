using Xunit.v3;

namespace XlstmSam.Tests;

/// <summary>Marks tests that <c>./test quick</c> leaves out: those that take seconds, run kernels in the interpreter, or start child processes.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class ThoroughAttribute : Attribute, ITraitAttribute
{
    /// <summary>The trait that the script <c>test</c> filters by.</summary>
    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [new("Pace", "Thorough")];
}
