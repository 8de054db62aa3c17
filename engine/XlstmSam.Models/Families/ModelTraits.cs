namespace XlstmSam.Models;

/// <summary>What the rest of the program needs to know about a model before it is built.</summary>
/// <param name="Family">The name of the model's family.</param>
/// <param name="InputChannels">Values per cell of the input grid.</param>
/// <param name="Prompts">The kinds of prompts that the model takes.</param>
/// <param name="Masks">Masks that the model can answer a prompt with; 1 where it has a single answer.</param>
/// <param name="PredictsIou">Whether the model rates its masks by a predicted intersection over union.</param>
/// <param name="ParameterGroups">The groups of parameters with learning rates of their own. The first whose prefix fits a name has it; the last fits
/// all.</param>
/// <param name="RecomputableStages">The stages whose activations training can drop and compute again in backward, in order of execution.</param>
public sealed record ModelTraits(
    string Family,
    int InputChannels,
    PromptKinds Prompts,
    int Masks,
    bool PredictsIou,
    IReadOnlyList<ParameterGroup> ParameterGroups,
    IReadOnlyList<RecomputableStage> RecomputableStages);
