using XlstmSam.Imaging;

namespace XlstmSam.Models;

/// <summary>A click at a continuous voxel index of the file's own axis order.</summary>
public readonly record struct PointPrompt(Vector3d Voxel, bool Positive);

/// <summary>A closed box in continuous voxel indices of the file's own axis order.</summary>
public readonly record struct BoxPrompt(Vector3d First, Vector3d Last)
{
    /// <summary>The middle between both corners.</summary>
    public Vector3d Centre => 0.5 * (First + Last);
}

/// <summary>What the user said about one object, in order.</summary>
/// <param name="Mask">A first guess on the scan's own grid, or null.</param>
public sealed record ObjectPrompts(IReadOnlyList<PointPrompt> Points, BoxPrompt? Box = null, Volume<byte>? Mask = null)
{
    /// <summary>Nothing said yet.</summary>
    public static ObjectPrompts None { get; } = new([]);

    /// <summary>Whether nothing was said.</summary>
    public bool IsEmpty => Points.Count == 0 && Box is null && Mask is null;

    /// <summary>The kinds of prompts among them.</summary>
    public PromptKinds Kinds =>
        (Points.Count > 0 ? PromptKinds.Point : PromptKinds.None) | (Box is null ? PromptKinds.None : PromptKinds.Box) | (Mask is null ? PromptKinds.None : PromptKinds.Mask);
}
