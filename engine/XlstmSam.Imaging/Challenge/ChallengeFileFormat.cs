namespace XlstmSam.Imaging;

/// <summary>The npz files of the CVPR 2025 interactive segmentation challenge: an image in imgs, labels in gts, a mask in segs.</summary>
internal sealed class ChallengeFileFormat : IScanFormat
{
    public string Name => "challenge npz";

    public IReadOnlyList<string> Extensions => [".npz"];

    public IReadOnlyList<string> MaskExtensions => [".npz"];

    public bool Recognises(ReadOnlySpan<byte> start) => start is [(byte)'P', (byte)'K', 3, 4, ..];

    public long CountVoxels(string path)
    {
        using var archive = NpzArchive.Open(path);
        return archive.CountElements("imgs");
    }

    public Scan Read(string path, ScanReading reading)
    {
        var npz = ChallengeCase.Read(path);
        var told = SpacingOrders.Of(npz.Spacing, reading.Spacing) ?? reading.SpacingOrder;
        var warnings = new List<string>();
        if (npz.IsSpacingMissing)
        {
            warnings.Add($"'{path}' has no array 'spacing': voxels are taken as 1 mm along each axis.");
        }
        else if (told is null && npz.SpacingLooksReversed())
        {
            warnings.Add($"the spacing of '{path}' looks like (x, y, z) but is read as (z, y, x); give --spacing-order xyz if so.");
        }

        return new(path, npz.Image(told ?? SpacingOrder.Array), IntensityOrigin.Npz, null) { Warnings = warnings, Prompts = Prompts(npz) };
    }

    /// <summary>One object per class, as the challenge's container gets them: boxes and, in the order of the rounds, clicks.</summary>
    private static ScanPrompts[] Prompts(ChallengeCase npz)
    {
        var count = Math.Max(npz.Boxes?.Count ?? 0, npz.Clicks?.Count ?? 0);
        return [.. Enumerable.Range(0, count).Select(i => new ScanPrompts(Clicks(npz, i), i < npz.Boxes?.Count ? Box(npz.Boxes[i]) : null))];
    }

    private static (VoxelIndex Voxel, bool IsPositive)[] Clicks(ChallengeCase npz, int index)
    {
        if (npz.Clicks is null || index >= npz.Clicks.Count)
        {
            return [];
        }

        var (on, beside) = (new Queue<VoxelIndex>(npz.Clicks[index].Foreground), new Queue<VoxelIndex>(npz.Clicks[index].Background));
        var clicks = new List<(VoxelIndex, bool)>();
        foreach (var kind in npz.ClicksOrder is { } order && index < order.Count ? order[index] : [])
        {
            var from = kind == "fg" ? on : kind == "bg" ? beside : null;
            if (from is not null && from.TryDequeue(out var voxel))
            {
                clicks.Add((voxel, from == on));
            }
        }

        return [.. clicks, .. on.Select(voxel => (voxel, true)), .. beside.Select(voxel => (voxel, false))];
    }

    /// <summary>The challenge's boxes are closed.</summary>
    private static VoxelBox Box(ChallengeBox box) => new(new(box.XMin, box.YMin, box.ZMin), new(box.XMax + 1, box.YMax + 1, box.ZMax + 1));

    /// <summary>An npz of a mask says nothing of space: it takes the image's grid.</summary>
    public Volume<int> ReadLabels(string path, VolumeGeometry? image)
    {
        using var archive = NpzArchive.Open(path);
        var array = archive.TryRead("segs") ?? archive.TryRead("gts") ?? throw new InvalidDataException($"npz '{path}': it has no array segs or gts.");
        var size = array.Shape is [var z, var y, var x] ? new Size3(x, y, z)
            : throw new InvalidDataException($"npz '{path}': its labels are {array}; expected whole numbers of shape (D, H, W).");
        var geometry = image ?? new(size, Affine3.Scale(1, 1, 1));
        return size == geometry.Size
            ? new(geometry, array.ToIntegers($"npz '{path}'"))
            : throw new InvalidDataException($"npz '{path}': its labels are {array}; expected ({geometry.Size.Z}, {geometry.Size.Y}, {geometry.Size.X}), " +
                $"which is not that of the image. Resample it onto the image.");
    }

    public void WriteMask(string path, Volume<byte> mask, ScanHeader? like) =>
        NpzWriter.Write(path, [new("segs", new NpyArray(mask.Voxels, mask.Size.Z, mask.Size.Y, mask.Size.X))]);
}
