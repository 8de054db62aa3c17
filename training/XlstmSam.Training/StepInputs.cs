using XlstmSam.Engine;

namespace XlstmSam.Training;

/// <summary>What a training step reads, on the device.</summary>
/// <param name="Image">(images, X0, X1, X2, 1).</param>
/// <param name="Owners">The image of every target.</param>
/// <param name="Labels">(targets, X0, X1, X2), bytes.</param>
/// <param name="Prompts">(targets, entries, 4): boxes, and room for the clicks.</param>
/// <param name="Draws">(rounds, targets, 3): how clicks are placed.</param>
/// <param name="Pairs">(pairs, 2): the predictions and targets that are compared after the first prompt.</param>
/// <param name="OwnPairs">(targets, 2): those that are compared after the last round.</param>
internal sealed record StepInputs(Tensor Image, Block Owners, Block Labels, Tensor Prompts, Block Draws, Block Pairs, Block OwnPairs);
