namespace XlstmSam.Training.Metrics;

/// <summary>A box prompt of the challenge: exact extent along z, and the extent in x and y of the middle slice. All ends belong to it.</summary>
public readonly record struct ChallengeBox(int ZMin, int ZMax, int ZMid, int ZMidXMin, int ZMidYMin, int ZMidXMax, int ZMidYMax);
