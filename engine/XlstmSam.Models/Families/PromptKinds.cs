namespace XlstmSam.Models;

/// <summary>The kinds of prompts that a model may take.</summary>
[Flags]
public enum PromptKinds
{
    /// <summary>No prompt.</summary>
    None = 0,

    /// <summary>A click on the object or beside it.</summary>
    Point = 1,

    /// <summary>A box around the object.</summary>
    Box = 2,

    /// <summary>A first guess of the mask.</summary>
    Mask = 4,
}
