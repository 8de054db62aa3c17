using System.Runtime.InteropServices;

namespace XlstmSam.Kernels.Cuda;

/// <summary>A card that the driver sees.</summary>
/// <param name="Index">As in <c>cuda:0</c>.</param>
/// <param name="Capability">The compute capability, times ten.</param>
public sealed record CudaCard(int Index, string Model, int Capability, int Multiprocessors, long TotalBytes)
{
    private const int OldestCapability = 80;
    private const int NameBytes = 256;

    public string Name => FormattableString.Invariant($"cuda:{Index}");

    /// <summary>True where a driver is installed, whether or not it can be used.</summary>
    public static bool HasDriver => NativeLibrary.TryLoad(DriverApi.Library, out _);

    public bool IsSupported => Capability >= OldestCapability;

    /// <summary>All cards, supported or not.</summary>
    /// <exception cref="DeviceException">There is no driver, it is too old, or it does not start.</exception>
    public static IReadOnlyList<CudaCard> All() => All(DriverApi.Load());

    /// <exception cref="DeviceException">There is no such card, or it is too old.</exception>
    internal static CudaCard Require(DriverApi api, int index)
    {
        var cards = All(api);
        if (index < 0 || index >= cards.Count)
        {
            throw new DeviceException(cards.Count == 0
                ? "The NVIDIA driver sees no card: check nvidia-smi and CUDA_VISIBLE_DEVICES, or use --device cpu."
                : $"Device 'cuda:{index}': there {(cards.Count == 1 ? "is only cuda:0" : $"are only cuda:0 to cuda:{cards.Count - 1}")}.");
        }

        var card = cards[index];
        return card.IsSupported ? card : throw new DeviceException(
            $"Device '{card.Name}' is a {card.Model} of compute capability {card.Capability / 10}.{card.Capability % 10}; 8.0 or more is needed (Ampere or " +
                $"newer): use another card, or --device cpu.");
    }

    internal static unsafe IReadOnlyList<CudaCard> All(DriverApi api)
    {
        int count;
        api.Check(api.DeviceCount(&count));
        var cards = new List<CudaCard>();
        var name = stackalloc byte[NameBytes];
        for (var i = 0; i < count; i++)
        {
            int device;
            nuint bytes;
            api.Check(api.DeviceGet(&device, i));
            api.Check(api.DeviceName(name, NameBytes, device));
            api.Check(api.DeviceTotalMemory(&bytes, device));
            var capability = (10 * Attribute(api, DeviceAttribute.CapabilityMajor, device)) + Attribute(api, DeviceAttribute.CapabilityMinor, device);
            cards.Add(new(i, Marshal.PtrToStringUTF8((nint)name)!, capability, Attribute(api, DeviceAttribute.Multiprocessors, device), (long)bytes));
        }

        return cards;
    }

    private static unsafe int Attribute(DriverApi api, DeviceAttribute attribute, int device)
    {
        int value;
        api.Check(api.DeviceAttribute(&value, (int)attribute, device));
        return value;
    }

    /// <summary>The driver's numbers.</summary>
    private enum DeviceAttribute
    {
        Multiprocessors = 16,
        CapabilityMajor = 75,
        CapabilityMinor = 76,
    }
}
