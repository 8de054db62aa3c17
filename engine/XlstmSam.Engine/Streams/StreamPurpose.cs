namespace XlstmSam.Engine.Streams;

/// <summary>What a random stream is drawn for; the number is part of the stream's identity, so it never changes.</summary>
public enum StreamPurpose : uint
{
    Init = 1,
    Order = 2,
    Crop = 3,
    Augment = 4,
    Clicks = 5,
    Boxes = 6,
    Rounds = 7,
    Dropout = 8,
    Phantom = 9,
    PhantomNoise = 10,
    Split = 11,
    Test = 12,
}
