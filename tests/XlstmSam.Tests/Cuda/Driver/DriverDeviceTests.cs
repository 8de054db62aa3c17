using System.Runtime.InteropServices;
using XlstmSam.Kernels;
using XlstmSam.Kernels.Cuda;
using static XlstmSam.Tests.Cuda.FakeDriver;

namespace XlstmSam.Tests.Cuda;

/// <summary>The host side against a driver that runs nothing: what is asked of it, and what is said when it refuses.</summary>
public sealed class DriverDeviceTests
{
    [Fact]
    public void WithoutADriverSaysWhatToDo()
    {
        var exception = Assert.Throws<DeviceException>(() => DriverApi.Load("libno-such-driver.so.1"));
        Assert.Equal("There is no NVIDIA driver (libno-such-driver.so.1 was not found): install one, or use --device cpu.", exception.Message);
    }

    [Fact]
    public void AnOldDriverIsNamed()
    {
        using var fake = new FakeDriver().Say("version", 11040);
        Assert.Contains("is for CUDA 11.4; 12.0 or more is needed", Assert.Throws<DeviceException>(() => fake.Open()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ADriverThatDoesNotStartIsNamed()
    {
        using var fake = new FakeDriver().Say("start_code", 999);
        Assert.Contains("does not start (CUDA_ERROR_UNKNOWN", Assert.Throws<DeviceException>(() => fake.Open()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnOldCardIsNamed()
    {
        using var fake = new FakeDriver().Say("capability", 75);
        Assert.Contains("'cuda:0' is a Fake Card of compute capability 7.5; 8.0 or more is needed", Assert.Throws<DeviceException>(() => fake.Open()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 0, "sees no card")]
    [InlineData(1, 1, "there is only cuda:0")]
    [InlineData(2, 5, "there are only cuda:0 to cuda:1")]
    public void ACardThatIsNotThereIsNamed(int cards, int index, string said)
    {
        using var fake = new FakeDriver().Say("devices", cards);
        Assert.Contains(said, Assert.Throws<DeviceException>(() => fake.Open(index)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void UploadsOfAnySizeArrive()
    {
        using var fake = new FakeDriver();
        using var backend = new CudaBackend(fake.Open());
        foreach (var length in new[] { 1, 1_000_003, 3_000_001, 7 })
        {
            var sent = Enumerable.Range(0, length).Select(i => (float)i).ToArray();
            var received = new float[length];
            using var buffer = backend.Allocate((length + 3) * sizeof(float));
            backend.Upload(sent, new View(buffer, 3, length));
            backend.Download(new(buffer, 3, length), received);
            Assert.Equal(sent, received);
        }
    }

    /// <summary>While the card is busy an upload goes into pinned memory that is taken as needed, up to a limit of 128 MiB.</summary>
    [Fact]
    public void UploadsWaitForABusyCardOnlyAtTheLimit()
    {
        using var fake = new FakeDriver();
        using var backend = new CudaBackend(fake.Open());
        using var buffer = backend.Allocate(10 << 20);
        var (batch, idle, waits) = (new float[(10 << 20) / sizeof(float)], fake[Calls.Pinned], fake[Calls.Waits]);
        fake.Say("busy", 1);
        for (var step = 0; step < 12; step++)
        {
            backend.Upload(batch, new View(buffer, 0, batch.Length));
        }

        Assert.Equal(waits, fake[Calls.Waits]);
        var taken = fake[Calls.Pinned];
        Assert.InRange(taken, idle + 29, 32);
        fake.Say("busy", 0);
        for (var step = 0; step < 12; step++)
        {
            backend.Upload(batch, new View(buffer, 0, batch.Length));
        }

        Assert.Equal((waits, taken), (fake[Calls.Waits], fake[Calls.Pinned]));
        fake.Say("busy", 1);
        for (var step = 0; step < 12; step++)
        {
            backend.Upload(batch, new View(buffer, 0, batch.Length));
        }

        Assert.True(fake[Calls.Waits] > waits, "The limit is reached without waiting.");
        Assert.Equal(32, fake[Calls.Pinned]);
    }

    [Fact]
    public void ArgumentsArePackedAsTheKernelReadsThem()
    {
        using var fake = new FakeDriver();
        using var backend = new CudaBackend(fake.Open());
        using var buffer = backend.Allocate(40);
        backend.Elementwise.Fill(new(buffer, 1, 9), 2.5f);
        var packed = fake.Parameters;
        Assert.Equal(32, packed.Length);
        Assert.Equal(9, MemoryMarshal.Read<long>(packed.AsSpan(8)));
        Assert.Equal(2.5f, MemoryMarshal.Read<float>(packed.AsSpan(16)));
        Assert.Equal(0, MemoryMarshal.Read<long>(packed.AsSpan(24)));
        Assert.Equal([1, 1, 1, 256, 1, 1, 0], fake.Launch[..7]);
    }

    [Fact]
    public void ASteadyStateAsksTheDriverForNothing()
    {
        using var fake = new FakeDriver();
        using var backend = new CudaBackend(fake.Open());
        long Step()
        {
            using var a = backend.Allocate(1 << 20);
            using var b = backend.Allocate(1 << 10);
            backend.Elementwise.Fill(new(a, 0, 1 << 18), 0);
            backend.Elementwise.BinaryBackward<Multiply>(new(1 << 14, 16), new(a, 0, 1 << 18), new(a, 0, 1 << 18), new(b, 0, 16), View.None, new(b, 16, 16));
            return fake[Calls.Allocations];
        }

        var first = Step();
        var managed = GC.GetAllocatedBytesForCurrentThread();
        var second = Step();
        managed = GC.GetAllocatedBytesForCurrentThread() - managed;
        Assert.Equal(first, second);
        Assert.Equal(first, backend.DriverAllocations);

        // The two buffer objects; no arguments, names or arrays.
        Assert.InRange(managed, 0, 128);
        Assert.Equal(0, fake[Calls.Frees]);
    }

    [Fact]
    public void AFullCardFreesIdleMemoryAndThenSaysHowMuchIsNeeded()
    {
        using var fake = new FakeDriver();
        using var backend = new CudaBackend(fake.Open());
        backend.Allocate(700 << 20).Dispose();
        using var second = backend.Allocate(800 << 20);
        var exception = Assert.Throws<DeviceException>(() => backend.Allocate(300 << 20));
        Assert.Equal("'cuda:0' has 0.22 GiB free of 2 GiB, and 0.29 GiB more are needed beside 0.78 GiB in use. Try --recompute all, a smaller --size or --batch, or see what is needed with xsam-engine plan.", exception.Message);
    }

    [Fact]
    public void AKernelThatDoesNotLoadSaysWhyAndWhich()
    {
        using var fake = new FakeDriver().Say("load_code", 218);
        using var backend = new CudaBackend(fake.Open());
        using var buffer = backend.Allocate(16);
        var exception = Assert.Throws<InvalidOperationException>(() => backend.Elementwise.Fill(new(buffer, 0, 4), 1));
        Assert.Equal("Kernel ElementwiseKernels.Fill does not load on 'cuda:0' (Fake Card): CUDA_ERROR_INVALID_PTX, something else. line 3: no such instruction", exception.Message);
    }

    [Fact]
    public void AKernelThatFindsNoRoomIsAMatterOfMemory()
    {
        using var fake = new FakeDriver().Say("load_code", 2);
        using var backend = new CudaBackend(fake.Open());
        using var buffer = backend.Allocate(16);
        var exception = Assert.Throws<DeviceException>(() => backend.Elementwise.Fill(new(buffer, 0, 4), 1));
        Assert.StartsWith("The NVIDIA driver ran out of memory in ModuleLoad: ", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ARefusedCallIsNamed()
    {
        using var fake = new FakeDriver();
        using var backend = new CudaBackend(fake.Open());
        using var buffer = backend.Allocate(16);
        fake.Say("launch_code", 719);
        var exception = Assert.Throws<InvalidOperationException>(() => backend.Elementwise.Fill(new(buffer, 0, 4), 1));
        Assert.Equal("The NVIDIA driver refused LaunchKernel: CUDA_ERROR_LAUNCH_FAILED, unspecified launch failure.", exception.Message);
    }

    /// <summary>A card that failed refuses every later call too: what is disposed on the way out must not speak over the first.</summary>
    [Fact]
    public void WhatFailedIsNotHiddenByWhatIsGivenBack()
    {
        using var fake = new FakeDriver();
        var exception = Assert.Throws<InvalidOperationException>(() =>
        {
            using var backend = new CudaBackend(fake.Open());
            using var buffer = backend.Allocate(16);
            var view = new View(buffer, 0, 4);
            backend.Elementwise.Fill(view, 1);
            using var capture = backend.Capture(() => backend.Elementwise.Fill(view, 2));
            fake.Say("failure", 719);
            backend.Download(view, new float[4]);
        });
        Assert.Equal("The NVIDIA driver refused CopyToHost: CUDA_ERROR_LAUNCH_FAILED, unspecified launch failure.", exception.Message);
    }

    [Fact]
    public void LargeSharedMemoryIsAskedForOnce()
    {
        using var fake = new FakeDriver();
        using var device = fake.Open();
        using var library = new KernelLibrary();
        var kernel = library["ElementwiseKernels.Fill"];
        var handle = device.Load(kernel, library.Ptx(kernel));
        device.Launch(handle, 1, 256, 1024, new byte[32]);
        Assert.Equal(0u, fake.Launch[7]);
        device.Launch(handle, new(3, 2), 256, 100_000, new byte[32]);
        Assert.Equal([3, 2, 1, 256, 1, 1, 100_000, 100_000], fake.Launch);
    }

    [Fact]
    public void AGraphLaunchesWhatItCaptured()
    {
        using var fake = new FakeDriver();
        var device = fake.Open();
        using var backend = new CudaBackend(device);
        using var buffer = backend.Allocate(16);
        backend.Elementwise.Fill(new(buffer, 0, 4), 1);
        using (var graph = device.Capture(() => backend.Elementwise.Fill(new(buffer, 0, 4), 1))!)
        {
            var before = fake[Calls.Launches];
            graph.Launch();
            graph.Launch();
            Assert.Equal(before + 2, fake[Calls.Launches]);
            Assert.Throws<InvalidOperationException>(() => device.Capture(device.Synchronize));
        }

        Assert.Equal(0, fake[Calls.Graphs]);
        backend.Synchronize();
    }

    [Fact]
    public void EverythingIsGivenBack()
    {
        using var fake = new FakeDriver();
        using (var backend = new CudaBackend(fake.Open()))
        {
            using var buffer = backend.Allocate(1 << 20);
            backend.Elementwise.Fill(new(buffer, 0, 1 << 18), 1);
            backend.Elementwise.BinaryBackward<Add>(new(1 << 14, 8), new(buffer, 0, 1 << 17), new(buffer, 0, 1 << 17), new(buffer, 0, 8), View.None, new(buffer, 8, 8));
        }

        Assert.Equal(fake[Calls.Allocations], fake[Calls.Frees]);
        Assert.Equal(fake[Calls.Modules], fake[Calls.Unloads]);
        Assert.All([Calls.Streams, Calls.Events, Calls.Pinned, Calls.Contexts], kind => Assert.Equal(0, fake[kind]));
    }
}
