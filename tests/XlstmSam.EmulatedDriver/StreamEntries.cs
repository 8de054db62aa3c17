using System.Runtime.InteropServices;

namespace XlstmSam.EmulatedDriver;

/// <summary>Entry points: streams, events, and graphs of what was launched between two calls.</summary>
internal static unsafe class StreamEntries
{
    [UnmanagedCallersOnly(EntryPoint = "cuStreamCreate")]
    public static int Create(nint* stream, uint flags) => Driver.Do(driver => *stream = driver.Add(new CardStream()));

    [UnmanagedCallersOnly(EntryPoint = "cuStreamDestroy_v2")]
    public static int Destroy(nint stream) => Driver.Do(driver => driver.Remove<CardStream>(stream));

    [UnmanagedCallersOnly(EntryPoint = "cuStreamSynchronize")]
    public static int Synchronize(nint stream) => Driver.Do(driver => driver.Get<CardStream>(stream).Wait());

    [UnmanagedCallersOnly(EntryPoint = "cuEventCreate")]
    public static int EventCreate(nint* handle, uint flags) => Driver.Do(driver => *handle = driver.Add(new CardEvent()));

    [UnmanagedCallersOnly(EntryPoint = "cuEventDestroy_v2")]
    public static int EventDestroy(nint handle) => Driver.Do(driver => driver.Remove<CardEvent>(handle));

    [UnmanagedCallersOnly(EntryPoint = "cuEventRecord")]
    public static int EventRecord(nint handle, nint stream) => Driver.Do(driver => driver.Get<CardEvent>(handle).Record(driver.Get<CardStream>(stream)));

    [UnmanagedCallersOnly(EntryPoint = "cuEventQuery")]
    public static int EventQuery(nint handle) => Driver.Do(driver => driver.Get<CardEvent>(handle).Query());

    [UnmanagedCallersOnly(EntryPoint = "cuEventSynchronize")]
    public static int EventSynchronize(nint handle) => Driver.Do(driver => driver.Get<CardEvent>(handle).Wait());

    [UnmanagedCallersOnly(EntryPoint = "cuEventElapsedTime")]
    public static int EventElapsedTime(float* milliseconds, nint start, nint stop) =>
        Driver.Do(driver => *milliseconds = CardEvent.Milliseconds(driver.Get<CardEvent>(start), driver.Get<CardEvent>(stop)));

    [UnmanagedCallersOnly(EntryPoint = "cuStreamBeginCapture_v2")]
    public static int BeginCapture(nint stream, int mode) => Driver.Do(driver => driver.Get<CardStream>(stream).BeginCapture());

    [UnmanagedCallersOnly(EntryPoint = "cuStreamEndCapture")]
    public static int EndCapture(nint stream, nint* graph) => Driver.Do(driver => *graph = driver.Add(driver.Get<CardStream>(stream).EndCapture()));

    [UnmanagedCallersOnly(EntryPoint = "cuGraphInstantiateWithFlags")]
    public static int GraphInstantiate(nint* executable, nint graph, ulong flags) =>
        Driver.Do(driver => *executable = driver.Add(driver.Get<IReadOnlyList<Action>>(graph)));

    [UnmanagedCallersOnly(EntryPoint = "cuGraphLaunch")]
    public static int GraphLaunch(nint executable, nint stream) => Driver.Do(driver =>
    {
        foreach (var work in driver.Get<IReadOnlyList<Action>>(executable))
        {
            driver.Get<CardStream>(stream).AddUncaptured(work);
        }
    });

    [UnmanagedCallersOnly(EntryPoint = "cuGraphExecDestroy")]
    public static int GraphExecDestroy(nint executable) => Driver.Do(driver => driver.Remove<IReadOnlyList<Action>>(executable));

    [UnmanagedCallersOnly(EntryPoint = "cuGraphDestroy")]
    public static int GraphDestroy(nint graph) => Driver.Do(driver => driver.Remove<IReadOnlyList<Action>>(graph));
}
