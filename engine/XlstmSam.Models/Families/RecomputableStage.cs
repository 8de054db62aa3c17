namespace XlstmSam.Models;

/// <summary>A part of a network that can be run again in backward instead of being remembered.</summary>
/// <param name="Name">What <c>--recompute</c> and a training configuration call it by.</param>
/// <param name="Module">The module of the parameter tree that it is.</param>
public sealed record RecomputableStage(string Name, string Module);
