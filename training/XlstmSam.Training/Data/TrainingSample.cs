namespace XlstmSam.Training;

/// <summary>One image on the model's grid with its targets, last array axis fastest.</summary>
/// <param name="Image">Normalised values, (X0, X1, X2).</param>
/// <param name="Targets">One binary mask per target, each (X0, X1, X2), none empty.</param>
public sealed record TrainingSample(string CaseId, float[] Image, byte[][] Targets);

/// <summary>Where training samples come from. A sample is a function of its index alone, so a resumed run sees the same ones.</summary>
public interface ISampleSource
{
    /// <summary>Samples in one pass over the cases.</summary>
    long SamplesPerEpoch { get; }

    /// <param name="index">The running number of the sample since the start of training.</param>
    TrainingSample Get(long index);
}
