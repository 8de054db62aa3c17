using System.Diagnostics;

namespace XlstmSam.EmulatedDriver;

/// <summary>A point of a stream, and the host's time at which the work reached it.</summary>
internal sealed class CardEvent
{
    private CardStream? stream;
    private long? reached;

    public void Record(CardStream on)
    {
        (stream, reached) = (on, null);
        on.Add(() => reached = Stopwatch.GetTimestamp());
    }

    /// <summary>Whether the work reached it; it did where it was never recorded.</summary>
    public void Query()
    {
        if (stream is not null && reached is null)
        {
            throw new DriverFault(Code.NotReady);
        }
    }

    public void Wait() => stream?.Wait();

    public static float Milliseconds(CardEvent start, CardEvent stop) => start.reached is { } from && stop.reached is { } to
        ? (float)Stopwatch.GetElapsedTime(from, to).TotalMilliseconds
        : throw new DriverFault(Code.NotReady);
}
