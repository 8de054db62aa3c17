using XlstmSam.Engine.Streams;

namespace XlstmSam.Training.Phantoms;

/// <summary>Turns an anatomy into what one kind of scanner would show.</summary>
internal interface IModalityRenderer
{
    /// <param name="noise">A factor on the modality's own noise; 1 is typical.</param>
    float[] Render(TissueMap map, double noise, ref RandomStream stream);
}
