using XlstmSam.Engine;
using XlstmSam.Imaging;

namespace XlstmSam.Models;

/// <summary>
/// A model at work on one scan: encodes a region once and answers prompts from the cached embedding. Not thread-safe; one per scan being
/// worked on, any number of objects.
/// </summary>
/// <param name="shared">The memory to run in, which others use when the predictor does not; null for its own.</param>
public sealed class Predictor(IPromptModel model, Slab? shared = null) : IDisposable
{
    private const int CachedRegions = 8;
    private readonly PlannedPass passes = PlannedPass.ForInference(model.Backend, shared);
    private readonly List<(Region Region, float[] Embedding)> embeddings = [];
    private PreparedScan? scan;

    /// <summary>The model at work.</summary>
    public IPromptModel Model => model;

    /// <summary>The scan at work.</summary>
    /// <exception cref="InvalidOperationException">There is no image yet.</exception>
    public PreparedScan Scan => scan ?? throw new InvalidOperationException("Predictor: set an image first.");

    /// <summary>How often the encoder ran since the image was set.</summary>
    public int Encodes { get; private set; }

    /// <summary>Bytes of activations that the largest pass so far needed.</summary>
    public long PeakBytes => passes.PeakBytes;

    /// <summary>Takes up a scan. Nothing is computed before an object asks; objects of the scan before are over.</summary>
    /// <exception cref="InvalidDataException">The model takes another number of channels than scans have.</exception>
    public void SetImage(PreparedScan image)
    {
        ModelRules.RequireScanInput(model.Config);
        scan = image;
        embeddings.Clear();
        Encodes = 0;
    }

    /// <summary>A new object on this scan.</summary>
    /// <exception cref="InvalidOperationException">There is no image yet.</exception>
    public ObjectSession NewObject() => new(this);

    /// <summary>Gives back the memory of the passes. The model stays.</summary>
    public void Dispose() => passes.Dispose();

    /// <summary>What the encoder sees of a region.</summary>
    public float[] Input(Region region) => GridInput.Image(Scan, Grid(region));

    internal VolumeGeometry Grid(Region region) => region.Grid(model.Config, Scan.Image.Geometry);

    /// <summary>One decoder pass: the low-resolution logits for the next round, and the logits on the region's grid.</summary>
    internal (float[] LowRes, float[] Grid) Decode(Region region, PromptBatch prompts, float[]? lowRes)
    {
        var embedding = Embed(region);
        return passes.Run(
            $"decode: {prompts.Signature}",
            tape => model.UploadDecoderInputs(tape, embedding, prompts, lowRes),
            model.DecodeToGrid,
            (tape, logits) => (tape.Download(logits.LowRes), tape.Download(logits.Full)));
    }

    private float[] Embed(Region region)
    {
        foreach (var (known, cached) in embeddings)
        {
            if (known == region)
            {
                return cached;
            }
        }

        var input = Input(region);
        var embedding = passes.Run("encode", tape => model.UploadImage(tape, input), model.Encode, (tape, encoded) => tape.Download(encoded));
        Encodes++;
        embeddings.Add((region, embedding));
        if (embeddings.Count > CachedRegions)
        {
            embeddings.RemoveAt(0);
        }

        return embedding;
    }
}
