namespace XlstmSam.Tests.Imaging;

public sealed class NpzTests
{
    [Theory]
    [InlineData("|u1", "05", 5)]
    [InlineData("|i1", "FB", -5)]
    [InlineData("<i2", "FBFF", -5)]
    [InlineData(">i2", "FFFB", -5)]
    [InlineData("<u2", "0500", 5)]
    [InlineData(">u2", "0005", 5)]
    [InlineData("<i4", "FBFFFFFF", -5)]
    [InlineData(">i4", "FFFFFFFB", -5)]
    [InlineData("<u4", "05000000", 5)]
    [InlineData(">u4", "00000005", 5)]
    [InlineData("<i8", "FBFFFFFFFFFFFFFF", -5)]
    [InlineData(">i8", "FFFFFFFFFFFFFFFB", -5)]
    [InlineData("<u8", "0500000000000000", 5)]
    [InlineData(">u8", "0000000000000005", 5)]
    [InlineData("<f2", "00C5", -5)]
    [InlineData(">f2", "C500", -5)]
    [InlineData("<f4", "0000A0C0", -5)]
    [InlineData(">f4", "C0A00000", -5)]
    [InlineData("<f8", "00000000000014C0", -5)]
    [InlineData(">f8", "C014000000000000", -5)]
    [InlineData("|b1", "01", 1)]
    public void ReadsEveryTypeInEveryHeaderVersion(string descr, string hex, int value)
    {
        for (var version = 1; version <= 3; version++)
        {
            var single = Read(NpzBytes.Npy(descr, false, "()", Convert.FromHexString(hex), version));
            Assert.Equal([value], single.ToIntegers("a"));
            Assert.Empty(single.Shape);
            Assert.Equal([(float)value, value], Read(NpzBytes.Npy(descr, false, "(2,)", Convert.FromHexString(hex + hex), version)).ToFloats("a"));
        }
    }

    [Fact]
    public void FortranOrderIsTurnedIntoCOrder()
    {
        var array = Read(NpzBytes.Npy("|u1", true, "(2, 3, 2)", [.. Enumerable.Range(0, 12).Select(i => (byte)i)]));
        for (var i = 0; i < 12; i++)
        {
            var (a, b, c) = (i / 6, i / 2 % 3, i % 2);
            Assert.Equal(a + (2 * (b + (3 * c))), ((byte[])array.Data)[i]);
        }
    }

    [Fact]
    public void ReadsTextsOfBothByteOrders()
    {
        byte[] little = [.. BitConverter.GetBytes('f'), 0, 0, .. BitConverter.GetBytes('g'), 0, 0, .. BitConverter.GetBytes('b'), 0, 0, 0, 0, 0, 0];
        Assert.Equal<string>(["fg", "b"], (string[])Read(NpzBytes.Npy("<U2", false, "(2,)", little)).Data);
        byte[] big = [0, 0, 0, (byte)'f', 0, 0, 0, (byte)'g'];
        Assert.Equal<string>(["fg"], (string[])Read(NpzBytes.Npy(">U2", false, "(1,)", big)).Data);
    }

    /// <summary>Pickles of one value in protocols 2 to 5, with numpy 1 and numpy 2 module names, made with Python's pickle module.</summary>
    [Theory]
    [InlineData(
        2,
        "gAJjbnVtcHkuY29yZS5tdWx0aWFycmF5Cl9yZWNvbnN0cnVjdApxAGNudW1weQpuZGFycmF5CnEBSwCFcQJjX2NvZGVjcwplbmNvZGUKcQNYAQAAAGJxBFgGAAAAbGF0aW4xcQWGcQZScQeHc" +
        "QhScQkoSwFLAoVxCmNudW1weQpkdHlwZQpxC1gCAAAATzhxDImIh3ENUnEOKEsDWAEAAAB8cQ9OTk5K/////0r/////Sz90cRBiiV1xESh9cRIoWAIAAABmZ3ETXXEUXXEVKGNudW1weS5jb3" +
        "JlLm11bHRpYXJyYXkKc2NhbGFyCnEWaAtYAgAAAGk4cReJiIdxGFJxGShLA1gBAAAAPHEaTk5OSv////9K/////0sAdHEbYmgDWAgAAAADAAAAAAAAAHEcaAWGcR1ScR6GcR9ScSBoFmgZaAN" +
        "YCAAAAAQAAAAAAAAAcSFoBYZxIlJxI4ZxJFJxJWgWaBloA1gIAAAABQAAAAAAAABxJmgFhnEnUnEohnEpUnEqZWFYAgAAAGJncStdcSxYAQAAAHRxLShLAUsCSwNLBHRxLlgBAAAAZnEvR0AE" +
        "AAAAAAAAWAEAAABucTBKkO7+/1gBAAAAeHExTlgBAAAAeXEyiFgBAAAAc3EzWAMAAABow6lxNFgDAAAAYmlncTWKBgAAAAAAAXVoAGgBaAJoB4dxNlJxNyhLAWgKaAtYAgAAAGY0cTiJiIdxO" +
        "VJxOmgbYoloA1gKAAAAAADDgD8AAADDgHE7aAWGcTxScT10cT5iZXRxP2Iu")]
    [InlineData(
        3,
        "gANjbnVtcHkuY29yZS5tdWx0aWFycmF5Cl9yZWNvbnN0cnVjdApxAGNudW1weQpuZGFycmF5CnEBSwCFcQJDAWJxA4dxBFJxBShLAUsChXEGY251bXB5CmR0eXBlCnEHWAIAAABPOHEIiYiHc" +
        "QlScQooSwNYAQAAAHxxC05OTkr/////Sv////9LP3RxDGKJXXENKH1xDihYAgAAAGZncQ9dcRBdcREoY251bXB5LmNvcmUubXVsdGlhcnJheQpzY2FsYXIKcRJoB1gCAAAAaThxE4mIh3EUUn" +
        "EVKEsDWAEAAAA8cRZOTk5K/////0r/////SwB0cRdiQwgDAAAAAAAAAHEYhnEZUnEaaBJoFUMIBAAAAAAAAABxG4ZxHFJxHWgSaBVDCAUAAAAAAAAAcR6GcR9ScSBlYVgCAAAAYmdxIV1xIlg" +
        "BAAAAdHEjKEsBSwJLA0sEdHEkWAEAAABmcSVHQAQAAAAAAABYAQAAAG5xJkqQ7v7/WAEAAAB4cSdOWAEAAAB5cSiIWAEAAABzcSlYAwAAAGjDqXEqWAMAAABiaWdxK4oGAAAAAAABdWgAaAFo" +
        "AmgDh3EsUnEtKEsBaAZoB1gCAAAAZjRxLomIh3EvUnEwaBdiiUMIAADAPwAAAMBxMXRxMmJldHEzYi4=")]
    [InlineData(
        4,
        "gASVlwEAAAAAAACMFm51bXB5Ll9jb3JlLm11bHRpYXJyYXmUjAxfcmVjb25zdHJ1Y3SUk5SMBW51bXB5lIwHbmRhcnJheZSTlEsAhZRDAWKUh5RSlChLAUsChZRoA4wFZHR5cGWUk5SMAk84l" +
        "ImIh5RSlChLA4wBfJROTk5K/////0r/////Sz90lGKJXZQofZQojAJmZ5RdlF2UKIwWbnVtcHkuX2NvcmUubXVsdGlhcnJheZSMBnNjYWxhcpSTlGgMjAJpOJSJiIeUUpQoSwOMATyUTk5OSv" +
        "////9K/////0sAdJRiQwgDAAAAAAAAAJSGlFKUaBloHEMIBAAAAAAAAACUhpRSlGgZaBxDCAUAAAAAAAAAlIaUUpRlYYwCYmeUXZSMAXSUKEsBSwJLA0sEdJSMAWaUR0AEAAAAAAAAjAFulEq" +
        "Q7v7/jAF4lE6MAXmUiIwBc5SMA2jDqZSMA2JpZ5SKBgAAAAAAAXVoAmgFaAZoB4eUUpQoSwFoCmgMjAJmNJSJiIeUUpRoHmKJQwgAAMA/AAAAwJR0lGJldJRiLg==")]
    [InlineData(
        5,
        "gAWVugEAAAAAAACMFm51bXB5Ll9jb3JlLm11bHRpYXJyYXmUjAxfcmVjb25zdHJ1Y3SUk5SMBW51bXB5lIwHbmRhcnJheZSTlEsAhZRDAWKUh5RSlChLAUsChZRoA4wFZHR5cGWUk5SMAk84l" +
        "ImIh5RSlChLA4wBfJROTk5K/////0r/////Sz90lGKJXZQofZQojAJmZ5RdlF2UKIwWbnVtcHkuX2NvcmUubXVsdGlhcnJheZSMBnNjYWxhcpSTlGgMjAJpOJSJiIeUUpQoSwOMATyUTk5OSv" +
        "////9K/////0sAdJRiQwgDAAAAAAAAAJSGlFKUaBloHEMIBAAAAAAAAACUhpRSlGgZaBxDCAUAAAAAAAAAlIaUUpRlYYwCYmeUXZSMAXSUKEsBSwJLA0sEdJSMAWaUR0AEAAAAAAAAjAFulEq" +
        "Q7v7/jAF4lE6MAXmUiIwBc5SMA2jDqZSMA2JpZ5SKBgAAAAAAAXWME251bXB5Ll9jb3JlLm51bWVyaWOUjAtfZnJvbWJ1ZmZlcpSTlCiWCAAAAAAAAAAAAMA/AAAAwJRoDIwCZjSUiYiHlFKU" +
        "aB5iaAqMAUOUdJRSlGV0lGIu")]
    public void ReadsObjectArraysOfEveryProtocol(int protocol, string pickle)
    {
        var bytes = Convert.FromBase64String(pickle);
        Assert.Equal(protocol, bytes[1]);
        var items = (object?[])Read(NpzBytes.Npy("|O", false, "(2,)", bytes)).Data;
        var dictionary = Assert.IsType<Dictionary<string, object?>>(items[0]);
        var click = Assert.IsType<List<object?>>(Assert.Single(Assert.IsType<List<object?>>(dictionary["fg"])));
        Assert.Equal([3L, 4L, 5L], click);
        Assert.Equal(new List<object?>(), dictionary["bg"]);
        Assert.Equal(new object?[] { 1L, 2L, 3L, 4L }, dictionary["t"]);
        Assert.Equal(2.5, dictionary["f"]);
        Assert.Equal(-70000L, dictionary["n"]);
        Assert.Null(dictionary["x"]);
        Assert.Equal(true, dictionary["y"]);
        Assert.Equal("h\u00e9", dictionary["s"]);
        Assert.Equal(1L << 40, dictionary["big"]);
        Assert.Equal([1.5f, -2f], Assert.IsType<float[]>(Assert.IsType<NpyArray>(items[1]).Data));
    }

    [Theory]
    [InlineData("Y29zCnN5c3RlbQpxAFgGAAAAZWNobyAxhVIu", "os.system")]
    [InlineData("gAKMAm9zjAZzeXN0ZW2TLg==", "os.system")]
    [InlineData("gAJjYnVpbHRpbnMKZXZhbAou", "builtins.eval")]
    [InlineData("gAKBLg==", "NEWOBJ")]
    [InlineData("gAIoUy4=", "STRING")]
    [InlineData("gAJRLg==", "BINPERSID")]
    public void OtherNamesAndOpcodesAreRefusedByName(string pickle, string name)
    {
        var error = Assert.Throws<InvalidDataException>(() => Read(NpzBytes.Npy("|O", false, "()", Convert.FromBase64String(pickle))));
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ASelfReferenceAndDeepNestingDoNotHang()
    {
        // An object array whose one list contains itself.
        var pickle = Convert.FromBase64String(
            "gANjbnVtcHkuY29yZS5tdWx0aWFycmF5Cl9yZWNvbnN0cnVjdApxAGNudW1weQpuZGFycmF5CnEBSwCFcQJDAWJxA4dxBFJxBShLAUsBhXEGY251bXB5CmR0eXBlCnEHWAIAAABPOHEIi" +
            "YiHcQlScQooSwNYAQAAAHxxC05OTkr/////Sv////9LP3RxDGKJXXENXXEOaA5hYXRxD2Iu");
        var list = Assert.IsType<List<object?>>(((object?[])Read(NpzBytes.Npy("|O", false, "(1,)", pickle)).Data)[0]);
        Assert.Same(list, list[0]);
        byte[] deep = [0x80, 3, .. Enumerable.Repeat((byte)']', 200_000), .. Enumerable.Repeat((byte)'a', 199_999), (byte)'.'];
        Assert.Throws<InvalidDataException>(() => Read(NpzBytes.Npy("|O", false, "()", deep)));
    }

    [Fact]
    public void EveryTypeSurvivesARoundTrip()
    {
        Array[] all =
        [
            new byte[] { 0, 255 }, new sbyte[] { -128, 127 }, new short[] { -1, 2 }, new ushort[] { 1, 65535 }, new[] { -1, 2 },
            new uint[] { 1, uint.MaxValue },
            new[] { long.MinValue, 2 }, new ulong[] { 1, ulong.MaxValue }, new[] { (Half)1.5, (Half)(-2) }, new[] { 1.5f, float.NaN }, new[] { 1.5, 2 },
            new[] { true, false }, new[] { "h\u00e9llo", "" }, new object?[] { null, "x" },
        ];
        using var folder = new TemporaryFolder();
        NpzWriter.Write(folder.File("a.npz"), [.. all.Select((data, i) => KeyValuePair.Create($"a{i}", new NpyArray(data, 1, 2)))]);
        using var archive = NpzArchive.Open(folder.File("a.npz"));
        for (var i = 0; i < all.Length; i++)
        {
            var read = archive.Read($"a{i}");
            Assert.Equal(all[i], read.Data);
            Assert.Equal([1, 2], read.Shape);
        }

        Assert.Contains("has no array 'imgs'", Assert.Throws<InvalidDataException>(() => archive.Read("imgs")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DamagedArchivesAreRefused()
    {
        var npy = NpzBytes.Npy("|u1", false, "(4,)", [1, 2, 3, 4]);
        Assert.Contains("occurs twice", Refusal(NpzBytes.Zip(("a.npy", npy), ("a.npy", npy))), StringComparison.Ordinal);

        var flipped = NpzBytes.Zip(("a.npy", npy), ("b.npy", npy));
        flipped[Array.IndexOf(flipped, (byte)'\n') + 2] ^= 1;
        Assert.Contains("CRC", Refusal(flipped), StringComparison.Ordinal);

        var renamed = NpzBytes.Zip(("a.npy", npy));
        renamed[30] = (byte)'c';
        Assert.Contains("disagrees", Refusal(renamed), StringComparison.Ordinal);

        Assert.Contains("zip end record", Refusal([]), StringComparison.Ordinal);
        Assert.Contains("zip end record", Refusal([1, 2, 3]), StringComparison.Ordinal);
        Assert.Contains("4000000000", Refusal(NpzBytes.Zip(("a.npy", NpzBytes.Npy("|u1", false, "(4000000000,)", [1])))), StringComparison.Ordinal);
        Assert.Contains(
            "more than", Refusal(NpzBytes.Zip(("a.npy", NpzBytes.Npy("|u1", false, "(2000000000, 2000000000, 9)", [1])))), StringComparison.Ordinal);
        Assert.Contains("needs 2000000000", Refusal(NpzBytes.Zip(("a.npy", NpzBytes.Npy("|u1", false, "(2000000000,)", [1])))), StringComparison.Ordinal);
        Assert.Contains("'-3'", Refusal(NpzBytes.Zip(("a.npy", NpzBytes.Npy("|u1", false, "(-3,)", [1])))), StringComparison.Ordinal);
        Assert.Contains("complex", Refusal(NpzBytes.Zip(("a.npy", NpzBytes.Npy("complex", false, "(1,)", [1])))), StringComparison.Ordinal);
    }

    [Fact]
    public void ABombIsRefusedBeforeItIsUnpacked()
    {
        // The directory entry of a deflated member claims 1 GB in a few bytes.
        var zip = NpzBytes.Zip(("a.npy", NpzBytes.Npy("|u1", false, "(4,)", [1, 2, 3, 4])));
        var directory = zip.AsSpan().LastIndexOf("PK\u0001\u0002"u8);
        BitConverter.TryWriteBytes(zip.AsSpan(directory + 24), 1_000_000_000);
        Assert.Contains("announced", Refusal(zip), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("|u1")]
    [InlineData("|O")]
    public void AMemberShorterThanItsHeaderIsRefused(string descr)
    {
        var zip = NpzBytes.Zip(("a.npy", NpzBytes.Npy(descr, false, "(4,)", [1, 2, 3, 4])));
        var directory = zip.AsSpan().LastIndexOf("PK\u0001\u0002"u8);
        BitConverter.TryWriteBytes(zip.AsSpan(directory + 24), 20);
        Assert.Contains("header alone", Refusal(zip), StringComparison.Ordinal);
    }

    private static NpyArray Read(byte[] npy)
    {
        using var archive = new NpzArchive(new MemoryStream(NpzBytes.Zip(("a.npy", npy))), "test.npz");
        return archive.Read("a");
    }

    private static string Refusal(byte[] zip) => Assert.Throws<InvalidDataException>(() =>
    {
        using var archive = new NpzArchive(new MemoryStream(zip), "test.npz");
        archive.Read("a");
    }).Message;
}
