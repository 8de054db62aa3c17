using System.Text.Json;

namespace XlstmSam.Runtime;

/// <summary>What a device is, for a person and for a program.</summary>
/// <param name="Name">As --device says it.</param>
/// <param name="Model">The name that its maker gave it.</param>
public abstract record DeviceReport(string Name, string Model)
{
    /// <summary>In one line: what must stand beside times that were measured on it.</summary>
    public abstract string Summary { get; }

    /// <summary>A word and what there is to say about it.</summary>
    public abstract IEnumerable<(string Key, string Text)> Details { get; }

    /// <summary>The members of an object.</summary>
    public abstract void Write(Utf8JsonWriter writer);
}
