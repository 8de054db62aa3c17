namespace XlstmSam.Training.Phantoms;

/// <summary>One shape of the anatomy: a labelled organ, or an unlabelled distractor with label 0.</summary>
internal readonly record struct Structure(ArcBar Shape, Tissue Tissue, byte Label);
