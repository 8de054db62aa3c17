using System.Runtime.InteropServices;
using TorchSharp;
using XlstmSam.Benchmarks.Reports;

namespace XlstmSam.Peers.Loading;

/// <summary>The peer could not be loaded.</summary>
internal sealed class PeerUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Loads libtorch, also where the C++ library of the system is older than the one it was compiled against.</summary>
internal static class Libtorch
{
    private const string Version = "GLIBCXX_3.4.32";
    private const string Library = "libLibTorchSharp.so";
    private const string Shim = "libios_init.so";
    private const int LoadNow = 2;
    private const int LoadGlobal = 0x100;

    /// <summary>Call before anything of TorchSharp is touched.</summary>
    /// <param name="threads">Threads of every operator, the caller included.</param>
    public static void Load(int threads)
    {
        try
        {
            LoadShim();
            _ = NativeLibrary.Load(Path.Combine(AppContext.BaseDirectory, Library));
            torch.set_num_threads(threads);
            torch.manual_seed(1);
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            throw new PeerUnavailableException(
                $"the peer cannot be loaded: {Cause(e)}. Expected 64-bit Linux on x86 and the package libtorch-cpu-linux-x64.", e);
        }
    }

    /// <summary>What its kernels may use: as much as the processor has, unless the environment says less.</summary>
    public static string Vectors => Environment.GetEnvironmentVariable("ATEN_CPU_CAPABILITY") == "avx2" ? "AVX2" : Machine.Vectors;

    public static string Name => $"libtorch {torch.__version__}";

    // The shim lies beside the program where the script found the system's library too old: it has the one symbol of that version.
    private static void LoadShim()
    {
        var shim = Path.Combine(AppContext.BaseDirectory, Shim);
        if (!File.Exists(shim))
        {
            return;
        }

        VersionNeeds.Weaken(Path.Combine(AppContext.BaseDirectory, Library), Version);
        if (Open(shim, LoadNow | LoadGlobal) == 0)
        {
            throw new PeerUnavailableException($"the peer cannot be loaded: '{shim}' does not open; delete it and run again, so that it is built anew.");
        }
    }

    /// <summary>The first line is advice about tracing; what the dynamic linker said follows.</summary>
    private static string Cause(Exception e)
    {
        var lines = e.Message.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return lines[Math.Min(1, lines.Length - 1)];
    }

    [DllImport("libc", EntryPoint = "dlopen", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern nint Open(string path, int mode);
}
