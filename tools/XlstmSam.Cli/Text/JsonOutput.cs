using System.Text;
using System.Text.Json;

namespace XlstmSam.Cli.Text;

/// <summary>Results for machines: one indented JSON object.</summary>
internal static class JsonOutput
{
    /// <summary>On standard output.</summary>
    public static void Print(Terminal terminal, Action<Utf8JsonWriter> members) => terminal.Print(Encoding.UTF8.GetString(Bytes(members)));

    public static void Save(string path, Action<Utf8JsonWriter> members) => AtomicFile.Write(path, stream => stream.Write(Bytes(members)));

    /// <summary>A number, or null where JSON has none.</summary>
    public static void WriteFinite(this Utf8JsonWriter writer, string name, double value)
    {
        if (double.IsFinite(value))
        {
            writer.WriteNumber(name, value);
        }
        else
        {
            writer.WriteNull(name);
        }
    }

    private static byte[] Bytes(Action<Utf8JsonWriter> members)
    {
        using var memory = new MemoryStream();
        using (var writer = new Utf8JsonWriter(memory, new() { Indented = true }))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        return memory.ToArray();
    }
}
