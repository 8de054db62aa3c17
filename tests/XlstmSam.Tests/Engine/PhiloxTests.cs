using XlstmSam.Engine.Streams;

namespace XlstmSam.Tests.Engine;

public sealed class PhiloxTests
{
    private const uint Ones = 0xFFFFFFFF;

    // The known answers of Random123 1.14.0, tests/kat_vectors, philox4x32 10.
    [Fact]
    public void ZeroCounterAndKeyGiveTheKnownAnswer() =>
        Assert.Equal(new(0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8), Philox.Block(new(0, 0, 0, 0), 0, 0));

    [Fact]
    public void AllOnesGiveTheKnownAnswer() =>
        Assert.Equal(new(0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd), Philox.Block(new(Ones, Ones, Ones, Ones), Ones, Ones));

    [Fact]
    public void DigitsOfPiGiveTheKnownAnswer() =>
        Assert.Equal(
            new(0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1),
            Philox.Block(new(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344), 0xa4093822, 0x299f31d0));
}
