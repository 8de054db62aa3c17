namespace XlstmSam.EmulatedDriver;

/// <summary>The state behind the entry points: the settings, each card's memory, and what handles stand for.</summary>
internal sealed class Driver
{
    private readonly Dictionary<nint, object> objects = [];
    private readonly CardMemory[] memories;
    private nint last = 0x1000;

    private Driver(Settings settings)
    {
        Settings = settings;
        memories = [.. Enumerable.Range(0, settings.Cards).Select(_ => new CardMemory(settings.MemoryBytes))];
    }

    /// <summary>A process has one driver.</summary>
    public static Driver Instance { get; } = new(Settings.FromEnvironment());

    public Settings Settings { get; }

    /// <summary>The card whose context is current.</summary>
    public int Current { get; set; } = -1;

    public CardMemory Memory => Current >= 0 ? memories[Current] : throw new DriverFault(Code.InvalidContext);

    /// <summary>Runs the body of an entry point, one at a time, and turns what goes wrong into a code and a line on standard error.</summary>
    public static int Do(Action<Driver> body)
    {
        try
        {
            lock (Instance)
            {
                body(Instance);
            }

            return (int)Code.Success;
        }
        catch (DriverFault fault)
        {
            if (!fault.IsSilent)
            {
                Console.Error.WriteLine($"Emulated driver: {fault.Message}");
            }

            return (int)fault.Code;
        }
        catch (Exception exception)
        {
            Console.Error.WriteLine($"Emulated driver: {exception}");
            return (int)Code.Unknown;
        }
    }

    public CardMemory MemoryOf(int card) => card >= 0 && card < memories.Length ? memories[card] : throw new DriverFault(Code.InvalidDevice);

    public void RequireNoCapture()
    {
        foreach (var stream in objects.Values.OfType<CardStream>())
        {
            stream.RequireNoCapture();
        }
    }

    public void WaitForAll()
    {
        foreach (var stream in objects.Values.OfType<CardStream>())
        {
            stream.Wait();
        }
    }

    public nint Add(object thing)
    {
        objects.Add(++last, thing);
        return last;
    }

    public T Get<T>(nint handle)
        where T : class => objects.GetValueOrDefault(handle) as T ?? throw new DriverFault(Code.InvalidHandle, $"0x{handle:x} is no {typeof(T).Name}.");

    public void Remove<T>(nint handle)
        where T : class
    {
        Get<T>(handle);
        objects.Remove(handle);
    }
}
