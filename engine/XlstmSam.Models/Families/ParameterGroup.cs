namespace XlstmSam.Models;

/// <summary>Parameters that share a learning rate.</summary>
/// <param name="Name">What a training configuration calls the group by.</param>
/// <param name="Prefix">How the names of its parameters begin; empty for every name.</param>
/// <param name="Rate">The learning rate as a factor of the run's, where the training configuration names none.</param>
public sealed record ParameterGroup(string Name, string Prefix, double Rate)
{
    /// <summary>Every parameter, at the run's own rate.</summary>
    public static ParameterGroup All { get; } = new("all", string.Empty, 1);

    /// <summary>Whether a parameter of this name belongs to the group, unless a group before it has it.</summary>
    public bool Fits(string parameter) => parameter.StartsWith(Prefix, StringComparison.Ordinal);
}
