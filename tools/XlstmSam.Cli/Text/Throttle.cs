namespace XlstmSam.Cli.Text;

/// <summary>Lets something through at most once per interval; the first time at once.</summary>
internal sealed class Throttle(TimeProvider clock, TimeSpan interval)
{
    private long? last;

    public bool Passes()
    {
        if (last is { } then && clock.GetElapsedTime(then) < interval)
        {
            return false;
        }

        last = clock.GetTimestamp();
        return true;
    }
}
