using System.Text;
using System.Text.Json;

namespace XlstmSam.Cli.Text;

/// <summary>Results for machines: one indented JSON object on standard output.</summary>
internal static class JsonOutput
{
    public static void Print(Terminal terminal, Action<Utf8JsonWriter> members)
    {
        using var memory = new MemoryStream();
        using (var writer = new Utf8JsonWriter(memory, new() { Indented = true }))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        terminal.Print(Encoding.UTF8.GetString(memory.GetBuffer(), 0, (int)memory.Length));
    }

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
}
