using XlstmSam.Tests.Imaging;

namespace XlstmSam.Tests.Cli;

public sealed class AvailableMemoryTests
{
    [Fact]
    public void WithoutLimitsTheSystemDecides()
    {
        using var root = System(free: 4_000_000);
        Assert.Equal(4_000_000L * 1024, AvailableMemory.Bytes(root.Path));
    }

    [Fact]
    public void AGroupOfVersion2AndItsParentsLimit()
    {
        using var root = System(free: 4_000_000);
        Write(root, "proc/self/cgroup", "0::/a/b\n");
        Write(root, "sys/fs/cgroup/a/b/memory.max", "max\n");
        Write(root, "sys/fs/cgroup/a/b/memory.current", "100\n");
        Write(root, "sys/fs/cgroup/a/memory.max", "1000000\n");
        Write(root, "sys/fs/cgroup/a/memory.current", "400000\n");
        Write(root, "sys/fs/cgroup/a/memory.stat", "anon 1\ninactive_file 50000\n");
        Assert.Equal(650_000, AvailableMemory.Bytes(root.Path));
    }

    [Fact]
    public void AGroupOfVersion1LimitsFromTheContainersRoot()
    {
        using var root = System(free: 4_000_000);
        Write(root, "proc/self/cgroup", "5:cpu,cpuacct:/x\n4:memory:/docker/abc\n");
        Write(root, "sys/fs/cgroup/memory/memory.limit_in_bytes", "2000000\n");
        Write(root, "sys/fs/cgroup/memory/memory.usage_in_bytes", "500000\n");
        Assert.Equal(1_500_000, AvailableMemory.Bytes(root.Path));
    }

    private static TemporaryFolder System(long free)
    {
        var root = new TemporaryFolder();
        Write(root, "proc/meminfo", $"MemTotal:       9000000 kB\nMemAvailable:   {free} kB\n");
        return root;
    }

    private static void Write(TemporaryFolder root, string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(root.File(path))!);
        File.WriteAllText(root.File(path), text);
    }
}
