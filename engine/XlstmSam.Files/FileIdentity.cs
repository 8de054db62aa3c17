using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace XlstmSam.Files;

/// <summary>Which file a path leads to, and of what kind it is. Links in any part of the path are followed.</summary>
public static class FileIdentity
{
    private const int MostLinks = 64;

    /// <summary>Whether two paths lead to one file: the same place once all links are followed or, on Linux, the same device and inode.</summary>
    public static bool IsSame(string one, string other)
    {
        var (a, b) = (Final(one), Final(other));
        return string.Equals(a, b, StringComparison.Ordinal)
            || (LinuxStatus.Of(a) is { } first && LinuxStatus.Of(b) is { } second && first.Device == second.Device && first.Inode == second.Inode);
    }

    /// <summary>False for a pipe, a socket or a device, which cannot be read twice; true for a file and for whatever cannot be asked.</summary>
    public static bool IsRegular(string path) => LinuxStatus.Of(path) is not { } status || status.IsRegular;

    /// <summary>The full path that a path leads to: every link in it followed, whether or not the last part exists.</summary>
    /// <exception cref="IOException">The links lead in a circle.</exception>
    public static string Final(string path)
    {
        var links = 0;
        return Final(Path.GetFullPath(path), ref links);
    }

    private static string Final(string full, ref int links)
    {
        var root = Path.GetPathRoot(full)!;
        var reached = root;
        foreach (var part in full[root.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            var next = Path.Combine(reached, part);
            reached = Target(next) is not { } target ? next
                : ++links <= MostLinks ? Final(Path.GetFullPath(target, reached), ref links)
                : throw new IOException($"'{full}': more than {MostLinks} links on the way; they seem to lead in a circle.");
        }

        return reached;
    }

    private static string? Target(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>What statx says about a path; its layout is the same on every architecture of Linux.</summary>
    private readonly record struct LinuxStatus(ulong Device, ulong Inode, bool IsRegular)
    {
        private const int Here = -100;
        private const uint BasicStatus = 0x7FF;
        private const int KindMask = 0xF000;
        private const int RegularKind = 0x8000;

        /// <summary>Null where there is no such file, or on another system.</summary>
        public static LinuxStatus? Of(string path)
        {
            if (!OperatingSystem.IsLinux())
            {
                return null;
            }

            var status = new byte[256];
            var name = new byte[Encoding.UTF8.GetMaxByteCount(path.Length) + 1];
            Encoding.UTF8.GetBytes(path, name);
            try
            {
                if (StatX(Here, name, 0, BasicStatus, status) != 0)
                {
                    return null;
                }
            }
            catch (EntryPointNotFoundException)
            {
                return null;
            }

            // stx_mode at 28, stx_ino at 32, stx_dev_major and stx_dev_minor at 136 and 140.
            var kind = BinaryPrimitives.ReadUInt16LittleEndian(status.AsSpan(28)) & KindMask;
            return new(BitConverter.ToUInt64(status, 136), BitConverter.ToUInt64(status, 32), kind == RegularKind);
        }

        [DllImport("libc", EntryPoint = "statx", ExactSpelling = true)]
        private static extern int StatX(int folder, byte[] path, int flags, uint mask, [Out] byte[] status);
    }
}
