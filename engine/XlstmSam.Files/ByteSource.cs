namespace XlstmSam.Files;

/// <summary>
/// The bytes of one stored object, read in order. A stream failure or an early end becomes one <see cref="InvalidDataException"/>
/// that begins with the subject, and memory grows with the bytes that really arrive, not with what a header claims.
/// </summary>
internal sealed class ByteSource(Stream stream, string subject, bool withCrc = false)
{
    /// <summary>Deflate turns one byte into at most 1032.</summary>
    private const int LargestDeflateRatio = 1032;

    /// <summary>Beyond this size a ratio above <see cref="LargeRatio"/> is a decompression bomb; an empty mask below it is not.</summary>
    private const long LargeSize = 2L << 30;

    private const int LargeRatio = 200;

    private const int FirstSegment = 1 << 16;
    private const int LargestSegment = 1 << 22;

    public string Subject => subject;

    public long Position { get; private set; }

    /// <summary>The CRC-32 of all bytes read so far; 0 unless it was asked for.</summary>
    public uint Crc { get; private set; }

    /// <summary>Refuses a decoded size that <paramref name="packed"/> compressed bytes cannot hold, or hold only as a bomb.</summary>
    public static void CheckInflation(long packed, long decoded, string subject)
    {
        if (decoded > (packed * LargestDeflateRatio) + 1024)
        {
            throw new InvalidDataException(
                $"{subject}: {decoded} bytes are announced, but {packed} compressed bytes hold at most {packed * LargestDeflateRatio}. The file is " +
                "truncated or its header is damaged: copy it again.");
        }

        if (decoded > LargeSize && decoded / LargeRatio > packed)
        {
            throw new InvalidDataException(
                $"{subject}: {packed} compressed bytes announce {decoded} bytes; beyond {LargeSize} bytes the ratio may be at most {LargeRatio}. Store the " +
                "file uncompressed if it is genuine.");
        }
    }

    /// <summary>Reads up to a full buffer; fewer bytes only at the end.</summary>
    public int ReadAtMost(Span<byte> buffer)
    {
        try
        {
            var count = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            Position += count;
            Crc = withCrc ? Crc32.Append(Crc, buffer[..count]) : 0;
            return count;
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw new InvalidDataException($"{subject}: the compressed data is damaged after {Position} decoded bytes. Copy or export the file again.", e);
        }
    }

    public void ReadExactly(Span<byte> buffer, string part)
    {
        var count = ReadAtMost(buffer);
        if (count < buffer.Length)
        {
            throw Truncated(Position - count + buffer.Length, part);
        }
    }

    /// <summary>Exactly <paramref name="count"/> bytes as segments whose lengths are multiples of 8 (but for the last).</summary>
    public List<byte[]> ReadSegments(long count, string part)
    {
        var segments = new List<byte[]>();
        foreach (var segment in EnumerateSegments(count, part))
        {
            segments.Add(segment);
        }

        return segments;
    }

    /// <summary>The same segments one at a time, for sources whose length is known to suffice.</summary>
    public IEnumerable<byte[]> EnumerateSegments(long count, string part)
    {
        var length = FirstSegment;
        while (count > 0)
        {
            var segment = new byte[Math.Min(length, count)];
            ReadExactly(segment, part);
            yield return segment;
            count -= segment.Length;
            length = Math.Min(length * 2, LargestSegment);
        }
    }

    public void Skip(long count, string part)
    {
        var scratch = new byte[Math.Min(count, FirstSegment)];
        while (count > 0)
        {
            var step = (int)Math.Min(count, scratch.Length);
            ReadExactly(scratch.AsSpan(0, step), part);
            count -= step;
        }
    }

    /// <summary>Reads on to the end, at most <paramref name="limit"/> bytes, so that a trailing checksum is verified.</summary>
    public void Drain(int limit)
    {
        var scratch = new byte[FirstSegment];
        while (limit > 0 && ReadAtMost(scratch) == scratch.Length)
        {
            limit -= scratch.Length;
        }
    }

    private InvalidDataException Truncated(long needed, string part) =>
        new($"{subject}: ends after {Position} bytes; {part} needs {needed}. The file is truncated: copy or export it again.");
}
