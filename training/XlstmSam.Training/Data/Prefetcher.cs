using System.Threading.Channels;

namespace XlstmSam.Training;

/// <summary>Prepares the next batches on a thread of its own while the current one is computed. Order and content depend on the index alone.</summary>
public sealed class Prefetcher : IDisposable
{
    private const int Ahead = 3;
    private readonly Channel<TrainingSample[]> ready = Channel.CreateBounded<TrainingSample[]>(
        new BoundedChannelOptions(Ahead) { SingleReader = true, SingleWriter = true });
    private readonly CancellationTokenSource stop = new();
    private readonly Task producer;

    /// <param name="first">The index of the first sample.</param>
    public Prefetcher(ISampleSource samples, long first, int batch) => producer = Task.Run(() => Produce(samples, first, batch));

    public TrainingSample[] Next()
    {
        try
        {
            return ready.Reader.ReadAsync().AsTask().GetAwaiter().GetResult();
        }
        catch (ChannelClosedException e) when (e.InnerException is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e.InnerException);
            throw;
        }
    }

    public void Dispose()
    {
        stop.Cancel();
        try
        {
            producer.Wait();
        }
        catch (AggregateException e) when (e.InnerException is OperationCanceledException)
        {
        }

        stop.Dispose();
    }

    private async Task Produce(ISampleSource samples, long next, int batch)
    {
        try
        {
            while (!stop.IsCancellationRequested)
            {
                var prepared = new TrainingSample[batch];
                for (var i = 0; i < batch; i++)
                {
                    prepared[i] = samples.Get(next++);
                }

                await ready.Writer.WriteAsync(prepared, stop.Token).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            ready.Writer.TryComplete(e);
        }
    }
}
