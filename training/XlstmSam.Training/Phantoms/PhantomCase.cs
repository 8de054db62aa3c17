using XlstmSam.Imaging;

namespace XlstmSam.Training.Phantoms;

/// <summary>One synthetic image with its label map on the same grid; label 0 is everything unlabelled.</summary>
public sealed record PhantomCase(
    string Id,
    string Modality,
    Volume<float> Image,
    Volume<byte> Labels,
    IReadOnlyDictionary<int, string> Names);
