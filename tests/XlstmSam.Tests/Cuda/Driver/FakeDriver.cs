using System.Diagnostics;
using System.Runtime.InteropServices;
using XlstmSam.Kernels.Cuda;

namespace XlstmSam.Tests.Cuda;

/// <summary>fake_driver.c as a library of its own: each test has its own state. The calling test is skipped where there is no C compiler.</summary>
internal sealed unsafe class FakeDriver : IDisposable
{
    private static readonly Lazy<string?> Compiled = new(Compile);
    private readonly string folder = Directory.CreateTempSubdirectory("fake-driver").FullName;
    private readonly nint library;

    public FakeDriver()
    {
        Path = System.IO.Path.Combine(folder, "libcuda.so.1");
        File.Copy(Library, Path);
        library = NativeLibrary.Load(Path);
    }

    /// <summary>In the order of the C file.</summary>
    public enum Calls
    {
        Allocations,
        Frees,
        Launches,
        Modules,
        Unloads,
        Streams,
        Events,
        Pinned,
        Contexts,
        Graphs,
        Uploads,
        GraphLaunches,
        Waits,
        GraphKernels,
        Captures,
    }

    /// <summary>A library for other processes: libcuda.so.1 in a folder of its own. XSAM_DRIVER_VERSION, _CAPABILITY, _CARDS and _MEMORY say what it
    /// is.</summary>
    public static string Library
    {
        get
        {
            Assert.SkipWhen(Compiled.Value is null, "There is no C compiler to build the fake driver with.");
            return Compiled.Value!;
        }
    }

    public string Path { get; }

    public long this[Calls kind] => ((delegate* unmanaged<int, long>)Export("fake_calls"))((int)kind);

    /// <summary>The packed arguments of the last launch.</summary>
    public byte[] Parameters
    {
        get
        {
            ulong bytes;
            var start = ((delegate* unmanaged<ulong*, byte*>)Export("fake_parameters"))(&bytes);
            return new ReadOnlySpan<byte>(start, (int)bytes).ToArray();
        }
    }

    /// <summary>Of the last launch: grid, block, dynamic shared bytes, and the limit of those that was set.</summary>
    public uint[] Launch
    {
        get
        {
            var numbers = new uint[8];
            fixed (uint* target = numbers)
            {
                ((delegate* unmanaged<uint*, void>)Export("fake_launch"))(target);
            }

            return numbers;
        }
    }

    public FakeDriver Say(string what, long value)
    {
        var text = Marshal.StringToCoTaskMemUTF8(what);
        ((delegate* unmanaged<nint, long, void>)Export("fake_say"))(text, value);
        Marshal.FreeCoTaskMem(text);
        return this;
    }

    public DriverDevice Open(int index = 0) => DriverDevice.Open(DriverApi.Load(Path), index);

    public void Dispose()
    {
        NativeLibrary.Free(library);
        Directory.Delete(folder, recursive: true);
    }

    private nint Export(string name) => NativeLibrary.GetExport(library, name);

    private static string? Compile()
    {
        var source = System.IO.Path.Combine(AppContext.BaseDirectory, "Cuda", "Driver", "fake_driver.c");
        var target = System.IO.Path.Combine(Directory.CreateTempSubdirectory("fake-driver").FullName, "libcuda.so.1");
        foreach (var compiler in (string[])["cc", "gcc", "clang", "g++"])
        {
            try
            {
                using var process = Process.Start(
                    new ProcessStartInfo(compiler, ["-shared", "-fPIC", "-O1", "-x", "c", "-o", target, source]) { RedirectStandardError = true })!;
                var errors = process.StandardError.ReadToEnd();
                process.WaitForExit();
                Assert.True(process.ExitCode == 0, $"{compiler} does not build {source}: {errors}");
                return target;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                // There is no such program.
            }
        }

        return null;
    }
}
