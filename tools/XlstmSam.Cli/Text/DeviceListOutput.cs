namespace XlstmSam.Cli.Text;

/// <summary>The devices of this machine, for a person and for a program.</summary>
internal static class DeviceListOutput
{
    public static void Print(Terminal terminal, DeviceList list)
    {
        foreach (var device in list.Devices)
        {
            terminal.Print($"{device.Name}: {device.Model}");
            foreach (var (key, text) in device.Details)
            {
                terminal.Print($"  {key,-12} {text}");
            }
        }

        if (list.NoCards is not null)
        {
            terminal.Print($"cuda: {list.NoCards}");
        }
    }

    public static void PrintJson(Terminal terminal, DeviceList list) => JsonOutput.Print(terminal, writer =>
    {
        writer.WriteStartArray("devices");
        foreach (var device in list.Devices)
        {
            writer.WriteStartObject();
            device.Write(writer);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        if (list.NoCards is not null)
        {
            writer.WriteString("noCards", list.NoCards);
        }
    });
}
